// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The linked module. Its functions: those of the host, those of the parts in their order, traps in
// place of weak ones, and the linker's own.

#include "lib/dylink/Linker.h"

#include "lib/wasm/EncodeTypes.h"
#include "lib/wasm/ModuleSections.h"

#include <algorithm>

namespace w2n::dylink {

using wasm::ExternKind;
using wasm::SegmentMode;

namespace {

enum Code : uint8_t {
  UnreachableCode = 0x00,
  IfCode = 0x04,
  EndCode = 0x0b,
  ReturnCode = 0x0f,
  CallCode = 0x10,
  LocalGet = 0x20,
  LocalTee = 0x22,
  GlobalGetCode = 0x23,
  GlobalSetCode = 0x24,
  MemorySizeCode = 0x3f,
  MemoryGrowCode = 0x40,
  I32ConstCode = 0x41,
  I32EqzCode = 0x45,
  I32NeCode = 0x47,
  EmptyBlock = 0x40,
};

/// Exports by which tools and linkers talk to each other.
constexpr std::string_view constructors = "__wasm_call_ctors",
                           relocations = "__wasm_apply_data_relocs", internalPrefix = "__wasm_";
/// Exports with which a main module begins, its own constructors included.
constexpr std::string_view entries[] = {"_start", "_initialize"};

const wasm::Export *findFunction(const wasm::Module &module, std::string_view name) {
  for (const wasm::Export &exported : module.exports)
    if (exported.kind == ExternKind::Function && exported.name == name)
      return &exported;
  return nullptr;
}

void writeConstant(ByteWriter &out, uint32_t value) {
  out.writeByte(I32ConstCode);
  out.writeSigned(int32_t(value));
}

} // namespace

class Emitter : wasm::ModuleSections {
public:
  explicit Emitter(Linker &linker) : linker(linker) {}
  Result<std::vector<uint8_t>> emit();

private:
  void addTypes();
  uint32_t addType(const wasm::FunctionType &type);
  void addHosts();
  void addTable();
  void addMemory();
  void addOwnGlobals();
  Status addGlobals(const Part &part);
  void addTags();
  Status addFunctions();
  Status addElements(const Part &part);
  void addAddedEntries();
  Status addData(const Part &part);
  void addStart();
  void addExports();
  void addNames(ByteWriter &out) const;
  Status addExpression(const Part &part, const wasm::ConstExpr &expression, ByteWriter &out);
  Status checkData(const Part &part, const wasm::DataSegment &segment, uint32_t address) const;
  uint32_t addFunction(uint32_t type, const ByteWriter &body);
  std::vector<uint8_t> growBody() const;
  /// Appends calls of what `name` is in the parts, in the order of initialization.
  void callInParts(std::string_view name, bool withMain, ByteWriter &body) const;

  Linker &linker;
  uint32_t typeCount = 0;
  /// A function of the main module with which it begins, and one that calls constructors before.
  std::optional<std::pair<uint32_t, uint32_t>> wrapped;
  uint32_t functionCount = 0;
};

/// Numbers types and segments, too.
void Emitter::addTypes() {
  uint32_t elementCount = 0, dataCount = 0;
  for (Part &part : linker.parts) {
    part.map.firstElement = elementCount;
    part.map.firstData = dataCount;
    elementCount += uint32_t(part.module.elements.size());
    dataCount += uint32_t(part.module.data.size());
    part.map.firstType = typeCount;
    types.count += encodeTypes(types.items, part.module.types, typeCount);
    typeCount += uint32_t(part.module.types.size());
  }
}

uint32_t Emitter::addType(const wasm::FunctionType &type) {
  encodeFunctionType(types.items, type);
  ++types.count;
  return typeCount++;
}

void Emitter::addHosts() {
  for (const auto &host : linker.hosts) {
    imports.items.writeName(host.module);
    imports.items.writeName(host.name);
    imports.items.writeByte(uint8_t(ExternKind::Function));
    imports.items.writeUnsigned(linker.parts[host.part].map.firstType + host.type);
    ++imports.count;
  }
  functionCount = imports.count;
}

/// The table of functions comes first, then those that parts have alone.
void Emitter::addTable() {
  const uint64_t size = linker.tableSize + linker.addedEntries.size();
  wasm::TableType type = {wasm::ValueType::funcref(), {}};
  type.limits.min = size;
  if (linker.maxTable)
    type.limits.max = std::max(size, *linker.maxTable);
  encodeTableType(tables.items, type);
  ++tables.count;
  for (Part &part : linker.parts) {
    const auto &all = part.module.tables;
    for (uint32_t i = 0; i < all.size(); ++i) {
      const bool isShared = i == part.functionTable;
      part.map.tables.push_back(isShared ? 0 : tables.count);
      if (isShared)
        continue;
      wasm::encodeTableType(tables.items, {part.map(all[i].type.element), all[i].type.limits});
      ++tables.count;
    }
  }
}

void Emitter::addMemory() {
  for (Part &part : linker.parts)
    part.map.memories.assign(part.module.memories.size(), 0);
  wasm::MemoryType type;
  type.limits.min = linker.pages;
  type.limits.max = linker.maxPages;
  encodeMemoryType(memories.items, type);
  ++memories.count;
}

void Emitter::addOwnGlobals() {
  for (const auto &global : linker.ownGlobals) {
    encodeValueType(globals.items, wasm::ValueType::i32());
    globals.items.writeByte(global.isMutable);
    writeConstant(globals.items, global.value.value_or(0));
    globals.items.writeByte(EndCode);
    ++globals.count;
  }
}

/// A constant that is known is written as such: so the module needs no extended expressions.
Status Emitter::addExpression(const Part &part, const wasm::ConstExpr &expression,
                              ByteWriter &out) {
  if (const auto value = linker.evaluate(part, expression))
    writeConstant(out, *value);
  else
    W2N_CHECK(rewriteCode(expression.code, expression.offset, part.map, out));
  out.writeByte(EndCode);
  return {};
}

Status Emitter::addGlobals(const Part &part) {
  for (size_t i = part.module.importedGlobals; i < part.module.globals.size(); ++i) {
    const wasm::Global &global = part.module.globals[i];
    encodeValueType(globals.items, part.map(global.type.type));
    globals.items.writeByte(global.type.isMutable);
    W2N_CHECK(addExpression(part, global.init, globals.items));
    ++globals.count;
  }
  return {};
}

void Emitter::addTags() {
  const auto add = [this](const Part &part, uint32_t type) {
    tags.items.writeByte(0);
    tags.items.writeUnsigned(part.map.firstType + type);
    ++tags.count;
  };
  for (const auto &tag : linker.ownTags)
    add(linker.parts[tag.part], tag.index);
  for (const Part &part : linker.parts)
    for (size_t i = part.module.importedTags; i < part.module.tags.size(); ++i)
      add(part, part.module.tags[i].type.typeIndex);
}

uint32_t Emitter::addFunction(uint32_t type, const ByteWriter &body) {
  declared.items.writeUnsigned(type);
  code.items.writeSized(body.written());
  ++declared.count;
  ++code.count;
  return functionCount++;
}

/// memory.grow that keeps the size that programs see. Before the first growth that is the main
/// module's own memory, behind which the others have their data: its heap may take all of it.
std::vector<uint8_t> Emitter::growBody() const {
  const auto size = uint8_t(0);
  const uint32_t global = linker.parts.front().map.memorySize->global;
  ByteWriter body;
  // One local, an i32.
  const uint8_t begin[] = {1, 1, 0x7f, LocalGet, 0, I32EqzCode, IfCode, EmptyBlock, GlobalGetCode};
  body.writeBytes(begin);
  body.writeUnsigned(global);
  const uint8_t grow[] = {ReturnCode,     EndCode,        LocalGet,  0,
                          MemoryGrowCode, size,           LocalTee,  1,
                          I32ConstCode,   0x7f,           I32NeCode, IfCode,
                          EmptyBlock,     MemorySizeCode, size,      GlobalSetCode};
  body.writeBytes(grow);
  body.writeUnsigned(global);
  const uint8_t end[] = {EndCode, LocalGet, 1, EndCode};
  body.writeBytes(end);
  return body.take();
}

Status Emitter::addFunctions() {
  for (const Part &part : linker.parts)
    for (size_t i = part.module.importedFunctions; i < part.module.functions.size(); ++i) {
      ByteWriter body;
      W2N_CHECK(rewriteBody(part.module.functions[i], part.map, body));
      addFunction(part.map.firstType + part.module.functions[i].typeIndex, body);
    }
  ByteWriter trap;
  const uint8_t trapBody[] = {0, UnreachableCode, EndCode};
  trap.writeBytes(trapBody);
  for (const auto &stub : linker.stubs)
    addFunction(linker.parts[stub.part].map.firstType + stub.index, trap);
  if (linker.parts.front().map.memorySize) {
    ByteWriter grow;
    grow.writeBytes(growBody());
    addFunction(addType({{wasm::ValueType::i32()}, {wasm::ValueType::i32()}}), grow);
  }
  return {};
}

Status Emitter::addElements(const Part &part) {
  for (const wasm::ElementSegment &segment : part.module.elements) {
    ByteWriter &out = elements.items;
    const bool isActive = segment.mode == SegmentMode::Active;
    // Bit 0: passive or declarative; bit 1: with a table, or declarative; bit 2: expressions.
    const uint8_t form = isActive ? 2 : segment.mode == SegmentMode::Declarative ? 3 : 1;
    const bool hasExpressions = segment.functions.empty();
    out.writeByte(form | (hasExpressions ? 4 : 0));
    if (isActive) {
      out.writeUnsigned(part.map.tables[segment.tableIndex]);
      W2N_CHECK(addExpression(part, segment.offset, out));
    }
    // Indices of functions have a byte for their kind.
    if (hasExpressions)
      encodeValueType(out, part.map(segment.type));
    else
      out.writeByte(0);
    out.writeUnsigned(segment.size());
    for (const uint32_t function : segment.functions)
      out.writeUnsigned(part.map.functions[function]);
    for (const wasm::ConstExpr &expression : segment.expressions)
      W2N_CHECK(addExpression(part, expression, out));
    ++elements.count;
  }
  return {};
}

void Emitter::addAddedEntries() {
  if (linker.addedEntries.empty())
    return;
  // In the first form, which everything reads: table 0, an offset, indices of functions.
  elements.items.writeByte(0);
  writeConstant(elements.items, linker.tableSize);
  elements.items.writeByte(EndCode);
  elements.items.writeUnsigned(linker.addedEntries.size());
  for (const uint32_t function : linker.addedEntries)
    elements.items.writeUnsigned(function);
  ++elements.count;
}

/// Errors: Invalid for data outside of the place of their part: they would be data of another.
Status Emitter::checkData(const Part &part, const wasm::DataSegment &segment,
                          uint32_t address) const {
  const uint64_t begin = part.memoryBase,
                 end = begin + (part.isPlaced ? part.info->memoryBytes : 0);
  if (!part.isPlaced || (address >= begin && address + segment.bytes.size() <= end))
    return {};
  return linker.failIn(
      part, ErrorKind::Invalid,
      "data of " + std::to_string(segment.bytes.size()) + " bytes at __memory_base + " +
          std::to_string(int64_t(address) - int64_t(begin)) + " are beyond the " +
          std::to_string(part.info->memoryBytes) + " bytes of the dylink.0 section",
      segment.byteOffset);
}

Status Emitter::addData(const Part &part) {
  for (const wasm::DataSegment &segment : part.module.data) {
    const bool isActive = segment.mode == SegmentMode::Active;
    data.items.writeByte(isActive ? 0 : 1);
    if (isActive) {
      if (const auto address = linker.evaluate(part, segment.offset))
        W2N_CHECK(checkData(part, segment, *address));
      W2N_CHECK(addExpression(part, segment.offset, data.items));
    }
    data.items.writeSized(segment.bytes);
    ++data.count;
  }
  return {};
}

void Emitter::callInParts(std::string_view name, bool withMain, ByteWriter &body) const {
  for (const uint32_t index : linker.order) {
    const Part &part = linker.parts[index];
    const wasm::Export *exported = findFunction(part.module, name);
    if (!exported || (index == 0 && !withMain) ||
        part.module.functionType(exported->index) != wasm::FunctionType())
      continue;
    body.writeByte(CallCode);
    body.writeUnsigned(part.map.functions[exported->index]);
  }
}

/// Start functions (which clear memory), then addresses in data, then constructors, where they are
/// not called by an entry: constructors call the host, which not every engine allows so early.
void Emitter::addStart() {
  const uint32_t plain = addType({});
  ByteWriter body, construct;
  body.writeUnsigned(0);
  for (const uint32_t index : linker.order) {
    const Part &part = linker.parts[index];
    if (!part.module.start)
      continue;
    body.writeByte(CallCode);
    body.writeUnsigned(part.map.functions[*part.module.start]);
  }
  callInParts(relocations, /*withMain=*/true, body);
  const Part &main = linker.parts.front();
  const wasm::Export *entry = nullptr;
  for (const std::string_view name : entries)
    entry = entry ? entry : findFunction(main.module, name);
  callInParts(constructors, /*withMain=*/!entry, construct);
  if (entry && !construct.written().empty()) {
    ByteWriter wrapper;
    wrapper.writeUnsigned(0);
    wrapper.writeBytes(construct.written());
    wrapper.writeByte(CallCode);
    wrapper.writeUnsigned(main.map.functions[entry->index]);
    wrapper.writeByte(EndCode);
    wrapped = {entry->index, addFunction(plain, wrapper)};
  } else {
    body.writeBytes(construct.written());
  }
  body.writeByte(EndCode);
  constexpr size_t emptyBytes = 2;
  if (body.written().size() > emptyBytes)
    startFunction = addFunction(plain, body);
}

void Emitter::addExports() {
  const Part &main = linker.parts.front();
  const auto add = [this](std::string_view name, ExternKind kind, uint32_t index) {
    exports.items.writeName(name);
    exports.items.writeByte(uint8_t(kind));
    exports.items.writeUnsigned(index);
    ++exports.count;
  };
  const std::vector<uint32_t> *const maps[] = {
      &main.map.functions, &main.map.tables, &main.map.memories, &main.map.globals, &main.map.tags};
  bool isMemoryExported = false;
  for (const wasm::Export &exported : main.module.exports) {
    const bool isFunction = exported.kind == ExternKind::Function;
    // Offsets of data mean nothing to a host.
    if ((isFunction && exported.name.starts_with(internalPrefix)) ||
        (main.isPlaced && exported.kind == ExternKind::Global))
      continue;
    isMemoryExported |= exported.name == "memory";
    const bool isWrapped = isFunction && wrapped && wrapped->first == exported.index;
    add(exported.name, exported.kind,
        isWrapped ? wrapped->second : (*maps[size_t(exported.kind)])[exported.index]);
  }
  // The host finds by it what it is given.
  if (!isMemoryExported)
    add("memory", ExternKind::Memory, 0);
}

/// The names of functions, for backtraces and debuggers.
void Emitter::addNames(ByteWriter &out) const {
  wasm::Section names;
  const auto add = [&](uint32_t index, std::string_view name) {
    if (name.empty())
      return;
    names.items.writeUnsigned(index);
    names.items.writeName(name);
    ++names.count;
  };
  for (uint32_t i = 0; i < linker.hosts.size(); ++i)
    add(i, linker.hosts[i].name);
  uint32_t next = uint32_t(linker.hosts.size());
  for (const Part &part : linker.parts)
    for (size_t i = part.module.importedFunctions; i < part.module.functions.size(); ++i)
      add(next++, part.module.functions[i].name);
  ByteWriter contents;
  contents.writeName("name");
  constexpr uint8_t functionNames = 1;
  names.write(contents, functionNames);
  out.writeByte(0);
  out.writeSized(contents.written());
}

Result<std::vector<uint8_t>> Emitter::emit() {
  addTypes();
  addHosts();
  addTable();
  addMemory();
  addOwnGlobals();
  addTags();
  for (const Part &part : linker.parts)
    W2N_CHECK(addGlobals(part));
  W2N_CHECK(addFunctions());
  for (const Part &part : linker.parts) {
    W2N_CHECK(addElements(part));
    W2N_CHECK(addData(part));
  }
  addAddedEntries();
  addStart();
  addExports();

  ByteWriter out;
  write(out);
  addNames(out);
  return out.take();
}

Result<std::vector<uint8_t>> Linker::emit() { return Emitter(*this).emit(); }

} // namespace w2n::dylink
