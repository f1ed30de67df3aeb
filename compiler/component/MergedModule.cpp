// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Instances are numbered one after the other, so that what an instance is given has numbers already
// when it is added.

#include "compiler/component/MergedModule.h"

#include "lib/component/Concurrency.h"
#include "lib/wasm/EncodeTypes.h"

#include <algorithm>

namespace w2n::compiler {

using wasm::ExternKind;
using wasm::SegmentMode;

namespace {

constexpr uint8_t endOpcode = 0x0b;

} // namespace

uint32_t MergedModule::indexOf(const CoreItem &item) const {
  if (item.isCanon)
    return firstCanonFunc + item.index;
  const wasm::IndexMap &map = maps[item.instance];
  const std::vector<uint32_t> *const spaces[] = {&map.functions, &map.tables, &map.memories,
                                                 &map.globals, &map.tags};
  return (*spaces[size_t(item.kind)])[item.index];
}

uint32_t MergedModule::addType(const wasm::FunctionType &type) {
  const auto [found, isNew] = addedTypes.emplace(toString(type), typeCount);
  if (isNew) {
    encodeFunctionType(types.items, type);
    ++types.count;
    ++typeCount;
  }
  return found->second;
}

void MergedModule::addTypes(const wasm::Module &module) {
  types.count += encodeTypes(types.items, module.types, typeCount);
  typeCount += uint32_t(module.types.size());
}

/// Gives numbers to what an instance defines, and those that it imports already have.
void MergedModule::number(const CoreInstance &instance) {
  const wasm::Module &module = *instance.module;
  wasm::IndexMap map;
  std::vector<uint32_t> *const spaces[] = {&map.functions, &map.tables, &map.memories, &map.globals,
                                           &map.tags};
  for (size_t i = 0; i < instance.imports.size(); ++i)
    spaces[size_t(module.imports[i].kind)]->push_back(indexOf(instance.imports[i]));
  const size_t counts[] = {module.functions.size(), module.tables.size(), module.memories.size(),
                           module.globals.size(), module.tags.size()};
  uint32_t *const next[] = {&functionCount, &tables.count, &memories.count, &globals.count,
                            &tags.count};
  for (size_t kind = 0; kind < std::size(spaces); ++kind)
    while (spaces[kind]->size() < counts[kind])
      spaces[kind]->push_back((*next[kind])++);
  maps.push_back(std::move(map));
}

void MergedModule::addImport(const HostName &name, const wasm::FunctionType &type) {
  const uint32_t typeIndex = addType(type);
  imports.items.writeName(name.interface);
  imports.items.writeName(name.name);
  imports.items.writeByte(uint8_t(ExternKind::Function));
  imports.items.writeUnsigned(typeIndex);
  ++imports.count;
}

uint32_t MergedModule::addHostCall(uint32_t canonFunc, const HostName &name,
                                   const wasm::FunctionType &type) {
  addImport(name, type);
  return hostCalls[canonFunc] = imports.count - 1;
}

Status MergedModule::addInstances() {
  // Imports come first; those of host calls, of which the number is known, are added with them.
  const wasm::FunctionType pair = {{wasm::ValueType::i32(), wasm::ValueType::i32()}, {}};
  const std::string own = "wasm2native:component";
  addImport({own, "trap"}, pair);
  if (std::ranges::any_of(program.resources,
                          [](const auto &type) { return type.host.has_value(); }))
    addImport({own, "drop"}, pair);
  for (const ServicePlan::Import &import : services.imports())
    addImport({own, std::string(component::serviceInfos[size_t(import.service)].name)},
              import.type);
  functionCount = imports.count;
  for (const CanonFunc &func : program.canonFuncs)
    functionCount += program.isHostCall(func);
  // Canonical functions come first, so that their numbers are known before anything else.
  firstCanonFunc = functionCount;
  functionCount += uint32_t(program.canonFuncs.size());
  functions.resize(program.canonFuncs.size());
  for (const CoreInstance &instance : program.instances)
    number(instance);
  std::map<const wasm::Module *, uint32_t> firstTypes;
  for (size_t i = 0; i < program.instances.size(); ++i) {
    const wasm::Module *module = program.instances[i].module;
    const auto [found, isNew] = firstTypes.emplace(module, typeCount);
    if (isNew)
      addTypes(*module);
    maps[i].firstType = found->second;
    maps[i].firstData = data.count;
    maps[i].firstElement = elements.count;
    W2N_CHECK(add(program.instances[i], maps[i]));
    codeBytes += module->functions.size() + module->globals.size() + module->tables.size();
    for (const wasm::ElementSegment &segment : module->elements)
      codeBytes += segment.size();
    W2N_CHECK(checkSize());
  }
  return {};
}

Status MergedModule::checkSize() const {
  if (codeBytes <= maxCodeBytes)
    return {};
  return fail(ErrorKind::Limit, "instances and adapters of the component have more than " +
                                    std::to_string(maxCodeBytes) + " bytes of code and data");
}

Status MergedModule::addConstExpr(const wasm::ConstExpr &expression, const wasm::IndexMap &map,
                                  ByteWriter &out) {
  return rewriteCode(expression.code, expression.offset, map, out);
}

Status MergedModule::addBody(const wasm::Function &function, const wasm::IndexMap &map) {
  ByteWriter body;
  W2N_CHECK(rewriteBody(function, map, body));
  addCode({map.firstType + function.typeIndex, {body.take()}});
  return {};
}

Status MergedModule::add(const CoreInstance &instance, const wasm::IndexMap &map) {
  const wasm::Module &module = *instance.module;
  for (size_t i = module.importedTables; i < module.tables.size(); ++i) {
    const wasm::Table &table = module.tables[i];
    if (table.init) {
      tables.items.writeByte(0x40);
      tables.items.writeByte(0x00);
    }
    wasm::encodeTableType(tables.items, {map(table.type.element), table.type.limits});
    if (table.init) {
      W2N_CHECK(addConstExpr(*table.init, map, tables.items));
      tables.items.writeByte(endOpcode);
    }
  }
  for (size_t i = module.importedMemories; i < module.memories.size(); ++i)
    encodeMemoryType(memories.items, module.memories[i].type);
  for (size_t i = module.importedGlobals; i < module.globals.size(); ++i) {
    encodeValueType(globals.items, map(module.globals[i].type.type));
    globals.items.writeByte(module.globals[i].type.isMutable);
    W2N_CHECK(addConstExpr(module.globals[i].init, map, globals.items));
    globals.items.writeByte(endOpcode);
  }
  for (size_t i = module.importedTags; i < module.tags.size(); ++i) {
    tags.items.writeByte(0);
    tags.items.writeUnsigned(map.firstType + module.tags[i].type.typeIndex);
  }
  for (size_t i = module.importedFunctions; i < module.functions.size(); ++i)
    W2N_CHECK(addBody(module.functions[i], map));
  W2N_CHECK(addElements(module, map));
  W2N_CHECK(addData(module, map));
  if (module.start) {
    start.writeByte(0x10);
    start.writeUnsigned(map.functions[*module.start]);
    anyStart = true;
  }
  return {};
}

namespace {

/// In the start function: the segment `index` into the table or memory `target`, at what `offset`
/// gives, and its end, as an active segment has (core specification, section 4.5.4).
void initialize(ByteWriter &start, std::span<const uint8_t> offset, uint64_t count,
                uint32_t initOpcode, uint32_t dropOpcode, uint32_t index, uint32_t target) {
  constexpr uint8_t constOpcode = 0x41, prefix = 0xfc;
  start.writeBytes(offset);
  start.writeByte(constOpcode);
  start.writeSigned(0);
  start.writeByte(constOpcode);
  start.writeSigned(int32_t(count));
  start.writeByte(prefix);
  start.writeUnsigned(initOpcode);
  start.writeUnsigned(index);
  start.writeUnsigned(target);
  start.writeByte(prefix);
  start.writeUnsigned(dropOpcode);
  start.writeUnsigned(index);
}

} // namespace

Status MergedModule::addElements(const wasm::Module &module, const wasm::IndexMap &map) {
  for (const wasm::ElementSegment &segment : module.elements) {
    ByteWriter offset;
    if (segment.mode == SegmentMode::Active)
      W2N_CHECK(addConstExpr(segment.offset, map, offset));
    const uint32_t table = segment.mode == SegmentMode::Active ? map.tables[segment.tableIndex] : 0;
    const bool isActive = segment.mode == SegmentMode::Active && !anyStart;
    if (segment.mode == SegmentMode::Active && anyStart)
      initialize(start, offset.written(), segment.size(), 0x0c, 0x0d, elements.count, table);
    ByteWriter &out = elements.items;
    // Bit 0: passive or declarative; bit 1: with a table, or declarative; bit 2: expressions.
    out.writeByte(isActive ? 6 : segment.mode == SegmentMode::Declarative ? 7 : 5);
    if (isActive) {
      out.writeUnsigned(table);
      out.writeBytes(offset.written());
      out.writeByte(endOpcode);
    }
    encodeValueType(out, map(segment.type));
    out.writeUnsigned(segment.size());
    for (const uint32_t function : segment.functions) {
      out.writeByte(0xd2);
      out.writeUnsigned(map.functions[function]);
      out.writeByte(endOpcode);
    }
    for (const wasm::ConstExpr &expression : segment.expressions) {
      W2N_CHECK(addConstExpr(expression, map, out));
      out.writeByte(endOpcode);
    }
    ++elements.count;
  }
  return {};
}

Status MergedModule::addData(const wasm::Module &module, const wasm::IndexMap &map) {
  for (const wasm::DataSegment &segment : module.data) {
    ByteWriter &out = data.items;
    ByteWriter offset;
    if (segment.mode == SegmentMode::Active)
      W2N_CHECK(addConstExpr(segment.offset, map, offset));
    const uint32_t memory =
        segment.mode == SegmentMode::Active ? map.memories[segment.memoryIndex] : 0;
    if (segment.mode == SegmentMode::Active && !anyStart) {
      out.writeByte(memory != 0 ? 2 : 0);
      if (memory != 0)
        out.writeUnsigned(memory);
      out.writeBytes(offset.written());
      out.writeByte(endOpcode);
    } else {
      out.writeByte(1);
      if (segment.mode == SegmentMode::Active)
        initialize(start, offset.written(), segment.bytes.size(), 0x08, 0x09, data.count, memory);
    }
    out.writeSized(segment.bytes);
    codeBytes += segment.bytes.size();
    ++data.count;
  }
  return {};
}

uint32_t MergedModule::addFunction(const wasm::FunctionType &type, EmittedBody body) {
  addCode({addType(type), std::move(body)});
  return functionCount++;
}

void MergedModule::setCanonFunc(uint32_t canonFunc, const wasm::FunctionType &type,
                                EmittedBody body) {
  codeBytes += body.bytes.size();
  functions[canonFunc] = {addType(type), std::move(body)};
}

uint32_t MergedModule::addMemory(const wasm::MemoryType &type) {
  encodeMemoryType(memories.items, type);
  return memories.count++;
}

uint32_t MergedModule::addGlobal(uint32_t value) {
  encodeValueType(globals.items, wasm::ValueType::i32());
  globals.items.writeByte(1);
  globals.items.writeByte(0x41);
  globals.items.writeSigned(int32_t(value));
  globals.items.writeByte(endOpcode);
  return globals.count++;
}

uint32_t MergedModule::addExport(const std::string &name, ExternKind kind, uint32_t index) {
  exports.items.writeName(name);
  exports.items.writeByte(uint8_t(kind));
  exports.items.writeUnsigned(index);
  return exports.count++;
}

/// The adapters' branches that are hardly ever taken (branch hinting proposal).
void MergedModule::writeBranchHints(ByteWriter &out) const {
  const auto firstFunction = uint32_t(functionCount - functions.size());
  ByteWriter contents, hinted;
  uint32_t count = 0;
  for (size_t i = 0; i < functions.size(); ++i) {
    const std::vector<uint32_t> &unlikely = functions[i].body.unlikely;
    if (unlikely.empty())
      continue;
    ++count;
    hinted.writeUnsigned(firstFunction + i);
    hinted.writeUnsigned(unlikely.size());
    for (const uint32_t offset : unlikely) {
      constexpr uint8_t hintBytes = 1, isFalse = 0;
      hinted.writeUnsigned(offset);
      hinted.writeUnsigned(hintBytes);
      hinted.writeByte(isFalse);
    }
  }
  if (count == 0)
    return;
  contents.writeName("metadata.code.branch_hint");
  contents.writeUnsigned(count);
  contents.writeBytes(hinted.written());
  out.writeByte(0);
  out.writeSized(contents.written());
}

uint32_t MergedModule::addStart() {
  ByteWriter body;
  body.writeUnsigned(0);
  body.writeBytes(start.written());
  body.writeByte(endOpcode);
  return addFunction({}, {body.take()});
}

std::vector<uint8_t> MergedModule::encode() {
  if (!start.written().empty())
    startFunction = addStart();
  for (const Function &function : functions) {
    declared.items.writeUnsigned(function.type);
    code.items.writeSized(function.body.bytes);
  }
  declared.count = code.count = uint32_t(functions.size());
  ByteWriter hints, out;
  writeBranchHints(hints);
  write(out, hints.written());
  return out.take();
}

} // namespace w2n::compiler
