// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Instance.h"

#include "runtime/core/Activation.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Link.h"
#include "runtime/core/Services.h"
#include "runtime/core/ValueTypes.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cstring>

namespace w2n::runtime {

namespace {

using artifact::ExternKindCode;
using artifact::InstanceContext;
using artifact::Metadata;

/// Fills a new instance, in the order of the specification's instantiation (core specification,
/// section 4.5.4).
class Builder {
public:
  Builder(Instance &instance, const Module &module, const InstanceOptions &options)
      : instance(instance), state(instance.state()), module(module), metadata(module.metadata()),
        options(options) {}

  Status allocateContext();
  Status makeMemories();
  Status makeTables();
  Status run();

private:
  Result<uint8_t *> contextBlock(size_t bytes, bool &isNew);
  InstanceContext *context() { return state.at<InstanceContext>(0); }
  uint64_t listBytes() const;
  Result<std::unique_ptr<Memory>> makeMemory(uint32_t index, artifact::MemoryRecord *record);
  Result<std::unique_ptr<Table>> makeTable(uint32_t index, artifact::TableRecord *record);
  void fillTypes();
  Status fillReferences();
  Status runStart(uint32_t index);

  Instance &instance;
  Instance::State &state;
  const Module &module;
  const Metadata &metadata;
  const InstanceOptions &options;
};

/// The approximate size of the lists of the state.
uint64_t Builder::listBytes() const {
  const artifact::MetadataHeader &header = metadata.header();
  return (sizeof(Memory) + 2 * sizeof(void *)) * header.memories.count +
         (sizeof(Table) + sizeof(void *)) * header.tables.count +
         sizeof(std::shared_ptr<Global>) * header.importedGlobals +
         (sizeof(HostRecord) + 2 * sizeof(Function)) * header.importedFunctions;
}

Result<uint8_t *> Builder::contextBlock(size_t bytes, bool &isNew) {
  if (options.addresses) {
    isNew = true;
    const size_t recordBytes = metadata.header().importedFunctions * sizeof(HostRecord);
    W2N_TRY(records, options.addresses->allocate(recordBytes + alignof(HostRecord)));
    state.recordRoom = std::make_unique<std::pmr::monotonic_buffer_resource>(
        records, recordBytes + alignof(HostRecord), std::pmr::null_memory_resource());
    std::destroy_at(&state.hostFunctions);
    std::construct_at(&state.hostFunctions, state.recordRoom.get());
    W2N_TRY(entries, FixedEntries::make(*options.addresses));
    state.entries = entries;
    return options.addresses->allocate(bytes);
  }
  ContextBlock &block = state.slot ? state.slot.context() : state.ownContext;
  isNew = !block;
  if (isNew)
    block.reset(static_cast<uint8_t *>(std::calloc(1, bytes)));
  if (!block)
    return fail(ErrorKind::Limit,
                "no memory for an instance context of " + std::to_string(bytes) + " bytes");
  return block.get();
}

// A slot that has run the module before has a block in which all that does not change is there.
Status Builder::allocateContext() {
  const artifact::MetadataHeader &header = metadata.header();
  state.metadata = &metadata;
  state.layout = metadata.contextLayout();
  const size_t contextBytes = state.layout.bytes();
  const size_t argumentBytes = module.argumentSlots() * sizeof(uint64_t);
  state.argumentBytes = argumentBytes;
  W2N_CHECK(state.takeHostBytes(contextBytes + argumentBytes + listBytes()));
  state.addresses = options.addresses;
  bool isNew = false;
  W2N_TRY(block, contextBlock(contextBytes + argumentBytes, isNew));
  state.contextBase = block;
  state.argumentBuffer = reinterpret_cast<uint64_t *>(block + contextBytes);
  if (isNew) {
    fillTypes();
    if (Status filled = fillReferences(); !filled) {
      state.contextBase = nullptr;
      state.argumentBuffer = nullptr;
      if (state.slot)
        state.slot.context().reset();
      return filled;
    }
  }
  const auto *services = state.entries ? state.entries->services() : &runtimeServices;
  *context() = {services, state.argumentBuffer, &instance, UINT64_MAX, nullptr, nullptr};
  if (ProfileCounters *counters = module.profileCounters()) {
    W2N_TRY(counterBlock, counters->makeBlock());
    state.counters = std::move(counterBlock);
    *state.at<uint64_t *>(state.layout.counterPointer()) = state.counters.get();
  }
  state.memories.resize(header.memories.count);
  state.tables.resize(header.tables.count);
  state.unownedMemories.resize(header.memories.count);
  state.hostGlobals.resize(header.importedGlobals);
  state.hostFunctions.resize(header.importedFunctions);
  state.droppedElements.resize(header.elements.count);
  state.droppedData.resize(header.data.count);
  return {};
}

Result<std::unique_ptr<Memory>> Builder::makeMemory(uint32_t index,
                                                    artifact::MemoryRecord *record) {
  const wasm::MemoryType type = memoryTypeOf(metadata.memories()[index]);
  if (const PooledMemory *place = state.slot ? state.slot.findMemory(index) : nullptr)
    return Memory::place(type, place->base, std::min(options.limits.maxMemoryBytes, place->room),
                         record);
  const auto reserve = metadata.header().flags & artifact::flagExplicitBounds
                           ? Memory::Reserve::IfPossible
                           : Memory::Reserve::Full;
  W2N_TRY(memory, Memory::create(type, reserve, options.limits.maxMemoryBytes, record,
                                 options.addresses.get()));
  for (const artifact::ImageRecord &image : metadata.images())
    if (image.memory == index)
      W2N_CHECK(Memory::mapImage(memory->record->base, module.filePart(), image));
  return memory;
}

Status Builder::makeMemories() {
  const artifact::MetadataHeader &header = metadata.header();
  auto *slots = state.at<artifact::MemorySlot>(state.layout.memorySlots());
  auto *records = state.at<artifact::MemoryRecord>(state.layout.memoryRecords());
  for (uint32_t i = header.importedMemories; i < header.memories.count; ++i) {
    const bool isShared = metadata.memories()[i].flags & artifact::limitShared;
    W2N_TRY(memory, makeMemory(i, isShared ? nullptr : records + (i - header.importedMemories)));
    slots[i] = {memory->record->base, memory->record};
    state.memories[i] = memory.get();
    if (isShared) {
      state.unownedMemories[i] = std::move(memory);
    } else {
      memory->owner = &instance;
      state.definedMemories.push_back(std::move(memory));
    }
  }
  return {};
}

Result<std::unique_ptr<Table>> Builder::makeTable(uint32_t index, artifact::TableRecord *record) {
  const wasm::TableType type = tableTypeOf(metadata.tables()[index], module.typeIds());
  const uint64_t maxElements = std::min(options.limits.maxTableElements, Table::maxCount);
  if (options.addresses) {
    const uint64_t room = std::min(type.limits.max.value_or(maxElements), maxElements);
    if (type.limits.min > room)
      return fail(ErrorKind::Limit, "table has " + std::to_string(type.limits.min) +
                                        " elements, most is " + std::to_string(room));
    W2N_TRY(place, options.addresses->allocate(std::max<uint64_t>(room, 1) * sizeof(uint64_t)));
    return Table::place(type, reinterpret_cast<uint64_t *>(place), room, record);
  }
  if (!state.slot)
    return Table::create(type, 0, maxElements, record, state.budget);
  // One that may grow without end gets what the slot has.
  const uint64_t pooled = std::min(maxElements, state.slot.owner().options().maxTableElements);
  const uint64_t room = std::min(type.limits.max.value_or(pooled), pooled);
  auto *elements = type.limits.min <= room ? state.slot.takeElements(room) : nullptr;
  if (elements)
    return Table::place(type, elements, room, record);
  return Table::create(type, 0, pooled, record, state.budget);
}

Status Builder::makeTables() {
  const artifact::MetadataHeader &header = metadata.header();
  auto *pointers = state.at<artifact::TableRecord *>(state.layout.tablePointers());
  auto *records = state.at<artifact::TableRecord>(state.layout.tableRecords());
  for (uint32_t i = header.importedTables; i < header.tables.count; ++i) {
    auto *record = records + (i - header.importedTables);
    W2N_TRY(table, makeTable(i, record));
    table->owner = &instance;
    pointers[i] = record;
    state.tables[i] = table.get();
    state.definedTables.push_back(std::move(table));
  }
  return {};
}

void Builder::fillTypes() {
  std::copy(module.typeIds().begin(), module.typeIds().end(),
            state.at<uint32_t>(state.layout.typeIds()));
  auto *record = state.at<artifact::TagRecord>(state.layout.tagRecords());
  for (const artifact::TagRecordInfo &tag : metadata.tags().subspan(metadata.header().importedTags))
    *record++ = {module.typeIds()[tag.typeIndex], 0};
}

Status Builder::fillReferences() {
  artifact::FunctionReference *reference = state.functionReferences();
  for (uint32_t i = 0; i < metadata.references().size(); ++i) {
    W2N_TRY(function, metadata.referencedFunction(i));
    W2N_TRY(code, metadata.code(metadata.references()[i]));
    *reference++ = {metadata.address(code.code), context(), module.typeIds()[function.typeIndex], 0,
                    code.tailCode ? metadata.address(code.tailCode) : nullptr};
  }
  return {};
}

Status Builder::runStart(uint32_t index) {
  W2N_TRY(function, metadata.function(index));
  W2N_TRY(code, metadata.code(index));
  const artifact::EntryThunk thunk = module.entryThunkAt(function.typeIndex);
  if (!thunk)
    return fail(ErrorKind::Malformed, "metadata: the type of the start function has no thunk",
                metadata.fileOffset());
  if (index >= metadata.header().importedFunctions)
    return runGuest(thunk, context(), metadata.address(code.code), nullptr);
  const artifact::FunctionReference &imported = state.importReferences()[index];
  return runGuest(thunk, imported.context, imported.code, nullptr);
}

Status Builder::run() {
  const artifact::MetadataHeader &header = metadata.header();
  if (metadata.initialize() != 0) {
    // It takes the context alone, which an entry thunk takes first: the C convention lets the rest
    // be ignored.
    const auto initialize = reinterpret_cast<artifact::EntryThunk>(
        reinterpret_cast<uintptr_t>(metadata.address(metadata.initialize())));
    W2N_CHECK(runGuest(initialize, context(), nullptr, nullptr));
  }
  if (header.startFunction != artifact::noIndex)
    W2N_CHECK(runStart(header.startFunction));
  return {};
}

} // namespace

Instance::State::~State() {
  // Before the slot, which keeps the heap for the next tenant if nothing else has it.
  if (heap)
    heap->remove(*this);
  heap.reset();
  if (slot)
    for (PooledMemory &place : slot.memories())
      if (place.index < memories.size() && memories[place.index])
        place.accessibleBytes = platform::roundUpToPage(memories[place.index]->bytes().size());
  // No guest can write to the rest of the block, so the globals alone are cleared.
  if (contextBase)
    explicit_bzero(at<uint8_t>(layout.globalCells()),
                   sizeof(artifact::GlobalCell) * layout.definedGlobals);
  if (argumentBuffer)
    explicit_bzero(argumentBuffer, argumentBytes);
  for (auto &values : elementValues)
    if (!values.empty())
      explicit_bzero(values.data(), values.size() * sizeof(uint64_t));
  budget->giveBack(takenBytes);
  while (!attached.empty())
    attached.pop_back();
}

std::span<const uint8_t> Instance::State::dataOf(uint32_t segment) const {
  if (segment >= droppedData.size() || droppedData[segment])
    return {};
  return metadata->dataBytes(segment);
}

uint64_t Instance::State::segmentElements(uint32_t segment) const {
  if (segment >= droppedElements.size() || droppedElements[segment])
    return 0;
  return metadata->indices(metadata->elements()[segment].functions).size();
}

uint64_t Instance::State::elementOf(uint32_t segment, uint64_t element) {
  if (!elementValues.empty() && !elementValues[segment].empty())
    return elementValues[segment][element];
  const uint32_t index = metadata->indices(metadata->elements()[segment].functions)[element];
  if (index >= metadata->functions().size())
    return 0;
  return reinterpret_cast<uint64_t>(referenceOf(index));
}

Status Instance::State::takeHostBytes(uint64_t bytes) {
  if (!budget->take(bytes))
    return fail(ErrorKind::Limit, "an instance needs " + std::to_string(bytes) +
                                      " bytes of the host's memory, of the " +
                                      std::to_string(budget->maxBytes) + " that the limit allows " +
                                      std::to_string(budget->takenBytes()) + " are taken");
  takenBytes += bytes;
  // Instances in pools are small, and made without system calls.
  if (!platform::hasRoomOnce(bytes))
    return fail(ErrorKind::Limit,
                "the system has no room for " + std::to_string(bytes) + " bytes of an instance");
  return {};
}

Instance::~Instance() = default;

Result<std::shared_ptr<Instance>> Instance::instantiate(std::shared_ptr<const Module> module,
                                                        const Resolver &resolver,
                                                        const InstanceOptions &options) {
  W2N_TRY(imports, resolveImports(*module, resolver, options));
  return instantiateLinked(std::move(module), imports, options);
}

Result<std::shared_ptr<Instance>> Instance::instantiateLinked(std::shared_ptr<const Module> module,
                                                              std::span<const Extern> imports,
                                                              const InstanceOptions &options) {
  auto state = std::make_unique<State>();
  state->budget =
      options.budget ? options.budget : std::make_shared<HostBudget>(options.limits.maxHostBytes);
  W2N_TRY(share, InstanceQuota::take(options.quota));
  state->share = std::move(share);
  if (options.pool) {
    W2N_TRY(slot, options.pool->acquire(module, options.waitForSlot));
    state->slot = std::move(slot);
  }
  std::unique_ptr<Instance> created(new Instance);
  created->moduleRef = std::move(module);
  created->statePtr = std::move(state);
  created->stackByteLimit = options.limits.maxStackBytes;
  created->hostDataPtr = options.hostData;
  created->userData = options.userData;
  // From here on the handle owns the instance: an error frees it, unless its references have
  // escaped.
  auto handle = std::make_shared<InstanceGroup>()->add(std::move(created));
  Instance &instance = *handle;
  Builder builder(instance, *instance.moduleRef, options);
  W2N_CHECK(builder.allocateContext());
  instance.contextPtr = instance.statePtr->at<InstanceContext>(0);
  instance.statePtr->boundary = options.boundary;
  W2N_CHECK(bindImports(instance, imports));
  W2N_CHECK(joinHeap(instance, options));
  W2N_CHECK(builder.makeMemories());
  W2N_CHECK(builder.makeTables());
  if (options.fuel)
    W2N_CHECK(instance.setFuel(*options.fuel));
  const Status ran = options.isRestored ? Status() : builder.run();
  if (options.boundary)
    options.boundary->instantiated(instance, ran);
  W2N_CHECK(ran);
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
  // An imported function's type may be a subtype of the one that it is imported with.
  function->typeId = index < metadata.header().importedFunctions ? function->reference->typeId
                                                                 : module.typeIds()[typeIndex];
  function->type = canonicalType(function->typeId);
  function->owner = handle;
  if (index < state.hostFunctions.size() && state.hostFunctions[index].function)
    function->host = (function->definition = state.hostFunctions[index].function)->host;
  else
    function->entry = module.entryThunkAt(typeIndex);
  if (state.boundary)
    state.boundary->exported(*handle, index, *function);
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
  for (const std::shared_ptr<Tag> &host : state.hostTags)
    if (host->record == tag->record)
      return host;
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

void Instance::attach(std::shared_ptr<void> object) {
  statePtr->attached.push_back(std::move(object));
}

std::shared_ptr<Instance> Instance::handle() { return statePtr->group->handleOf(*this); }

Boundary *Instance::boundary() const { return statePtr->boundary.get(); }

Memory *Instance::memory0() { return statePtr->memories.empty() ? nullptr : statePtr->memories[0]; }

Memory &Instance::memoryAt(uint32_t index) { return *statePtr->memories[index]; }

} // namespace w2n::runtime
