// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/WorldSection.h"

#include "lib/component/Component.h"
#include "lib/support/ByteReader.h"
#include "lib/support/ByteWriter.h"

namespace w2n::component {

namespace {

constexpr std::string_view sectionName = "wasm2native.world";
constexpr uint8_t customId = 0;
constexpr size_t headerBytes = 8;

/// The contents of the section at `reader`, if it is the one; none if the module ends too early.
Result<std::optional<Bytes>> readSection(ByteReader &reader) {
  W2N_TRY(id, reader.readByte());
  W2N_TRY(size, reader.readU32());
  W2N_TRY(bytes, reader.readBytes(size));
  if (id != customId)
    return std::nullopt;
  ByteReader contents(bytes);
  W2N_TRY(name, contents.readName());
  if (name != sectionName)
    return std::nullopt;
  return contents.readBytes(contents.remaining());
}

} // namespace

std::vector<uint8_t> withWorld(std::vector<uint8_t> module, Bytes encodedWorld) {
  ByteWriter contents, section;
  contents.writeName(sectionName);
  contents.writeBytes(encodedWorld);
  section.writeByte(customId);
  section.writeSized(contents.written());
  module.insert(module.end(), section.written().begin(), section.written().end());
  return module;
}

Bytes worldOf(Bytes bytes) {
  if (kindOf(bytes) != BinaryKind::Module)
    return {};
  ByteReader reader(bytes.subspan(headerBytes));
  while (!reader.atEnd()) {
    const auto found = readSection(reader);
    if (!found)
      return {};
    if (*found)
      return **found;
  }
  return {};
}

} // namespace w2n::component
