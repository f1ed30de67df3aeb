// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/PrintWorld.h"

namespace w2n::component {

namespace {

class WorldPrinter {
public:
  WorldPrinter(const Types &types, size_t maxBytes) : types(types), maxBytes(maxBytes) {}

  std::string run(TypeId type) {
    out = "world root {\n";
    printAll("import ", types[type].imports, 1);
    printAll("export ", types[type].exports, 1);
    if (isFull())
      out += "  // more was left out\n";
    return out + "}\n";
  }

private:
  bool isFull() const { return out.size() > maxBytes; }
  void indent(unsigned depth) { out.append(2 * size_t(depth), ' '); }

  void printAll(const char *prefix, const Entities &entities, unsigned depth) {
    for (const auto &[name, entity, implements] : entities) {
      if (isFull())
        return;
      indent(depth);
      print(prefix, name, entity, depth);
    }
  }

  void print(const char *prefix, std::string_view name, const Entity &entity, unsigned depth) {
    switch (entity.sort) {
    case Sort::Type:
      return printType(name, entity.type);
    case Sort::Instance:
      out += std::string(prefix) + std::string(name) + ": interface {\n";
      printAll("", types[entity.type].exports, depth + 1);
      indent(depth);
      out += "}\n";
      return;
    case Sort::Func:
      out += std::string(prefix) + std::string(name) + ": ";
      printFunc(types[entity.type]);
      out += ";\n";
      return;
    default:
      out +=
          std::string(prefix) + std::string(name) + ": " + std::string(nameOf(entity.sort)) + ";\n";
      return;
    }
  }

  void printFunc(const TypeBody &func) {
    out += func.isAsync() ? "async func(" : "func(";
    printList(func.fields, ": ");
    out += ")";
    if (func.element) {
      out += " -> ";
      printValue(*func.element);
    }
  }

  /// A definition, after which the type has a name.
  void printType(std::string_view name, TypeId type) {
    const TypeBody &body = types[type];
    const std::string text(name);
    switch (body.form) {
    case TypeForm::Resource:
      out += "resource " + text + ";\n";
      break;
    case TypeForm::Record:
    case TypeForm::Variant:
    case TypeForm::Enum:
    case TypeForm::Flags:
      out += std::string(nameOf(body.form)) + " " + text + " { ";
      if (body.form == TypeForm::Variant)
        printCases(body);
      else
        printList(body.fields, ": ");
      out += " }\n";
      break;
    default:
      out += "type " + text + " = ";
      printBody(body);
      out += ";\n";
      break;
    }
    names.emplace(uint32_t(type), name);
  }

  void printList(const std::vector<Field> &fields, const char *separator) {
    for (size_t i = 0; i < fields.size() && !isFull(); ++i) {
      out += i ? ", " : "";
      out += fields[i].label;
      if (!fields[i].type)
        continue;
      if (!fields[i].label.empty())
        out += separator;
      printValue(*fields[i].type);
    }
  }

  void printCases(const TypeBody &body) {
    for (size_t i = 0; i < body.fields.size() && !isFull(); ++i) {
      out += i ? ", " : "";
      out += body.fields[i].label;
      if (!body.fields[i].type)
        continue;
      out += "(";
      printValue(*body.fields[i].type);
      out += ")";
    }
  }

  void printValue(ValueType type) {
    if (isFull())
      return;
    if (type.primitive)
      out += nameOf(*type.primitive);
    else
      printReference(type.type);
  }

  void printReference(TypeId type) {
    if (const auto found = names.find(uint32_t(type)); found != names.end())
      out += found->second;
    else
      printBody(types[type]);
  }

  /// The parts of list<...> and the like.
  void printParts(std::string_view name, const std::optional<ValueType> &first,
                  const std::optional<ValueType> &second = std::nullopt) {
    out += name;
    if (!first && !second)
      return;
    out += "<";
    if (first)
      printValue(*first);
    else
      out += "_";
    if (second) {
      out += ", ";
      printValue(*second);
    }
    out += ">";
  }

  void printBody(const TypeBody &body) {
    if (isFull())
      return;
    switch (body.form) {
    case TypeForm::Primitive:
      out += nameOf(body.primitive);
      return;
    case TypeForm::Tuple:
      out += "tuple<";
      printList(body.fields, "");
      out += ">";
      return;
    case TypeForm::Result:
      return printParts("result", body.element, body.error);
    case TypeForm::Map:
      return printParts("map", body.key, body.element);
    case TypeForm::FixedList:
      out += "list<";
      printValue(*body.element);
      out += ", " + std::to_string(body.length) + ">";
      return;
    case TypeForm::Own:
      return printReference(body.resource);
    case TypeForm::Borrow:
      out += "borrow<";
      printReference(body.resource);
      out += ">";
      return;
    case TypeForm::List:
    case TypeForm::Option:
    case TypeForm::Stream:
    case TypeForm::Future:
      return printParts(nameOf(body.form), body.element);
    case TypeForm::Func:
    case TypeForm::AsyncFunc:
      return printFunc(body);
    case TypeForm::Record:
    case TypeForm::Variant:
    case TypeForm::Enum:
    case TypeForm::Flags:
    case TypeForm::InstanceType:
    case TypeForm::ComponentType:
    case TypeForm::Resource:
      out += nameOf(body.form);
      return;
    }
  }

  const Types &types;
  const size_t maxBytes;
  std::string out;
  std::unordered_map<uint32_t, std::string_view> names;
};

} // namespace

std::string printWorld(const Types &types, TypeId type, size_t maxBytes) {
  return WorldPrinter(types, maxBytes).run(type);
}

} // namespace w2n::component
