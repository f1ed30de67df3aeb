// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The parts of an instance: fuel, host data, functions, memories, globals, tables.
#include "runtime/api/Handles.h"
#include "runtime/core/CoreDump.h"

using namespace w2n;

w2n_function *api::FunctionHome::keep(std::shared_ptr<runtime::Function> function) {
  const void *key = function->reference;
  return &functions.try_emplace(key, std::move(function), *this).first->second;
}

w2n_function *api::FunctionHome::functionOf(runtime::Slot reference) {
  if (reference == 0)
    return nullptr;
  // Looked up first, because making a runtime::Function takes longer.
  auto found = functions.find(reinterpret_cast<const void *>(reference));
  return found != functions.end() ? &found->second : keep(runtime::functionOf(reference));
}

void w2n_instance_free(w2n_instance *instance) { delete instance; }

bool w2n_instance_fuel(const w2n_instance *instance, uint64_t *out) {
  const auto fuel = instance->instance.fuel();
  if (fuel)
    *out = *fuel;
  return fuel.has_value();
}

w2n_error *w2n_instance_set_fuel(w2n_instance *instance, uint64_t fuel) {
  return api::toC(instance->instance.setFuel(fuel));
}

void w2n_instance_set_data(w2n_instance *instance, void *data) {
  instance->instance.userData = data;
}

w2n_error *w2n_instance_write_coredump(w2n_instance *instance, const w2n_error *trap,
                                       const char *name, const char *path) {
  return api::toC(runtime::writeCoreDump(trap->error, instance->instance, name, path));
}

void *w2n_instance_data(const w2n_instance *instance) { return instance->instance.userData; }

w2n_function *w2n_instance_function(w2n_instance *instance, const char *name) {
  auto function = instance->find<runtime::Function>(name);
  return function ? instance->keep(std::move(function)) : nullptr;
}

w2n_memory *w2n_instance_memory(w2n_instance *instance, const char *name) {
  auto memory = instance->find<runtime::Memory>(name);
  if (!memory)
    return nullptr;
  return &instance->memories.try_emplace(memory.get(), memory).first->second;
}

w2n_global *w2n_instance_global(w2n_instance *instance, const char *name) {
  auto global = instance->find<runtime::Global>(name);
  if (!global)
    return nullptr;
  return &instance->globals.try_emplace(global->cell, global, *instance).first->second;
}

w2n_table *w2n_instance_table(w2n_instance *instance, const char *name) {
  auto table = instance->find<runtime::Table>(name);
  if (!table)
    return nullptr;
  return &instance->tables.try_emplace(table.get(), table, *instance).first->second;
}

w2n_tag *w2n_instance_tag(w2n_instance *instance, const char *name) {
  auto tag = instance->find<runtime::Tag>(name);
  return tag ? &instance->tags.try_emplace(tag->record, tag).first->second : nullptr;
}
