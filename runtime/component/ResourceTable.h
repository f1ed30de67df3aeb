// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The resources of a host: what the representations of its handles stand for. A guest never sees a
// representation, only handles, but each is checked as if it did.
#pragma once

#include "runtime/component/HostResource.h"
#include "runtime/component/TypeNode.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace w2n::runtime {

/// The base of classes of resources; each has its type as `static constexpr ResourceType type`.
class Resource {
public:
  Resource() = default;
  Resource(const Resource &) = delete;
  Resource &operator=(const Resource &) = delete;
  virtual ~Resource() = default;

  /// In the order in which traces name resources; 0 for those that they have not named yet.
  uint32_t traceNumber = 0;
};

/// Threads: any. A resource is used by the instance that has its handle, on one thread at a time.
class ResourceTable {
public:
  static constexpr uint32_t defaultMaxResources = 65536;

  explicit ResourceTable(uint32_t maxResources = defaultMaxResources)
      : maxResources(maxResources) {}

  /// Errors: Limit.
  Result<uint32_t> add(const ResourceType &type, std::unique_ptr<Resource> resource);
  /// Null if `representation` stands for nothing, or for something of another type.
  Resource *find(const ResourceType &type, uint32_t representation);
  /// The same; it stands for nothing from then on.
  std::unique_ptr<Resource> take(const ResourceType &type, uint32_t representation);
  /// Ends all of them, in any order.
  void clear();
  uint32_t count() const {
    std::lock_guard guard(lock);
    return used;
  }

private:
  struct Entry {
    const ResourceType *type = nullptr;
    std::unique_ptr<Resource> resource;
    uint32_t nextFree = 0;
  };
  // Needs the lock.
  Entry *entryOf(const ResourceType &type, uint32_t representation);

  const uint32_t maxResources;
  mutable std::mutex lock;
  std::vector<Entry> entries = std::vector<Entry>(1); // 0 stands for nothing
  uint32_t firstFree = 0, used = 0;
};

/// The state that the functions of a host share: of one instance, or of several, which are on any
/// threads. A class that derives from it, and has members that its resources use, ends the
/// resources in its destructor: they would outlive the members.
class HostContext {
public:
  explicit HostContext(uint32_t maxResources = ResourceTable::defaultMaxResources)
      : resources(maxResources) {}
  HostContext(const HostContext &) = delete;
  HostContext &operator=(const HostContext &) = delete;
  virtual ~HostContext() = default;

  /// Lets guests have resources of `type`, under the name of `version` ("@0.2.12") of its
  /// interface.
  void addResourceType(const ResourceType &type, std::string_view version);
  /// The same for a context that stands for those of instances, one for each (definePerInstance).
  void addResourceTypePerInstance(const ResourceType &type, std::string_view version);
  /// Has the types of `prototype`, which is such a context.
  void shareResourceTypes(const HostContext &prototype) { rows = prototype.rows; }
  /// Null if there is no such type.
  const HostResource *hostResourceOf(const ResourceType &type) const;
  /// Null if it is none of these.
  const ResourceType *typeOf(const HostResource &resource) const;
  /// In the order in which they were added.
  std::vector<const HostResource *> hostResources() const;

  ResourceTable resources;
  std::atomic<uint32_t> tracedResources = 0;

private:
  struct Row {
    const ResourceType *type;
    std::shared_ptr<const HostResource> resource;
  };
  std::vector<Row> rows;
};

} // namespace w2n::runtime
