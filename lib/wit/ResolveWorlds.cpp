// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The imports and exports of worlds: those that they name, those that they include, and the
// interfaces whose types these use.
#include "lib/component/Names.h"
#include "lib/wit/Limits.h"
#include "lib/wit/Resolver.h"

#include <algorithm>

namespace w2n::wit {

Status Resolver::resolveWorlds() {
  for (const auto &package : packages.all)
    for (PackageText &text : package->texts)
      for (TopItem &item : text.items)
        if (auto *world = std::get_if<std::unique_ptr<World>>(&item))
          W2N_CHECK(resolveWorld(**world, (*world)->name.place));
  return {};
}

Status Resolver::resolveWorld(World &world, Place place) {
  const auto [found, isNew] = progress.emplace(&world, Progress::Begun);
  if (!isNew) {
    if (found->second == Progress::Begun)
      return invalid(place, "world " + quoted(world.name.text) + " includes itself");
    return {};
  }
  const char *const tooDeep = "worlds include each other too deeply";
  if (++openUses > limits::depth)
    return sources.fail(ErrorKind::Limit, place, tooDeep);
  for (WorldItem &item : world.items)
    if (auto *included = std::get_if<Include>(&item)) {
      W2N_CHECK(resolveWorld(*included->path.world, included->path.place));
      world.depth = std::max(world.depth, included->path.world->depth + 1);
    }
  if (world.depth > limits::depth)
    return sources.fail(ErrorKind::Limit, place, tooDeep);
  --openUses;
  W2N_CHECK(resolveWorldTypes(world));

  WorldState state{world, {}, {}, {}, {}};
  std::vector<WorldExtern> imports, exports;
  for (WorldItem &item : world.items) {
    if (auto *external = std::get_if<Extern>(&item))
      W2N_CHECK(collect(*external, external->isExport ? exports : imports, state));
    else if (auto *included = std::get_if<Include>(&item))
      W2N_CHECK(include(*included, imports, exports, state));
    else if (auto *use = std::get_if<Use>(&item))
      imports.push_back(
          {use->path.interface->externName(), use->path.interface, nullptr, nullptr, false});
  }
  W2N_CHECK(addAll(state, imports, false, world.name.place));
  W2N_CHECK(addAll(state, exports, true, world.name.place));
  W2N_CHECK(checkAmbiguousUses(state));
  progress[&world] = Progress::Done;
  return {};
}

/// Types that are used and defined in the world itself, and its functions.
Status Resolver::resolveWorldTypes(World &world) {
  UniqueScope names(sources, "world " + quoted(world.name.text));
  const Context context{world.types, {nullptr, &world}};
  for (WorldItem &item : world.items)
    if (auto *use = std::get_if<Use>(&item))
      W2N_CHECK(addUsed(*use, context, names));
    else if (auto *definition = std::get_if<TypeDefinition>(&item))
      W2N_CHECK(define(*definition, context, names));
    else if (auto *external = std::get_if<Extern>(&item);
             external && external->name && !external->isExport)
      W2N_CHECK(names.add(*external->name));
  for (WorldItem &item : world.items)
    if (auto *definition = std::get_if<TypeDefinition>(&item))
      W2N_CHECK(resolveDefinition(*definition, context));
  for (WorldItem &item : world.items) {
    if (auto *definition = std::get_if<TypeDefinition>(&item))
      W2N_CHECK(resolveResource(*definition, context));
    auto *external = std::get_if<Extern>(&item);
    if (external && external->function)
      W2N_CHECK(resolveFunction(*external->function, context));
    if (external && external->interface)
      W2N_CHECK(resolveInterface(*external->interface, external->name->place));
  }
  return {};
}

Status Resolver::collect(Extern &item, std::vector<WorldExtern> &wanted, WorldState &state) {
  WorldExtern external;
  external.written = &item;
  external.isPlain = item.name.has_value();
  external.function = item.function ? &*item.function : nullptr;
  external.interface = item.path        ? item.path->interface
                       : item.interface ? item.interface.get()
                                        : nullptr;
  external.name = item.name ? std::string(item.name->text) : external.interface->externName();
  if (!external.isPlain &&
      !state.direct.insert((item.isExport ? "export " : "import ") + external.name).second)
    return invalid(item.path->place, "interface " + quoted(external.name) + " is " +
                                         (item.isExport ? "exported" : "imported") + " twice");
  if (item.isExport && !external.isPlain)
    state.exported.insert(external.interface);
  wanted.push_back(std::move(external));
  return {};
}

/// Plain names may be given others; interface names may not (WIT.md, "Name Conflicts and `with`").
Status Resolver::include(Include &include, std::vector<WorldExtern> &imports,
                         std::vector<WorldExtern> &exports, WorldState &state) {
  const World &from = *include.path.world;
  std::unordered_map<std::string_view, const Include::Rename *> renames;
  for (const Include::Rename &rename : include.renames)
    if (!renames.emplace(rename.from.text, &rename).second)
      return invalid(rename.from.place, quoted(rename.from.text) + " is renamed twice");
  std::unordered_set<std::string_view> used;
  const auto copy = [&](const std::vector<WorldExtern> &items, std::vector<WorldExtern> &wanted) {
    for (WorldExtern item : items) {
      const auto rename = item.isPlain ? renames.find(item.name) : renames.end();
      if (rename != renames.end()) {
        used.insert(rename->first);
        item.name = rename->second->to.text;
      }
      wanted.push_back(std::move(item));
    }
  };
  W2N_CHECK(
      count(from.imports.size() + from.exports.size() + from.types.size(), include.path.place));
  copy(from.imports, imports);
  copy(from.exports, exports);
  for (const WorldExtern &item : from.exports)
    if (!item.isPlain)
      state.exported.insert(item.interface);
  for (const Include::Rename &rename : include.renames)
    if (!used.contains(rename.from.text))
      return invalid(rename.from.place, "world " + quoted(from.name.text) + " has no plain name " +
                                            quoted(rename.from.text) + " to be renamed");
  for (const auto &[name, definition] : from.types)
    state.world.types.emplace(name, definition);
  return {};
}

Status Resolver::addAll(WorldState &state, const std::vector<WorldExtern> &wanted, bool isExport,
                        Place place) {
  for (const WorldExtern &item : wanted) {
    const Place at = item.written && item.written->name   ? item.written->name->place
                     : item.written && item.written->path ? item.written->path->place
                                                          : place;
    if (item.interface)
      W2N_CHECK(addNeeded(state, *item.interface, isExport, at));
    W2N_CHECK(add(state, item, isExport, at));
  }
  return {};
}

/// The interfaces whose types an interface uses. What an export uses is exported, if the world
/// exports it at all, else imported.
Status Resolver::addNeeded(WorldState &state, const Interface &interface, bool isExport,
                           Place place) {
  W2N_CHECK(count(interface.uses.size(), place));
  for (Interface *needed : interface.uses) {
    const bool asExport = isExport && state.exported.contains(needed);
    const std::string name = needed->externName();
    if ((asExport ? state.exports : state.imports).contains(component::lowerCase(name)))
      continue;
    W2N_CHECK(addNeeded(state, *needed, asExport, place));
    W2N_CHECK(add(state, {name, needed, nullptr, nullptr, false}, asExport, place));
  }
  return {};
}

/// Worlds that include each other may have more items than the texts have bytes.
Status Resolver::count(uint64_t items, Place place) {
  includedItems += items;
  if (includedItems <= limits::includedItems)
    return {};
  return sources.fail(ErrorKind::Limit, place,
                      "worlds have more than " + std::to_string(limits::includedItems) +
                          " imports and exports together");
}

Status Resolver::add(WorldState &state, WorldExtern item, bool isExport, Place place) {
  auto &list = isExport ? state.world.exports : state.world.imports;
  auto &indices = isExport ? state.exports : state.imports;
  W2N_CHECK(count(1, place));
  const auto [found, isNew] = indices.emplace(component::lowerCase(item.name), list.size());
  if (isNew) {
    list.push_back(std::move(item));
    return {};
  }
  WorldExtern &previous = list[found->second];
  if (item.isPlain || previous.isPlain)
    return invalid(place, "world " + quoted(state.world.name.text) +
                              (isExport ? " exports " : " imports ") + quoted(item.name) +
                              " twice; 'include ... with { " + item.name +
                              " as OTHER }' renames that of an included world");
  // The same interface, perhaps needed before it was named.
  if (!previous.written)
    previous.written = item.written;
  return {};
}

/// WIT.md, "Interfaces, worlds, and `use`": which of the two would be meant?
Status Resolver::checkAmbiguousUses(const WorldState &state) {
  for (const WorldItem &item : state.world.items)
    if (const auto *use = std::get_if<Use>(&item);
        use && state.exported.contains(use->path.interface) &&
        state.direct.contains("import " + use->path.interface->externName()))
      return invalid(use->path.place, "'use' of " + quoted(use->path.name.text) +
                                          " is ambiguous: the world both imports and exports it");
  return {};
}

} // namespace w2n::wit
