// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-bindgen/wit/TypeWriter.h"

#include <algorithm>
#include <set>

namespace w2n::bindgen {

namespace {

using component::Primitive;
using wit::DefinitionKind;
using wit::TypeKind;

const char *primitiveName(Primitive primitive, bool isParam) {
  switch (primitive) {
  case Primitive::Bool:
    return "bool";
  case Primitive::S8:
    return "int8_t";
  case Primitive::U8:
    return "uint8_t";
  case Primitive::S16:
    return "int16_t";
  case Primitive::U16:
    return "uint16_t";
  case Primitive::S32:
    return "int32_t";
  case Primitive::U32:
    return "uint32_t";
  case Primitive::S64:
    return "int64_t";
  case Primitive::U64:
    return "uint64_t";
  case Primitive::F32:
    return "float";
  case Primitive::F64:
    return "double";
  case Primitive::Char:
    return "char32_t";
  case Primitive::String:
    return isParam ? "std::string_view" : "std::string";
  case Primitive::ErrorContext:
    break;
  }
  return "";
}

bool isNumber(const wit::Type &type) {
  return type.kind == TypeKind::Primitive && type.primitive != Primitive::Bool &&
         type.primitive != Primitive::Char && type.primitive != Primitive::String;
}

} // namespace

const wit::Type &withoutAliases(const wit::Type &type) {
  const wit::Type *current = &type;
  while (current->kind == TypeKind::Named && current->definition->kind == DefinitionKind::Alias)
    current = &*current->definition->aliased;
  return *current;
}

bool isBorrow(const wit::Type &type) { return withoutAliases(type).kind == TypeKind::Borrow; }

bool isMoved(const wit::Type &aliased) {
  const wit::Type &type = withoutAliases(aliased);
  switch (type.kind) {
  case TypeKind::Primitive:
  case TypeKind::Borrow:
    return false;
  case TypeKind::List:
    return !isNumber(withoutAliases(type.arguments[0]));
  case TypeKind::Named:
    return type.definition->kind != DefinitionKind::Enum &&
           type.definition->kind != DefinitionKind::Flags;
  case TypeKind::Own:
  case TypeKind::FixedList:
  case TypeKind::Option:
  case TypeKind::Result:
  case TypeKind::Tuple:
  case TypeKind::Map:
  case TypeKind::Stream:
  case TypeKind::Future:
    break;
  }
  return true;
}

bool hasOwn(const wit::Type &aliased) {
  std::set<const wit::TypeDefinition *> seen;
  const auto search = [&](const auto &self, const wit::Type &type) -> bool {
    if (type.kind == TypeKind::Own)
      return true;
    if (type.kind == TypeKind::Named && seen.insert(type.definition).second) {
      const wit::TypeDefinition &definition = *type.definition;
      if (definition.kind == DefinitionKind::Resource ||
          (definition.aliased && self(self, *definition.aliased)))
        return true;
      for (const wit::Field &field : definition.fields)
        if (field.type && self(self, *field.type))
          return true;
    }
    return std::ranges::any_of(type.arguments,
                               [&](const wit::Type &part) { return self(self, part); });
  };
  return search(search, aliased);
}

Result<std::string> TypeWriter::param(const wit::Type &type) const {
  // Only a parameter itself can be a reference.
  if (isBorrow(type))
    return nameOf(wit::withoutAliases(*withoutAliases(type).definition)) + " &";
  return write(type, true);
}

Result<std::string> TypeWriter::argument(const wit::Type &type) const {
  W2N_TRY(text, param(type));
  // The callee gets what handles own, and only looks at everything else.
  return isMoved(type) && !hasOwn(type) ? "const " + text + " &" : text;
}

Result<std::string> TypeWriter::result(const wit::Function &function) const {
  if (function.kind != wit::FunctionKind::Constructor || function.result)
    return function.result ? value(*function.result) : std::string("void");
  return "std::unique_ptr<" + nameOf(*function.resource) + ">";
}

Result<std::string> TypeWriter::write(const wit::Type &aliased, bool isParam) const {
  const wit::Type &type = withoutAliases(aliased);
  switch (type.kind) {
  case TypeKind::Primitive:
    if (type.primitive != Primitive::ErrorContext)
      return primitiveName(type.primitive, isParam);
    break;
  case TypeKind::Named:
  case TypeKind::Own:
  case TypeKind::Borrow:
    return writeNamed(type);
  case TypeKind::List:
    return writeList(type, isParam);
  case TypeKind::FixedList: {
    W2N_TRY(element, write(type.arguments[0], false));
    return "std::array<" + element + ", " + std::to_string(type.length) + ">";
  }
  case TypeKind::Option:
    return apply("std::optional", type, isParam);
  case TypeKind::Tuple:
    return apply("std::tuple", type, isParam);
  case TypeKind::Map: {
    W2N_TRY(pair, apply("std::tuple", type, isParam));
    return "std::vector<" + pair + ">";
  }
  case TypeKind::Result:
    return writeResult(type, isParam);
  case TypeKind::Stream:
  case TypeKind::Future:
    break;
  }
  return sources.fail(ErrorKind::Unsupported, type.place,
                      "streams, futures and error contexts have no form in C++ yet");
}

Result<std::string> TypeWriter::writeNamed(const wit::Type &type) const {
  const wit::TypeDefinition &definition = wit::withoutAliases(*type.definition);
  const std::string name = nameOf(definition);
  if (definition.kind != DefinitionKind::Resource)
    return name;
  if (type.kind != TypeKind::Borrow)
    return "std::unique_ptr<" + name + ">";
  return "std::reference_wrapper<" + name + ">";
}

Result<std::string> TypeWriter::writeList(const wit::Type &type, bool isParam) const {
  W2N_TRY(element, write(type.arguments[0], isParam));
  if (isParam && isNumber(withoutAliases(type.arguments[0])))
    return "std::span<const " + element + ">";
  return "std::vector<" + element + ">";
}

Result<std::string> TypeWriter::writeResult(const wit::Type &type, bool isParam) const {
  std::string text = "std::expected<";
  if (const wit::Type *ok = type.ok()) {
    W2N_TRY(value, write(*ok, isParam));
    text += value;
  } else {
    text += "void";
  }
  if (const wit::Type *error = type.error()) {
    W2N_TRY(value, write(*error, isParam));
    return text + ", " + value + ">";
  }
  return text + ", ::w2n::component::Unit>";
}

Result<std::string> TypeWriter::apply(const char *name, const wit::Type &type, bool isParam) const {
  std::string text;
  for (const wit::Type &argument : type.arguments) {
    W2N_TRY(value, write(argument, isParam));
    text += (text.empty() ? "" : ", ") + value;
  }
  return std::string(name) + "<" + text + ">";
}

} // namespace w2n::bindgen
