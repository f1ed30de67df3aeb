// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/HostInterfaces.h"

namespace w2n::runtime {

using component::Version;
using component::VersionedName;

namespace {

std::unexpected<Error> definedTwice(std::string_view interface, std::string_view name) {
  const std::string path = interface.empty() ? std::string() : std::string(interface) + "#";
  return fail(ErrorKind::Link, "\"" + path + std::string(name) + "\" is already defined");
}

} // namespace

HostInterfaces::Interface &HostInterfaces::open(std::string_view interface) {
  const VersionedName parsed = component::parseVersion(interface);
  return interfaces[std::string(parsed.name)][parsed.version];
}

Status HostInterfaces::define(std::string_view interface, std::string_view name,
                              HostComponentFunction function) {
  auto &functions = open(interface).functions;
  if (functions.contains(name))
    return definedTwice(interface, name);
  functions.emplace(name, std::make_shared<const HostComponentFunction>(std::move(function)));
  return {};
}

Result<const HostResource *> HostInterfaces::defineResource(HostResource resource) {
  auto &resources = open(resource.interface).resources;
  if (resources.contains(resource.name))
    return definedTwice(resource.interface, resource.name);
  auto kept = std::make_shared<const HostResource>(std::move(resource));
  resources.emplace(kept->name, kept);
  return kept.get();
}

Status HostInterfaces::shareResource(const HostResource &resource) {
  auto &resources = open(resource.interface).resources;
  // Not ours to delete.
  const std::shared_ptr<const HostResource> shared(std::shared_ptr<void>(), &resource);
  // Several sets of functions may share it.
  if (resources.emplace(resource.name, shared).first->second.get() != &resource)
    return definedTwice(resource.interface, resource.name);
  return {};
}

template <typename Look>
auto HostInterfaces::search(std::string_view interface, const Look &look) const
    -> decltype(look(std::declval<const Interface &>())) {
  const VersionedName parsed = component::parseVersion(interface);
  const auto found = interfaces.find(parsed.name);
  if (found == interfaces.end())
    return {};
  const Versions &versions = found->second;
  if (const auto exact = versions.find(parsed.version); exact != versions.end())
    if (auto item = look(exact->second))
      return item;
  for (auto version = versions.rbegin(); version != versions.rend(); ++version)
    if (isCompatible(version->first, parsed.version))
      if (auto item = look(version->second))
        return item;
  return {};
}

const HostComponentFunction *HostInterfaces::findFunction(std::string_view interface,
                                                          std::string_view name) const {
  return search(interface, [&](const Interface &one) -> const HostComponentFunction * {
    const auto found = one.functions.find(name);
    return found == one.functions.end() ? nullptr : found->second.get();
  });
}

const HostResource *HostInterfaces::findResource(std::string_view interface,
                                                 std::string_view name) const {
  return search(interface, [&](const Interface &one) -> const HostResource * {
    const auto found = one.resources.find(name);
    return found == one.resources.end() ? nullptr : found->second.get();
  });
}

bool HostInterfaces::hasInterface(std::string_view interface) const {
  return search(interface, [](const Interface &) { return true; });
}

} // namespace w2n::runtime
