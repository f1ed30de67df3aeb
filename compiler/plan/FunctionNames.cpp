// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/plan/FunctionNames.h"

#include <llvm/ADT/StringExtras.h>
#include <unordered_set>

namespace w2n::compiler {

namespace {

constexpr llvm::StringRef symbolPrefix = "fn";
/// The part of a wasm name that symbols have.
constexpr size_t maxSymbolTailBytes = 64;
/// Display names are cut here: names may have a megabyte each.
constexpr size_t maxDisplayBytes = 4096;

std::string symbolTail(std::string_view name) {
  std::string tail(name.substr(0, maxSymbolTailBytes));
  for (char &byte : tail)
    if (!llvm::isAlnum(byte))
      byte = '_';
  return tail;
}

/// Control characters, which a terminal may obey, become underscores.
std::string displayName(std::string_view name) {
  std::string shown(name.substr(0, maxDisplayBytes));
  for (char &byte : shown)
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f)
      byte = '_';
  return shown;
}

} // namespace

std::vector<std::string> functionSymbols(const wasm::Module &module) {
  std::vector<std::string> symbols;
  symbols.reserve(module.functions.size());
  for (size_t i = 0; i < module.functions.size(); ++i) {
    std::string symbol = symbolPrefix.str() + std::to_string(i);
    if (!module.functions[i].name.empty())
      symbol += "." + symbolTail(module.functions[i].name);
    symbols.push_back(std::move(symbol));
  }
  return symbols;
}

std::optional<uint32_t> functionIndexOf(llvm::StringRef symbol) {
  uint32_t index;
  if (!symbol.consume_front(symbolPrefix) || symbol.consumeInteger(10, index))
    return std::nullopt;
  return symbol.empty() || symbol.front() == '.' ? std::optional(index) : std::nullopt;
}

std::vector<std::string> functionDisplayNames(const wasm::Module &module) {
  std::vector<std::string> names;
  names.reserve(module.functions.size());
  std::unordered_set<std::string> taken;
  for (size_t i = 0; i < module.functions.size(); ++i) {
    const std::string unnamed = "wasm-function[" + std::to_string(i) + "]";
    std::string name = displayName(module.functions[i].name);
    if (name.empty())
      name = unnamed;
    while (!taken.insert(name).second)
      name += "." + unnamed;
    names.push_back(std::move(name));
  }
  return names;
}

} // namespace w2n::compiler
