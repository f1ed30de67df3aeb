// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-bindgen/wit/Names.h"

#include <algorithm>
#include <map>
#include <set>

namespace w2n::bindgen {

namespace {

constexpr std::string_view reserved[] = {
#define WIT_RESERVED(word) word,
#include "tools/wasm2native-bindgen/wit/Reserved.def"
};

bool isDigit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; }

std::string notReserved(std::string name) {
  if (std::ranges::find(reserved, name) != std::end(reserved))
    name += '_';
  return name;
}

/// Words joined without hyphens: "a-1" stays different from "a1".
std::string camel(std::string_view name, bool isUpper) {
  std::string text;
  bool beginsWord = true;
  for (const char c : name) {
    if (c == '-') {
      beginsWord = true;
      continue;
    }
    if (beginsWord && isDigit(c) && !text.empty())
      text += '_';
    text += beginsWord && (isUpper || !text.empty()) ? upper(c) : lower(c);
    beginsWord = false;
  }
  return notReserved(text);
}

std::string versionOf(const wit::Package &package) {
  std::string text = "_v" + std::string(package.name.version ? package.name.version->text : "");
  for (char &c : text)
    if (c == '.' || c == '-' || c == '+')
      c = '_';
  return text;
}

} // namespace

std::string lowerCamel(std::string_view name) { return camel(name, false); }
std::string upperCamel(std::string_view name) { return camel(name, true); }

std::string snakeCase(std::string_view name) {
  std::string text;
  for (const char c : name)
    text += c == '-' ? '_' : lower(c);
  return notReserved(text);
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

Namespaces::Namespaces(const wit::World &world) : world(world) {
  std::map<std::string, std::set<const wit::Package *>> packages;
  packages[world.package->name.name].insert(world.package);
  for (const auto *list : {&world.imports, &world.exports})
    for (const wit::WorldExtern &item : *list)
      if (item.interface)
        packages[item.interface->package->name.name].insert(item.interface->package);
  for (const auto &[name, versions] : packages)
    if (versions.size() > 1)
      severalVersions.push_back(name);
}

std::string Namespaces::ofPackage(const wit::Package &package) const {
  std::string space;
  std::string_view rest = package.name.name;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find_first_of(":/"), rest.size());
    space += (space.empty() ? "" : "::") + snakeCase(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const bool needsVersion =
      std::ranges::find(severalVersions, package.name.name) != severalVersions.end();
  return needsVersion ? space + versionOf(package) : space;
}

std::string Namespaces::of(const wit::World &ofWorld) const {
  return ofPackage(*ofWorld.package) + "::" + snakeCase(ofWorld.name.text);
}

std::string Namespaces::of(const wit::Interface &interface, bool isExport) const {
  const std::string outer = interface.world ? of(*interface.world) : ofPackage(*interface.package);
  return (isExport ? "exports::" : "") + outer + "::" + snakeCase(interface.name.text);
}

std::string Namespaces::headerOf(const std::string &space) {
  std::string file;
  for (size_t i = 0; i < space.size(); ++i)
    if (space[i] != ':')
      file += space[i];
    else if (space[i + 1] == ':')
      file += '_';
  return file + ".hpp";
}

bool Namespaces::isExported(const wit::Interface &interface, bool isExport) const {
  if (!isExport)
    return false;
  return std::ranges::any_of(
      world.exports, [&](const wit::WorldExtern &item) { return item.interface == &interface; });
}

std::string Namespaces::typeName(const wit::TypeDefinition &definition, bool isExport,
                                 const std::string &space) const {
  const wit::Interface *interface = definition.owner.interface;
  const std::string owner =
      interface ? of(*interface, isExported(*interface, isExport)) : of(*definition.owner.world);
  const std::string name = upperCamel(definition.name.text);
  return owner == space ? name : "::" + owner + "::" + name;
}

} // namespace w2n::bindgen
