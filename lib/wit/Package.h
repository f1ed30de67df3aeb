// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WIT packages: what their texts say, in the order of the texts, with what names refer to beside
// the names once they are resolved. Source: WebAssembly/component-model, design/mvp/WIT.md.
//
// Names are views of the texts, which `Packages` keeps. Pointers stay valid as long as it does.
#pragma once

#include "lib/component/Component.h"
#include "lib/wit/Sources.h"

#include <unordered_map>

namespace w2n::wit {

struct Interface;
struct Package;
struct TypeDefinition;
struct World;

struct Name {
  std::string_view text;
  Place place;
};

/// The attributes before an item.
struct Attributes {
  std::string docs; ///< lines that end in '\n'
  std::optional<Name> since, deprecated, unstable;
  std::optional<Name> externalId; ///< a literal with its quotes
};

enum class TypeKind : uint8_t {
  Primitive,
  Named, ///< a definition; an owned handle, if it is a resource
  Own,
  Borrow,
  List,
  FixedList,
  Option,
  Result,
  Tuple,
  Map,
  Stream,
  Future,
};

struct Type {
  TypeKind kind = TypeKind::Primitive;
  component::Primitive primitive = component::Primitive::Bool;
  Place place;
  /// The name of Named, Own and Borrow.
  Name name;
  const TypeDefinition *definition = nullptr;
  /// Types in angle brackets; of a result only those that are not missing.
  std::vector<Type> arguments;
  bool omitsOk = false; ///< result<_, E>
  uint32_t length = 0;  ///< of FixedList

  /// The types of a result.
  const Type *ok() const { return omitsOk || arguments.empty() ? nullptr : &arguments[0]; }
  const Type *error() const {
    return omitsOk ? &arguments[0] : arguments.size() < 2 ? nullptr : &arguments[1];
  }
};

/// A field, case, label or parameter.
struct Field {
  Name name;
  std::string docs;
  std::optional<Type> type;
};

enum class FunctionKind : uint8_t { Free, Method, Static, Constructor };

struct Function {
  FunctionKind kind = FunctionKind::Free;
  bool isAsync = false;
  Name name; ///< of a constructor, the word
  Attributes attributes;
  std::vector<Field> params; ///< without the method's self
  std::optional<Type> result;
  const TypeDefinition *resource = nullptr;

  /// As components name it: "[method]stream.read".
  std::string externName() const;
};

enum class DefinitionKind : uint8_t { Alias, Record, Variant, Enum, Flags, Resource };

/// The interface or world that defines a type.
struct Owner {
  const Interface *interface = nullptr;
  const World *world = nullptr;
};

struct TypeDefinition {
  DefinitionKind kind = DefinitionKind::Alias;
  Name name;
  Attributes attributes;
  std::vector<Field> fields;
  std::optional<Type> aliased;
  std::vector<Function> functions;

  Owner owner;
  bool hasBorrow = false; ///< somewhere in it
  uint32_t depth = 0;     ///< of definitions that refer to each other
};

/// A reference to an interface or a world.
struct UsePath {
  std::string package; ///< "wasi:io"; empty if it is the same package, or a name of the file
  Name name;
  std::optional<Name> version;
  Place place;

  Interface *interface = nullptr;
  World *world = nullptr;
};

/// use path.{name as alias};
struct Use {
  struct Item {
    Name name;
    std::optional<Name> alias;
    const TypeDefinition *definition = nullptr;
    Name local() const { return alias.value_or(name); }
  };
  Attributes attributes;
  UsePath path;
  std::vector<Item> items;
};

using InterfaceItem = std::variant<Use, TypeDefinition, Function>;
using TypeScope = std::unordered_map<std::string_view, const TypeDefinition *>;

struct Interface {
  Name name;
  Attributes attributes;
  std::vector<InterfaceItem> items;

  const Package *package = nullptr;
  const World *world = nullptr; ///< that it is written in
  TypeScope types;
  std::vector<Interface *> uses; ///< interfaces whose types it uses
  uint32_t depth = 0;            ///< of interfaces that use each other
  /// "wasi:io/streams@0.2.12"; of one written in a world, its name there.
  std::string externName() const;
};

/// import or export.
struct Extern {
  bool isExport = false;
  Attributes attributes;
  std::optional<Name> name; ///< a plain name
  /// The item: a path, or one of these.
  std::optional<UsePath> path;
  std::unique_ptr<Interface> interface;
  std::optional<Function> function;
};

struct Include {
  struct Rename {
    Name from, to;
  };
  Attributes attributes;
  UsePath path;
  std::vector<Rename> renames;
};

using WorldItem = std::variant<Extern, Use, TypeDefinition, Include>;

/// An import or export of a world, once those of included worlds and those that used types need
/// are among them.
struct WorldExtern {
  std::string name; ///< "wasi:io/streams@0.2.12", "run"
  Interface *interface = nullptr;
  const Function *function = nullptr;
  const Extern *written = nullptr; ///< null if a used type needs it
  bool isPlain = false;
};

struct World {
  Name name;
  Attributes attributes;
  std::vector<WorldItem> items;

  const Package *package = nullptr;
  TypeScope types;
  uint32_t depth = 0; ///< of worlds that include each other
  /// Each after those whose types it uses.
  std::vector<WorldExtern> imports, exports;
  std::string externName() const;
};

/// use path as alias;
struct TopUse {
  Attributes attributes;
  UsePath path;
  std::optional<Name> alias;
};

using TopItem = std::variant<TopUse, std::unique_ptr<Interface>, std::unique_ptr<World>>;

struct PackageName {
  std::string name; ///< "wasi:io"
  std::optional<Name> version;
  Place place;
  /// "wasi:io@0.2.12"
  std::string id() const;
};

/// The items of one package in one file.
struct PackageText {
  PackageName name; ///< may be missing in one of several files
  std::string docs;
  std::vector<TopItem> items;
};

/// One file: items of the package that it belongs to, and other packages.
struct Document {
  PackageText main;
  std::vector<PackageText> nested;
};

struct Package {
  PackageName name;
  std::string docs;
  std::vector<PackageText> texts;
  std::unordered_map<std::string_view, Interface *> interfaces;
  std::unordered_map<std::string_view, World *> worlds;
};

/// Packages that refer to nothing but each other.
struct Packages {
  std::unique_ptr<Sources> sources = std::make_unique<Sources>();
  /// In the order in which they were given.
  std::vector<std::unique_ptr<Package>> all;
  /// The package whose worlds are meant by default; null if only dependencies were given.
  const Package *root = nullptr;

  const Package *find(std::string_view id) const;
};

/// Calls one of two functions with the items of a package, in their order.
template <typename OnInterface, typename OnWorld>
void forEachItem(const Package &package, OnInterface onInterface, OnWorld onWorld) {
  for (const PackageText &text : package.texts)
    for (const TopItem &item : text.items)
      if (const auto *interface = std::get_if<std::unique_ptr<Interface>>(&item))
        onInterface(**interface);
      else if (const auto *world = std::get_if<std::unique_ptr<World>>(&item))
        onWorld(**world);
}

/// The definition that stands behind aliases.
const TypeDefinition &withoutAliases(const TypeDefinition &definition);

} // namespace w2n::wit
