// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A symbol is an export: of a function, or of a constant global that has an address of data, which
// counts from the module's base if it can be placed anywhere. The first module that has one counts,
// the main module before the others.

#include "lib/dylink/Linker.h"

#include <algorithm>

namespace w2n::dylink {

using wasm::ExternKind;
using wasm::Opcode;

namespace {

constexpr std::string_view dataOffsets = "GOT.mem", functionOffsets = "GOT.func";
constexpr std::string_view stackPointerName = "__stack_pointer";

/// Tags that runtimes define, by names on which compilers agree.
constexpr std::string_view wellKnownTags[] = {"__cpp_exception", "__c_longjmp"};

uint32_t importedCount(const wasm::Module &module, ExternKind kind) {
  const uint32_t counts[] = {module.importedFunctions, module.importedTables,
                             module.importedMemories, module.importedGlobals, module.importedTags};
  return counts[size_t(kind)];
}

std::string typeText(const wasm::Module &module, ExternKind kind, uint32_t index) {
  switch (kind) {
  case ExternKind::Function:
    return toString(module.functionType(index));
  case ExternKind::Tag:
    return toString(module.tagType(index));
  case ExternKind::Global:
    return std::string(module.globals[index].type.isMutable ? "mut " : "") +
           toString(module.globals[index].type.type);
  case ExternKind::Table:
  case ExternKind::Memory:
    break;
  }
  return "";
}

/// Returns the function that other modules mean by an export of a command: wasm-ld puts one around
/// it that calls constructors before and destructors after, which is for hosts, and says so in the
/// name.
uint32_t withoutCommandWrapper(const wasm::Module &module, uint32_t index) {
  constexpr std::string_view end = ".command_export";
  const wasm::Function &wrapper = module.functions[index];
  if (!wrapper.name.ends_with(end))
    return index;
  const std::string_view name = wrapper.name.substr(0, wrapper.name.size() - end.size());
  for (const wasm::Instruction &instruction : wasm::Instructions(wrapper.code))
    if (instruction.opcode == Opcode::Call && instruction.index >= module.importedFunctions &&
        module.functions[instruction.index].name == name)
      return instruction.index;
  return index;
}

bool isAddress(const wasm::GlobalType &type) {
  return !type.isMutable && type.type == wasm::ValueType::i32();
}

} // namespace

void Linker::addMissing(const char *kind, std::string_view name, uint32_t user) {
  missing.insert(std::string(kind) + " '" + std::string(name) + "' (for " + parts[user].name + ")");
}

Status Linker::requireSymbols() const {
  constexpr size_t maxNamed = 20;
  if (missing.empty())
    return {};
  std::string text;
  size_t count = 0;
  for (const std::string &symbol : missing)
    if (count++ < maxNamed)
      text += (text.empty() ? "undefined: " : ", ") + symbol;
  if (count > maxNamed)
    text += ", and " + std::to_string(count - maxNamed) + " more";
  return fail(ErrorKind::Link, text);
}

void Linker::collectSymbols() {
  Symbols *const tables[] = {&functionSymbols, nullptr, nullptr, &globalSymbols, &tagSymbols};
  for (uint32_t part = 0; part < parts.size(); ++part)
    for (const wasm::Export &exported : parts[part].module.exports)
      if (Symbols *symbols = tables[size_t(exported.kind)];
          symbols && exported.index >= importedCount(parts[part].module, exported.kind))
        symbols->try_emplace(
            exported.name,
            Symbol{part, symbols == &functionSymbols
                             ? withoutCommandWrapper(parts[part].module, exported.index)
                             : exported.index});
}

Status Linker::checkSymbolType(const Symbol &symbol, uint32_t user,
                               const wasm::Import &import) const {
  const std::string found = typeText(parts[symbol.part].module, import.kind, symbol.index);
  const std::string wanted = typeText(parts[user].module, import.kind, import.index);
  if (found == wanted)
    return {};
  return failIn(parts[user], ErrorKind::Link,
                "'" + std::string(import.name) + "' is imported as " + wanted + ", but is " +
                    found + " in " + parts[symbol.part].name);
}

/// Imports of one function with several types are several imports.
Result<uint32_t> Linker::hostNumber(uint32_t part, const wasm::Import &import) {
  const wasm::Module &module = parts[part].module;
  const wasm::FunctionType &type = module.functionType(import.index);
  for (const auto *list : {&type.params, &type.results})
    if (std::ranges::any_of(*list, [](wasm::ValueType value) { return value.isDefined(); }))
      return cannotLink(parts[part], "a function of the host with types of the module's own, '" +
                                         std::string(import.name) + "',");
  std::string key = std::to_string(import.module.size()) + ":" + std::string(import.module);
  key += std::string(import.name) + toString(type);
  const auto [found, isNew] = hostNumbers.emplace(std::move(key), uint32_t(hosts.size()));
  if (isNew)
    hosts.push_back({import.module, import.name, part, module.functions[import.index].typeIndex});
  if (import.module == environment)
    environmentHosts.try_emplace(import.name, found->second);
  return found->second;
}

Result<Linker::Target> Linker::targetOf(uint32_t part, const wasm::Import &import) {
  const auto found = functionSymbols.find(import.name);
  if (import.module == environment && found != functionSymbols.end()) {
    W2N_CHECK(checkSymbolType(found->second, part, import));
    return Target{Target::Kind::Defined, found->second};
  }
  if (import.module != environment ||
      (options.allowUndefined && !parts[part].isWeak(import.name))) {
    W2N_TRY(number, hostNumber(part, import));
    return Target{Target::Kind::Host, {own, number}};
  }
  if (!parts[part].isWeak(import.name))
    addMissing("function", import.name, part);
  stubs.push_back({part, parts[part].module.functions[import.index].typeIndex});
  return Target{Target::Kind::Stub, {own, uint32_t(stubs.size() - 1)}};
}

uint32_t Linker::numberOf(const Target &target) const {
  switch (target.kind) {
  case Target::Kind::Defined:
    return firstFunctions[target.symbol.part] + target.symbol.index -
           parts[target.symbol.part].module.importedFunctions;
  case Target::Kind::Host:
    return target.symbol.index;
  case Target::Kind::Stub:
    return firstStub + target.symbol.index;
  }
  __builtin_unreachable();
}

Status Linker::resolveFunctions() {
  std::vector<std::vector<Target>> targets(parts.size());
  for (uint32_t part = 0; part < parts.size(); ++part)
    for (const wasm::Import &import : parts[part].module.imports)
      if (import.kind == ExternKind::Function) {
        W2N_TRY(target, targetOf(part, import));
        targets[part].push_back(target);
      }
  functionCount = uint32_t(hosts.size());
  for (const Part &part : parts) {
    firstFunctions.push_back(functionCount);
    functionCount += uint32_t(part.module.functions.size() - part.module.importedFunctions);
  }
  firstStub = functionCount;
  functionCount += uint32_t(stubs.size());
  for (uint32_t part = 0; part < parts.size(); ++part) {
    std::vector<uint32_t> &map = parts[part].map.functions;
    for (const Target &target : targets[part])
      map.push_back(numberOf(target));
    for (uint32_t next = firstFunctions[part]; map.size() < parts[part].module.functions.size();)
      map.push_back(next++);
  }
  return {};
}

uint32_t Linker::addOwnGlobal(bool isMutable, std::optional<uint32_t> value) {
  ownGlobals.push_back({isMutable, value});
  return uint32_t(ownGlobals.size() - 1);
}

/// A main module that can be placed anywhere has no stack yet. In one that is fixed, it is what is
/// exported or named so.
std::optional<Linker::Symbol> Linker::stackPointer() {
  if (stack)
    return stack;
  if (!isMainFixed())
    return stack = Symbol{own, addOwnGlobal(true, dataBegin)};
  if (const auto found = globalSymbols.find(stackPointerName); found != globalSymbols.end())
    return stack = found->second;
  const wasm::Module &module = parts.front().module;
  for (uint32_t i = module.importedGlobals; i < module.globals.size(); ++i)
    if (module.globals[i].name == stackPointerName)
      return stack = Symbol{0, i};
  return std::nullopt;
}

Linker::Symbol Linker::addressGlobal(uint32_t part, const wasm::Import &import) {
  const bool isFunction = import.module == functionOffsets;
  const bool isWeak = parts[part].isWeak(import.name);
  const auto [found, isNew] = addressNumbers.emplace(
      (isFunction ? "f" : "m") + std::string(import.name), uint32_t(addresses.size()));
  if (isNew)
    addresses.push_back({isFunction, import.name, addOwnGlobal(false, std::nullopt), part, isWeak});
  Address &address = addresses[found->second];
  if (address.isWeak && !isWeak) {
    address.isWeak = false;
    address.user = part;
  }
  return {own, address.global};
}

Result<Linker::Symbol> Linker::globalOf(uint32_t part, const wasm::Import &import) {
  const Part &user = parts[part];
  const wasm::GlobalType &type = user.module.globals[import.index].type;
  const auto isI32 = [&] { return type.type == wasm::ValueType::i32(); };
  if ((import.module == dataOffsets || import.module == functionOffsets) && isI32())
    return addressGlobal(part, import);
  if (import.module == environment && user.isPlaced && isAddress(type)) {
    if (import.name == "__memory_base")
      return Symbol{own, addOwnGlobal(false, user.memoryBase)};
    if (import.name == "__table_base")
      return Symbol{own, addOwnGlobal(false, user.tableBase)};
  }
  if (import.module == environment && import.name == stackPointerName && isI32() && type.isMutable)
    if (const auto found = stackPointer())
      return *found;
  if (const auto found = globalSymbols.find(import.name);
      import.module == environment && found != globalSymbols.end()) {
    W2N_CHECK(checkSymbolType(found->second, part, import));
    return found->second;
  }
  addMissing("global", std::string(import.module) + "." + std::string(import.name), part);
  return Symbol{own, addOwnGlobal(type.isMutable, 0)};
}

Status Linker::resolveGlobals() {
  std::vector<std::vector<Symbol>> found(parts.size());
  for (uint32_t part = 0; part < parts.size(); ++part)
    for (const wasm::Import &import : parts[part].module.imports)
      if (import.kind == ExternKind::Global) {
        W2N_TRY(symbol, globalOf(part, import));
        found[part].push_back(symbol);
      }
  // The main module still sees the memory that it had before data of others followed.
  if (isMainFixed() && pages > mainPages && !parts.front().module.memories.empty()) {
    const wasm::IndexMap::MemorySize size = {addOwnGlobal(true, mainPages), functionCount++};
    for (Part &part : parts)
      part.map.memorySize = size;
  }
  uint32_t next = uint32_t(ownGlobals.size());
  std::vector<uint32_t> first;
  for (const Part &part : parts) {
    first.push_back(next - part.module.importedGlobals);
    next += uint32_t(part.module.globals.size() - part.module.importedGlobals);
  }
  for (uint32_t part = 0; part < parts.size(); ++part) {
    std::vector<uint32_t> &map = parts[part].map.globals;
    for (const Symbol &symbol : found[part])
      map.push_back(symbol.part == own ? symbol.index : first[symbol.part] + symbol.index);
    for (uint32_t i = uint32_t(map.size()); i < parts[part].module.globals.size(); ++i)
      map.push_back(first[part] + i);
  }
  return {};
}

Result<Linker::Symbol> Linker::tagOf(uint32_t part, const wasm::Import &import) {
  if (const auto found = tagSymbols.find(import.name);
      import.module == environment && found != tagSymbols.end()) {
    W2N_CHECK(checkSymbolType(found->second, part, import));
    return found->second;
  }
  if (import.module != environment ||
      std::ranges::find(wellKnownTags, import.name) == std::end(wellKnownTags))
    addMissing("tag", import.name, part);
  const auto [found, isNew] = ownTagNumbers.emplace(import.name, uint32_t(ownTags.size()));
  if (isNew)
    ownTags.push_back({part, parts[part].module.tags[import.index].type.typeIndex});
  return Symbol{own, found->second};
}

Status Linker::resolveTags() {
  std::vector<std::vector<Symbol>> found(parts.size());
  for (uint32_t part = 0; part < parts.size(); ++part)
    for (const wasm::Import &import : parts[part].module.imports)
      if (import.kind == ExternKind::Tag) {
        W2N_TRY(symbol, tagOf(part, import));
        found[part].push_back(symbol);
      }
  uint32_t next = uint32_t(ownTags.size());
  std::vector<uint32_t> first;
  for (const Part &part : parts) {
    first.push_back(next - part.module.importedTags);
    next += uint32_t(part.module.tags.size() - part.module.importedTags);
  }
  for (uint32_t part = 0; part < parts.size(); ++part) {
    std::vector<uint32_t> &map = parts[part].map.tags;
    for (const Symbol &symbol : found[part])
      map.push_back(symbol.part == own ? symbol.index : first[symbol.part] + symbol.index);
    for (uint32_t i = uint32_t(map.size()); i < parts[part].module.tags.size(); ++i)
      map.push_back(first[part] + i);
  }
  return {};
}

std::optional<uint32_t> Linker::evaluate(const Part &part,
                                         const wasm::ConstExpr &expression) const {
  std::vector<uint32_t> values;
  for (const wasm::Instruction &instruction : wasm::Instructions(expression.code)) {
    switch (instruction.opcode) {
    case Opcode::I32Const:
      values.push_back(uint32_t(instruction.bits));
      continue;
    case Opcode::GlobalGet:
      if (instruction.index >= part.globalValues.size() || !part.globalValues[instruction.index])
        return std::nullopt;
      values.push_back(*part.globalValues[instruction.index]);
      continue;
    case Opcode::I32Add:
    case Opcode::I32Sub:
    case Opcode::I32Mul: {
      const uint32_t rhs = values.back();
      values.pop_back();
      uint32_t &lhs = values.back();
      lhs = instruction.opcode == Opcode::I32Add   ? lhs + rhs
            : instruction.opcode == Opcode::I32Sub ? lhs - rhs
                                                   : lhs * rhs;
      continue;
    }
    default:
      return std::nullopt;
    }
  }
  return values.back();
}

void Linker::evaluateGlobals(Part &part) {
  part.globalValues.clear();
  const wasm::Module &module = part.module;
  for (uint32_t i = 0; i < module.globals.size(); ++i) {
    std::optional<uint32_t> value;
    const uint32_t number = part.map.globals[i];
    if (i < module.importedGlobals && number < ownGlobals.size() && !ownGlobals[number].isMutable)
      value = ownGlobals[number].value;
    if (i >= module.importedGlobals && isAddress(module.globals[i].type))
      value = evaluate(part, module.globals[i].init);
    part.globalValues.push_back(value);
  }
}

/// Symbols that the linker defines, as wasm-ld does, for a main module that is placed here.
std::optional<uint32_t> Linker::linkerSymbol(std::string_view name) const {
  const std::pair<std::string_view, uint32_t> table[] = {
      {"__stack_low", 0},           {"__stack_high", dataBegin},
      {"__global_base", dataBegin}, {"__data_end", dataEnd},
      {"__heap_base", dataEnd},     {"__heap_end", uint32_t(uint64_t(pages) << 16)},
      {"__dso_handle", dataBegin}};
  if (isMainFixed())
    return std::nullopt;
  const auto found = std::ranges::find(table, name, &std::pair<std::string_view, uint32_t>::first);
  return found == std::end(table) ? std::nullopt : std::optional(found->second);
}

std::optional<uint32_t> Linker::addressOfData(std::string_view name) const {
  const auto found = globalSymbols.find(name);
  if (found == globalSymbols.end())
    return linkerSymbol(name);
  const Part &part = parts[found->second.part];
  const auto value = part.globalValues[found->second.index];
  return value ? std::optional(*value + (part.isPlaced ? part.memoryBase : 0)) : std::nullopt;
}

/// Finds the functions that the table has already: their addresses there are those for all modules.
void Linker::findTableEntries() {
  for (const Part &part : parts)
    for (const wasm::ElementSegment &segment : part.module.elements) {
      const auto offset =
          segment.mode == wasm::SegmentMode::Active && segment.tableIndex == part.functionTable
              ? evaluate(part, segment.offset)
              : std::nullopt;
      if (!offset)
        continue;
      for (uint32_t i = 0; i < segment.functions.size(); ++i)
        tableEntries.try_emplace(part.map.functions[segment.functions[i]], *offset + i);
    }
}

std::optional<uint32_t> Linker::addressOfFunction(std::string_view name) {
  std::optional<uint32_t> number;
  if (const auto found = functionSymbols.find(name); found != functionSymbols.end())
    number = numberOf({Target::Kind::Defined, found->second});
  // A function of the host has an address, too.
  else if (const auto host = environmentHosts.find(name); host != environmentHosts.end())
    number = host->second;
  if (!number)
    return std::nullopt;
  const auto [entry, isNew] =
      tableEntries.try_emplace(*number, tableSize + uint32_t(addedEntries.size()));
  if (isNew)
    addedEntries.push_back(*number);
  return entry->second;
}

void Linker::resolveAddresses() {
  for (Part &part : parts)
    evaluateGlobals(part);
  findTableEntries();
  for (const Address &address : addresses) {
    const auto value =
        address.isFunction ? addressOfFunction(address.name) : addressOfData(address.name);
    if (!value && !address.isWeak)
      addMissing(address.isFunction ? "function" : "data", address.name, address.user);
    ownGlobals[address.global].value = value.value_or(0);
  }
  for (Part &part : parts)
    evaluateGlobals(part);
}

} // namespace w2n::dylink
