// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Validation of components (Explainer.md; Binary.md's notes): definitions in their order, each with
// what is before it.

#include "lib/component/ValidateComponent.h"

#include "lib/component/CoreTypes.h"
#include "lib/component/Validator.h"

namespace w2n::component {

size_t Scope::countOf(Sort sort) const {
#define COMPONENT_SPACE(name, space)                                                               \
  if (sort == Sort::name)                                                                          \
    return space.size();
#include "lib/component/IndexSpaces.def"
  return 0;
}

Status Validator::checkIndex(Sort sort, uint32_t index, uint64_t offset) const {
  if (index < scope().countOf(sort))
    return {};
  const std::string name = indexNameOf(sort);
  return invalid("unknown " + name + " " + std::to_string(index) + ": " + name +
                     " index out of bounds",
                 offset);
}

Status Validator::validate(std::vector<Definition> &definitions) {
  for (Definition &definition : definitions)
    W2N_CHECK(std::visit([&](auto &kind) { return validate(definition, kind); }, definition.kind));
  return {};
}

Status Validator::validate(Definition &definition, CoreModuleDefinition &core) {
  W2N_TRY(type, typeOfModule(types, *core.module, definition.offset));
  scope().coreModules.push_back(types.add(std::move(type)));
  return {};
}

Status Validator::validate(Definition &definition, ComponentDefinition &nested) {
  scopes.emplace_back();
  W2N_CHECK(validate(nested.component->definitions));
  W2N_TRY(type, finish(definition.offset));
  scopes.pop_back();
  scope().components.push_back(type);
  definition.resolved = uint32_t(type);
  return {};
}

Status Validator::validate(Definition &definition, StartDefinition &) {
  return fail(ErrorKind::Unsupported, "component start functions are not supported",
              definition.offset);
}

Status Validator::validate(Definition &definition, ValueDefinition &) {
  return fail(ErrorKind::Unsupported, "component values are not supported", definition.offset);
}

Result<TypeId> Validator::finish(uint64_t offset) {
  TypeBody body;
  body.form =
      scope().kind == Scope::Kind::InstanceType ? TypeForm::InstanceType : TypeForm::ComponentType;
  body.imports = std::move(scope().imports);
  body.exports = std::move(scope().exports);
  body.importedResources = std::move(scope().importedResources);
  body.definedResources = std::move(scope().definedResources);
  return types.add(std::move(body), offset);
}

Result<TypeId> Validator::run(Component &component) {
  scopes.emplace_back();
  W2N_CHECK(validate(component.definitions));
  return finish(component.offset);
}

Result<TypeId> validateComponent(Component &component, Types &types) {
  return Validator(types).run(component);
}

} // namespace w2n::component
