// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/Package.h"

namespace w2n::wit {

namespace {

std::string itemId(const Package &package, std::string_view name) {
  std::string id = package.name.name + "/" + std::string(name);
  if (package.name.version)
    id += "@" + std::string(package.name.version->text);
  return id;
}

} // namespace

std::string PackageName::id() const {
  return version ? name + "@" + std::string(version->text) : name;
}

std::string Interface::externName() const {
  return world ? std::string(name.text) : itemId(*package, name.text);
}

std::string World::externName() const { return itemId(*package, name.text); }

std::string Function::externName() const {
  const std::string own(name.text);
  const std::string owner = resource ? std::string(resource->name.text) : "";
  switch (kind) {
  case FunctionKind::Free:
    return own;
  case FunctionKind::Method:
    return "[method]" + owner + "." + own;
  case FunctionKind::Static:
    return "[static]" + owner + "." + own;
  case FunctionKind::Constructor:
    return "[constructor]" + owner;
  }
  return own;
}

const Package *Packages::find(std::string_view id) const {
  for (const auto &package : all)
    if (package->name.id() == id)
      return package.get();
  return nullptr;
}

const TypeDefinition &withoutAliases(const TypeDefinition &definition) {
  const TypeDefinition *current = &definition;
  while (current->kind == DefinitionKind::Alias && current->aliased->kind == TypeKind::Named)
    current = current->aliased->definition;
  return *current;
}

} // namespace w2n::wit
