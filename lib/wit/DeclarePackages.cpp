// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Documents become packages whose items have unique names.
#include "lib/component/Names.h"
#include "lib/wit/Parser.h"
#include "lib/wit/Print.h"
#include "lib/wit/Resolver.h"

namespace w2n::wit {

namespace {

Place placeOf(const TopItem &item) {
  if (const auto *use = std::get_if<TopUse>(&item))
    return use->path.place;
  if (const auto *interface = std::get_if<std::unique_ptr<Interface>>(&item))
    return (*interface)->name.place;
  return std::get<std::unique_ptr<World>>(item)->name.place;
}

} // namespace

Status UniqueScope::add(Name name) {
  const auto [previous, isNew] = names.emplace(component::lowerCase(name.text), name.place);
  if (isNew)
    return {};
  return sources.fail(ErrorKind::Invalid, name.place,
                      "'" + std::string(name.text) + "' is defined twice in " + what +
                          "; the first is at " + sources.locate(previous->second));
}

Status Resolver::declare(std::vector<SourceGroup> groups) {
  for (size_t i = 0; i < groups.size(); ++i)
    W2N_CHECK(declareGroup(std::move(groups[i]), i + 1 == groups.size()));
  return {};
}

/// The documents' own items are one package, which one of them names at least.
Status Resolver::declareGroup(SourceGroup group, bool isRoot) {
  auto main = std::make_unique<Package>();
  std::optional<Place> unnamed;
  for (Document &document : group) {
    for (PackageText &nested : document.nested) {
      auto package = std::make_unique<Package>();
      package->name = nested.name;
      package->docs = nested.docs;
      package->texts.push_back(std::move(nested));
      W2N_CHECK(addPackage(std::move(package), false));
    }
    const PackageName &name = document.main.name;
    if (!name.name.empty() && !main->name.name.empty() && name.id() != main->name.id())
      return invalid(name.place, "package '" + name.id() + "' is in one folder with package '" +
                                     main->name.id() + "', which " +
                                     sources.locate(main->name.place) + " names");
    if (main->name.name.empty())
      main->name = name;
    main->docs += document.main.docs;
    if (document.main.items.empty())
      continue;
    if (name.name.empty() && !unnamed)
      unnamed = placeOf(document.main.items.front());
    main->texts.push_back(std::move(document.main));
  }
  if (!main->name.name.empty())
    return addPackage(std::move(main), isRoot);
  if (unnamed)
    return invalid(*unnamed, "the package has no name; 'package NAMESPACE:NAME;' gives it one");
  return {};
}

/// A package that is there twice must be the same both times.
Status Resolver::addPackage(std::unique_ptr<Package> package, bool isRoot) {
  const std::string id = package->name.id();
  if (const auto found = byId.find(id); found != byId.end()) {
    if (printPackage(*found->second) != printPackage(*package))
      return invalid(package->name.place, "package '" + id + "' is also at " +
                                              sources.locate(found->second->name.place) +
                                              ", with other contents");
    if (isRoot)
      packages.root = found->second;
    return {};
  }
  byId.emplace(id, package.get());
  if (isRoot)
    packages.root = package.get();
  packages.all.push_back(std::move(package));
  return {};
}

Status Resolver::declareItems(Package &package) {
  UniqueScope names(sources, "package '" + package.name.id() + "'");
  for (PackageText &text : package.texts)
    for (TopItem &item : text.items)
      if (auto *interface = std::get_if<std::unique_ptr<Interface>>(&item)) {
        (*interface)->package = &package;
        W2N_CHECK(names.add((*interface)->name));
        package.interfaces.emplace((*interface)->name.text, interface->get());
      } else if (auto *world = std::get_if<std::unique_ptr<World>>(&item)) {
        (*world)->package = &package;
        W2N_CHECK(names.add((*world)->name));
        package.worlds.emplace((*world)->name.text, world->get());
      }
  return {};
}

Result<Packages> resolvePackages(std::unique_ptr<Sources> sources,
                                 std::vector<SourceGroup> groups) {
  Packages packages;
  packages.sources = std::move(sources);
  Resolver resolver(packages);
  W2N_CHECK(resolver.declare(std::move(groups)));
  W2N_CHECK(resolver.resolvePaths());
  W2N_CHECK(resolver.checkGates());
  W2N_CHECK(resolver.resolveInterfaces());
  W2N_CHECK(resolver.resolveWorlds());
  return packages;
}

Result<Packages> parsePackages(std::string name, std::string text) {
  auto sources = std::make_unique<Sources>();
  W2N_TRY(file, sources->add(std::move(name), std::move(text)));
  W2N_TRY(document, parseDocument(*sources, file));
  std::vector<SourceGroup> groups(1);
  groups[0].push_back(std::move(document));
  return resolvePackages(std::move(sources), std::move(groups));
}

} // namespace w2n::wit
