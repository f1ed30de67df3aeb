// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Snapshot.h"

#include "runtime/core/InstanceState.h"
#include "runtime/core/ValueTypes.h"

namespace w2n::runtime {

namespace {

class SnapshotTaker {
public:
  explicit SnapshotTaker(Instance &instance)
      : state(instance.state()), metadata(instance.module().metadata()),
        typeIds(instance.module().typeIds()) {}
  Result<wasm::Snapshot> run();

private:
  Status refuseImports();
  void readMemories();
  Status readGlobals();
  Status readTables();
  /// The index of the function that `reference`, a value of `type`, is to.
  Result<uint32_t> functionIndexOf(wasm::ValueType type, Slot reference, const std::string &where);

  Instance::State &state;
  const artifact::Metadata &metadata;
  std::span<const uint32_t> typeIds;
  wasm::Snapshot snapshot;
};

Status SnapshotTaker::refuseImports() {
  constexpr const char *kinds[] = {"function", "table", "memory", "global", "tag"};
  for (const artifact::ImportRecord &import : metadata.imports()) {
    const auto kind = artifact::ExternKindCode(import.kind);
    if (kind != artifact::ExternKindCode::Function && kind != artifact::ExternKindCode::Tag)
      return fail(ErrorKind::Unsupported, std::string(kinds[import.kind]) + " \"" +
                                              std::string(metadata.string(import.module)) +
                                              "\".\"" + std::string(metadata.string(import.name)) +
                                              "\" is imported: what it holds is not the module's");
  }
  return {};
}

void SnapshotTaker::readMemories() {
  for (const Memory *memory : state.memories)
    snapshot.memories.push_back(memory->bytes());
}

Result<uint32_t> SnapshotTaker::functionIndexOf(wasm::ValueType type, Slot reference,
                                                const std::string &where) {
  if (reference == 0)
    return wasm::Snapshot::null;
  auto *found = reinterpret_cast<const artifact::FunctionReference *>(reference);
  const artifact::ContextLayout &layout = state.layout;
  if (codeOf(type) != artifact::ValueTypeCode::FuncRef)
    return fail(ErrorKind::Unsupported,
                where + " holds a reference to " +
                    (isHeapReference(type) ? "an object" : "something of the host") + " (" +
                    wasm::toString(type) + ")");
  if (found >= state.importReferences() &&
      found < state.importReferences() + layout.importedFunctions)
    return uint32_t(found - state.importReferences());
  if (found >= state.functionReferences() &&
      found < state.functionReferences() + layout.referencedFunctions)
    return metadata.references()[size_t(found - state.functionReferences())];
  return fail(ErrorKind::Unsupported, where + " holds a function of another module");
}

Status SnapshotTaker::readGlobals() {
  for (uint32_t i = 0; i < metadata.globals().size(); ++i) {
    const wasm::ValueType type = globalTypeOf(metadata.globals()[i], typeIds).type;
    const artifact::GlobalCell &cell = *state.globalCell(i);
    wasm::Snapshot::Global global{{cell.bits[0], cell.bits[1]}};
    if (type.isRef()) {
      W2N_TRY(function, functionIndexOf(type, cell.bits[0], "global " + std::to_string(i)));
      global.function = function;
    }
    snapshot.globals.push_back(global);
  }
  return {};
}

Status SnapshotTaker::readTables() {
  for (uint32_t i = 0; i < state.tables.size(); ++i) {
    const Table &table = *state.tables[i];
    const wasm::ValueType type = tableTypeOf(metadata.tables()[i], typeIds).element;
    wasm::Snapshot::Table read;
    for (uint64_t k = 0; k < table.size(); ++k) {
      W2N_TRY(function,
              functionIndexOf(type, table.record->elements[k],
                              "element " + std::to_string(k) + " of table " + std::to_string(i)));
      read.functions.push_back(function);
    }
    snapshot.tables.push_back(std::move(read));
  }
  return {};
}

Result<wasm::Snapshot> SnapshotTaker::run() {
  W2N_CHECK(refuseImports());
  readMemories();
  W2N_CHECK(readGlobals());
  W2N_CHECK(readTables());
  snapshot.droppedElements = state.droppedElements;
  snapshot.droppedData = state.droppedData;
  return std::move(snapshot);
}

} // namespace

Result<wasm::Snapshot> takeSnapshot(Instance &instance) { return SnapshotTaker(instance).run(); }

} // namespace w2n::runtime
