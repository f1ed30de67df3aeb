// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls of the host to an instance: exported functions, and destructors of the guest's resources.
#include "lib/component/CanonOptions.h"
#include "runtime/component/ComponentInstance.h"

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

bool ComponentInstance::hasTasks(const WorldFunction &function) {
  return !component().world().concurrency.instances.empty() &&
         taskRuntime().hasTasks(function.instance);
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
