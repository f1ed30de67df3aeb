// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/Component.h"

namespace w2n::component {

std::string_view nameOf(Sort sort) {
  static constexpr std::string_view names[] = {
#define COMPONENT_CORE_SORT(name, byte, text) text,
#define COMPONENT_SORT(name, byte, text) text,
#include "lib/component/Sorts.def"
  };
  return names[size_t(sort)];
}

std::string indexNameOf(Sort sort) {
  std::string_view name = nameOf(sort);
  if (sort == Sort::Func || sort == Sort::CoreFunc)
    return "function";
  if (name.starts_with("core "))
    name.remove_prefix(5);
  return std::string(name);
}

std::string_view nameOf(Primitive primitive) {
  static constexpr std::string_view names[] = {
#define COMPONENT_PRIMITIVE(name, byte, text, size, alignment, flat) text,
#define COMPONENT_TYPE(name, byte, text, decoder)
#include "lib/component/ValueTypes.def"
  };
  return names[size_t(primitive)];
}

std::string_view nameOf(TypeForm form) {
  static constexpr std::string_view names[] = {
#define COMPONENT_PRIMITIVE(name, byte, text, size, alignment, flat)
#define COMPONENT_TYPE(name, byte, text, decoder) text,
#include "lib/component/ValueTypes.def"
      "primitive"};
  return names[size_t(form)];
}

const BuiltinInfo &infoOf(Builtin builtin) {
  static constexpr BuiltinInfo infos[] = {
#define COMPONENT_BUILTIN(name, byte, text, immediates, signature)                                 \
  {byte, text, immediates, signature},
#include "lib/component/Builtins.def"
  };
  return infos[size_t(builtin)];
}

std::string_view nameOf(CanonOption option) {
  static constexpr std::string_view names[] = {
#define COMPONENT_OPTION(name, byte, text, hasIndex) text,
#include "lib/component/CanonOptions.def"
  };
  return names[size_t(option)];
}

bool isWitPackage(const Component &component) {
  bool exportsTypes = false;
  for (const Definition &definition : component.definitions) {
    const auto *exported = std::get_if<ExportDefinition>(&definition.kind);
    if (exported ? exported->item.sort != Sort::Type
                 : !std::holds_alternative<TypeSyntax>(definition.kind))
      return false;
    exportsTypes |= exported != nullptr;
  }
  return exportsTypes;
}

} // namespace w2n::component
