// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/ResourceTable.h"

namespace w2n::runtime {

ResourceTable::Entry *ResourceTable::entryOf(const ResourceType &type, uint32_t representation) {
  if (representation >= entries.size() || entries[representation].type != &type)
    return nullptr;
  return &entries[representation];
}

Result<uint32_t> ResourceTable::add(const ResourceType &type, std::unique_ptr<Resource> resource) {
  std::lock_guard guard(lock);
  if (used >= maxResources)
    return fail(ErrorKind::Limit, "the guest has more resources of the host than the limit of " +
                                      std::to_string(maxResources));
  uint32_t representation = firstFree;
  if (representation != 0) {
    firstFree = entries[representation].nextFree;
  } else {
    representation = uint32_t(entries.size());
    entries.emplace_back();
  }
  entries[representation] = {&type, std::move(resource), 0};
  ++used;
  return representation;
}

Resource *ResourceTable::find(const ResourceType &type, uint32_t representation) {
  std::lock_guard guard(lock);
  Entry *entry = entryOf(type, representation);
  return entry ? entry->resource.get() : nullptr;
}

void ResourceTable::clear() {
  std::vector<Entry> ended(1);
  {
    std::lock_guard guard(lock);
    ended.swap(entries);
    firstFree = used = 0;
  }
}

std::unique_ptr<Resource> ResourceTable::take(const ResourceType &type, uint32_t representation) {
  std::lock_guard guard(lock);
  Entry *entry = entryOf(type, representation);
  if (!entry)
    return nullptr;
  auto resource = std::move(entry->resource);
  *entry = {nullptr, nullptr, firstFree};
  firstFree = representation;
  --used;
  return resource;
}

void HostContext::addResourceType(const ResourceType &type, std::string_view version) {
  rows.push_back({&type, std::make_shared<const HostResource>(HostResource{
                             std::string(type.interface) + std::string(version),
                             std::string(type.name), [this, &type](uint32_t representation) {
                               resources.take(type, representation);
                             }})});
}

void HostContext::addResourceTypePerInstance(const ResourceType &type, std::string_view version) {
  HostResource resource = {.interface = std::string(type.interface) + std::string(version),
                           .name = std::string(type.name)};
  resource.destroyOfInstance = [&type](void *userData, uint32_t representation) {
    static_cast<HostContext *>(userData)->resources.take(type, representation);
  };
  rows.push_back({&type, std::make_shared<const HostResource>(std::move(resource))});
}

const HostResource *HostContext::hostResourceOf(const ResourceType &type) const {
  for (const Row &row : rows)
    if (row.type == &type)
      return row.resource.get();
  return nullptr;
}

const ResourceType *HostContext::typeOf(const HostResource &resource) const {
  for (const Row &row : rows)
    if (row.resource.get() == &resource)
      return row.type;
  return nullptr;
}

std::vector<const HostResource *> HostContext::hostResources() const {
  std::vector<const HostResource *> list;
  for (const Row &row : rows)
    list.push_back(row.resource.get());
  return list;
}

} // namespace w2n::runtime
