// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/TypeNode.h"

namespace w2n::runtime {

using component::TypeForm;

namespace {

void append(std::string &text, const TypeNode *type);

/// "label: type", "label(type)", "label" or "type".
void append(std::string &text, const TypeMember &member, bool isCase) {
  text += member.label;
  if (!member.type)
    return;
  if (member.label.empty())
    return append(text, member.type);
  text += isCase ? "(" : ": ";
  append(text, member.type);
  text += isCase ? ")" : "";
}

void appendBraced(std::string &text, const TypeNode &type) {
  text += component::nameOf(type.form);
  text += " {";
  for (const TypeMember &member : type.members) {
    text += &member == type.members.data() ? " " : ", ";
    append(text, member, type.form == TypeForm::Variant);
  }
  text += " }";
}

/// "list<a, b>"; "_" stands for a case without a payload.
void appendAngled(std::string &text, const TypeNode &type) {
  text += component::nameOf(type.form);
  text += "<";
  for (const TypeMember &member : type.members) {
    text += &member == type.members.data() ? "" : ", ";
    append(text, member.type);
  }
  text += ">";
}

void append(std::string &text, const TypeNode *type) {
  if (!type) {
    text += "_";
    return;
  }
  switch (type->form) {
  case TypeForm::Primitive:
    text += component::nameOf(type->primitive);
    return;
  case TypeForm::Record:
  case TypeForm::Variant:
  case TypeForm::Flags:
  case TypeForm::Enum:
    return appendBraced(text, *type);
  case TypeForm::Own:
  case TypeForm::Borrow:
    text.append(component::nameOf(type->form)).append("<").append(type->resource->interface);
    text.append(".").append(type->resource->name).append(">");
    return;
  default:
    return appendAngled(text, *type);
  }
}

} // namespace

std::string textOf(const TypeNode &type) {
  std::string text;
  append(text, &type);
  return text;
}

std::string textOf(const FuncNode &func) {
  std::string text = func.isAsync ? "async func(" : "func(";
  for (size_t index = 0; index < func.parameters.size(); ++index) {
    text += index == 0 ? "" : ", ";
    append(text, func.parameters[index]);
  }
  text += ")";
  if (func.result) {
    text += " -> ";
    append(text, func.result);
  }
  return text;
}

} // namespace w2n::runtime
