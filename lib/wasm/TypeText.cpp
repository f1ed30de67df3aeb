// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/TypeText.h"

#include <type_traits>

namespace w2n::wasm {

namespace {

std::string textOf(const FieldType &field) {
  const std::string type =
      field.isPacked() ? "i" + std::to_string(field.packedBits) : toString(field.type);
  return field.isMutable ? "(mut " + type + ")" : type;
}

/// " (WORD VALUE ...)", or nothing without values.
template <typename T> std::string clause(const char *word, const std::vector<T> &values) {
  if (values.empty())
    return "";
  std::string text = std::string(" (") + word;
  for (const T &value : values) {
    if constexpr (std::is_same_v<T, FieldType>)
      text += " " + textOf(value);
    else
      text += " " + toString(value);
  }
  return text + ")";
}

std::string compositeText(const TypeDefinition &type) {
  switch (type.kind) {
  case CompositeKind::Function:
    return "(func" + clause("param", type.function.params) +
           clause("result", type.function.results) + ")";
  case CompositeKind::Struct:
    return "(struct" + clause("field", type.fields) + ")";
  case CompositeKind::Array:
    return "(array " + (type.fields.empty() ? "" : textOf(type.fields[0])) + ")";
  }
  return "";
}

} // namespace

std::string toString(const TypeDefinition &type) {
  const std::string composite = compositeText(type);
  if (type.isFinal && !type.super)
    return composite;
  return std::string("(sub ") + (type.isFinal ? "final " : "") +
         (type.super ? std::to_string(*type.super) + " " : "") + composite + ")";
}

} // namespace w2n::wasm
