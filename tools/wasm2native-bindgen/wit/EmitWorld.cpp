// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-bindgen/wit/EmitWorld.h"

#include "lib/support/Similar.h"
#include "tools/wasm2native-bindgen/wit/InterfaceEmitter.h"

#include <algorithm>

namespace w2n::bindgen {

namespace {

/// The items that a world imports or exports itself, as if it were an interface.
InterfaceItems itemsOf(const wit::World &world, bool isExport) {
  InterfaceItems items;
  // Types of the world are for its imports and exports; the header has them once.
  for (const wit::WorldItem &item : world.items)
    if (const auto *definition = std::get_if<wit::TypeDefinition>(&item); definition && !isExport)
      items.definitions.push_back(definition);
  for (const wit::WorldExtern &item : isExport ? world.exports : world.imports)
    if (item.function)
      items.functions.push_back({item.function, item.name, item.written->attributes.docs});
  return items;
}

InterfaceItems itemsOf(const wit::Interface &interface) {
  InterfaceItems items;
  items.docs = interface.attributes.docs;
  for (const wit::InterfaceItem &item : interface.items)
    if (const auto *definition = std::get_if<wit::TypeDefinition>(&item))
      items.definitions.push_back(definition);
    else if (const auto *function = std::get_if<wit::Function>(&item))
      items.functions.push_back(
          {function, std::string(function->name.text), function->attributes.docs});
  return items;
}

} // namespace

Result<std::vector<GeneratedFile>> emitWorld(const wit::Packages &packages, const wit::World &world,
                                             const std::set<std::string> &features) {
  const Namespaces namespaces(world);
  const EmitContext context{*packages.sources, namespaces, features};
  std::vector<GeneratedFile> files;
  std::set<std::string> done;
  std::vector<std::string> headers;
  const auto emitAll = [&](const std::vector<wit::WorldExtern> &list, bool isExport) -> Status {
    for (const wit::WorldExtern &item : list) {
      if (!item.interface)
        continue;
      const std::string space = namespaces.of(*item.interface, isExport);
      if (!done.insert(space).second || !context.isEnabled(item.interface->attributes))
        continue;
      InterfaceItems items = itemsOf(*item.interface);
      items.space = space;
      items.externName = item.name;
      for (const wit::Interface *used : item.interface->uses)
        items.includes.push_back(
            Namespaces::headerOf(namespaces.of(*used, namespaces.isExported(*used, isExport))));
      if (item.interface->world && !item.interface->world->types.empty())
        items.includes.push_back(Namespaces::headerOf(namespaces.of(*item.interface->world)));
      W2N_TRY(text, InterfaceEmitter(context, items, isExport).run());
      files.push_back({Namespaces::headerOf(space), std::move(text)});
      headers.push_back(files.back().name);
    }
    return {};
  };
  W2N_CHECK(emitAll(world.imports, false));
  W2N_CHECK(emitAll(world.exports, true));

  InterfaceItems imports = itemsOf(world, false), exports = itemsOf(world, true);
  imports.space = exports.space = namespaces.of(world);
  imports.docs = world.attributes.docs;
  imports.includes = headers;
  W2N_TRY(text, InterfaceEmitter(context, imports, false).run());
  W2N_TRY(body, InterfaceEmitter(context, exports, true).runBody());
  files.push_back({Namespaces::headerOf(imports.space), text + body});
  return files;
}

Result<const wit::World *> selectWorld(const wit::Packages &packages, const std::string &name) {
  std::vector<const wit::World *> candidates;
  std::vector<std::string> names;
  for (const auto &package : packages.all)
    wit::forEachItem(
        *package, [](const wit::Interface &) {},
        [&](const wit::World &world) {
          const bool isOfRoot = package.get() == packages.root;
          const bool isMeant = name.empty()                  ? isOfRoot
                               : name.find(':') == name.npos ? isOfRoot && world.name.text == name
                                                             : world.externName() == name;
          if (isMeant)
            candidates.push_back(&world);
          names.push_back(isOfRoot ? std::string(world.name.text) : world.externName());
        });
  if (candidates.size() == 1)
    return candidates[0];
  std::string list;
  for (const std::string &each : names)
    list += (list.empty() ? "" : ", ") + each;
  const std::string known = list.empty() ? "there is none" : "there are: " + list;
  if (!name.empty())
    return fail(ErrorKind::Invalid, "there is no world '" + name + "'; " + known);
  return fail(ErrorKind::Invalid, "--world NAME says which world is meant; " + known);
}

} // namespace w2n::bindgen
