// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/DecodeNames.h"

namespace w2n::wasm {

namespace {

/// A map from indices to names: those of a subsection whose items have a `name`.
template <typename Item> Status decodeNameMap(ByteReader &in, std::vector<Item> &items) {
  W2N_TRY(count, in.readU32());
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(index, in.readU32());
    W2N_TRY(name, in.readName());
    if (index < items.size())
      items[index].name = name;
  }
  return {};
}

Status decodeModuleName(ByteReader &in, Module &module) {
  W2N_TRY(name, in.readName());
  module.name = name;
  return {};
}

struct Subsection {
  uint8_t id;
  Status (*decode)(ByteReader &in, Module &module);
};

/// The others, of locals, labels, types, fields and tags, name what no message mentions.
constexpr Subsection subsections[] = {
    {0, decodeModuleName},
    {1, [](ByteReader &in, Module &module) { return decodeNameMap(in, module.functions); }},
    {5, [](ByteReader &in, Module &module) { return decodeNameMap(in, module.tables); }},
    {6, [](ByteReader &in, Module &module) { return decodeNameMap(in, module.memories); }},
    {7, [](ByteReader &in, Module &module) { return decodeNameMap(in, module.globals); }},
    {8, [](ByteReader &in, Module &module) { return decodeNameMap(in, module.elements); }},
    {9, [](ByteReader &in, Module &module) { return decodeNameMap(in, module.data); }},
};

Status decodeSubsections(ByteReader &section, Module &module) {
  while (!section.atEnd()) {
    W2N_TRY(id, section.readByte());
    W2N_TRY(bytes, section.readU32());
    uint64_t offset = section.offset();
    W2N_TRY(content, section.readBytes(bytes));
    ByteReader in(content, offset);
    for (const Subsection &subsection : subsections)
      if (subsection.id == id)
        W2N_CHECK(subsection.decode(in, module));
  }
  return {};
}

} // namespace

void decodeNames(ByteReader section, Module &module) { (void)decodeSubsections(section, module); }

} // namespace w2n::wasm
