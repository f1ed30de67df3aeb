// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/Component.h"

#include "lib/component/Version.h"

#include <algorithm>

namespace w2n::runtime {

using component::WorldFunction;
using component::WorldHandles;
using component::WorldResource;

Result<std::shared_ptr<const Component>> Component::create(std::shared_ptr<const Module> module) {
  const std::span<const uint8_t> bytes = module->metadata().component();
  if (bytes.empty())
    return fail(ErrorKind::Unsupported,
                "the artifact was made from a module, not from a component");
  std::shared_ptr<Component> made(new Component(std::move(module)));
  W2N_TRY(world, component::decodeWorld(bytes));
  made->description = std::move(world);
  for (uint32_t i = 0; i < made->description.resources.size(); ++i)
    made->resources.emplace(made->description.resources[i].number, i);
  W2N_CHECK(made->check());
  return made;
}

/// That of an export of the module, or none. Its type is checked when it is called first.
Status Component::checkExport(uint32_t index) const {
  if (index == WorldFunction::none)
    return {};
  const auto exports = moduleRef->metadata().exports();
  if (index >= exports.size() ||
      exports[index].kind != uint32_t(artifact::ExternKindCode::Function))
    return fail(ErrorKind::Malformed, "the component's metadata name export " +
                                          std::to_string(index) + ", which is no function");
  return {};
}

Status Component::checkFunction(const WorldFunction &function) const {
  W2N_CHECK(checkExport(function.realloc));
  W2N_CHECK(checkExport(function.postReturn));
  W2N_CHECK(checkExport(function.callback));
  const auto memories = moduleRef->metadata().memories();
  if (function.memory == WorldFunction::none)
    return {};
  constexpr uint32_t others = artifact::limitIs64 | artifact::limitShared;
  if (function.memory >= memories.size() || memories[function.memory].flags & others)
    return fail(ErrorKind::Malformed, "the component's metadata name memory " +
                                          std::to_string(function.memory) +
                                          ", which is none of 32-bit addresses");
  return {};
}

uint32_t Component::firstService() const {
  const size_t services = description.concurrency.services.size();
  return firstHostCall() - uint32_t(std::min<size_t>(firstHostCall(), services));
}

uint32_t Component::firstHostCall() const {
  const auto imports = moduleRef->metadata().imports();
  return uint32_t(imports.size() - std::min(imports.size(), description.hostCalls.size()));
}

Status Component::check() const {
  const auto imports = moduleRef->metadata().imports();
  // "trap", and "drop" of resources.
  constexpr size_t maxOwnImports = 2;
  const size_t known = description.hostCalls.size() + description.concurrency.services.size();
  if (imports.size() < known || imports.size() > known + maxOwnImports)
    return fail(ErrorKind::Malformed,
                "the component's metadata name " + std::to_string(description.hostCalls.size()) +
                    " functions of the host, of " + std::to_string(imports.size()) + " imports");
  for (const WorldFunction &function : description.hostCalls)
    W2N_CHECK(checkFunction(function));
  for (const WorldFunction &function : description.exports) {
    W2N_CHECK(checkFunction(function));
    if (function.function == WorldFunction::none)
      return fail(ErrorKind::Malformed, "an export of the component has no function");
    W2N_CHECK(checkExport(function.function));
  }
  for (const WorldHandles &handles : description.handles)
    for (const uint32_t index : {handles.lend, handles.take, handles.give, handles.giveBorrow})
      W2N_CHECK(checkExport(index));
  for (const WorldResource &resource : description.resources)
    W2N_CHECK(checkExport(resource.destructor));
  return {};
}

const WorldFunction *Component::findExport(std::string_view interface,
                                           std::string_view name) const {
  const component::VersionedName wanted = component::parseVersion(interface);
  const WorldFunction *compatible = nullptr;
  for (const WorldFunction &function : description.exports) {
    if (function.name != name)
      continue;
    if (function.interface == interface)
      return &function;
    const component::VersionedName given = component::parseVersion(function.interface);
    if (given.name == wanted.name && isCompatible(given.version, wanted.version))
      compatible = &function;
  }
  return compatible;
}

const WorldResource *Component::resourceOf(component::TypeId resource) const {
  const auto found = resources.find(description.types[resource].number);
  return found == resources.end() ? nullptr : &description.resources[found->second];
}

const WorldHandles *Component::handlesOf(uint32_t instance) const {
  const auto found = std::ranges::find(description.handles, instance, &WorldHandles::instance);
  return found == description.handles.end() ? nullptr : &*found;
}

} // namespace w2n::runtime
