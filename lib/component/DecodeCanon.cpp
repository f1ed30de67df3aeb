// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Canonical definitions (Binary.md, "Canonical Definitions").

#include "lib/component/DecodeComponent.h"
#include "lib/wasm/DecodeTypes.h"

namespace w2n::component {

namespace {

std::optional<Builtin> builtinOf(uint8_t byte) {
  switch (byte) {
#define COMPONENT_BUILTIN(name, code, text, immediates, signature)                                 \
  case code:                                                                                       \
    return Builtin::name;
#include "lib/component/Builtins.def"
  }
  return std::nullopt;
}

struct OptionForm {
  CanonOption option;
  bool hasIndex;
};

std::optional<OptionForm> optionOf(uint8_t byte) {
  switch (byte) {
#define COMPONENT_OPTION(name, code, text, hasIndex)                                               \
  case code:                                                                                       \
    return OptionForm{CanonOption::name, hasIndex};
#include "lib/component/CanonOptions.def"
  }
  return std::nullopt;
}

} // namespace

Status ComponentDecoder::decodeOptions(ByteReader &in, CanonDefinition &canon) {
  W2N_TRY(count, decodeCount(in));
  for (uint32_t i = 0; i < count; ++i) {
    CanonDefinition::Option option{};
    option.offset = in.offset();
    W2N_TRY(byte, in.readByte());
    const std::optional<OptionForm> form = optionOf(byte);
    if (!form)
      return badByte(in, byte, "canonical option");
    option.option = form->option;
    if (form->hasIndex) {
      W2N_TRY(index, in.readU32());
      option.index = index;
    }
    canon.options.push_back(option);
  }
  return {};
}

Status ComponentDecoder::decodeImmediate(ByteReader &in, char immediate, CanonDefinition &canon) {
  const auto readIndex = [&](uint32_t &index) -> Status {
    W2N_TRY(value, in.readU32());
    index = value;
    return {};
  };
  const auto readFlag = [&](bool &flag) -> Status {
    W2N_TRY(byte, in.readByte());
    if (byte > 1)
      return fail(ErrorKind::Malformed, "invalid boolean value: " + std::to_string(byte),
                  in.offset() - 1);
    flag = byte == 1;
    return {};
  };
  switch (immediate) {
  case '0': {
    W2N_TRY(zero, in.readByte());
    if (zero != 0)
      return badByte(in, zero,
                     std::string("canonical function ").append(infoOf(canon.builtin).name));
    return {};
  }
  case 'f':
  case 'F':
    return readIndex(canon.function);
  case 'T':
  case 't':
    return readIndex(canon.type);
  case 'R': {
    W2N_TRY(result, decodeResultList(in));
    canon.result = result;
    return {};
  }
  case 'o':
    return decodeOptions(in, canon);
  case 'a':
    return readFlag(canon.isAsync);
  case 'c':
    return readFlag(canon.isCancellable);
  case 'h':
    return readFlag(canon.isShared);
  case 'v': {
    wasm::FeatureSet needs;
    W2N_TRY(type, wasm::decodeValueType(in, needs));
    canon.valueType = type;
    return {};
  }
  case 's':
    return readIndex(canon.slot);
  case 'm':
    return readIndex(canon.memory);
  case 'b':
    return readIndex(canon.table);
  }
  return {};
}

Status ComponentDecoder::decodeCanon(ByteReader &in, Definition &definition) {
  CanonDefinition canon;
  W2N_TRY(byte, in.readByte());
  const std::optional<Builtin> builtin = builtinOf(byte);
  if (!builtin)
    return badByte(in, byte, "canonical function");
  canon.builtin = *builtin;
  for (const char immediate : infoOf(*builtin).immediates)
    W2N_CHECK(decodeImmediate(in, immediate, canon));
  definition.kind = std::move(canon);
  return {};
}

} // namespace w2n::component
