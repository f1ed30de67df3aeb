// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// An instance of a component, with all instances of its modules.
#pragma once

#include "runtime/component/LinkedComponent.h"
#include "runtime/component/TaskRuntime.h"
#include "runtime/component/ValueAccess.h"
#include "runtime/core/Boundary.h"

namespace w2n::runtime {

class ComponentInstance {
public:
  /// As Instance::instantiateLinked. The instance stays at its address. Errors: those of it.
  /// Threads: any; one instance runs on one thread at a time.
  static Result<std::unique_ptr<ComponentInstance>>
  instantiate(std::shared_ptr<const LinkedComponent> linked, InstanceOptions options = {});
  ComponentInstance(const ComponentInstance &) = delete;
  ComponentInstance &operator=(const ComponentInstance &) = delete;

  /// Calls an exported function of the component. The result, null if there is none, and all that
  /// it refers to are valid until the next call, or finish. After a trap or an exit nothing can be
  /// called any more. Errors: Invalid (wrong arguments), Trap, Exit, Limit, Interrupted.
  Result<const ComponentValue *> call(const component::WorldFunction &function,
                                      std::span<const ComponentValue> arguments);
  /// Lets the guest free the result of the last call. Errors: Trap, Exit.
  Status finish();
  /// Runs `body` as a task of the host, beside those of the guest that go on. Errors: as call.
  Status runHostTask(std::move_only_function<Status(HostTasks &tasks)> body);
  /// Lets tasks go on until the host has passed on what it has taken from streams of the guest.
  /// Errors: as call.
  Status flush();
  /// Drops a resource that the guest defines and the host owns. Errors: as call.
  Status drop(const component::WorldResource &resource, uint32_t representation);

  /// The type that values of own and borrow have for `resource`.
  const w2n_component_resource *identityOf(const component::WorldResource &resource) const;

  ~ComponentInstance();

  /// Permutes the order in which tasks run, where the specification leaves it open; for tests.
  void setTaskOrder(uint64_t seed) { taskRuntime().threads().setSeed(seed); }
  const Component &component() const { return linked->component(); }
  Instance &core() { return *instance; }
  /// The budget that memory which the instance makes the host keep is charged to.
  const std::shared_ptr<HostBudget> &hostBudget() const;

  // For the functions of LinkedComponent.
  static ComponentInstance &of(Instance &core) {
    return *static_cast<ComponentInstance *>(core.hostData());
  }
  Status callHost(Instance &core, const LinkedComponent::HostImport &import, std::span<Slot> slots);
  Status destroyHost(uint32_t handleType, uint32_t representation);
  /// The stream of a readable end that leaves the table of the function's component instance.
  Result<std::shared_ptr<SharedStream>> takeEnd(const component::WorldFunction &function,
                                                component::ValueType type, uint32_t handle);
  /// The number that handles of a resource of the host are known by. Errors: Link.
  Result<uint32_t> handleTypeOf(const HostResource &resource) const;
  Status serve(Instance &core, uint32_t service, std::span<Slot> slots);

  TaskRuntime &taskRuntime();

  // For TaskRuntime. Errors: Malformed, and whatever a call ends with.
  /// The function that is the export `index`.
  Result<Function *> functionAt(uint32_t index);
  Result<Memory *> memoryAt(uint32_t index);
  Result<std::shared_ptr<Global>> globalAt(uint32_t index);
  Result<size_t> paramCountOf(uint32_t index);
  /// With the parameters in `slots`, and then the results.
  Status callCore(uint32_t index, std::vector<Slot> &slots);
  /// The same in slots that are as many as both need.
  Status callCoreIn(uint32_t index, std::span<Slot> slots);

  // For what reads and writes values.
  std::span<uint8_t> memory(const component::WorldFunction &function);
  Result<uint32_t> allocate(const component::WorldFunction &function, uint32_t bytes,
                            uint32_t alignment);
  /// Calls one of WorldHandles.
  Result<uint32_t> callHandles(uint32_t ofInstance, uint32_t component::WorldHandles::*function,
                               uint32_t operand, uint32_t handleType);

private:
  explicit ComponentInstance(std::shared_ptr<const LinkedComponent> linked)
      : linked(std::move(linked)) {}
  static wasm::FunctionType integerType(size_t params, size_t results);
  /// The function that is the export `index`. Errors: Malformed (it has another type).
  Result<Function *> functionAt(uint32_t index, const wasm::FunctionType &type);
  /// Says to the boundary of the instance where the host has written since the last time.
  void reportWrites();
  Status enter();
  /// Ends a call, and notes that nothing can be called if it failed.
  template <typename T> Result<T> leave(Result<T> result);
  Result<const ComponentValue *> callAsync(const component::WorldFunction &function,
                                           std::span<const ComponentValue> arguments);
  bool hasTasks(const component::WorldFunction &function);
  class ExportCaller;
  Result<const ComponentValue *> callIn(const component::WorldFunction &function,
                                        std::span<const ComponentValue> arguments);
  Status lowerArguments(const component::WorldFunction &function,
                        std::span<const ComponentValue> arguments, std::vector<Slot> &slots);
  Result<const ComponentValue *> liftResult(const component::WorldFunction &function,
                                            size_t maxFlatResult = 1);

  const std::shared_ptr<const LinkedComponent> linked;
  /// The one that runs, also before instantiating has ended.
  Instance *running = nullptr;
  std::shared_ptr<Instance> instance;
  std::unordered_map<uint32_t, std::shared_ptr<Function>> functions;
  /// The ranges that the host was given to write to; only with a boundary.
  std::vector<MemoryRange> allocated;
  bool isActive = false, isPoisoned = false;
  /// The last call: its function, the arguments of post-return, the memory of the result.
  const component::WorldFunction *finished = nullptr;
  std::vector<Slot> slots;
  ValueArena results;
  /// Made when the first service is used.
  std::unique_ptr<TaskRuntime> tasks;
};

/// Room for values, of which there is no more than the rest of the instance's budget.
ValueArena arenaWithin(Instance &core);

} // namespace w2n::runtime
