// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A component with what its imports are.
#pragma once

#include "runtime/component/Component.h"
#include "runtime/core/Instance.h"

namespace w2n::runtime {

class LinkedComponent : public std::enable_shared_from_this<LinkedComponent> {
public:
  /// Finds and checks everything that `component` imports. With options.trapOnUnknownImports,
  /// functions that are not there trap when they are called. Errors: Link, Malformed. Threads: any.
  static Result<std::shared_ptr<const LinkedComponent>>
  link(std::shared_ptr<const Component> component, std::shared_ptr<const HostInterfaces> host,
       const InstanceOptions &options = {});

  const Component &component() const { return *componentRef; }
  const std::shared_ptr<const Component> &sharedComponent() const { return componentRef; }
  /// For Instance::instantiateLinked.
  std::span<const Extern> imports() const { return externs; }

  /// One lowering of a function of the host.
  struct HostImport {
    const component::WorldFunction *function;
    std::shared_ptr<const ImportedFunction> type;
    HostComponentBody body;
    /// The resources of its type, and what handles of them are known by.
    std::vector<std::pair<const HostResource *, uint32_t>> resources;
    /// The types of streams and futures of its type, as the host has them, and the numbers of their
    /// elements (component::Concurrency::elements).
    std::vector<std::pair<const TypeNode *, uint32_t>> ends;
    /// The size of the result in memory, or 0, and the core parameter that is its address.
    uint64_t resultBytes = 0;
    size_t resultSlot = 0;
  };
  const HostImport &hostImport(uint32_t index) const { return hostImports[index]; }
  /// Null if it is not the host's.
  const HostResource *hostResource(uint32_t handleType) const;

private:
  LinkedComponent(std::shared_ptr<const Component> component,
                  std::shared_ptr<const HostInterfaces> host)
      : componentRef(std::move(component)), host(std::move(host)) {}
  Status linkResources(const InstanceOptions &options);
  Result<HostImport> linkFunction(const component::WorldFunction &function,
                                  const InstanceOptions &options);
  Status resolve(const InstanceOptions &options);
  std::optional<Extern> externFor(uint32_t import);
  std::optional<Extern> serviceFor(uint32_t import, uint32_t service) const;

  const std::shared_ptr<const Component> componentRef;
  const std::shared_ptr<const HostInterfaces> host;
  std::unordered_map<uint32_t, const HostResource *> resources;
  std::vector<HostImport> hostImports;
  std::vector<Extern> externs;
};

} // namespace w2n::runtime
