// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/Print.h"

#include "lib/wit/Lexer.h"

#include <algorithm>

namespace w2n::wit {

namespace {

using component::Primitive;

/// Words that begin a type without being keywords.
bool isTypeWord(std::string_view word) {
  return word == component::nameOf(Primitive::ErrorContext);
}

std::string identifier(const Name &name) {
  const bool needsSign = isKeyword(name.text) || isTypeWord(name.text);
  return (needsSign ? "%" : "") + std::string(name.text);
}

std::string versionSuffix(const std::optional<Name> &version) {
  return version ? "@" + std::string(version->text) : "";
}

/// Joins "wasi" and ":" and "io", as parts may be keywords.
std::string packagePath(std::string_view name) {
  std::string path;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find_first_of(":/", begin), name.size());
    path += identifier({name.substr(begin, end - begin), {}});
    if (end < name.size())
      path += name[end];
    begin = end + 1;
  }
  return path;
}

const char *wordOf(TypeKind kind) {
  switch (kind) {
  case TypeKind::Primitive:
  case TypeKind::Named:
    return "";
  case TypeKind::Own:
    return "own";
  case TypeKind::Borrow:
    return "borrow";
  case TypeKind::List:
  case TypeKind::FixedList:
    return "list";
  case TypeKind::Option:
    return "option";
  case TypeKind::Result:
    return "result";
  case TypeKind::Tuple:
    return "tuple";
  case TypeKind::Map:
    return "map";
  case TypeKind::Stream:
    return "stream";
  case TypeKind::Future:
    return "future";
  }
  return "";
}

const char *wordOf(DefinitionKind kind) {
  switch (kind) {
  case DefinitionKind::Alias:
    return "type";
  case DefinitionKind::Record:
    return "record";
  case DefinitionKind::Variant:
    return "variant";
  case DefinitionKind::Enum:
    return "enum";
  case DefinitionKind::Flags:
    return "flags";
  case DefinitionKind::Resource:
    return "resource";
  }
  return "";
}

std::string printParams(const std::vector<Field> &params) {
  std::string text = "(";
  for (const Field &param : params)
    text += (text.size() > 1 ? ", " : "") + identifier(param.name) + ": " + printType(*param.type);
  return text + ")";
}

std::string beforeParams(const Function &function) {
  if (function.kind == FunctionKind::Constructor)
    return "constructor";
  return std::string(function.kind == FunctionKind::Static ? "static " : "") +
         (function.isAsync ? "async " : "") + "func";
}

std::string afterParams(const Function &function) {
  return function.result ? " -> " + printType(*function.result) : "";
}

class Printer {
public:
  void printItems(const Package &package) {
    bool isFirst = true;
    const auto separate = [&] {
      if (!isFirst)
        out += "\n";
      isFirst = false;
    };
    forEachItem(
        package,
        [&](const Interface &interface) {
          separate();
          printInterface(interface);
        },
        [&](const World &world) {
          separate();
          printWorld(world);
        });
  }

  void printRoot(const Package &package) {
    printDocs(package.docs);
    line("package " + nameOf(package) + ";");
    if (!package.texts.empty())
      out += "\n";
    printItems(package);
  }

  void printNested(const Package &package) {
    printDocs(package.docs);
    open("package " + nameOf(package));
    printItems(package);
    close();
  }

  std::string out;

private:
  static std::string nameOf(const Package &package) {
    return packagePath(package.name.name) + versionSuffix(package.name.version);
  }

  void line(const std::string &text) {
    out.append(2 * size_t(depth), ' ');
    out += text + "\n";
  }

  void open(const std::string &text) {
    line(text + " {");
    ++depth;
  }

  void close() {
    --depth;
    line("}");
  }

  void printDocs(std::string_view docs) {
    while (!docs.empty()) {
      const size_t end = docs.find('\n');
      const std::string_view text = docs.substr(0, end);
      line(text.empty() ? "///" : "/// " + std::string(text));
      docs.remove_prefix(end + 1);
    }
  }

  void printAttributes(const Attributes &attributes) {
    printDocs(attributes.docs);
    if (attributes.since)
      line("@since(version = " + std::string(attributes.since->text) + ")");
    if (attributes.unstable)
      line("@unstable(feature = " + identifier(*attributes.unstable) + ")");
    if (attributes.deprecated)
      line("@deprecated(version = " + std::string(attributes.deprecated->text) + ")");
    if (attributes.externalId)
      line("@external-id(" + std::string(attributes.externalId->text) + ")");
  }

  /// Items of one sort need no blank lines between them, if they have one line each.
  enum class Sort : uint8_t { Use, Definition, Function, Extern, Long };
  void separate(const Attributes &attributes, Sort sort) {
    const bool isJoined = sort == previousSort && sort != Sort::Long && attributes.docs.empty();
    if (!isFirstItem && !isJoined)
      out += "\n";
    isFirstItem = false;
    previousSort = sort;
  }

  void beginItems() { isFirstItem = true; }

  void printInterface(const Interface &interface) {
    printAttributes(interface.attributes);
    open("interface " + identifier(interface.name));
    printItems(interface.items);
    close();
  }

  void printItems(const std::vector<InterfaceItem> &items) {
    beginItems();
    for (const InterfaceItem &item : items)
      if (const auto *use = std::get_if<Use>(&item)) {
        printUse(*use);
      } else if (const auto *definition = std::get_if<TypeDefinition>(&item)) {
        printDefinition(*definition);
      } else {
        const auto &function = std::get<Function>(item);
        separate(function.attributes, Sort::Function);
        printFunction(function);
      }
  }

  void printWorld(const World &world) {
    printAttributes(world.attributes);
    open("world " + identifier(world.name));
    beginItems();
    for (const WorldItem &item : world.items)
      std::visit([&](const auto &value) { printWorldItem(value, world); }, item);
    close();
  }

  void printWorldItem(const Use &use, const World &) { printUse(use); }
  void printWorldItem(const TypeDefinition &definition, const World &) {
    printDefinition(definition);
  }

  void printWorldItem(const Include &include, const World &world) {
    separate(include.attributes, Sort::Extern);
    printAttributes(include.attributes);
    std::string text = "include " + pathOf(include.path, world.package);
    for (size_t i = 0; i < include.renames.size(); ++i)
      text += (i ? ", " : " with { ") + identifier(include.renames[i].from) + " as " +
              identifier(include.renames[i].to);
    line(text + (include.renames.empty() ? ";" : " }"));
  }

  void printWorldItem(const Extern &item, const World &world) {
    separate(item.attributes, item.interface ? Sort::Long : Sort::Extern);
    printAttributes(item.attributes);
    std::string text = item.isExport ? "export " : "import ";
    if (item.name)
      text += identifier(*item.name) + ": ";
    if (item.function)
      return printFunction(*item.function, text);
    if (item.path)
      return line(text + pathOf(*item.path, world.package) + ";");
    open(text + "interface");
    printItems(item.interface->items);
    close();
    isFirstItem = false;
    previousSort = Sort::Long;
  }

  /// As it is written, or by its own name once that is known.
  static std::string pathOf(const UsePath &path, const Package *package) {
    const Package *target = path.interface ? path.interface->package
                            : path.world   ? path.world->package
                                           : nullptr;
    if (!target)
      return (path.package.empty() ? "" : packagePath(path.package) + "/") + identifier(path.name) +
             versionSuffix(path.version);
    const std::string name = identifier(path.interface ? path.interface->name : path.world->name);
    if (target == package)
      return name;
    return packagePath(target->name.name) + "/" + name + versionSuffix(target->name.version);
  }

  void printUse(const Use &use) {
    separate(use.attributes, Sort::Use);
    printAttributes(use.attributes);
    std::string text = "use " + pathOf(use.path, currentPackage) + ".{";
    for (size_t i = 0; i < use.items.size(); ++i) {
      const Use::Item &item = use.items[i];
      text += (i ? ", " : "") + identifier(item.name);
      if (item.alias)
        text += " as " + identifier(*item.alias);
    }
    line(text + "};");
  }

  void printDefinition(const TypeDefinition &definition) {
    const bool isShort =
        definition.kind == DefinitionKind::Alias ||
        (definition.kind == DefinitionKind::Resource && definition.functions.empty());
    separate(definition.attributes, isShort ? Sort::Definition : Sort::Long);
    printAttributes(definition.attributes);
    const std::string head =
        std::string(wordOf(definition.kind)) + " " + identifier(definition.name);
    if (definition.aliased)
      return line(head + " = " + printType(*definition.aliased) + ";");
    if (isShort)
      return line(head + ";");
    open(head);
    for (const Field &field : definition.fields)
      printField(field, definition.kind);
    beginItems();
    for (const Function &function : definition.functions) {
      separate(function.attributes, Sort::Function);
      printFunction(function);
    }
    close();
    isFirstItem = false;
    previousSort = Sort::Long;
  }

  void printField(const Field &field, DefinitionKind kind) {
    printDocs(field.docs);
    std::string text = identifier(field.name);
    if (field.type && kind == DefinitionKind::Variant)
      text += "(" + printType(*field.type) + ")";
    else if (field.type)
      text += ": " + printType(*field.type);
    line(text + ",");
  }

  void printFunction(const Function &function) {
    printAttributes(function.attributes);
    printFunction(function, function.kind == FunctionKind::Constructor
                                ? ""
                                : identifier(function.name) + ": ");
  }

  /// Parameters with documentation have a line each.
  void printFunction(const Function &function, const std::string &head) {
    const bool hasDocs = std::ranges::any_of(
        function.params, [](const Field &param) { return !param.docs.empty(); });
    if (!hasDocs)
      return line(head + printSignature(function) + ";");
    line(head + beforeParams(function) + "(");
    ++depth;
    for (const Field &param : function.params)
      printField(param, DefinitionKind::Record);
    --depth;
    line(")" + afterParams(function) + ";");
  }

  unsigned depth = 0;
  bool isFirstItem = true;
  Sort previousSort = Sort::Long;

public:
  /// The package whose items need no package in their paths.
  const Package *currentPackage = nullptr;
};

} // namespace

std::string printType(const Type &type) {
  if (type.kind == TypeKind::Primitive)
    return std::string(component::nameOf(type.primitive));
  if (type.kind == TypeKind::Named)
    return identifier(type.name);
  std::string parts;
  if (!type.name.text.empty())
    parts = identifier(type.name);
  if (type.omitsOk)
    parts = "_";
  for (const Type &argument : type.arguments)
    parts += (parts.empty() ? "" : ", ") + printType(argument);
  if (type.kind == TypeKind::FixedList)
    parts += ", " + std::to_string(type.length);
  return wordOf(type.kind) + (parts.empty() ? "" : "<" + parts + ">");
}

std::string printSignature(const Function &function) {
  return beforeParams(function) + printParams(function.params) + afterParams(function);
}

std::string printPackage(const Package &package) {
  Printer printer;
  printer.currentPackage = &package;
  printer.printRoot(package);
  return std::move(printer.out);
}

std::string printPackages(const Packages &packages) {
  Printer printer;
  if (packages.root) {
    printer.currentPackage = packages.root;
    printer.printRoot(*packages.root);
  }
  for (const auto &package : packages.all) {
    if (package.get() == packages.root)
      continue;
    if (!printer.out.empty())
      printer.out += "\n";
    printer.currentPackage = package.get();
    printer.printNested(*package);
  }
  return std::move(printer.out);
}

} // namespace w2n::wit
