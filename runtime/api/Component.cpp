// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Components and their instances of include/wasm2native/component.h.

#include "lib/component/PrintWorld.h"
#include "runtime/api/ComponentHandles.h"

using namespace w2n;

w2n_component::w2n_component(std::shared_ptr<const runtime::Component> component)
    : component(std::move(component)) {
  const component::World &world = this->component->world();
  functions.reserve(world.exports.size());
  for (const component::WorldFunction &function : world.exports)
    functions.push_back({&function, std::string(function.interface), std::string(function.name)});
}

w2n_error *w2n_component_new(const w2n_module *module, w2n_component **out) {
  auto component = runtime::Component::create(module->module);
  if (!component)
    return new w2n_error{std::move(component).error()};
  *out = new w2n_component(std::move(*component));
  return nullptr;
}

void w2n_component_free(w2n_component *component) { delete component; }

const char *w2n_component_world(const w2n_component *component) {
  std::call_once(component->textOnce, [&] {
    const component::World &world = component->component->world();
    component->text = component::printWorld(world.types, world.type);
  });
  return component->text.c_str();
}

size_t w2n_component_export_count(const w2n_component *component) {
  return component->functions.size();
}

const w2n_component_function *w2n_component_export_at(const w2n_component *component,
                                                      size_t index) {
  return index < component->functions.size() ? &component->functions[index] : nullptr;
}

const w2n_component_function *w2n_component_find_export(const w2n_component *component,
                                                        const char *interface, const char *name) {
  const auto &exports = component->component->world().exports;
  const component::WorldFunction *found = component->component->findExport(interface, name);
  return found ? &component->functions[size_t(found - exports.data())] : nullptr;
}

const char *w2n_component_function_interface(const w2n_component_function *function) {
  return function->interface.c_str();
}

const char *w2n_component_function_name(const w2n_component_function *function) {
  return function->name.c_str();
}

void w2n_component_instance_free(w2n_component_instance *instance) { delete instance; }

w2n_error *w2n_component_instance_call(w2n_component_instance *instance,
                                       const w2n_component_function *function,
                                       const w2n_component_value *arguments, size_t count,
                                       const w2n_component_value **result) {
  const auto &exports = instance->instance->component().world().exports;
  // A function of another component of the host's.
  if (exports.empty() || function->function < exports.data() ||
      function->function > &exports.back())
    return api::toC(fail(ErrorKind::Invalid, "the function is of another component"));
  auto value = instance->instance->call(*function->function, {arguments, count});
  if (!value)
    return new w2n_error{std::move(value).error()};
  *result = *value;
  return nullptr;
}

w2n_error *w2n_component_instance_finish(w2n_component_instance *instance) {
  return api::toC(instance->instance->finish());
}

w2n_error *w2n_component_instance_drop(w2n_component_instance *instance,
                                       const w2n_component_value *value) {
  const auto &[type, representation] = value->of.resource;
  for (const component::WorldResource &resource : instance->instance->component().world().resources)
    if (value->kind == W2N_COMPONENT_OWN && type == instance->instance->identityOf(resource))
      return api::toC(instance->instance->drop(resource, representation));
  return api::toC(fail(ErrorKind::Invalid, "value owns no resource of this instance"));
}
