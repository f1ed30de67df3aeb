// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/EncodeModule.h"
#include "lib/wasm/EncodeTypes.h"
#include "lib/wasm/Instruction.h"
#include "lib/wasm/Limits.h"
#include "lib/wasm/Snapshot.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <unordered_map>

namespace w2n::wasm {

namespace {

/// Uses in the code of a module that decide how the module can be changed.
struct CodeUses {
  std::vector<bool> writtenTables;
  std::vector<bool> referencedFunctions; ///< that ref.func names
};

void addUse(const Instruction &instruction, CodeUses &uses) {
  const OpcodeInfo &info = infoOf(instruction.opcode);
  if (instruction.opcode == Opcode::RefFunc)
    uses.referencedFunctions[instruction.index] = true;
  // The destination is the first index, but for table.init, whose first is the segment.
  if (info.opcodeClass == OpcodeClass::TableWrite || info.opcodeClass == OpcodeClass::TableBulk)
    uses.writtenTables[info.immediates == Immediates::ElementAndTable ? instruction.index2
                                                                      : instruction.index] = true;
}

CodeUses findUses(const Module &module) {
  CodeUses uses{std::vector<bool>(module.tables.size()),
                std::vector<bool>(module.functions.size())};
  for (const Function &function : module.functions)
    for (const Instruction &instruction : Instructions(function.code))
      addUse(instruction, uses);
  return uses;
}

struct Run {
  uint64_t begin = 0, end = 0;
};

bool isZero(Bytes bytes) {
  return bytes.empty() ||
         (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

/// The runs of bytes of which not all are zero, in order; at most `gap` zeros in a row are part of
/// one. Stops when there are more than `most`.
std::vector<Run> findRuns(Bytes memory, uint64_t gap, size_t maxRuns) {
  constexpr uint64_t pageBytes = 4096;
  std::vector<Run> runs;
  for (uint64_t page = 0; page < memory.size() && runs.size() <= maxRuns; page += pageBytes) {
    const uint64_t end = std::min<uint64_t>(page + pageBytes, memory.size());
    if (isZero(memory.subspan(page, end - page)))
      continue;
    for (uint64_t at = page; at < end; ++at) {
      if (memory[at] == 0)
        continue;
      if (runs.empty() || at - runs.back().end > gap)
        runs.push_back({at, at});
      runs.back().end = at + 1;
    }
  }
  return runs;
}

/// Changes a module; owns what it refers to that was not there before.
class Baker {
public:
  Baker(Module module, const Snapshot &snapshot)
      : module(std::move(module)), snapshot(snapshot), uses(findUses(this->module)) {}

  void changeExports(std::span<const ExportChange> changes);
  void bakeGlobals();
  void bakeTables();
  Status bakeMemories();
  void declareFunctions();
  Result<std::vector<uint8_t>> finish();

private:
  void dropExport(std::string_view name);
  Bytes keep(ByteWriter &writer) { return storage.emplace_back(writer.take()); }
  ConstExpr offsetOf(const Limits &limits, uint64_t value);
  ConstExpr referenceTo(uint32_t function, ValueType type);
  ConstExpr valueOf(ValueType type, const Snapshot::Global &global);
  /// `expression` goes; what it declares may have to be declared elsewhere.
  void noteDeclarations(const ConstExpr &expression);
  void bakeSegments();
  void bakeTable(uint32_t index);
  Result<std::vector<std::vector<Run>>> findAllRuns();
  void addRun(uint32_t table, uint64_t begin, uint64_t end);

  Module module;
  const Snapshot &snapshot;
  const CodeUses uses;
  std::deque<std::vector<uint8_t>> storage;
  std::vector<uint32_t> undeclared;
};

void Baker::dropExport(std::string_view name) {
  const auto found = std::ranges::find(module.exports, name, &Export::name);
  if (found == module.exports.end())
    return;
  // An export declares its function (3.4.10, C.refs).
  if (found->kind == ExternKind::Function)
    undeclared.push_back(found->index);
  module.exports.erase(found);
}

void Baker::changeExports(std::span<const ExportChange> changes) {
  for (const ExportChange &change : changes) {
    if (change.newName.empty()) {
      dropExport(change.name);
      continue;
    }
    dropExport(change.newName);
    const auto found = std::ranges::find(module.exports, change.name, &Export::name);
    if (found != module.exports.end())
      found->name = change.newName;
  }
}

ConstExpr Baker::offsetOf(const Limits &limits, uint64_t value) {
  Snapshot::Global offset;
  offset.bits[0] = value;
  return valueOf(limits.addressType(), offset);
}

ConstExpr Baker::referenceTo(uint32_t function, ValueType type) {
  constexpr uint8_t refNull = 0xd0, refFunc = 0xd2;
  ByteWriter out;
  if (function == Snapshot::null) {
    out.writeByte(refNull);
    encodeHeapType(out, type);
  } else {
    out.writeByte(refFunc);
    out.writeUnsigned(function);
  }
  return {keep(out), 0};
}

ConstExpr Baker::valueOf(ValueType type, const Snapshot::Global &global) {
  ByteWriter out;
  const uint64_t low = global.bits[0];
  switch (type.kind) {
  case ValueKind::I32:
    out.writeByte(0x41);
    out.writeSigned(int32_t(low));
    break;
  case ValueKind::I64:
    out.writeByte(0x42);
    out.writeSigned(int64_t(low));
    break;
  case ValueKind::F32:
    out.writeByte(0x43);
    out.writeFixed(low, 4);
    break;
  case ValueKind::F64:
    out.writeByte(0x44);
    out.writeFixed(low, 8);
    break;
  case ValueKind::V128:
    out.writeByte(0xfd);
    out.writeUnsigned(0x0c);
    out.writeFixed(low, 8);
    out.writeFixed(global.bits[1], 8);
    break;
  case ValueKind::Ref:
  case ValueKind::Bottom: // not the type of anything
    return referenceTo(global.function, type);
  }
  return {keep(out), 0};
}

void Baker::noteDeclarations(const ConstExpr &expression) {
  for (const Instruction &instruction : Instructions(expression.code))
    if (instruction.opcode == Opcode::RefFunc)
      undeclared.push_back(instruction.index);
}

// The others have the value that their expression gives again.
void Baker::bakeGlobals() {
  for (size_t i = 0; i < module.globals.size(); ++i) {
    Global &global = module.globals[i];
    if (!global.type.isMutable)
      continue;
    noteDeclarations(global.init);
    global.init = valueOf(global.type.type, snapshot.globals[i]);
  }
}

// Code names segments by index, so none goes. A declarative segment is what a dropped one is: it
// has no elements for table.init, and its functions stay declared.
void Baker::bakeSegments() {
  for (size_t i = 0; i < module.elements.size(); ++i) {
    ElementSegment &segment = module.elements[i];
    const bool isReplaced =
        segment.mode == SegmentMode::Active && uses.writtenTables[segment.tableIndex];
    const bool isDropped = segment.mode == SegmentMode::Passive && snapshot.droppedElements[i];
    if (!isReplaced && !isDropped)
      continue;
    segment.mode = SegmentMode::Declarative;
    segment.tableIndex = 0;
    segment.offset = {};
  }
}

/// Adds a segment for the elements from `begin` to `end`.
void Baker::addRun(uint32_t table, uint64_t begin, uint64_t end) {
  const TableType &type = module.tables[table].type;
  const std::vector<uint32_t> &functions = snapshot.tables[table].functions;
  ElementSegment segment;
  segment.tableIndex = table;
  segment.offset = offsetOf(type.limits, begin);
  // Indices have the type (ref func), which is one of a table of any functions only.
  const bool canBeIndices =
      type.element == ValueType::funcref() &&
      std::find(functions.begin() + ptrdiff_t(begin), functions.begin() + ptrdiff_t(end),
                Snapshot::null) == functions.begin() + ptrdiff_t(end);
  segment.type = canBeIndices ? type.element.withNull(false) : type.element;
  // Large tables hold few functions many times.
  std::unordered_map<uint32_t, ConstExpr> references;
  for (uint64_t i = begin; i < end; ++i) {
    if (canBeIndices) {
      segment.functions.push_back(functions[i]);
      continue;
    }
    ConstExpr &reference = references[functions[i]];
    if (reference.code.empty())
      reference = referenceTo(functions[i], type.element);
    segment.expressions.push_back(reference);
  }
  module.elements.push_back(std::move(segment));
}

void Baker::bakeTable(uint32_t index) {
  Table &table = module.tables[index];
  const std::vector<uint32_t> &functions = snapshot.tables[index].functions;
  table.type.limits.min = functions.size();
  // The initial value of a table may be something else than null: every element says what it is.
  if (table.init) {
    if (!functions.empty())
      addRun(index, 0, functions.size());
    return;
  }
  for (uint64_t begin = 0; begin < functions.size();) {
    uint64_t end = begin;
    while (end < functions.size() && functions[end] != Snapshot::null)
      ++end;
    if (end > begin)
      addRun(index, begin, end);
    begin = end + 1;
  }
}

// A table that no instruction writes to has the contents that its segments give it again.
void Baker::bakeTables() {
  bakeSegments();
  for (uint32_t i = 0; i < module.tables.size(); ++i)
    if (uses.writtenTables[i])
      bakeTable(i);
}

// The larger the gaps, the fewer the segments, of which there can be only so many.
Result<std::vector<std::vector<Run>>> Baker::findAllRuns() {
  const size_t maxRuns = limits::dataSegments - module.data.size();
  // A segment takes about so many bytes besides its own.
  constexpr uint64_t leastGap = 16;
  std::vector<std::vector<Run>> runs(snapshot.memories.size());
  size_t count = maxRuns + 1;
  for (uint64_t gap = leastGap; count > maxRuns; gap *= 2) {
    count = 0;
    for (size_t i = 0; i < runs.size(); ++i) {
      runs[i] = findRuns(snapshot.memories[i], gap, maxRuns);
      count += runs[i].size();
    }
    // With one for each memory there is nothing left to join.
    if (count <= runs.size())
      break;
  }
  uint64_t bytes = 0;
  for (const std::vector<Run> &ofMemory : runs)
    for (const Run &run : ofMemory)
      bytes += run.end - run.begin;
  if (count > maxRuns || bytes > limits::moduleBytes)
    return fail(ErrorKind::Limit, "the memories hold " + std::to_string(bytes) +
                                      " bytes that are not zero, in " + std::to_string(count) +
                                      " runs: more than a module can");
  return runs;
}

Status Baker::bakeMemories() {
  // Without a data count section no instruction names a segment (5.5.14).
  if (!module.dataCount)
    module.data.clear();
  for (size_t i = 0; i < module.data.size(); ++i) {
    DataSegment &segment = module.data[i];
    if (segment.mode == SegmentMode::Active || snapshot.droppedData[i])
      segment.bytes = {};
    segment.mode = SegmentMode::Passive;
    segment.memoryIndex = 0;
    segment.offset = {};
  }
  W2N_TRY(runs, findAllRuns());
  for (uint32_t i = 0; i < runs.size(); ++i) {
    MemoryType &type = module.memories[i].type;
    type.limits.min = snapshot.memories[i].size() >> type.pageSizeLog2;
    for (const Run &run : runs[i]) {
      DataSegment segment;
      segment.memoryIndex = i;
      segment.offset = offsetOf(type.limits, run.begin);
      segment.bytes = snapshot.memories[i].subspan(run.begin, run.end - run.begin);
      module.data.push_back(segment);
    }
  }
  if (module.dataCount)
    module.dataCount = uint32_t(module.data.size());
  return {};
}

void Baker::declareFunctions() {
  std::erase_if(undeclared, [&](uint32_t function) { return !uses.referencedFunctions[function]; });
  if (undeclared.empty())
    return;
  std::ranges::sort(undeclared);
  ElementSegment segment;
  segment.mode = SegmentMode::Declarative;
  segment.type = ValueType::funcref().withNull(false);
  segment.functions.assign(undeclared.begin(), std::ranges::unique(undeclared).begin());
  module.elements.push_back(std::move(segment));
}

Result<std::vector<uint8_t>> Baker::finish() {
  module.start.reset();
  if (module.elements.size() > limits::elementSegments)
    return fail(ErrorKind::Limit, "the tables take " + std::to_string(module.elements.size()) +
                                      " element segments, most is " +
                                      std::to_string(limits::elementSegments));
  std::vector<uint8_t> bytes = encodeModule(module);
  if (bytes.size() > limits::moduleBytes)
    return fail(ErrorKind::Limit, "the module would have " + std::to_string(bytes.size()) +
                                      " bytes, most is " + std::to_string(limits::moduleBytes));
  return bytes;
}

} // namespace

Result<std::vector<uint8_t>> bakeSnapshot(Module module, const Snapshot &snapshot,
                                          std::span<const ExportChange> exports) {
  Baker baker(std::move(module), snapshot);
  baker.changeExports(exports);
  baker.bakeGlobals();
  baker.bakeTables();
  W2N_CHECK(baker.bakeMemories());
  baker.declareFunctions();
  return baker.finish();
}

} // namespace w2n::wasm
