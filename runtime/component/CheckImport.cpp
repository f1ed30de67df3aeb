// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The type with which a component imports a function, compared with the host's. Both are trees of
// the same shape if they are equal; the component's is bounded (lib/component/Limits.h), and the
// host's decides how far this goes.
#include "runtime/component/TypeNode.h"

namespace w2n::runtime {

using component::TypeBody;
using component::TypeForm;
using component::Types;

namespace {

class Comparison {
public:
  explicit Comparison(const ImportedFunction &import) : import(import) {}

  bool equal(const std::optional<component::ValueType> &type, const TypeNode *node) const {
    if (!type || !node)
      return !type && !node;
    if (type->primitive)
      return node->form == TypeForm::Primitive && node->primitive == *type->primitive;
    const TypeBody &body = import.types[type->type];
    if (body.form != node->form)
      return false;
    switch (body.form) {
    case TypeForm::Primitive:
      return body.primitive == node->primitive;
    case TypeForm::Own:
    case TypeForm::Borrow:
      return isResource(body, *node->resource);
    case TypeForm::List:
    case TypeForm::Option:
    case TypeForm::Stream:
    case TypeForm::Future:
      return equal(body.element, node->members[0].type);
    case TypeForm::Result:
      return equal(body.element, node->members[0].type) && equal(body.error, node->members[1].type);
    default:
      return equalMembers(body, node->members);
    }
  }

private:
  bool isResource(const TypeBody &handle, const ResourceType &wanted) const {
    const HostResource *found = import.resourceOf(handle.resource);
    return found && found->name == wanted.name &&
           std::string_view(found->interface).substr(0, found->interface.find('@')) ==
               wanted.interface;
  }

  bool equalMembers(const TypeBody &body, std::span<const TypeMember> members) const {
    if (body.fields.size() != members.size())
      return false;
    for (size_t index = 0; index < members.size(); ++index) {
      const component::Field &field = body.fields[index];
      if (body.form != TypeForm::Tuple && field.label != members[index].label)
        return false;
      if (!equal(field.type, members[index].type))
        return false;
    }
    return true;
  }

  const ImportedFunction &import;
};

} // namespace

Status checkImport(const ImportedFunction &import, const FuncNode &func) {
  const Comparison comparison(import);
  const auto &parameters = import.type.fields;
  bool same = parameters.size() == func.parameters.size() &&
              import.type.isAsync() == func.isAsync &&
              comparison.equal(import.type.element, func.result);
  for (size_t index = 0; same && index < parameters.size(); ++index)
    same = comparison.equal(parameters[index].type, func.parameters[index]);
  if (same)
    return {};
  return fail(ErrorKind::Link, "the host has " + textOf(func));
}

} // namespace w2n::runtime
