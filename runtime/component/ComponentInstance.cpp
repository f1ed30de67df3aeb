// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/ComponentInstance.h"

#include "runtime/core/Memory.h"

#include <algorithm>

namespace w2n::runtime {

using component::CanonTrap;
using component::TypeForm;
using component::WorldFunction;
using component::WorldHandles;
using component::WorldResource;

wasm::FunctionType ComponentInstance::integerType(size_t params, size_t results) {
  return {std::vector<wasm::ValueType>(params, wasm::ValueType::i32()),
          std::vector<wasm::ValueType>(results, wasm::ValueType::i32())};
}

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

} // namespace w2n::runtime
