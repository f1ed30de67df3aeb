// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The types of one validated component, resolved: each is a node of one table, and is referred to
// by its index there.
//
// A type has an identity besides its structure: importing or exporting a type makes a new node with
// the same body, because only named types may be used in what is imported and exported
// (Explainer.md, "External visibility of types"). A resource type is a number: two resources are
// the same exactly if their numbers are. Component and instance types bind numbers, which stand for
// resources that whoever instantiates or imports them supplies.
#pragma once

#include "lib/component/Component.h"

#include <unordered_map>

namespace w2n::component {

enum class TypeId : uint32_t {};
enum class CoreFuncId : uint32_t {};
enum class CoreModuleId : uint32_t {};
enum class CoreInstanceId : uint32_t {};
using ResourceNumber = uint32_t;

/// A value type: a primitive one, or a type of the table.
struct ValueType {
  std::optional<Primitive> primitive;
  TypeId type = {};
  friend bool operator==(const ValueType &, const ValueType &) = default;
};

struct Field {
  std::string_view label;
  std::optional<ValueType> type;
};

/// An import, export or definition.
struct Entity {
  Sort sort = Sort::Func;
  TypeId type = {}; ///< of a function, component or instance; the type itself of Sort::Type
  ValueType value = {};
  CoreModuleId module = {};
};

/// Named entities in their order, found by name in constant time.
template <typename T> class NamedItems {
public:
  struct Item {
    std::string_view name;
    T value;
    std::optional<std::string_view> implements = {};
  };
  /// False if there is one of that name already.
  bool add(std::string_view name, T value, std::optional<std::string_view> implements = {}) {
    if (!indices.emplace(name, uint32_t(items.size())).second)
      return false;
    items.push_back({name, std::move(value), implements});
    return true;
  }
  const T *find(std::string_view name) const {
    auto found = indices.find(name);
    return found == indices.end() ? nullptr : &items[found->second].value;
  }
  auto begin() const { return items.begin(); }
  auto end() const { return items.end(); }
  size_t size() const { return items.size(); }

private:
  std::vector<Item> items;
  std::unordered_map<std::string_view, uint32_t> indices;
};
using Entities = NamedItems<Entity>;

/// The core values that a type is flattened to; cut off after `maxFlat` + 1 of them.
using FlatTypes = std::vector<wasm::ValueKind>;
inline constexpr size_t maxFlat = 16;

/// The structure of a type; types that differ only in their names share it.
struct TypeBody {
  TypeForm form = TypeForm::Primitive;
  Primitive primitive = Primitive::Bool;
  std::vector<Field> fields;
  std::optional<ValueType> element, error, key; ///< as in TypeSyntax
  TypeId resource = {};                         ///< of a handle
  uint32_t length = 0;                          ///< of a list of fixed length
  ResourceNumber number = 0;                    ///< of a resource
  Entities imports, exports;                    ///< of a component or instance
  /// Resources that a component is given by its imports, and those that it, or an instance type,
  /// defines.
  std::vector<ResourceNumber> importedResources, definedResources;

  // Found when the type is added.
  uint32_t depth = 1, size = 1;
  bool hasBorrow = false, hasPointers = false, hasResources = false;
  uint64_t bytes = 0;
  uint32_t alignment = 1;
  /// With addresses of 64 bits: no value may be too large for either.
  uint64_t bytes64 = 0;
  uint32_t alignment64 = 1;
  FlatTypes flat;

  bool isFunc() const { return form == TypeForm::Func || form == TypeForm::AsyncFunc; }
  bool isAsync() const { return form == TypeForm::AsyncFunc; }
  /// Whether values have this type.
  bool isDefined() const { return form < TypeForm::AsyncFunc || form == TypeForm::Primitive; }
};

/// The type of something that a core module imports or exports.
struct CoreExtern {
  wasm::ExternKind kind = wasm::ExternKind::Function;
  CoreFuncId function = {}; ///< of a function or tag
  wasm::TableType table;
  wasm::MemoryType memory;
  wasm::GlobalType global;
};

struct CoreModuleType {
  struct Import {
    std::string_view module, name;
    CoreExtern type;
  };
  std::vector<Import> imports;
  NamedItems<CoreExtern> exports;
};

struct CoreInstanceType {
  NamedItems<CoreExtern> exports;
};

class Types {
public:
  const TypeBody &operator[](TypeId id) const { return *bodies[size_t(id)]; }
  /// Adds a type whose parts are in the table; finds its size and layout. Errors: Invalid, Limit.
  Result<TypeId> add(TypeBody body, uint64_t offset);
  /// The same type under another identity.
  Result<TypeId> rename(TypeId id, uint64_t offset);
  Result<TypeId> addResource(uint64_t offset);
  Result<TypeId> addResource(ResourceNumber number, uint64_t offset);
  ResourceNumber newResource() { return resources++; }

  CoreFuncId add(wasm::FunctionType type);
  CoreModuleId add(CoreModuleType type);
  CoreInstanceId add(CoreInstanceType type);
  const wasm::FunctionType &operator[](CoreFuncId id) const { return coreFuncs[size_t(id)]; }
  const CoreModuleType &operator[](CoreModuleId id) const { return coreModules[size_t(id)]; }
  const CoreInstanceType &operator[](CoreInstanceId id) const { return coreInstances[size_t(id)]; }

  /// Refuses files whose types take too long to compare.
  Status work(uint64_t steps, uint64_t offset);

private:
  Result<TypeId> push(std::shared_ptr<const TypeBody> body, uint64_t offset);

  std::vector<std::shared_ptr<const TypeBody>> bodies;
  std::vector<wasm::FunctionType> coreFuncs;
  std::vector<CoreModuleType> coreModules;
  std::vector<CoreInstanceType> coreInstances;
  ResourceNumber resources = 0;
  uint64_t worked = 0;
};

/// The replacements of a substitution: types by types, and the resources with these numbers.
struct Substitution {
  std::unordered_map<uint32_t, TypeId> types;
  std::unordered_map<ResourceNumber, ResourceNumber> resources;
};

/// The type with all that it consists of replaced; the same type if nothing is. What is made is
/// remembered in `substitution`.
Result<TypeId> substitute(Types &types, TypeId type, Substitution &substitution, uint64_t offset);
Result<Entity> substitute(Types &types, Entity entity, Substitution &substitution, uint64_t offset);

/// "u32", "record", "own": for messages.
std::string describe(const Types &types, ValueType type);
/// "func", "instance", "type": for messages.
std::string describe(const Entity &entity);

/// Layout in memory and as core values (CanonicalABI.md); of a primitive type or a defined one.
struct Layout {
  uint64_t bytes;
  uint32_t alignment;
};
Layout layoutOf(const Types &types, ValueType type, bool is64 = false);
/// The layout of a tuple of these, or of parameters in memory.
Layout layoutOfFields(const Types &types, std::span<const Field> fields, bool is64 = false);
/// Appends at most maxFlat + 1 core values.
void appendFlat(const Types &types, ValueType type, FlatTypes &flat);
/// Bytes of the discriminant of a variant with so many cases.
uint32_t discriminantBytes(size_t cases);
/// The join of two core values that share a place in a variant.
wasm::ValueKind joinFlat(wasm::ValueKind a, wasm::ValueKind b);
/// The cases of a variant, enum, option or result, and the members of a record or tuple; empty for
/// other forms.
std::vector<Field> casesOf(const TypeBody &body);
inline uint64_t alignUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}
/// Whether a value's form in memory has addresses in it.
bool hasPointers(const Types &types, ValueType type);
bool hasBorrow(const Types &types, ValueType type);

} // namespace w2n::component
