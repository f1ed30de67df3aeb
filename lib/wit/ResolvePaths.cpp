// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Paths to interfaces and worlds, and the versions of gates.
#include "lib/component/Version.h"
#include "lib/support/Similar.h"
#include "lib/wit/Resolver.h"

#include <algorithm>

namespace w2n::wit {

namespace {

std::string suggestion(std::string_view word, const std::vector<std::string_view> &candidates) {
  const std::string_view similar = closestWord(word, candidates);
  return similar.empty() ? "" : "; did you mean " + quoted(similar) + "?";
}

} // namespace

Status Resolver::resolvePaths() {
  for (const auto &package : packages.all)
    W2N_CHECK(declareItems(*package));
  for (const auto &package : packages.all)
    for (PackageText &text : package->texts)
      W2N_CHECK(resolveText(*package, text));
  return {};
}

Status Resolver::resolveText(Package &package, PackageText &text) {
  TopScope scope{package, {}};
  const TopScope packageScope{package, {}};
  UniqueScope names(sources, "the names that 'use' gives to a file");
  for (TopItem &item : text.items)
    if (auto *use = std::get_if<TopUse>(&item)) {
      W2N_CHECK(resolvePath(use->path, packageScope));
      const Name name = use->alias.value_or(use->path.name);
      W2N_CHECK(names.add(name));
      scope.uses.emplace(name.text, &use->path);
    }
  for (TopItem &item : text.items)
    if (auto *interface = std::get_if<std::unique_ptr<Interface>>(&item))
      W2N_CHECK(resolvePathsIn((*interface)->items, scope));
    else if (auto *world = std::get_if<std::unique_ptr<World>>(&item))
      W2N_CHECK(resolvePathsIn(**world, scope));
  return {};
}

Status Resolver::resolvePathsIn(std::vector<InterfaceItem> &items, const TopScope &scope) {
  for (InterfaceItem &item : items)
    if (auto *use = std::get_if<Use>(&item)) {
      W2N_CHECK(resolvePath(use->path, scope));
      W2N_CHECK(requireInterface(use->path));
    }
  return {};
}

Status Resolver::resolvePathsIn(World &world, const TopScope &scope) {
  for (WorldItem &item : world.items) {
    if (auto *use = std::get_if<Use>(&item)) {
      W2N_CHECK(resolvePath(use->path, scope));
      W2N_CHECK(requireInterface(use->path));
    } else if (auto *include = std::get_if<Include>(&item)) {
      W2N_CHECK(resolvePath(include->path, scope));
      if (!include->path.world)
        return invalid(include->path.place,
                       quoted(include->path.name.text) + " is an interface; worlds are included");
    } else if (auto *external = std::get_if<Extern>(&item)) {
      if (external->path) {
        W2N_CHECK(resolvePath(*external->path, scope));
        W2N_CHECK(requireInterface(*external->path));
      }
      if (external->interface) {
        external->interface->package = &scope.package;
        external->interface->world = &world;
        W2N_CHECK(resolvePathsIn(external->interface->items, scope));
      }
    }
  }
  return {};
}

Status Resolver::requireInterface(const UsePath &path) {
  if (path.interface)
    return {};
  return invalid(path.place, quoted(path.name.text) + " is a world, not an interface");
}

Status Resolver::resolvePath(UsePath &path, const TopScope &scope) {
  if (path.package.empty()) {
    if (const auto found = scope.uses.find(path.name.text); found != scope.uses.end()) {
      path.interface = found->second->interface;
      path.world = found->second->world;
      return {};
    }
    return resolveIn(path, scope.package);
  }
  W2N_TRY(package, packageOf(path));
  return resolveIn(path, *package);
}

Status Resolver::resolveIn(UsePath &path, const Package &package) {
  if (const auto found = package.interfaces.find(path.name.text);
      found != package.interfaces.end()) {
    path.interface = found->second;
    return {};
  }
  if (const auto found = package.worlds.find(path.name.text); found != package.worlds.end()) {
    path.world = found->second;
    return {};
  }
  std::vector<std::string_view> names;
  for (const auto &[name, interface] : package.interfaces)
    names.push_back(name);
  for (const auto &[name, world] : package.worlds)
    names.push_back(name);
  std::ranges::sort(names);
  return invalid(path.name.place, quoted(path.name.text) + " is not in package " +
                                      quoted(package.name.id()) +
                                      suggestion(path.name.text, names));
}

Result<const Package *> Resolver::packageOf(const UsePath &path) {
  const PackageName wanted{path.package, path.version, path.place};
  if (const auto found = byId.find(wanted.id()); found != byId.end())
    return found->second;
  std::string reason = "package " + quoted(wanted.id()) + " is not there";
  std::vector<std::string_view> names;
  for (const auto &package : packages.all) {
    if (package->name.name == wanted.name)
      return invalid(path.place, reason + "; there is " + quoted(package->name.id()));
    names.push_back(package->name.name);
  }
  const std::string similar = suggestion(wanted.name, names);
  return invalid(path.place,
                 reason +
                     (similar.empty() ? ", neither in this file nor in a folder deps" : similar));
}

Status Resolver::checkGates() {
  for (const auto &package : packages.all)
    for (PackageText &text : package->texts)
      for (TopItem &item : text.items)
        if (auto *use = std::get_if<TopUse>(&item)) {
          W2N_CHECK(checkGates(use->attributes, *package));
        } else if (auto *interface = std::get_if<std::unique_ptr<Interface>>(&item)) {
          W2N_CHECK(checkGates((*interface)->attributes, *package));
          W2N_CHECK(checkGates((*interface)->items, *package));
        } else {
          W2N_CHECK(checkGates(*std::get<std::unique_ptr<World>>(item)));
        }
  return {};
}

Status Resolver::checkGates(std::vector<InterfaceItem> &items, const Package &package) {
  for (InterfaceItem &item : items) {
    W2N_CHECK(
        std::visit([&](const auto &value) { return checkGates(value.attributes, package); }, item));
    if (const auto *definition = std::get_if<TypeDefinition>(&item))
      for (const Function &function : definition->functions)
        W2N_CHECK(checkGates(function.attributes, package));
  }
  return {};
}

Status Resolver::checkGates(World &world) {
  W2N_CHECK(checkGates(world.attributes, *world.package));
  for (WorldItem &item : world.items) {
    W2N_CHECK(std::visit(
        [&](const auto &value) { return checkGates(value.attributes, *world.package); }, item));
    if (const auto *external = std::get_if<Extern>(&item); external && external->interface)
      W2N_CHECK(checkGates(external->interface->items, *world.package));
  }
  return {};
}

/// WIT.md, "Rules for feature gate usage".
Status Resolver::checkGates(const Attributes &attributes, const Package &package) {
  for (const auto &gate : {attributes.since, attributes.unstable, attributes.deprecated}) {
    if (!gate)
      continue;
    if (!package.name.version)
      return invalid(gate->place, "a gate needs a package with a version, and " +
                                      quoted(package.name.name) + " has none");
  }
  const auto &since = attributes.since;
  if (since && component::precedes(package.name.version->text, since->text))
    return invalid(since->place, "version " + std::string(since->text) +
                                     " comes after the package's, " +
                                     std::string(package.name.version->text));
  return {};
}

} // namespace w2n::wit
