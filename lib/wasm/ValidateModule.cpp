// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Validation of modules (core specification, section 3.5).

#include "lib/wasm/Limits.h"
#include "lib/wasm/ValidateBody.h"

#include <unordered_set>

namespace w2n::wasm {

namespace {

std::unexpected<Error> invalid(std::string text, uint64_t offset = Error::noOffset) {
  return fail(ErrorKind::Invalid, std::move(text), offset);
}

Status validateTypeIndices(const Module &module) {
  for (const Function &function : module.functions)
    if (!module.isFunctionType(function.typeIndex))
      return invalid("unknown type " + std::to_string(function.typeIndex));
  for (const Table &table : module.tables)
    W2N_CHECK(checkType(module, table.type.element));
  for (const Global &global : module.globals)
    W2N_CHECK(checkType(module, global.type.type));
  for (const ElementSegment &segment : module.elements)
    W2N_CHECK(checkType(module, segment.type, segment.byteOffset));
  return {};
}

/// The decoder has bounded what the module defines; these limits include what it imports.
Status checkCount(size_t count, uint32_t limit, const char *what) {
  if (count <= limit)
    return {};
  return fail(ErrorKind::Limit, std::to_string(count) + " " + what + ", most is " +
                                    std::to_string(limit) + " with those that are imported");
}

/// The number of pages that its addresses reach, 2^32 or 2^64 bytes (core specification, section
/// 3.2.15), and the most that memory.size can return.
uint64_t maxPages(const MemoryType &memory) {
  const unsigned addressBits = memory.limits.is64 ? 64 : 32;
  if (memory.pageSizeLog2 == 0)
    return UINT64_MAX >> (64 - addressBits);
  return 1ull << (addressBits - memory.pageSizeLog2);
}

Status validateMemoryLimits(const MemoryType &memory, const std::string &described) {
  if (memory.pageSizeLog2 != 0 && memory.pageSizeLog2 != 16)
    return invalid("invalid custom page size: " + described + " has pages of 2^" +
                   std::to_string(memory.pageSizeLog2) + " bytes, must be 1 or 65536");
  const uint64_t allowedPages = maxPages(memory);
  const Limits &limits = memory.limits;
  if (limits.min > allowedPages || limits.max.value_or(0) > allowedPages)
    return invalid("memory size must be at most " + std::to_string(allowedPages) +
                   " pages: " + described);
  if (limits.max && *limits.max < limits.min)
    return invalid("size minimum must not be greater than maximum: " + described);
  if (limits.shared && !limits.max)
    return invalid("shared memory must have maximum: " + described);
  if (limits.min > UINT64_MAX >> memory.pageSizeLog2)
    return fail(ErrorKind::Limit,
                described + " has a minimum of 2^64 bytes, which no machine can address");
  return {};
}

Status validateTableLimits(const Limits &limits, const std::string &described) {
  if (!limits.is64 && (limits.min > UINT32_MAX || limits.max.value_or(0) > UINT32_MAX))
    return invalid("table size must be at most 2^32-1 elements: " + described);
  if (limits.max && *limits.max < limits.min)
    return invalid("size minimum must not be greater than maximum: " + described);
  if (limits.min > limits::tableElements)
    return fail(ErrorKind::Limit, described + " has " + std::to_string(limits.min) +
                                      " elements, most is " +
                                      std::to_string(limits::tableElements));
  return {};
}

Status validateLimits(const Module &module) {
  W2N_CHECK(checkCount(module.tables.size(), limits::tables, "tables"));
  W2N_CHECK(checkCount(module.memories.size(), limits::memories, "memories"));
  for (size_t i = 0; i < module.memories.size(); ++i)
    W2N_CHECK(validateMemoryLimits(module.memories[i].type,
                                   describeItem("memory", i, module.memories[i].name)));
  for (size_t i = 0; i < module.tables.size(); ++i)
    W2N_CHECK(validateTableLimits(module.tables[i].type.limits,
                                  describeItem("table", i, module.tables[i].name)));
  return {};
}

Status validateTags(const Module &module) {
  for (uint32_t i = 0; i < module.tags.size(); ++i) {
    if (!module.isFunctionType(module.tags[i].type.typeIndex))
      return invalid("unknown type " + std::to_string(module.tags[i].type.typeIndex));
    if (!module.tagType(i).results.empty())
      return invalid("non-empty tag result type: tag " + std::to_string(i) + " has type " +
                     toString(module.tagType(i)));
  }
  return {};
}

Status validateTableInits(Module &module) {
  for (size_t i = module.importedTables; i < module.tables.size(); ++i) {
    const Table &table = module.tables[i];
    // Tables come before globals in the binary, and see only imported ones.
    if (table.init)
      W2N_CHECK(validateConstExpr(module, *table.init, table.type.element, module.importedGlobals));
    else if (!table.type.element.isDefaultable())
      return invalid("type mismatch: a table of " + toString(table.type.element) +
                     " needs an initial value");
  }
  return {};
}

Status validateGlobals(Module &module) {
  for (uint32_t i = module.importedGlobals; i < module.globals.size(); ++i)
    W2N_CHECK(validateConstExpr(module, module.globals[i].init, module.globals[i].type.type, i));
  return {};
}

Status validateElements(Module &module) {
  uint32_t globals = uint32_t(module.globals.size());
  for (ElementSegment &segment : module.elements) {
    if (segment.mode == SegmentMode::Active) {
      if (segment.tableIndex >= module.tables.size())
        return invalid("unknown table " + std::to_string(segment.tableIndex), segment.byteOffset);
      ValueType element = module.tables[segment.tableIndex].type.element;
      if (!module.matches(segment.type, element))
        return invalid("type mismatch: segment of " + toString(segment.type) + " for a table of " +
                           toString(element),
                       segment.byteOffset);
      W2N_CHECK(validateConstExpr(module, segment.offset,
                                  module.tables[segment.tableIndex].type.limits.addressType(),
                                  globals));
    }
    for (uint32_t function : segment.functions) {
      if (function >= module.functions.size())
        return invalid("unknown function " + std::to_string(function), segment.byteOffset);
      module.functions[function].declared = true;
    }
    for (const ConstExpr &expression : segment.expressions)
      W2N_CHECK(validateConstExpr(module, expression, segment.type, globals));
  }
  return {};
}

Status validateData(Module &module) {
  for (const DataSegment &segment : module.data) {
    if (segment.mode == SegmentMode::Passive)
      continue;
    if (segment.memoryIndex >= module.memories.size())
      return invalid("unknown memory " + std::to_string(segment.memoryIndex), segment.byteOffset);
    W2N_CHECK(validateConstExpr(module, segment.offset,
                                module.memories[segment.memoryIndex].type.limits.addressType(),
                                uint32_t(module.globals.size())));
  }
  return {};
}

Status validateExports(Module &module) {
  static constexpr const char *kindNames[] = {"function", "table", "memory", "global", "tag"};
  const size_t counts[] = {module.functions.size(), module.tables.size(), module.memories.size(),
                           module.globals.size(), module.tags.size()};
  std::unordered_set<std::string_view> names;
  for (const Export &exported : module.exports) {
    size_t kind = size_t(exported.kind);
    if (exported.index >= counts[kind])
      return invalid(std::string("unknown ") + kindNames[kind] + " " +
                     std::to_string(exported.index));
    if (!names.insert(exported.name).second)
      return invalid("duplicate export name '" + std::string(exported.name) + "'");
    if (exported.kind == ExternKind::Function)
      module.functions[exported.index].declared = true;
  }
  return {};
}

Status validateStart(const Module &module) {
  if (!module.start)
    return {};
  if (*module.start >= module.functions.size())
    return invalid("unknown function " + std::to_string(*module.start));
  const FunctionType &type = module.functionType(*module.start);
  if (!type.params.empty() || !type.results.empty())
    return invalid("start function must have type [] -> [], found " + toString(type));
  return {};
}

} // namespace

std::string describeItem(const char *kind, size_t index, std::string_view name) {
  std::string text = kind + (" " + std::to_string(index));
  if (!name.empty())
    text += " ($" + std::string(name) + ")";
  return text;
}

std::string describeFunction(const Module &module, uint32_t functionIndex) {
  return describeItem("function", functionIndex, module.functions[functionIndex].name);
}

namespace {

struct SectionName {
  unsigned id; ///< core specification, section 5.5.2
  const char *name;
};
constexpr SectionName tableSection = {4, "table"}, exportSection = {7, "export"},
                      startSection = {8, "start"}, tagSection = {13, "tag"};

/// Says where an error is that has no place of its own.
Status inSection(const Module &module, const SectionName &section, Status status) {
  if (!status && status.error().offset == Error::noOffset) {
    status.error().offset = module.sectionOffsets[section.id];
    status.error().text += std::string(" (in the ") + section.name + " section)";
  }
  return status;
}

} // namespace

Status validateModule(Module &module) {
  W2N_CHECK(validateTypes(module));
  W2N_CHECK(validateTypeIndices(module));
  W2N_CHECK(validateLimits(module));
  W2N_CHECK(inSection(module, tagSection, validateTags(module)));
  // These also collect C.refs, which the bodies are checked against.
  W2N_CHECK(inSection(module, tableSection, validateTableInits(module)));
  W2N_CHECK(validateGlobals(module));
  W2N_CHECK(validateElements(module));
  W2N_CHECK(validateData(module));
  W2N_CHECK(inSection(module, exportSection, validateExports(module)));
  W2N_CHECK(inSection(module, startSection, validateStart(module)));
  for (uint32_t i = module.importedFunctions; i < module.functions.size(); ++i)
    W2N_CHECK(validateBody(module, i));
  return {};
}

} // namespace w2n::wasm
