// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/ComponentInstance.h"

#include "lib/component/CanonOptions.h"
#include "runtime/component/TypeNode.h"
#include "runtime/core/Memory.h"

#include <algorithm>

namespace w2n::runtime {

using component::CanonTrap;
using component::Layout;
using component::TypeBody;
using component::TypeForm;
using component::Types;
using component::WorldFunction;
using component::WorldHandles;
using component::WorldResource;

namespace {

wasm::FunctionType integerType(size_t params, size_t results) {
  return {std::vector<wasm::ValueType>(params, wasm::ValueType::i32()),
          std::vector<wasm::ValueType>(results, wasm::ValueType::i32())};
}

/// A call of the host by a lowered function.
class InstanceHostCall final : public HostCall {
public:
  InstanceHostCall(ComponentInstance &caller, Instance &core,
                   const LinkedComponent::HostImport &imported, std::span<Slot> slots)
      : HostCall(slots, imported.function->encoding), caller(caller), core(core),
        imported(imported) {}

  std::span<uint8_t> memory() override { return caller.memory(*imported.function); }
  Result<uint32_t> allocate(uint32_t bytes, uint32_t alignment) override {
    return caller.allocate(*imported.function, bytes, alignment);
  }
  Result<uint32_t> lend(const HostResource &resource, uint32_t handle) override {
    if (!imported.type->type.isAsync())
      return callHandles(&WorldHandles::lend, resource, handle);
    W2N_TRY(handleType, handleTypeOf(resource));
    return caller.taskRuntime().lendToHost(imported.function->instance, handle, handleType);
  }
  Result<uint32_t> take(const HostResource &resource, uint32_t handle) override {
    return callHandles(&WorldHandles::take, resource, handle);
  }
  Result<uint32_t> give(const HostResource &resource, uint32_t representation) override {
    return callHandles(&WorldHandles::give, resource, representation);
  }
  Result<std::shared_ptr<SharedStream>> takeEnd(const TypeNode &type, uint32_t handle) override {
    W2N_TRY(element, elementOf(type));
    W2N_TRY(instance, caller.taskRuntime().instanceOf(imported.function->instance));
    const bool isFuture = type.form == TypeForm::Future;
    return caller.taskRuntime().takeReadable(*instance, handle, isFuture, element);
  }
  Result<uint32_t> giveEnd(const TypeNode &type, std::shared_ptr<SharedStream> stream) override {
    W2N_TRY(element, elementOf(type));
    W2N_TRY(instance, caller.taskRuntime().instanceOf(imported.function->instance));
    if (stream->element != SharedStream::noElement && stream->element != element)
      return fail(ErrorKind::Internal, "a host function returned a stream of another type");
    stream->element = element;
    return caller.taskRuntime().giveReadable(*instance, std::move(stream));
  }
  Result<HostTasks *> tasks() override {
    if (core.boundary())
      return fail(ErrorKind::Unsupported,
                  "streams with the host are neither recorded nor replayed");
    return &caller.taskRuntime();
  }
  Instance &instance() override { return core; }
  const ImportedFunction &import() const override { return *imported.type; }

private:
  Result<uint32_t> handleTypeOf(const HostResource &resource) const {
    // Few functions have more than two.
    for (const auto &[known, handleType] : imported.resources)
      if (known == &resource)
        return handleType;
    return fail(ErrorKind::Link, "the function's type has no resource \"" + resource.name + "\"");
  }
  Result<uint32_t> elementOf(const TypeNode &type) const {
    for (const auto &[known, element] : imported.ends)
      if (known == &type)
        return element;
    return fail(ErrorKind::Malformed, "the component's metadata lack a stream type");
  }
  Result<uint32_t> callHandles(uint32_t WorldHandles::*function, const HostResource &resource,
                               uint32_t operand) {
    W2N_TRY(handleType, handleTypeOf(resource));
    return caller.callHandles(imported.function->instance, function, operand, handleType);
  }

  ComponentInstance &caller;
  Instance &core;
  const LinkedComponent::HostImport &imported;
};

/// A call of an exported function by the host: it gives handles to the guest in parameters, and
/// takes those of results.
class ExportAccess final : public ValueAccess {
public:
  ExportAccess(ComponentInstance &callee, const WorldFunction &function)
      : callee(callee), function(function) {}

  std::span<uint8_t> memory() override { return callee.memory(function); }
  component::CanonOption encoding() const override { return function.encoding; }
  Result<uint32_t> allocate(uint32_t bytes, uint32_t alignment) override {
    return callee.allocate(function, bytes, alignment);
  }

  Result<ComponentValue> liftHandle(const TypeBody &type, uint32_t handle) override {
    W2N_TRY(resource, resourceOf(type));
    ComponentValue value = {};
    value.kind = W2N_COMPONENT_OWN;
    W2N_TRY(representation, callee.callHandles(function.instance, &WorldHandles::take, handle,
                                               resource->handleType));
    value.of.resource = {callee.identityOf(*resource), representation};
    return value;
  }

  Result<uint32_t> lowerHandle(const TypeBody &type, const ComponentValue &value) override {
    W2N_TRY(resource, resourceOf(type));
    const auto &[given, representation] = value.of.resource;
    if (given != callee.identityOf(*resource))
      return fail(ErrorKind::Invalid, "value is a handle of another resource type");
    if (type.form == TypeForm::Own)
      return callee.callHandles(function.instance, &WorldHandles::give, representation,
                                resource->handleType);
    // The instance that defines the resource is given what it represents it by.
    if (resource->instance == function.instance)
      return representation;
    return callee.callHandles(function.instance, &WorldHandles::giveBorrow, representation,
                              resource->handleType);
  }

  Result<ComponentValue> liftEnd(component::ValueType type, uint32_t handle) override {
    W2N_CHECK(callee.takeEnd(function, type, handle));
    return ValueAccess::liftEnd(type, handle);
  }

private:
  Result<const WorldResource *> resourceOf(const TypeBody &type) {
    const WorldResource *resource = callee.component().resourceOf(type.resource);
    if (!resource)
      return fail(ErrorKind::Malformed, "the component's metadata lack a resource type");
    return resource;
  }

  ComponentInstance &callee;
  const WorldFunction &function;
};

} // namespace

Result<std::unique_ptr<ComponentInstance>>
ComponentInstance::instantiate(std::shared_ptr<const LinkedComponent> linked,
                               InstanceOptions options) {
  std::unique_ptr<ComponentInstance> made(new ComponentInstance(std::move(linked)));
  options.hostData = made.get();
  // Start functions may call the host, but nothing of the component can be called until they end.
  made->isActive = true;
  W2N_TRY(core, Instance::instantiateLinked(made->component().module(), made->linked->imports(),
                                            options));
  made->isActive = false;
  made->instance = std::move(core);
  made->running = made->instance.get();
  made->results = arenaWithin(*made->running);
  return made;
}

const w2n_component_resource *ComponentInstance::identityOf(const WorldResource &resource) const {
  return resource.isHost ? reinterpret_cast<const w2n_component_resource *>(
                               linked->hostResource(resource.handleType))
                         : reinterpret_cast<const w2n_component_resource *>(&resource);
}

std::span<uint8_t> ComponentInstance::memory(const WorldFunction &function) {
  if (function.memory == WorldFunction::none)
    return {};
  return running->memoryAt(function.memory).bytes();
}

const std::shared_ptr<HostBudget> &ComponentInstance::hostBudget() const {
  return hostBudgetOf(*running);
}

ValueArena arenaWithin(Instance &core) {
  const HostBudget &budget = *hostBudgetOf(core);
  return ValueArena(size_t(
      std::min<uint64_t>(ValueArena::defaultMaxBytes, budget.maxBytes - budget.takenBytes())));
}

ComponentInstance::~ComponentInstance() {
  // Tasks that wait are ended while their instance is there.
  tasks.reset();
}

TaskRuntime &ComponentInstance::taskRuntime() {
  if (!tasks) {
    tasks = std::make_unique<TaskRuntime>(*this);
    // A record of a run has one call of the host after the other.
    if (running->boundary())
      tasks->threads().keepHostsInline();
  }
  return *tasks;
}

Result<std::shared_ptr<SharedStream>> ComponentInstance::takeEnd(const WorldFunction &function,
                                                                 component::ValueType type,
                                                                 uint32_t handle) {
  const component::Concurrency &concurrency = component().world().concurrency;
  const auto found =
      std::ranges::find(concurrency.streams, type.type, &component::WorldStream::type);
  if (found == concurrency.streams.end())
    return fail(ErrorKind::Malformed, "the component's metadata lack a stream type");
  const bool isFuture = component().world().types[type.type].form == TypeForm::Future;
  W2N_TRY(instance, taskRuntime().instanceOf(function.instance));
  return taskRuntime().takeReadable(*instance, handle, isFuture, found->element);
}

Result<uint32_t> ComponentInstance::handleTypeOf(const HostResource &resource) const {
  for (const WorldResource &known : component().world().resources)
    if (known.isHost && linked->hostResource(known.handleType) == &resource)
      return known.handleType;
  return fail(ErrorKind::Link, "the component has no resource \"" + resource.name + "\"");
}

bool ComponentInstance::hasTasks(const WorldFunction &function) {
  return !component().world().concurrency.instances.empty() &&
         taskRuntime().hasTasks(function.instance);
}

Status ComponentInstance::serve(Instance &core, uint32_t service, std::span<Slot> slots) {
  running = &core;
  return taskRuntime().call(service, slots);
}

Result<Function *> ComponentInstance::functionAt(uint32_t index) {
  const auto exports = component().module()->metadata().exports();
  if (index >= exports.size() ||
      exports[index].kind != uint32_t(artifact::ExternKindCode::Function))
    return fail(ErrorKind::Malformed, "the component's metadata lack a function");
  std::shared_ptr<Function> &function = functions[index];
  if (!function)
    function = std::get<std::shared_ptr<Function>>(running->exportAt(index));
  return function.get();
}

Result<Memory *> ComponentInstance::memoryAt(uint32_t index) {
  if (index >= component().module()->metadata().memories().size())
    return fail(ErrorKind::Malformed, "the component's metadata lack a memory");
  return &running->memoryAt(index);
}

Result<std::shared_ptr<Global>> ComponentInstance::globalAt(uint32_t index) {
  const auto exports = component().module()->metadata().exports();
  if (index >= exports.size() || exports[index].kind != uint32_t(artifact::ExternKindCode::Global))
    return fail(ErrorKind::Malformed, "the component's metadata lack a global");
  return std::get<std::shared_ptr<Global>>(running->exportAt(index));
}

Result<size_t> ComponentInstance::paramCountOf(uint32_t index) {
  W2N_TRY(function, functionAt(index));
  return function->type.params.size();
}

Status ComponentInstance::callCore(uint32_t index, std::vector<Slot> &slots) {
  W2N_TRY(function, functionAt(index));
  const size_t params = function->type.params.size(), count = function->type.results.size();
  if (slots.size() != params)
    return fail(ErrorKind::Malformed, "a function of the component has " + std::to_string(params) +
                                          " parameters, expected " + std::to_string(slots.size()));
  slots.resize(std::max(params, count));
  W2N_CHECK(runtime::call(*function, slots));
  slots.resize(count);
  return {};
}

Status ComponentInstance::callCoreIn(uint32_t index, std::span<Slot> slots) {
  W2N_TRY(function, functionAt(index));
  if (slots.size() < std::max(function->type.params.size(), function->type.results.size()))
    return fail(ErrorKind::Malformed, "a function of the component has another type");
  return runtime::call(*function, slots);
}

Result<Function *> ComponentInstance::functionAt(uint32_t index, const wasm::FunctionType &type) {
  std::shared_ptr<Function> &function = functions[index];
  if (!function) {
    if (index == WorldFunction::none)
      return fail(ErrorKind::Malformed, "the component's metadata lack a function");
    auto found = std::get<std::shared_ptr<Function>>(running->exportAt(index));
    if (toString(found->type) != toString(type))
      return fail(ErrorKind::Malformed, "a function of the component has type " +
                                            toString(found->type) + ", expected " + toString(type));
    function = std::move(found);
  }
  return function.get();
}

Result<uint32_t> ComponentInstance::allocate(const WorldFunction &function, uint32_t bytes,
                                             uint32_t alignment) {
  if (function.realloc == WorldFunction::none)
    return fail(ErrorKind::Malformed, "the component's metadata lack a realloc");
  W2N_TRY(realloc, functionAt(function.realloc, integerType(4, 1)));
  Slot arguments[] = {0, 0, alignment, bytes};
  W2N_CHECK(runtime::call(*realloc, arguments));
  const auto address = uint32_t(arguments[0]);
  if (address % alignment != 0)
    return canonTrap(CanonTrap::ReallocUnaligned);
  if (uint64_t(address) + bytes > memory(function).size())
    return canonTrap(CanonTrap::ReallocOutOfBounds);
  if (running->boundary()) [[unlikely]]
    allocated.push_back({function.memory, address, bytes});
  return address;
}

Result<uint32_t> ComponentInstance::callHandles(uint32_t ofInstance,
                                                uint32_t WorldHandles::*function, uint32_t operand,
                                                uint32_t handleType) {
  const WorldHandles *handles = component().handlesOf(ofInstance);
  if (!handles)
    return fail(ErrorKind::Malformed, "the component's metadata lack a table of handles");
  W2N_TRY(callee, functionAt(handles->*function, integerType(2, 1)));
  Slot arguments[] = {operand, handleType};
  W2N_CHECK(runtime::call(*callee, arguments));
  return uint32_t(arguments[0]);
}

Status ComponentInstance::callHost(Instance &core, const LinkedComponent::HostImport &import,
                                   std::span<Slot> slots) {
  // Start functions call before instantiating has ended.
  running = &core;
  InstanceHostCall call(*this, core, import, slots);
  if (!core.boundary()) [[likely]]
    return import.body(call);
  if (import.resultBytes != 0)
    allocated.push_back(
        {import.function->memory, uint32_t(slots[import.resultSlot]), import.resultBytes});
  Status status = import.body(call);
  reportWrites();
  return status;
}

// At once, when all is written: where the guest allocates, what it has allocated before may not be
// complete.
void ComponentInstance::reportWrites() {
  if (Boundary *boundary = running->boundary())
    for (const MemoryRange &range : allocated)
      boundary->wrote(range);
  allocated.clear();
}

Status ComponentInstance::destroyHost(uint32_t handleType, uint32_t representation) {
  const HostResource *resource = linked->hostResource(handleType);
  if (resource && resource->destroyOfInstance)
    resource->destroyOfInstance(running->userData, representation);
  else if (resource && resource->destroy)
    resource->destroy(representation);
  return {};
}

Status ComponentInstance::enter() {
  if (isActive || isPoisoned)
    return canonTrap(CanonTrap::CannotEnter);
  isActive = true;
  return {};
}

template <typename T> Result<T> ComponentInstance::leave(Result<T> result) {
  isActive = false;
  // Wrong arguments of the host have not reached the guest.
  if (!result && result.error().kind != ErrorKind::Invalid) {
    isPoisoned = true;
    if (tasks) {
      // A program that ends has written what it has given to streams.
      if (result.error().kind == ErrorKind::Exit)
        if (Status flushed = tasks->flushHosts(); !flushed)
          result = std::unexpected(std::move(flushed.error()));
      tasks->threads().end();
    }
  }
  return result;
}

Status ComponentInstance::lowerArguments(const WorldFunction &function,
                                         std::span<const ComponentValue> arguments,
                                         std::vector<Slot> &to) {
  const Types &types = component().world().types;
  const TypeBody &type = types[function.type];
  if (arguments.size() != type.fields.size())
    return fail(ErrorKind::Invalid, "\"" + std::string(function.name) + "\" has " +
                                        std::to_string(type.fields.size()) + " parameters, " +
                                        std::to_string(arguments.size()) + " are given");
  ExportAccess access(*this, function);
  ValueLowerer lowerer(types, access);
  if (flatParams(types, type).size() > component::maxFlat) {
    const Layout layout = layoutOfFields(types, type.fields);
    W2N_TRY(address, access.allocate(uint32_t(layout.bytes), layout.alignment));
    to.push_back(address);
    return lowerer.storeFields(type.fields, arguments, address);
  }
  for (size_t i = 0; i < arguments.size(); ++i)
    W2N_CHECK(lowerer.lower(*type.fields[i].type, arguments[i], to));
  return {};
}

Result<const ComponentValue *> ComponentInstance::liftResult(const WorldFunction &function,
                                                             size_t maxFlatResult) {
  const Types &types = component().world().types;
  const TypeBody &type = types[function.type];
  if (!type.element)
    return nullptr;
  ExportAccess access(*this, function);
  ValueLifter lifter(types, access, results);
  W2N_TRY(kept, results.allocate<ComponentValue>(1));
  const size_t flatCount = flatResult(types, type).size();
  if (slots.size() < std::min(flatCount, flatCount > maxFlatResult ? size_t(1) : flatCount))
    return fail(ErrorKind::Malformed, "a function of the component has another result");
  if (flatCount > maxFlatResult) {
    const auto address = uint32_t(slots[0]);
    W2N_CHECK(lifter.checkPointer(address, layoutOf(types, *type.element)));
    W2N_TRY(value, lifter.load(*type.element, address));
    kept[0] = value;
  } else {
    std::span<const Slot> left = slots;
    W2N_TRY(value, lifter.lift(*type.element, left));
    kept[0] = value;
  }
  return kept.data();
}

/// The host as the caller of an asynchronous function.
class ComponentInstance::ExportCaller final : public TaskCaller {
public:
  ExportCaller(ComponentInstance &callee, const WorldFunction &function,
               std::span<const ComponentValue> arguments)
      : callee(callee), function(function), arguments(arguments) {}

  Status start(Task &, std::vector<Slot> &parameters) override {
    return callee.lowerArguments(function, arguments, parameters);
  }
  Status returned(Task &task, std::span<const Slot> given) override {
    callee.slots.assign(given.begin(), given.end());
    const size_t maxFlatResult = task.function.isAsyncLift ? component::maxFlat : 1;
    W2N_TRY(lifted, callee.liftResult(function, maxFlatResult));
    // The guest goes on, and may use the memory for something else.
    W2N_TRY(kept, keepValue(lifted, callee.results));
    result = kept;
    return {};
  }
  void canceled(Task &) override {}

  const ComponentValue *result = nullptr;

private:
  ComponentInstance &callee;
  const WorldFunction &function;
  const std::span<const ComponentValue> arguments;
};

Result<const ComponentValue *>
ComponentInstance::callAsync(const WorldFunction &function,
                             std::span<const ComponentValue> arguments) {
  results = arenaWithin(*running);
  auto caller = std::make_shared<ExportCaller>(*this, function, arguments);
  W2N_CHECK(taskRuntime().callExport(function, caller));
  return caller->result;
}

Result<const ComponentValue *>
ComponentInstance::callIn(const WorldFunction &function,
                          std::span<const ComponentValue> arguments) {
  const TypeBody &type = component().world().types[function.type];
  if (type.isAsync())
    return callAsync(function, arguments);
  const wasm::FunctionType coreType = liftedType(component().world().types, type, {});
  W2N_TRY(callee, functionAt(function.function, coreType));
  slots.clear();
  W2N_CHECK(lowerArguments(function, arguments, slots));
  const bool isTask = hasTasks(function);
  if (isTask)
    W2N_CHECK(taskRuntime().enterSync(function.instance));
  if (slots.size() != coreType.params.size())
    return fail(ErrorKind::Internal,
                "arguments were lowered to " + std::to_string(slots.size()) + " core values");
  slots.resize(std::max(coreType.params.size(), coreType.results.size()));
  reportWrites();
  W2N_CHECK(runtime::call(*callee, slots));
  slots.resize(coreType.results.size());
  if (isTask)
    W2N_CHECK(taskRuntime().leaveSync(function.instance));
  auto result = liftResult(function);
  if (result)
    finished = &function;
  return result;
}

Result<const ComponentValue *> ComponentInstance::call(const WorldFunction &function,
                                                       std::span<const ComponentValue> arguments) {
  W2N_CHECK(finish());
  W2N_CHECK(enter());
  return leave(callIn(function, arguments));
}

Status ComponentInstance::finish() {
  if (!finished || isActive)
    return {};
  const WorldFunction &function = *finished;
  finished = nullptr;
  results = arenaWithin(*running);
  if (function.postReturn == WorldFunction::none)
    return {};
  W2N_CHECK(enter());
  const auto callPostReturn = [&]() -> Status {
    const Types &types = component().world().types;
    const wasm::FunctionType type = liftedType(types, types[function.type], {});
    W2N_TRY(callee, functionAt(function.postReturn, {type.results, {}}));
    return runtime::call(*callee, slots);
  };
  return leave(callPostReturn());
}

Status ComponentInstance::runHostTask(std::move_only_function<Status(HostTasks &tasks)> body) {
  W2N_CHECK(finish());
  W2N_CHECK(enter());
  TaskRuntime &runtime = taskRuntime();
  return leave(
      runtime.runHostTask([&runtime, body = std::move(body)]() mutable { return body(runtime); }));
}

Status ComponentInstance::flush() {
  if (!tasks || tasks->unflushedCount == 0)
    return {};
  W2N_CHECK(finish());
  W2N_CHECK(enter());
  return leave(tasks->flush());
}

Status ComponentInstance::drop(const WorldResource &resource, uint32_t representation) {
  W2N_CHECK(finish());
  if (resource.isHost)
    return destroyHost(resource.handleType, representation);
  if (resource.destructor == WorldFunction::none)
    return {};
  W2N_CHECK(enter());
  const auto destroy = [&]() -> Status {
    W2N_TRY(callee, functionAt(resource.destructor, integerType(1, 0)));
    Slot arguments[] = {representation};
    return runtime::call(*callee, arguments);
  };
  return leave(destroy());
}

} // namespace w2n::runtime
