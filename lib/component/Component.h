// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A decoded component: its definitions in their order, as the binary has them, with nothing
// resolved. Source: WebAssembly/component-model, design/mvp/Binary.md. It refers to the bytes that
// it was decoded from, which must outlive it.
#pragma once

#include "lib/wasm/Module.h"

#include <memory>
#include <variant>

namespace w2n::component {

using Bytes = std::span<const uint8_t>;

enum class Sort : uint8_t {
#define COMPONENT_CORE_SORT(name, byte, text) name,
#define COMPONENT_SORT(name, byte, text) name,
#include "lib/component/Sorts.def"
};

/// "core function", "instance": for messages.
std::string_view nameOf(Sort sort);

enum class Primitive : uint8_t {
#define COMPONENT_PRIMITIVE(name, byte, text, size, alignment, flat) name,
#define COMPONENT_TYPE(name, byte, text, decoder)
#include "lib/component/ValueTypes.def"
};

enum class TypeForm : uint8_t {
#define COMPONENT_PRIMITIVE(name, byte, text, size, alignment, flat)
#define COMPONENT_TYPE(name, byte, text, decoder) name,
#include "lib/component/ValueTypes.def"
  Primitive, ///< only as a definition: (type u8)
};

std::string_view nameOf(Primitive primitive);
std::string_view nameOf(TypeForm form);

enum class Builtin : uint8_t {
#define COMPONENT_BUILTIN(name, byte, text, immediates, signature) name,
#include "lib/component/Builtins.def"
};

/// A row of Builtins.def.
struct BuiltinInfo {
  uint8_t byte;
  std::string_view name, immediates, signature;
};
const BuiltinInfo &infoOf(Builtin builtin);

enum class CanonOption : uint8_t {
#define COMPONENT_OPTION(name, byte, text, hasIndex) name,
#include "lib/component/CanonOptions.def"
};
std::string_view nameOf(CanonOption option);

/// A value type: a primitive one, or the type with an index.
struct ValueTypeRef {
  std::optional<Primitive> primitive;
  uint32_t index = 0;
  uint64_t offset = 0;
};

/// A field, a case, a parameter, a flag; `label` is empty in a tuple.
struct LabeledType {
  std::string_view label;
  std::optional<ValueTypeRef> type;
  uint64_t offset = 0;
};

struct SortIndex {
  Sort sort = Sort::Func;
  uint32_t index = 0;
  uint64_t offset = 0;
};

/// The name of an import or export with its attributes.
struct ExternName {
  std::string_view name;
  std::optional<std::string_view> implements, versionSuffix, externalId;
  uint64_t offset = 0;
};

enum class TypeBound : uint8_t { Eq, SubResource };

/// The type of an import or export.
struct ExternDesc {
  Sort sort = Sort::Func; ///< CoreModule, Func, Value, Type, Component or Instance
  TypeBound bound = TypeBound::Eq;
  uint32_t index = 0;
  ValueTypeRef value = {}; ///< of Value
  uint64_t offset = 0;
};

struct CoreModuleDefinition {
  std::shared_ptr<wasm::Module> module;
  Bytes bytes;
};

struct CoreInstanceDefinition {
  struct Argument {
    std::string_view name;
    uint32_t instance;
  };
  struct Export {
    std::string_view name;
    SortIndex item;
  };
  std::optional<uint32_t> module; ///< if there is none, the instance is of `exports`
  std::vector<Argument> arguments;
  std::vector<Export> exports;
};

/// The type of something that a core module imports or exports.
struct CoreExternDesc {
  wasm::ExternKind kind = wasm::ExternKind::Function;
  uint32_t typeIndex = 0; ///< of a function or tag
  wasm::TableType table;
  wasm::MemoryType memory;
  wasm::GlobalType global;
};

/// A declaration of a core module type.
struct CoreDeclaration {
  enum class Kind : uint8_t { Import, Type, Alias, Export } kind = Kind::Import;
  std::string_view module, name;
  CoreExternDesc desc;
  wasm::TypeDefinition type;
  uint32_t outerCount = 0, outerIndex = 0; ///< of an alias
  uint64_t offset = 0;
};

struct CoreTypeDefinition {
  bool isModule = false;
  wasm::TypeDefinition type;
  std::vector<CoreDeclaration> declarations;
};

struct Component;
struct ComponentDefinition {
  std::shared_ptr<Component> component;
};

struct InstanceDefinition {
  struct Argument {
    std::string_view name;
    SortIndex item;
    uint64_t offset;
  };
  struct Export {
    ExternName name;
    SortIndex item;
  };
  std::optional<uint32_t> component;
  std::vector<Argument> arguments;
  std::vector<Export> exports;
};

struct AliasDefinition {
  enum class Target : uint8_t { Export, CoreExport, Outer } target = Target::Export;
  Sort sort = Sort::Func;
  uint32_t instance = 0;
  std::string_view name;
  uint32_t outerCount = 0, outerIndex = 0;
};

struct Definition;
struct TypeSyntax {
  TypeForm form = TypeForm::Primitive;
  std::optional<Primitive> primitive;
  /// Fields, cases, parameters, labels, members of a tuple.
  std::vector<LabeledType> fields;
  /// Of a list, option, result, stream, future, map (the key in `key`), and a function's result.
  std::optional<ValueTypeRef> element, error, key;
  uint32_t index = 0;  ///< of a handle: the resource
  uint32_t length = 0; ///< of a list of fixed length
  std::optional<uint32_t> destructor;
  /// Of a component or instance type.
  std::vector<Definition> declarations;
};

struct CanonDefinition {
  struct Option {
    CanonOption option;
    uint32_t index = 0;
    uint64_t offset = 0;
  };
  Builtin builtin = Builtin::Lift;
  uint32_t function = 0; ///< a core function (lift) or a function (lower)
  uint32_t type = 0;     ///< a type or core type
  std::optional<ValueTypeRef> result;
  std::vector<Option> options;
  bool isAsync = false, isCancellable = false, isShared = false;
  uint32_t memory = 0, table = 0, slot = 0;
  wasm::ValueType valueType;
};

struct StartDefinition {
  uint32_t function = 0;
  std::vector<uint32_t> arguments;
  uint32_t results = 0;
};

struct ImportDefinition {
  ExternName name;
  ExternDesc desc;
};

struct ExportDefinition {
  ExternName name;
  SortIndex item; ///< not in a type
  std::optional<ExternDesc> desc;
};

struct ValueDefinition {
  ValueTypeRef type;
  Bytes bytes;
};

/// One definition, or one declaration of a component or instance type.
struct Definition {
  uint64_t offset = 0;
  std::variant<CoreModuleDefinition, CoreInstanceDefinition, CoreTypeDefinition,
               ComponentDefinition, InstanceDefinition, AliasDefinition, TypeSyntax,
               CanonDefinition, StartDefinition, ImportDefinition, ExportDefinition,
               ValueDefinition>
      kind = {};
  /// Filled by validation. Of a canonical function, the type that it lifts or lowers, the
  /// resource that it is of, or its core type (CoreFuncId); of a resource, its number.
  uint32_t resolved = 0;
  /// Of a canonical built-in of streams or futures: their type, that of its elements; of
  /// task.return: the type of the result. A primitive type, the TypeId of another, or none.
  std::optional<Primitive> subjectPrimitive = {};
  std::optional<uint32_t> subject = {};
  /// Of an instance: the resources that instantiating its component makes, first as the component
  /// numbers them.
  std::vector<std::pair<uint32_t, uint32_t>> resources = {};
};

struct Component {
  Bytes bytes;
  uint64_t offset = 0;
  std::vector<Definition> definitions;
};

/// What the first eight bytes say that a file is.
enum class BinaryKind : uint8_t { Neither, Module, Component };
BinaryKind kindOf(Bytes bytes);

/// Whether a component has types and nothing else, as a WIT package has in binary form (WIT.md,
/// "Package Format").
bool isWitPackage(const Component &component);

/// Words before "index out of bounds": "function", "module".
std::string indexNameOf(Sort sort);

/// Decodes a component with the modules and components in it. Errors: Malformed, Limit,
/// Unsupported, with the offset in `bytes`. Linear in their size. Threads: any.
Result<Component> decodeComponent(Bytes bytes);

} // namespace w2n::component
