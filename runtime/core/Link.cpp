// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Link.h"

#include "runtime/arch/Arch.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/ValueTypes.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>

namespace w2n::runtime {

namespace {

using artifact::ExternKindCode;
using artifact::ImportRecord;
using artifact::Metadata;

std::string describe(const wasm::Limits &limits) {
  std::string text = limits.is64 ? "i64 " : "";
  text += std::to_string(limits.min);
  if (limits.max)
    text += " " + std::to_string(*limits.max);
  return limits.shared ? text + " shared" : text;
}

std::string describe(const wasm::FunctionType &type) { return "function " + wasm::toString(type); }

std::string describeTag(const wasm::FunctionType &type) { return "tag " + wasm::toString(type); }

std::string describe(const wasm::TableType &type) {
  return "table " + describe(type.limits) + " " + wasm::toString(type.element);
}

std::string describe(const wasm::MemoryType &type) {
  std::string text = "memory " + describe(type.limits);
  if (type.pageSizeLog2 != 16)
    text += " of pages of " + std::to_string(1u << type.pageSizeLog2) + " bytes";
  return text;
}

std::string describe(const wasm::GlobalType &type) {
  return "global " + std::string(type.isMutable ? "mut " : "") + wasm::toString(type.type);
}

/// With the size that it has now, which is what counts.
wasm::TableType currentType(const Table &table) {
  wasm::TableType type = table.type;
  type.limits.min = table.size();
  return type;
}

wasm::MemoryType currentType(const Memory &memory) {
  wasm::MemoryType type = memory.type;
  type.limits.min = memory.pages();
  return type;
}

bool limitsMatch(const wasm::Limits &found, const wasm::Limits &wanted) {
  if (found.min < wanted.min || found.is64 != wanted.is64 || found.shared != wanted.shared)
    return false;
  return !wanted.max || (found.max && *found.max <= *wanted.max);
}

/// Mutable globals must have the very type; immutable ones may have a subtype.
bool matchesGlobal(const wasm::GlobalType &found, const wasm::GlobalType &wanted) {
  return found.isMutable == wanted.isMutable &&
         (found.type == wanted.type || (!found.isMutable && matches(found.type, wanted.type)));
}

class ImportMatcher {
public:
  ImportMatcher(const Module &module, const ImportRecord &record)
      : module(module), metadata(module.metadata()), record(record) {}

  Status match(const Extern &found) const {
    switch (ExternKindCode(record.kind)) {
    case ExternKindCode::Function:
      return matchFunction(get<Function>(found), found);
    case ExternKindCode::Table:
      return matchTable(get<Table>(found), found);
    case ExternKindCode::Memory:
      return matchMemory(get<Memory>(found), found);
    case ExternKindCode::Global:
      return matchGlobal(get<Global>(found), found);
    case ExternKindCode::Tag:
      return matchTag(get<Tag>(found), found);
    }
    return unknown();
  }
  std::unexpected<Error> unknown() const {
    return fail(ErrorKind::Link, "unknown import: " + quotedName() + " (" + wantedType() + ")");
  }
  std::string_view moduleName() const { return metadata.string(record.module); }
  std::string_view name() const { return metadata.string(record.name); }
  std::string quotedName() const {
    return "\"" + std::string(metadata.string(record.module)) + "\".\"" +
           std::string(metadata.string(record.name)) + "\"";
  }

private:
  template <typename T> static const T *get(const Extern &found) {
    auto *pointer = std::get_if<std::shared_ptr<T>>(&found);
    return pointer ? pointer->get() : nullptr;
  }
  const wasm::FunctionType &functionType() const {
    return canonicalType(module.typeIds()[metadata.functions()[record.index].typeIndex]);
  }
  wasm::TableType tableType() const {
    return tableTypeOf(metadata.tables()[record.index], module.typeIds());
  }
  wasm::MemoryType memoryType() const { return memoryTypeOf(metadata.memories()[record.index]); }
  wasm::GlobalType globalType() const {
    return globalTypeOf(metadata.globals()[record.index], module.typeIds());
  }
  std::string wantedType() const;
  static std::string foundType(const Extern &found);

  std::unexpected<Error> incompatible(const Extern &found) const {
    return fail(ErrorKind::Link, "incompatible import type: " + quotedName() + " is a " +
                                     foundType(found) + ", wanted a " + wantedType());
  }
  Status matchFunction(const Function *function, const Extern &found) const {
    const uint32_t typeIndex = metadata.functions()[record.index].typeIndex;
    if (!function || !isSubtype(function->typeId, module.typeIds()[typeIndex]))
      return incompatible(found);
    return {};
  }
  Status matchTable(const Table *table, const Extern &found) const {
    if (!table || table->type.element != tableType().element ||
        !limitsMatch(currentType(*table).limits, tableType().limits))
      return incompatible(found);
    return {};
  }
  Status matchMemory(const Memory *memory, const Extern &found) const;
  Status matchGlobal(const Global *global, const Extern &found) const {
    if (!global || !matchesGlobal(global->type, globalType()))
      return incompatible(found);
    return {};
  }

  uint32_t tagTypeIndex() const { return metadata.tags()[record.index].typeIndex; }
  Status matchTag(const Tag *tag, const Extern &found) const {
    if (!tag || tag->record->typeId != module.typeIds()[tagTypeIndex()])
      return incompatible(found);
    return {};
  }

  const Module &module;
  const Metadata &metadata;
  const ImportRecord &record;
};

std::string ImportMatcher::wantedType() const {
  switch (ExternKindCode(record.kind)) {
  case ExternKindCode::Function:
    return describe(functionType());
  case ExternKindCode::Table:
    return describe(tableType());
  case ExternKindCode::Memory:
    return describe(memoryType());
  case ExternKindCode::Global:
    return describe(globalType());
  case ExternKindCode::Tag:
    return describeTag(functionTypeOf(metadata, metadata.types()[tagTypeIndex()]));
  }
  return "unknown";
}

std::string ImportMatcher::foundType(const Extern &found) {
  if (auto *function = get<Function>(found))
    return describe(function->type);
  if (auto *table = get<Table>(found))
    return describe(currentType(*table));
  if (auto *memory = get<Memory>(found))
    return describe(currentType(*memory));
  if (auto *global = get<Global>(found))
    return describe(global->type);
  if (auto *tag = get<Tag>(found))
    return describeTag(tag->type);
  return "null pointer";
}

Status ImportMatcher::matchMemory(const Memory *memory, const Extern &found) const {
  const wasm::MemoryType wanted = memoryType();
  if (!memory || memory->type.pageSizeLog2 != wanted.pageSizeLog2 ||
      !limitsMatch(currentType(*memory).limits, wanted.limits))
    return incompatible(found);
  const bool needsGuard =
      !(metadata.header().flags & artifact::flagExplicitBounds) && wanted.hasGuardPages();
  if (needsGuard && !memory->isGuarded())
    return fail(
        ErrorKind::Link,
        "incompatible import type: memory " + quotedName() +
            " has no reservation with guards, which the module's bounds checks rely on; make "
            "the memory with one, or compile the module with --bounds-checks=explicit");
  return {};
}

wasm::ExternKind kindOf(const ImportRecord &record) { return wasm::ExternKind(record.kind); }

/// Stands in for a function that the resolver does not know.
std::shared_ptr<Function> makeUnknownFunction(const Module &module, const ImportRecord &record) {
  const Metadata &metadata = module.metadata();
  const uint32_t typeIndex = metadata.functions()[record.index].typeIndex;
  auto body = [name = ImportMatcher(module, record).quotedName()](Caller,
                                                                  std::span<Slot>) -> Status {
    Error error;
    error.kind = ErrorKind::Trap;
    error.code = uint32_t(artifact::TrapKind::UnknownImport);
    error.text = "unknown import called: " + name;
    return std::unexpected(std::move(error));
  };
  return makeHostFunction(canonicalType(module.typeIds()[typeIndex]), std::move(body));
}

/// `name` in quotes and on one line, which a module's names need not be.
std::string onOneLine(std::string_view name) {
  std::string text = "\"";
  for (char letter : name)
    text += letter == '\n' ? std::string("\\n") : std::string(1, letter);
  return text + "\"";
}

/// Imports that nothing provides: the first with its type, and the names of some, by module.
class UnknownImports {
public:
  void add(const ImportMatcher &matcher) {
    if (count++ == 0)
      first = std::move(matcher.unknown().error());
    if (count > maxNames)
      return;
    const std::string_view module = matcher.moduleName();
    auto group = std::ranges::find(groups, module, &Group::module);
    if (group == groups.end())
      group = groups.insert(group, {module, ""});
    group->names += (group->names.empty() ? "" : ", ") + onOneLine(matcher.name());
  }
  bool empty() const { return count == 0; }
  Error error() && {
    if (count == 1)
      return std::move(first);
    first.text += ", and " + std::to_string(count - 1) + " more";
    for (const Group &group : groups)
      first.notes += "  " + onOneLine(group.module) + ": " + group.names + "\n";
    if (count > maxNames)
      first.notes += "  and " + std::to_string(count - maxNames) + " more\n";
    return std::move(first);
  }

private:
  static constexpr size_t maxNames = 20;
  struct Group {
    std::string_view module;
    std::string names;
  };
  size_t count = 0;
  Error first;
  std::vector<Group> groups;
};

} // namespace

Result<std::vector<Extern>> resolveImports(const Module &module, const Resolver &resolver,
                                           const InstanceOptions &options) {
  const Metadata &metadata = module.metadata();
  std::vector<Extern> imports;
  // A function of the host is made for each import, again for each thread that a guest starts.
  constexpr uint64_t bytesOfOne = sizeof(Extern) + 2 * sizeof(Function);
  if (const size_t count = metadata.imports().size(); !platform::hasRoomOnce(count * bytesOfOne))
    return fail(ErrorKind::Limit,
                "the system has no room for " + std::to_string(count) + " imports");
  imports.reserve(metadata.imports().size());
  UnknownImports unknown;
  for (const ImportRecord &record : metadata.imports()) {
    const ImportMatcher matcher(module, record);
    auto found = resolver ? resolver(metadata.string(record.module), metadata.string(record.name),
                                     kindOf(record))
                          : std::nullopt;
    if (!found && kindOf(record) == wasm::ExternKind::Function &&
        (options.trapOnUnknownImports ||
         (options.trapsUnknown && options.trapsUnknown(matcher.moduleName(), matcher.name())))) {
      imports.push_back(makeUnknownFunction(module, record));
      continue;
    }
    if (!found) {
      unknown.add(matcher);
      continue;
    }
    // Once one is unknown nothing is linked, and the others are looked at for their names alone.
    if (!unknown.empty())
      continue;
    W2N_CHECK(matcher.match(*found));
    imports.push_back(std::move(*found));
  }
  if (!unknown.empty())
    return std::unexpected(std::move(unknown).error());
  return imports;
}

namespace {

/// Writes imports, which match, into an instance.
class ImportBinder {
public:
  explicit ImportBinder(Instance &instance)
      : instance(instance), state(instance.state()), metadata(instance.module().metadata()) {}

  /// Errors: Link, if what was bound has references of different heaps.
  Status finish() const {
    if (isTied)
      return {};
    return fail(ErrorKind::Link, "the imports are of instances with different heaps; give all of "
                                 "them the same");
  }

  /// As `bind`, of what the instance's boundary wants to be bound.
  Status bindSeen(const std::shared_ptr<Function> &function, uint32_t index) {
    if (!state.boundary)
      return bind(function, index);
    // To the boundary, another instance's function is one of the host's.
    auto crossing = function->host ? function
                                   : makeHostFunction(function->type,
                                                      [function](Caller, std::span<Slot> slots) {
                                                        return call(*function, slots);
                                                      });
    W2N_TRY(seen, state.boundary->imported(instance, index, crossing));
    return bind(seen, index);
  }
  Status bind(const std::shared_ptr<Function> &function, uint32_t index);
  void bind(const std::shared_ptr<Table> &table, uint32_t index);
  void bind(const std::shared_ptr<Memory> &memory, uint32_t index);
  void bind(const std::shared_ptr<Global> &global, uint32_t index);
  void bind(const std::shared_ptr<Tag> &tag, uint32_t index);

private:
  Status bindHostFunction(const std::shared_ptr<Function> &function, uint32_t index);
  /// Plain pointers into `owner` will be kept; `both`: references of this instance may get there as
  /// well.
  void tie(Instance *owner, InstanceGroup *group, bool both) {
    if (owner) {
      owner->state().pinned = true;
      group = owner->state().group;
    }
    if (both)
      state.pinned = true;
    isTied = isTied && InstanceGroup::merge(state.group, group);
  }

  Instance &instance;
  Instance::State &state;
  const Metadata &metadata;
  bool isTied = true;
};

bool carriesReferences(const wasm::FunctionType &type) {
  auto isRef = [](wasm::ValueType value) { return value.isRef(); };
  return std::any_of(type.params.begin(), type.params.end(), isRef) ||
         std::any_of(type.results.begin(), type.results.end(), isRef);
}

Status ImportBinder::bindHostFunction(const std::shared_ptr<Function> &function, uint32_t index) {
  const uint32_t typeIndex = metadata.functions()[index].typeIndex;
  const artifact::ImageOffset thunk = metadata.thunks()[typeIndex].importThunk;
  if (thunk == 0)
    return fail(ErrorKind::Malformed, "metadata: the type of an imported function has no thunk",
                metadata.fileOffset());
  state.importReferences()[index] =
      state.bindHost(state.hostFunctions[index], function, instance, metadata.address(thunk),
                     instance.module().typeIds()[typeIndex]);
  return {};
}

Status ImportBinder::bind(const std::shared_ptr<Function> &function, uint32_t index) {
  if (function->host)
    return bindHostFunction(function, index);
  state.importReferences()[index] = *function->reference;
  tie(function->owner.get(), nullptr, carriesReferences(function->type));
  return {};
}

void ImportBinder::bind(const std::shared_ptr<Table> &table, uint32_t index) {
  state.tables[index] = table.get();
  state.at<artifact::TableRecord *>(state.layout.tablePointers())[index] = table->record;
  tie(table->owner, table->group, true);
}

void ImportBinder::bind(const std::shared_ptr<Memory> &memory, uint32_t index) {
  state.memories[index] = memory.get();
  state.at<artifact::MemorySlot>(state.layout.memorySlots())[index] = {memory->record->base,
                                                                       memory->record};
  if (!memory->owner)
    state.unownedMemories[index] = memory;
  tie(memory->owner, nullptr, false);
}

void ImportBinder::bind(const std::shared_ptr<Global> &global, uint32_t index) {
  state.importedGlobal(index) = global->cell;
  if (!global->owner && !global->group)
    state.hostGlobals[index] = global;
  tie(global->owner.get(), global->group, global->type.type.isRef());
}

// Exceptions travel wherever a tag is shared.
void ImportBinder::bind(const std::shared_ptr<Tag> &tag, uint32_t index) {
  state.at<const artifact::TagRecord *>(state.layout.tagPointers())[index] = tag->record;
  if (!tag->owner)
    state.hostTags.push_back(tag);
  tie(tag->owner.get(), nullptr, true);
}

} // namespace

artifact::FunctionReference Instance::State::bindHost(HostRecord &record,
                                                      std::shared_ptr<Function> function,
                                                      Instance &importer, const void *thunk,
                                                      uint32_t typeId) {
  record.abi = {entries ? entries->invokeHost() : w2nInvokeHostEntry, argumentBuffer};
  record.importer = &importer;
  record.plain = function->plainHost;
  record.user = function->user;
  record.slots =
      std::max(wasm::slotsOf(function->type.params), wasm::slotsOf(function->type.results));
  record.function = std::move(function);
  return {thunk, reinterpret_cast<artifact::InstanceContext *>(&record), typeId, referenceToHost,
          nullptr};
}

Result<Slot> Instance::State::referenceToHostFunction(const std::shared_ptr<Function> &function) {
  if (const auto found = givenFunctions.find(function.get()); found != givenFunctions.end())
    return reinterpret_cast<Slot>(&found->second.reference);
  Instance &instance = instanceOf(at<artifact::InstanceContext>(0));
  const void *thunk = instance.module().importThunkFor(function->typeId);
  if (!thunk)
    return fail(ErrorKind::Unsupported,
                "a host function of type " + wasm::toString(function->type) +
                    " handed as a reference to a module that has no code to call it: the module "
                    "imports none of this type, and gets no references to functions");
  // Budgets are for what guests cause; this is the host's doing.
  GivenHostFunction &given = givenFunctions[function.get()];
  given.reference = bindHost(given.record, function, instance, thunk, function->typeId);
  return reinterpret_cast<Slot>(&given.reference);
}

Status bindImports(Instance &instance, std::span<const Extern> imports) {
  ImportBinder binder(instance);
  const auto records = instance.module().metadata().imports();
  for (size_t i = 0; i < imports.size(); ++i) {
    const uint32_t index = records[i].index;
    if (auto *function = std::get_if<std::shared_ptr<Function>>(&imports[i]))
      W2N_CHECK(binder.bindSeen(*function, index));
    else if (auto *table = std::get_if<std::shared_ptr<Table>>(&imports[i]))
      binder.bind(*table, index);
    else if (auto *memory = std::get_if<std::shared_ptr<Memory>>(&imports[i]))
      binder.bind(*memory, index);
    else if (auto *global = std::get_if<std::shared_ptr<Global>>(&imports[i]))
      binder.bind(*global, index);
    else
      binder.bind(std::get<std::shared_ptr<Tag>>(imports[i]), index);
  }
  return binder.finish();
}

} // namespace w2n::runtime
