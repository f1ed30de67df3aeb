// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Each function here is the inverse of one in DecodeModule.cpp.

#include "lib/wasm/EncodeModule.h"

#include "lib/support/ByteReader.h"
#include "lib/wasm/EncodeTypes.h"

#include <algorithm>
#include <array>

namespace w2n::wasm {

namespace {

constexpr uint8_t endOpcode = 0x0b;

void encodeConstExpr(ByteWriter &out, const ConstExpr &expression) {
  out.writeBytes(expression.code);
  out.writeByte(endOpcode);
}

void encode(ByteWriter &out, const Table &table) {
  if (table.init) {
    out.writeByte(0x40);
    out.writeByte(0);
  }
  encodeTableType(out, table.type);
  if (table.init)
    encodeConstExpr(out, *table.init);
}

void encode(ByteWriter &out, const Memory &memory) { encodeMemoryType(out, memory.type); }

void encode(ByteWriter &out, const Global &global) {
  encodeValueType(out, global.type.type);
  out.writeByte(global.type.isMutable);
  encodeConstExpr(out, global.init);
}

void encode(ByteWriter &out, const Export &exported) {
  out.writeName(exported.name);
  out.writeByte(uint8_t(exported.kind));
  out.writeUnsigned(exported.index);
}

void encode(ByteWriter &out, const ElementSegment &segment) {
  // Indices of functions have the type (ref func); a segment that is empty tells by its type.
  const bool isNonNullFunc = segment.type == ValueType::funcref().withNull(false);
  const bool usesExpressions = !segment.expressions.empty() || !isNonNullFunc;
  const bool isActive = segment.mode == SegmentMode::Active;
  const bool isExplicit = !isActive || segment.tableIndex != 0 ||
                          (usesExpressions && segment.type != ValueType::funcref());
  uint8_t flags = usesExpressions ? 4 : 0;
  flags |= isActive ? (isExplicit ? 2 : 0) : (segment.mode == SegmentMode::Declarative ? 3 : 1);
  out.writeByte(flags);
  if (isActive && isExplicit)
    out.writeUnsigned(segment.tableIndex);
  if (isActive)
    encodeConstExpr(out, segment.offset);
  if (isExplicit && usesExpressions)
    encodeValueType(out, segment.type);
  else if (isExplicit)
    out.writeByte(0);
  out.writeUnsigned(segment.size());
  for (uint32_t function : segment.functions)
    out.writeUnsigned(function);
  for (const ConstExpr &expression : segment.expressions)
    encodeConstExpr(out, expression);
}

void encode(ByteWriter &out, const DataSegment &segment) {
  const bool isActive = segment.mode == SegmentMode::Active;
  out.writeByte(!isActive ? 1 : segment.memoryIndex != 0 ? 2 : 0);
  if (isActive && segment.memoryIndex != 0)
    out.writeUnsigned(segment.memoryIndex);
  if (isActive)
    encodeConstExpr(out, segment.offset);
  out.writeSized(segment.bytes);
}

/// The contents of a section: empty if it has no items.
template <typename Item>
std::vector<uint8_t> encodeItems(const std::vector<Item> &items, size_t imported = 0) {
  ByteWriter out;
  if (items.size() == imported)
    return {};
  out.writeUnsigned(items.size() - imported);
  for (size_t i = imported; i < items.size(); ++i)
    encode(out, items[i]);
  return out.take();
}

std::vector<uint8_t> encodeNumber(std::optional<uint32_t> number) {
  ByteWriter out;
  if (number)
    out.writeUnsigned(*number);
  return out.take();
}

/// Sections in the order that is required of them, by id (5.5.16).
constexpr uint8_t sectionOrder[] = {1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11};

struct RawSection {
  uint8_t id = 0;
  Bytes contents;
};

class ModuleEncoder {
public:
  explicit ModuleEncoder(const Module &module) : module(module) {}
  std::vector<uint8_t> run();

private:
  void readSections();
  void encodeSections();
  /// All known sections up to `id`.
  void writeThrough(uint8_t id);
  void writeSection(uint8_t id, Bytes contents);
  void writeCustom(Bytes contents);

  const Module &module;
  std::vector<RawSection> sections;
  std::array<std::vector<uint8_t>, 14> contents;
  size_t next = 0; ///< in sectionOrder
  ByteWriter out;
};

void ModuleEncoder::readSections() {
  ByteReader reader(module.bytes.subspan(8));
  while (!reader.atEnd()) {
    // Cannot fail: decoded before.
    const uint8_t id = *reader.readByte();
    const uint32_t size = *reader.readU32();
    sections.push_back({id, *reader.readBytes(size)});
    if (id != 0)
      contents[id].assign(sections.back().contents.begin(), sections.back().contents.end());
  }
}

void ModuleEncoder::encodeSections() {
  contents[4] = encodeItems(module.tables, module.importedTables);
  contents[5] = encodeItems(module.memories, module.importedMemories);
  contents[6] = encodeItems(module.globals, module.importedGlobals);
  contents[7] = encodeItems(module.exports);
  contents[8] = encodeNumber(module.start);
  contents[9] = encodeItems(module.elements);
  contents[11] = encodeItems(module.data);
  contents[12] = encodeNumber(module.dataCount);
}

void ModuleEncoder::writeSection(uint8_t id, Bytes bytes) {
  out.writeByte(id);
  out.writeSized(bytes);
}

void ModuleEncoder::writeThrough(uint8_t id) {
  const size_t end = size_t(std::ranges::find(sectionOrder, id) - sectionOrder) + 1;
  for (; next < end; ++next)
    if (const uint8_t known = sectionOrder[next]; !contents[known].empty())
      writeSection(known, contents[known]);
}

/// The name section's subsections but that of data segments.
std::vector<uint8_t> withoutDataNames(Bytes section) {
  constexpr uint8_t dataNames = 9;
  ByteReader reader(section);
  ByteWriter kept;
  kept.writeName(*reader.readName());
  while (!reader.atEnd()) {
    auto id = reader.readByte();
    auto size = reader.readU32();
    auto content = reader.readBytes(size.value_or(0));
    // Malformed subsections are dropped, with all that follows.
    if (!id || !size || !content)
      break;
    if (*id != dataNames) {
      kept.writeByte(*id);
      kept.writeSized(*content);
    }
  }
  return kept.take();
}

void ModuleEncoder::writeCustom(Bytes bytes) {
  const bool isNames = *ByteReader(bytes).readName() == "name";
  const bool hasDataNames = std::ranges::any_of(
      module.data, [](const DataSegment &segment) { return !segment.name.empty(); });
  if (isNames && !hasDataNames)
    writeSection(0, withoutDataNames(bytes));
  else
    writeSection(0, bytes);
}

std::vector<uint8_t> ModuleEncoder::run() {
  readSections();
  encodeSections();
  out.writeBytes(module.bytes.first(8));
  // Custom sections after the last known one stay after it, as names must come last (7.4.1).
  size_t customs = sections.size();
  while (customs > 0 && sections[customs - 1].id == 0)
    --customs;
  for (size_t i = 0; i < sections.size(); ++i) {
    if (i == customs)
      writeThrough(sectionOrder[std::size(sectionOrder) - 1]);
    if (sections[i].id == 0)
      writeCustom(sections[i].contents);
    else
      writeThrough(sections[i].id);
  }
  writeThrough(sectionOrder[std::size(sectionOrder) - 1]);
  return out.take();
}

} // namespace

std::vector<uint8_t> encodeModule(const Module &module) { return ModuleEncoder(module).run(); }

} // namespace w2n::wasm
