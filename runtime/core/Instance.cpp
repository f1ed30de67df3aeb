#include "runtime/core/Instance.h"

#include "runtime/core/Activation.h"
#include "runtime/core/CanonicalTypes.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Link.h"
#include "runtime/core/Services.h"
#include "runtime/core/ValueTypes.h"

#include <algorithm>

namespace w2n::runtime {

namespace {

using artifact::ExternKindCode;
using artifact::InstanceContext;
using artifact::Metadata;

/// Fills a new instance, in the order of the specification's instantiation (core specification,
/// section 4.5.4).
class Builder {
public:
  Builder(Instance &instance, const Module &module)
      : instance(instance), state(instance.state()), module(module), metadata(module.metadata()) {}

  Status allocateContext();
  Status makeMemories();
  Status makeTables();
  void makeTags();
  void fillReferences();
  Status run();

private:
  InstanceContext *context() { return state.at<InstanceContext>(0); }
  Status runStart(uint32_t index);

  Instance &instance;
  Instance::State &state;
  const Module &module;
  const Metadata &metadata;
};

Status Builder::allocateContext() {
  const artifact::MetadataHeader &header = metadata.header();
  state.metadata = &metadata;
  state.layout = metadata.contextLayout();
  state.contextStorage.reset(static_cast<uint8_t *>(std::calloc(1, size_t(state.layout.bytes()))));
  state.argumentBuffer = std::make_unique_for_overwrite<uint64_t[]>(module.argumentSlots());
  if (!state.contextStorage)
    return fail(ErrorKind::Limit, "no memory for an instance context of " +
                                      std::to_string(state.layout.bytes()) + " bytes");
  *context() = {&runtimeServices, state.argumentBuffer.get(), &instance, UINT64_MAX};
  std::copy(module.typeIds().begin(), module.typeIds().end(),
            state.at<uint32_t>(state.layout.typeIds()));
  state.memories.resize(header.memories.count);
  state.tables.resize(header.tables.count);
  state.unownedMemories.resize(header.memories.count);
  state.hostGlobals.resize(header.importedGlobals);
  state.hostFunctions.resize(header.importedFunctions);
  state.droppedElements.resize(header.elements.count);
  state.droppedData.resize(header.data.count);
  return {};
}

Status Builder::makeMemories() {
  const artifact::MetadataHeader &header = metadata.header();
  const auto reserve = header.flags & artifact::flagExplicitBounds ? Memory::Reserve::IfPossible
                                                                   : Memory::Reserve::Full;
  auto *slots = state.at<artifact::MemorySlot>(state.layout.memorySlots());
  auto *records = state.at<artifact::MemoryRecord>(state.layout.memoryRecords());
  for (uint32_t i = header.importedMemories; i < header.memories.count; ++i) {
    const wasm::MemoryType type = memoryTypeOf(metadata.memories()[i]);
    const bool isShared = type.limits.shared;
    auto *record = isShared ? nullptr : records + (i - header.importedMemories);
    W2N_TRY(memory, Memory::create(type, reserve, record));
    slots[i] = {memory->record->base, memory->record};
    state.memories[i] = memory.get();
    if (isShared) {
      state.unownedMemories[i] = std::move(memory);
    } else {
      memory->owner = &instance;
      state.definedMemories.push_back(std::move(memory));
    }
  }
  for (const artifact::ImageRecord &image : metadata.images())
    W2N_CHECK(state.memories[image.memory]->mapImage(module.fileDescriptor(), image));
  return {};
}

Status Builder::makeTables() {
  const artifact::MetadataHeader &header = metadata.header();
  auto *pointers = state.at<artifact::TableRecord *>(state.layout.tablePointers());
  auto *records = state.at<artifact::TableRecord>(state.layout.tableRecords());
  for (uint32_t i = header.importedTables; i < header.tables.count; ++i) {
    auto *record = records + (i - header.importedTables);
    W2N_TRY(table, Table::create(tableTypeOf(metadata.tables()[i], module.typeIds()), 0, record));
    table->owner = &instance;
    pointers[i] = record;
    state.tables[i] = table.get();
    state.definedTables.push_back(std::move(table));
  }
  return {};
}

void Builder::makeTags() {
  auto *record = state.at<artifact::TagRecord>(state.layout.tagRecords());
  for (const artifact::TagRecordInfo &tag : metadata.tags().subspan(metadata.header().importedTags))
    *record++ = {module.typeIds()[tag.typeIndex], 0};
}

void Builder::fillReferences() {
  artifact::FunctionReference *reference = state.functionReferences();
  for (uint32_t index : metadata.references()) {
    const artifact::FunctionRecord &function = metadata.functions()[index];
    *reference++ = {metadata.address(function.code), context(),
                    module.typeIds()[function.typeIndex], 0,
                    function.tailCode ? metadata.address(function.tailCode) : nullptr};
  }
}

Status Builder::runStart(uint32_t index) {
  W2N_TRY(function, metadata.function(index));
  const artifact::EntryThunk thunk = module.entryThunkAt(metadata.types()[function.typeIndex]);
  if (!thunk)
    return fail(ErrorKind::Malformed, "metadata: the type of the start function has no thunk",
                metadata.fileOffset());
  if (index >= metadata.header().importedFunctions)
    return runGuest(thunk, context(), metadata.address(function.code), nullptr);
  const artifact::FunctionReference &imported = state.importReferences()[index];
  return runGuest(thunk, imported.context, imported.code, nullptr);
}

Status Builder::run() {
  const artifact::MetadataHeader &header = metadata.header();
  if (header.initialize != 0) {
    // It takes the context alone, which an entry thunk takes first: the C convention lets the rest
    // be ignored.
    const auto initialize = reinterpret_cast<artifact::EntryThunk>(
        reinterpret_cast<uintptr_t>(metadata.address(header.initialize)));
    W2N_CHECK(runGuest(initialize, context(), nullptr, nullptr));
  }
  if (header.startFunction != artifact::noIndex)
    W2N_CHECK(runStart(header.startFunction));
  return {};
}

} // namespace

Instance::~Instance() = default;

Result<std::shared_ptr<Instance>> Instance::instantiate(std::shared_ptr<const Module> module,
                                                        const Resolver &resolver,
                                                        const InstanceOptions &options) {
  W2N_TRY(imports, resolveImports(*module, resolver, options));
  std::unique_ptr<Instance> created(new Instance);
  created->moduleRef = std::move(module);
  created->statePtr = std::make_unique<State>();
  // From here on the handle owns the instance: an error frees it, unless its references have
  // escaped.
  auto handle = std::make_shared<InstanceGroup>()->add(std::move(created));
  Instance &instance = *handle;
  Builder builder(instance, *instance.moduleRef);
  W2N_CHECK(builder.allocateContext());
  instance.contextPtr = instance.statePtr->at<InstanceContext>(0);
  W2N_CHECK(bindImports(instance, imports));
  W2N_CHECK(builder.makeMemories());
  W2N_CHECK(builder.makeTables());
  builder.makeTags();
  builder.fillReferences();
  if (options.fuel)
    W2N_CHECK(instance.setFuel(*options.fuel));
  W2N_CHECK(builder.run());
  return handle;
}

std::optional<uint64_t> Instance::fuel() const {
  if (!(moduleRef->metadata().header().flags & artifact::flagMetersFuel))
    return std::nullopt;
  return contextPtr->fuel;
}

Status Instance::setFuel(uint64_t fuel) {
  if (!this->fuel())
    return fail(ErrorKind::Invalid,
                "the module has no count of fuel: it was compiled without --meter=fuel");
  contextPtr->fuel = fuel;
  return {};
}

std::optional<Extern> Instance::findExport(std::string_view name) {
  const Metadata &metadata = moduleRef->metadata();
  const auto exports = metadata.exports();
  for (uint32_t i = 0; i < exports.size(); ++i)
    if (metadata.string(exports[i].name) == name)
      return exportAt(i);
  return std::nullopt;
}

namespace {

/// Makes the externs that the host sees; each keeps `handle` alive, unless the host made it.
class Exporter {
public:
  explicit Exporter(Instance &instance)
      : handle(instance.handle()), module(instance.module()), metadata(module.metadata()),
        state(instance.state()) {}

  std::shared_ptr<Function> function(uint32_t index) const;
  std::shared_ptr<Table> table(uint32_t index) const {
    return std::shared_ptr<Table>(handle, state.tables[index]);
  }
  std::shared_ptr<Memory> memory(uint32_t index) const {
    if (state.unownedMemories[index])
      return state.unownedMemories[index];
    return std::shared_ptr<Memory>(handle, state.memories[index]);
  }
  std::shared_ptr<Global> global(uint32_t index) const;
  std::shared_ptr<Tag> tag(uint32_t index) const;

private:
  std::shared_ptr<Instance> handle;
  const Module &module;
  const Metadata &metadata;
  Instance::State &state;
};

std::shared_ptr<Function> Exporter::function(uint32_t index) const {
  auto function = std::make_shared<Function>();
  const uint32_t typeIndex = metadata.functions()[index].typeIndex;
  function->reference = state.referenceOf(index);
  // What is imported may have a type below the one that it is imported with.
  function->typeId = index < metadata.header().importedFunctions ? function->reference->typeId
                                                                 : module.typeIds()[typeIndex];
  function->type = canonicalType(function->typeId);
  function->owner = handle;
  if (index < state.hostFunctions.size() && state.hostFunctions[index])
    function->host = state.hostFunctions[index]->function->host;
  else
    function->entry = module.entryThunkAt(metadata.types()[typeIndex]);
  return function;
}

std::shared_ptr<Global> Exporter::global(uint32_t index) const {
  if (index < state.hostGlobals.size() && state.hostGlobals[index])
    return state.hostGlobals[index];
  auto global = std::make_shared<Global>();
  global->type = globalTypeOf(metadata.globals()[index], module.typeIds());
  global->cell = state.globalCell(index);
  global->owner = handle;
  return global;
}

std::shared_ptr<Tag> Exporter::tag(uint32_t index) const {
  auto tag = std::make_shared<Tag>();
  tag->type = functionTypeOf(metadata, metadata.types()[metadata.tags()[index].typeIndex]);
  tag->record = state.tagRecord(index);
  tag->owner = handle;
  return tag;
}

} // namespace

Extern Instance::exportAt(uint32_t index) {
  const artifact::ExportRecord &record = moduleRef->metadata().exports()[index];
  const Exporter exporter(*this);
  switch (ExternKindCode(record.kind)) {
  case ExternKindCode::Table:
    return exporter.table(record.index);
  case ExternKindCode::Memory:
    return exporter.memory(record.index);
  case ExternKindCode::Global:
    return exporter.global(record.index);
  case ExternKindCode::Tag:
    return exporter.tag(record.index);
  case ExternKindCode::Function:
    break;
  }
  return exporter.function(record.index);
}

std::shared_ptr<Instance> Instance::handle() { return statePtr->group->handleOf(*this); }

Memory *Instance::memory0() { return statePtr->memories.empty() ? nullptr : statePtr->memories[0]; }

} // namespace w2n::runtime
