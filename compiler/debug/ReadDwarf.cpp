// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Units, lines, functions and variables. LLVM's reader is made for damaged files; it gets the
// sections as they are, with limits for how much of them is followed.

#include "compiler/debug/Places.h"
#include "compiler/debug/ReadTypes.h"
#include "compiler/debug/SourceInfo.h"
#include "lib/support/CompileBudget.h"
#include "lib/wasm/Module.h"

#include <algorithm>
#include <llvm/ADT/DenseSet.h>
#include <set>

namespace w2n::compiler {

namespace dwarf = llvm::dwarf;
using llvm::DWARFDie;

namespace {

constexpr uint64_t maxSectionBytes = 256ull << 20;
constexpr size_t maxRows = 50'000'000, maxScopes = 4'000'000, maxVariables = 4'000'000;
/// Entries of lists of places and of ranges, which many variables may share.
constexpr size_t maxListEntries = 50'000'000;
constexpr size_t maxPlaces = 1000, maxRanges = 1000, maxNotes = 8;
constexpr unsigned maxScopeDepth = 64, maxOrigins = 8, maxNamespaces = 16;
/// The section of code, by its id.
constexpr size_t codeSectionId = 10;

std::span<const uint8_t> asSpan(llvm::ArrayRef<uint8_t> bytes) {
  return {bytes.data(), bytes.size()};
}

/// The declaration that `die` is an instance of, or itself.
DWARFDie originOf(DWARFDie die) {
  for (unsigned i = 0; i < maxOrigins; ++i) {
    const DWARFDie origin = die.getAttributeValueAsReferencedDie(dwarf::DW_AT_abstract_origin);
    if (!origin)
      break;
    die = origin;
  }
  return die;
}

class DwarfReader {
public:
  DwarfReader(const wasm::Module &module, CompileBudget &budget)
      : module(module), budget(budget), info(std::make_unique<SourceInfo>()),
        context(makeContext()), files(*context, *info), types(*info, files, budget) {}

  std::unique_ptr<const SourceInfo> read();

private:
  std::unique_ptr<llvm::DWARFContext> makeContext();
  void note(std::string text);
  bool isFull();

  void readUnit(llvm::DWARFUnit &unit);
  void readRows(llvm::DWARFUnit &unit, DWARFDie top);
  void assignRows();
  void readSubprogram(DWARFDie die);
  uint32_t functionAt(uint64_t address) const;

  /// The scopes and variables of one function of the module.
  void readScope(SourceCode &code, DWARFDie die, uint32_t scope, uint32_t frameLocal,
                 unsigned depth);
  void readInner(SourceCode &code, DWARFDie die, uint32_t parent, uint32_t frameLocal,
                 unsigned depth);
  void readVariable(SourceCode &code, DWARFDie die, uint32_t scope, uint32_t frameLocal);
  std::vector<SourcePlace> placesOf(DWARFDie die, uint32_t frameLocal);
  std::vector<AddressRange> rangesOf(DWARFDie die);
  uint32_t argumentOf(DWARFDie origin);

  /// The function of the source that `die`, or what it is an instance of, declares.
  uint32_t sourceFunction(DWARFDie die);
  uint32_t declaredIn(DWARFDie die);
  std::vector<std::string> namesAround(DWARFDie die);

  const wasm::Module &module;
  CompileBudget &budget;
  std::unique_ptr<SourceInfo> info;
  const std::unique_ptr<llvm::DWARFContext> context;
  FileReader files;
  TypeReader types;
  llvm::DenseMap<const llvm::DWARFUnit *, uint32_t> units;
  llvm::DenseMap<uint64_t, uint32_t> functions; ///< by the offset of the declaration
  llvm::DenseMap<uint64_t, uint32_t> arguments; ///< by the offset of the declaration
  llvm::DenseSet<uint64_t> lineTables;          ///< whose rows have been read, by their offsets
  llvm::DenseSet<uint64_t> numbered;            ///< functions whose arguments are in `arguments`
  std::set<std::pair<uint32_t, uint64_t>> seenVariables; ///< of this function: scope, identity
  std::set<std::pair<uint32_t, uint32_t>> seenArguments; ///< of this function: scope, number
  size_t scopeCount = 0, variableCount = 0, listEntryCount = 0;
};

std::unique_ptr<llvm::DWARFContext> DwarfReader::makeContext() {
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> sections;
  uint64_t bytes = 0;
  for (const wasm::DebugSection &section : module.debugSections) {
    bytes += section.bytes.size();
    if (bytes > maxSectionBytes) {
      note("its sections are larger than 256 MiB");
      break;
    }
    const llvm::StringRef contents(reinterpret_cast<const char *>(section.bytes.data()),
                                   section.bytes.size());
    // The reader knows the names without the dot.
    sections[std::string(section.name.substr(1))] =
        llvm::MemoryBuffer::getMemBuffer(contents, "", /*RequiresNullTerminator=*/false);
  }
  auto take = [this](llvm::Error error) { note(llvm::toString(std::move(error))); };
  return llvm::DWARFContext::create(sections, /*AddrSize=*/4, /*isLittleEndian=*/true, take, take);
}

void DwarfReader::note(std::string text) {
  if (info->notes.size() < maxNotes)
    info->notes.push_back(std::move(text));
}

bool DwarfReader::isFull() {
  if (budget.isExceeded())
    return true;
  const bool full = info->rows.size() >= maxRows || scopeCount >= maxScopes ||
                    variableCount >= maxVariables || listEntryCount >= maxListEntries;
  if (full)
    note("it is too large, and some of it is left out");
  return full;
}

std::unique_ptr<const SourceInfo> DwarfReader::read() {
  info->codeSection = module.sectionOffsets[codeSectionId];
  info->codes.resize(module.functions.size());
  for (const auto &unit : context->compile_units()) {
    if (isFull())
      break;
    readUnit(*unit);
  }
  assignRows();
  return std::move(info);
}

void DwarfReader::readUnit(llvm::DWARFUnit &unit) {
  const DWARFDie top = unit.getUnitDIE(/*ExtractUnitDIEOnly=*/false);
  if (!top)
    return;
  if (top.find({dwarf::DW_AT_dwo_name, dwarf::DW_AT_GNU_dwo_name}))
    note("it is split: what is in .dwo files is left out");
  SourceUnit made;
  made.language = uint32_t(numberOf(top, dwarf::DW_AT_language, dwarf::DW_LANG_C11) & 0xffff);
  if (const char *producer = dwarf::toString(top.find(dwarf::DW_AT_producer), nullptr))
    made.producer = llvm::StringRef(producer).take_front(200).str();
  const char *directory = unit.getCompilationDir();
  made.file = files.fileCalled(directory ? directory : "", nameOf(top));
  made.isOptimized = numberOf(top, dwarf::DW_AT_APPLE_optimized) != 0;
  units[&unit] = uint32_t(info->units.size());
  info->units.push_back(std::move(made));
  readRows(unit, top);
  for (unsigned i = 0; i < unit.getNumDIEs(); ++i) {
    const DWARFDie die = unit.getDIEAtIndex(i);
    if (die.getTag() != dwarf::DW_TAG_subprogram || !die.find(dwarf::DW_AT_low_pc))
      continue;
    if (isFull())
      break;
    readSubprogram(die);
  }
}

// Units may share a table, whose rows are read with the first of them.
void DwarfReader::readRows(llvm::DWARFUnit &unit, DWARFDie top) {
  const auto offset = dwarf::toSectionOffset(top.find(dwarf::DW_AT_stmt_list));
  if (!offset || !lineTables.insert(*offset).second)
    return;
  const auto *lines = context->getLineTableForUnit(&unit);
  if (!lines)
    return;
  for (const llvm::DWARFDebugLine::Sequence &sequence : lines->Sequences) {
    // The linker gives functions that it has dropped an address where no code is.
    if (sequence.LowPC == 0 || sequence.LastRowIndex > lines->Rows.size() ||
        functionAt(sequence.LowPC) == noSource)
      continue;
    for (unsigned i = sequence.FirstRowIndex; i < sequence.LastRowIndex; ++i) {
      if (info->rows.size() >= maxRows)
        return;
      const llvm::DWARFDebugLine::Row &row = lines->Rows[i];
      info->rows.push_back({row.Address.Address, files.fileAt(unit, row.File), row.Line, row.Column,
                            bool(row.PrologueEnd), bool(row.EndSequence)});
    }
  }
}

uint32_t DwarfReader::functionAt(uint64_t address) const {
  // The size of a body, in front of it, has five bytes at most.
  constexpr uint64_t maxSizeBytes = 5;
  const uint64_t offset = address + info->codeSection;
  const auto defined = std::span(module.functions).subspan(module.importedFunctions);
  const auto found =
      std::ranges::upper_bound(defined, offset, {}, [](const wasm::Function &function) {
        return function.codeOffset + function.code.size();
      });
  return found != defined.end() && found->bodyOffset <= offset + maxSizeBytes
             ? uint32_t(&*found - module.functions.data())
             : noSource;
}

// A row holds up to the next one; of those with one address the last counts, unless it is an end.
void DwarfReader::assignRows() {
  auto rank = [](const SourceRow &row) { return std::pair(row.address, !row.isEnd); };
  std::ranges::stable_sort(info->rows, {}, rank);
  for (uint32_t i = module.importedFunctions; i < info->codes.size(); ++i) {
    const wasm::Function &function = module.functions[i];
    const uint64_t begin = function.bodyOffset - info->codeSection;
    const uint64_t end = function.codeOffset + function.code.size() - info->codeSection;
    const auto first = std::ranges::lower_bound(info->rows, begin, {}, &SourceRow::address);
    const auto last = std::ranges::lower_bound(info->rows, end, {}, &SourceRow::address);
    info->codes[i].firstRow = uint32_t(first - info->rows.begin());
    info->codes[i].rowCount = uint32_t(last - first);
  }
}

void DwarfReader::readSubprogram(DWARFDie die) {
  const uint64_t begin = dwarf::toAddress(die.find(dwarf::DW_AT_low_pc), 0);
  const uint32_t index = begin ? functionAt(begin) : noSource;
  if (index == noSource || !info->codes[index].scopes.empty())
    return;
  SourceCode &code = info->codes[index];
  SourceScope scope;
  scope.function = sourceFunction(die);
  if (scope.function == noSource)
    return;
  scope.identity = die.getOffset();
  code.scopes.push_back(std::move(scope));
  ++scopeCount;
  uint32_t frameLocal = noSource;
  if (const auto frameBase = die.find(dwarf::DW_AT_frame_base))
    if (const auto block = frameBase->getAsBlock())
      frameLocal = frameLocalOf(asSpan(*block));
  seenVariables.clear();
  seenArguments.clear();
  readScope(code, die, 0, frameLocal, 0);
}

void DwarfReader::readScope(SourceCode &code, DWARFDie die, uint32_t scope, uint32_t frameLocal,
                            unsigned depth) {
  for (DWARFDie child : die.children()) {
    if (isFull())
      return;
    switch (child.getTag()) {
    case dwarf::DW_TAG_formal_parameter:
    case dwarf::DW_TAG_variable:
      readVariable(code, child, scope, frameLocal);
      break;
    case dwarf::DW_TAG_inlined_subroutine:
    case dwarf::DW_TAG_lexical_block:
      if (depth < maxScopeDepth)
        readInner(code, child, scope, frameLocal, depth + 1);
      break;
    default:
      break;
    }
  }
}

void DwarfReader::readInner(SourceCode &code, DWARFDie die, uint32_t parent, uint32_t frameLocal,
                            unsigned depth) {
  SourceScope scope;
  scope.parent = parent;
  scope.identity = originOf(die).getOffset();
  scope.ranges = rangesOf(die);
  if (scope.ranges.empty())
    return;
  llvm::DWARFUnit &unit = *die.getDwarfUnit();
  if (die.getTag() == dwarf::DW_TAG_inlined_subroutine) {
    scope.kind = SourceScope::Kind::Inlined;
    scope.function = sourceFunction(die);
    if (scope.function == noSource)
      return;
    scope.file = files.fileAt(unit, numberOf(die, dwarf::DW_AT_call_file));
    scope.line = uint32_t(numberOf(die, dwarf::DW_AT_call_line));
    scope.column = uint32_t(numberOf(die, dwarf::DW_AT_call_column) & 0xffff);
  } else {
    scope.kind = SourceScope::Kind::Block;
  }
  code.scopes.push_back(std::move(scope));
  ++scopeCount;
  readScope(code, die, uint32_t(code.scopes.size() - 1), frameLocal, depth);
}

std::vector<AddressRange> DwarfReader::rangesOf(DWARFDie die) {
  auto read = die.getAddressRanges();
  if (!read) {
    llvm::consumeError(read.takeError());
    return {};
  }
  listEntryCount += read->size();
  std::vector<AddressRange> ranges;
  for (const llvm::DWARFAddressRange &range : *read)
    if (range.LowPC < range.HighPC && ranges.size() < maxRanges)
      ranges.push_back({range.LowPC, range.HighPC});
  return ranges;
}

std::vector<SourcePlace> DwarfReader::placesOf(DWARFDie die, uint32_t frameLocal) {
  std::vector<SourcePlace> places;
  if (const auto value = die.find(dwarf::DW_AT_const_value)) {
    if (const auto number = value->getAsSignedConstant())
      places.push_back({.offset = *number});
    return places;
  }
  auto read = die.getLocations(dwarf::DW_AT_location);
  if (!read) {
    llvm::consumeError(read.takeError());
    return places;
  }
  listEntryCount += read->size();
  for (const llvm::DWARFLocationExpression &location : *read) {
    auto place = placeOf({location.Expr.data(), location.Expr.size()}, frameLocal);
    if (!place || places.size() >= maxPlaces)
      continue;
    if (location.Range) {
      place->begin = location.Range->LowPC;
      place->end = location.Range->HighPC;
    }
    if (place->begin < place->end)
      places.push_back(*place);
  }
  return places;
}

void DwarfReader::readVariable(SourceCode &code, DWARFDie die, uint32_t scope,
                               uint32_t frameLocal) {
  const DWARFDie origin = originOf(die);
  SourceVariable variable;
  variable.name = nameOf(origin);
  variable.identity = origin.getOffset();
  variable.scope = scope;
  if (variable.name.empty() || !seenVariables.insert({scope, variable.identity}).second)
    return;
  variable.places = placesOf(die, frameLocal);
  variable.type = types.typeOf(origin);
  variable.file = declaredIn(origin);
  variable.line = uint32_t(numberOf(origin, dwarf::DW_AT_decl_line));
  variable.isArtificial = numberOf(origin, dwarf::DW_AT_artificial) != 0;
  if (die.getTag() == dwarf::DW_TAG_formal_parameter &&
      code.scopes[scope].kind != SourceScope::Kind::Block)
    variable.argument = argumentOf(origin);
  // A number that is given twice is nobody's.
  if (variable.argument && !seenArguments.insert({scope, variable.argument}).second)
    variable.argument = 0;
  code.variables.push_back(std::move(variable));
  ++variableCount;
}

uint32_t DwarfReader::argumentOf(DWARFDie origin) {
  constexpr uint32_t maxArguments = 1000;
  const DWARFDie parent = origin.getParent();
  if (!parent)
    return 0;
  if (numbered.insert(parent.getOffset()).second) {
    uint32_t number = 0;
    for (DWARFDie child : parent.children())
      if (child.getTag() == dwarf::DW_TAG_formal_parameter && number < maxArguments)
        arguments[child.getOffset()] = ++number;
  }
  return arguments.lookup(origin.getOffset());
}

uint32_t DwarfReader::declaredIn(DWARFDie die) {
  for (unsigned i = 0; die && i < maxOrigins; ++i) {
    if (die.find(dwarf::DW_AT_decl_file))
      return files.fileAt(*die.getDwarfUnit(), numberOf(die, dwarf::DW_AT_decl_file));
    die = die.getAttributeValueAsReferencedDie(dwarf::DW_AT_specification);
  }
  return noSource;
}

std::vector<std::string> DwarfReader::namesAround(DWARFDie die) {
  if (const DWARFDie declared = die.getAttributeValueAsReferencedDie(dwarf::DW_AT_specification))
    die = declared;
  std::vector<std::string> names;
  for (DWARFDie around = die.getParent(); around && names.size() < maxNamespaces;
       around = around.getParent()) {
    const dwarf::Tag tag = around.getTag();
    if (tag != dwarf::DW_TAG_namespace && tag != dwarf::DW_TAG_structure_type &&
        tag != dwarf::DW_TAG_class_type && tag != dwarf::DW_TAG_union_type)
      break;
    if (std::string name = nameOf(around); !name.empty())
      names.push_back(std::move(name));
  }
  std::ranges::reverse(names);
  return names;
}

uint32_t DwarfReader::sourceFunction(DWARFDie instance) {
  const DWARFDie die = originOf(instance);
  if (die.getTag() != dwarf::DW_TAG_subprogram)
    return noSource;
  const auto [found, isNew] =
      functions.try_emplace(die.getOffset(), uint32_t(info->functions.size()));
  const uint32_t index = found->second;
  if (!isNew)
    return index;
  info->functions.emplace_back();
  SourceFunction function;
  function.name = nameOf(die);
  if (const char *name = die.getLinkageName())
    function.linkageName = llvm::StringRef(name).take_front(1000).str();
  function.scopes = namesAround(die);
  const auto unit = units.find(die.getDwarfUnit());
  function.unit = unit == units.end() ? uint32_t(info->units.size() - 1) : unit->second;
  function.file = declaredIn(die);
  function.line = uint32_t(die.getDeclLine());
  function.type = types.signatureOf(die);
  function.isExternal = dwarf::toUnsigned(die.findRecursively({dwarf::DW_AT_external}), 0) != 0;
  info->functions[index] = std::move(function);
  return index;
}

} // namespace

std::unique_ptr<const SourceInfo> readSourceInfo(const wasm::Module &module,
                                                 CompileBudget &budget) {
  if (module.debugSections.empty())
    return nullptr;
  return DwarfReader(module, budget).read();
}

} // namespace w2n::compiler
