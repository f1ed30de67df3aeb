// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A component that can be instantiated: a module with what its metadata say of its world. It is
// linked once with functions of the host, and instantiated as often as wanted.
#pragma once

#include "lib/component/World.h"
#include "runtime/component/HostInterfaces.h"
#include "runtime/core/Module.h"

namespace w2n::runtime {

class Component {
public:
  /// Errors: Unsupported (made from a module, not from a component), Malformed. Threads: any.
  static Result<std::shared_ptr<const Component>> create(std::shared_ptr<const Module> module);

  const component::World &world() const { return description; }
  const std::shared_ptr<const Module> &module() const { return moduleRef; }
  /// The exported function `name` of `interface`, "" for the component's own; of a compatible
  /// version, if there is none of the same. Null if there is none. Lives as long as this.
  const component::WorldFunction *findExport(std::string_view interface,
                                             std::string_view name) const;
  /// The resource with the number of a resource type; null if there is none.
  const component::WorldResource *resourceOf(component::TypeId resource) const;
  const component::WorldHandles *handlesOf(uint32_t instance) const;
  /// Of the imports, the first function call of the host; before it are the services of the
  /// runtime, and before those what else is the module's own.
  uint32_t firstHostCall() const;
  uint32_t firstService() const;

private:
  explicit Component(std::shared_ptr<const Module> module) : moduleRef(std::move(module)) {}
  Status check() const;
  Status checkFunction(const component::WorldFunction &function) const;
  Status checkExport(uint32_t index) const;

  const std::shared_ptr<const Module> moduleRef;
  component::World description;
  std::unordered_map<component::ResourceNumber, uint32_t> resources;
};

} // namespace w2n::runtime
