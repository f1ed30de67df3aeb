// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/DecodeBranchHints.h"

namespace w2n::wasm {

namespace {

Status breaksRule(const ByteReader &reader) { return reader.malformed("malformed branch hint"); }

/// The hints of one function; their offsets are from where its locals are declared, and ascend.
Status decodeFunctionHints(ByteReader &reader, const Function &function,
                           std::vector<BranchHint> &hints) {
  const uint64_t bodyBytes = function.codeOffset + function.code.size() - function.bodyOffset;
  uint64_t next = function.codeOffset - function.bodyOffset;
  W2N_TRY(count, reader.readU32());
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(offset, reader.readU32());
    W2N_TRY(size, reader.readU32());
    W2N_TRY(value, reader.readByte());
    if (offset < next || offset >= bodyBytes || size != 1 || value > 1)
      return breaksRule(reader);
    next = uint64_t(offset) + 1;
    // Fits: a module has at most 1 GiB.
    hints.push_back({uint32_t(function.bodyOffset + offset), value == 1});
  }
  return {};
}

Status decodeHints(ByteReader &reader, const Module &module, std::vector<BranchHint> &hints) {
  uint64_t next = module.importedFunctions;
  W2N_TRY(count, reader.readU32());
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(index, reader.readU32());
    if (index < next || index >= module.functions.size())
      return breaksRule(reader);
    next = uint64_t(index) + 1;
    W2N_CHECK(decodeFunctionHints(reader, module.functions[index], hints));
  }
  return reader.atEnd() ? Status() : breaksRule(reader);
}

} // namespace

std::vector<BranchHint> decodeBranchHints(ByteReader section, const Module &module) {
  std::vector<BranchHint> hints;
  if (section.atEnd() || !decodeHints(section, module, hints))
    return {};
  return hints;
}

} // namespace w2n::wasm
