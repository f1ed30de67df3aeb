// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/TaskRuntime.h"

#include "runtime/component/ComponentInstance.h"

namespace w2n::runtime {

using component::CanonTrap;
using component::noIndex;
using component::WorldTasks;

const TaskRuntime::Handler TaskRuntime::handlers[] = {
#define COMPONENT_SERVICE(name, text, signature) &TaskRuntime::serve##name,
#include "lib/component/Services.def"
};

TaskRuntime::TaskRuntime(ComponentInstance &owner)
    : owner(owner), world(owner.component().world().concurrency) {
  scheduler.setBudget(owner.hostBudget());
  for (const WorldTasks &tasks : world.instances)
    described.emplace(tasks.instance, &tasks);
  for (const component::WorldCopy &copy : world.copies)
    copies.emplace(std::pair(copy.writer, copy.reader), copy.function);
}

bool TaskRuntime::hasTasks(uint32_t componentInstance) const {
  return described.contains(componentInstance);
}

const component::WorldElement *TaskRuntime::elementAt(uint32_t number) const {
  return number < world.elements.size() ? &world.elements[number] : nullptr;
}

Result<TaskInstance *> TaskRuntime::instanceOf(uint32_t componentInstance) {
  TaskInstance &instance = scheduler.instance(componentInstance);
  if (instance.objects.isOpen())
    return &instance;
  const auto found = described.find(componentInstance);
  if (found == described.end())
    return fail(ErrorKind::Malformed, "the component's metadata lack a component instance");
  const WorldTasks &tasks = *found->second;
  instance.number = componentInstance;
  W2N_TRY(add, owner.functionAt(tasks.add));
  W2N_TRY(remove, owner.functionAt(tasks.remove));
  if (add->type.params.size() != 3 || add->type.results.size() != 1 ||
      remove->type.params.size() != 1 || !remove->type.results.empty())
    return fail(ErrorKind::Malformed, "functions of a table of handles have other types");
  W2N_TRY(memory, owner.memoryAt(tasks.memory));
  instance.objects.open(add, remove, memory, scheduler.hostBudget());
  for (size_t i = 0; i < 2; ++i)
    if (tasks.context[i] != noIndex) {
      W2N_TRY(global, owner.globalAt(tasks.context[i]));
      instance.context[i] = std::move(global);
    }
  return &instance;
}

Status TaskRuntime::call(uint32_t index, std::span<Slot> slots) {
  const component::WorldService &service = world.services[index];
  return (this->*handlers[size_t(service.service)])(service, slots);
}

} // namespace w2n::runtime
