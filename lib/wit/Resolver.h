// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The work of Resolve.h: packages are declared, then paths, interfaces and worlds resolved.
#pragma once

#include "lib/wit/Resolve.h"

#include <unordered_set>

namespace w2n::wit {

/// A name as messages show it.
inline std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

/// Names of one scope, which must differ in more than case (WIT.md, "WIT Worlds").
class UniqueScope {
public:
  UniqueScope(const Sources &sources, std::string what) : sources(sources), what(std::move(what)) {}
  Status add(Name name);

private:
  const Sources &sources;
  std::string what;
  std::unordered_map<std::string, Place> names;
};

class Resolver {
public:
  explicit Resolver(Packages &packages) : packages(packages), sources(*packages.sources) {}

  // DeclarePackages.cpp
  Status declare(std::vector<SourceGroup> groups);
  // ResolvePaths.cpp
  Status resolvePaths();
  Status checkGates();
  // ResolveTypes.cpp, ResolveWorlds.cpp
  Status resolveInterfaces();
  Status resolveWorlds();

private:
  // DeclarePackages.cpp
  Status declareGroup(SourceGroup group, bool isRoot);
  Status addPackage(std::unique_ptr<Package> package, bool isRoot);
  Status declareItems(Package &package);

  // ResolvePaths.cpp
  struct TopScope {
    Package &package;
    std::unordered_map<std::string_view, const UsePath *> uses;
  };
  Status resolveText(Package &package, PackageText &text);
  Status resolvePathsIn(std::vector<InterfaceItem> &items, const TopScope &scope);
  Status resolvePathsIn(World &world, const TopScope &scope);
  Status resolvePath(UsePath &path, const TopScope &scope);
  Status resolveIn(UsePath &path, const Package &package);
  Result<const Package *> packageOf(const UsePath &path);
  Status requireInterface(const UsePath &path);
  Status checkGates(const Attributes &attributes, const Package &package);
  Status checkGates(std::vector<InterfaceItem> &items, const Package &package);
  Status checkGates(World &world);

  // ResolveTypes.cpp
  struct TypeFacts {
    bool hasBorrow = false;
    uint32_t depth = 0;
  };
  /// The scope in which types are looked up.
  struct Context {
    TypeScope &types;
    Owner owner;
  };
  Status resolveInterface(Interface &interface, Place place);
  Status addUsed(Use &use, const Context &context, UniqueScope &names);
  Status define(TypeDefinition &definition, const Context &context, UniqueScope &names);
  Status resolveDefinition(TypeDefinition &definition, const Context &context);
  Status resolveResource(TypeDefinition &resource, const Context &context);
  Status checkConstructor(const Function &function);
  Status resolveFunction(Function &function, const Context &context);
  Result<TypeFacts> resolveType(Type &type, const Context &context);
  Result<TypeFacts> resolveParts(Type &type, const Context &context);
  Result<TypeFacts> resolveReference(Type &type, const Context &context);
  std::unexpected<Error> unknown(const char *what, const Name &name, const TypeScope &scope,
                                 const std::string &where) const;

  // ResolveWorlds.cpp
  /// The items that a world names itself, before those that it includes and needs are added.
  struct WorldState {
    World &world;
    std::unordered_map<std::string, size_t> imports, exports; ///< places by lower-case name
    std::unordered_set<const Interface *> exported;
    std::unordered_set<std::string> direct; ///< interfaces that the world names itself
  };
  Status resolveWorld(World &world, Place place);
  Status resolveWorldTypes(World &world);
  Status collect(Extern &item, std::vector<WorldExtern> &wanted, WorldState &state);
  Status include(Include &include, std::vector<WorldExtern> &imports,
                 std::vector<WorldExtern> &exports, WorldState &state);
  Status addAll(WorldState &state, const std::vector<WorldExtern> &wanted, bool isExport,
                Place place);
  Status addNeeded(WorldState &state, const Interface &interface, bool isExport, Place place);
  Status count(uint64_t items, Place place);
  Status add(WorldState &state, WorldExtern item, bool isExport, Place place);
  Status checkAmbiguousUses(const WorldState &state);

  std::unexpected<Error> invalid(Place place, const std::string &reason) const {
    return sources.fail(ErrorKind::Invalid, place, reason);
  }

  Packages &packages;
  const Sources &sources;
  std::unordered_map<std::string, Package *> byId;
  /// Interfaces, worlds and definitions whose resolution has begun or ended.
  enum class Progress : uint8_t { Begun = 1, Done };
  std::unordered_map<const void *, Progress> progress;
  /// Types and interfaces that are being resolved, one within the other.
  uint32_t openTypes = 0, openUses = 0;
  uint64_t includedItems = 0;
};

} // namespace w2n::wit
