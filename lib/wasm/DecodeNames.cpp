#include "lib/wasm/DecodeNames.h"

namespace w2n::wasm {

namespace {

Status decodeFunctionNames(ByteReader in, Module &module) {
  W2N_TRY(count, in.readU32());
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(index, in.readU32());
    W2N_TRY(name, in.readName());
    if (index < module.functions.size())
      module.functions[index].name = name;
  }
  return {};
}

Status decodeSubsections(ByteReader &section, Module &module) {
  while (!section.atEnd()) {
    W2N_TRY(id, section.readByte());
    W2N_TRY(bytes, section.readU32());
    uint64_t offset = section.offset();
    W2N_TRY(content, section.readBytes(bytes));
    ByteReader in(content, offset);
    if (id == 0) {
      W2N_TRY(name, in.readName());
      module.name = name;
    } else if (id == 1) {
      W2N_CHECK(decodeFunctionNames(in, module));
    }
  }
  return {};
}

} // namespace

void decodeNames(ByteReader section, Module &module) { (void)decodeSubsections(section, module); }

} // namespace w2n::wasm
