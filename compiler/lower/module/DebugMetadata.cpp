// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/lower/module/DebugMetadata.h"

#include <llvm/BinaryFormat/Dwarf.h>

namespace w2n::compiler {

namespace dwarf = llvm::dwarf;

struct DebugMetadata::Unit {
  llvm::DIBuilder builder;
  llvm::DICompileUnit *node = nullptr;
  llvm::DIFile *file = nullptr;
  bool isOptimized = false;
  llvm::DIType *memoryType = nullptr;
  std::unique_ptr<DebugTypes> types;

  explicit Unit(llvm::Module &module) : builder(module) {}
};

DebugMetadata::DebugMetadata(const SourceInfo &source, llvm::Module &module)
    : source(source), module(module) {
  constexpr unsigned dwarfVersion = 5;
  module.addModuleFlag(llvm::Module::Max, "Dwarf Version", dwarfVersion);
}

DebugMetadata::~DebugMetadata() = default;

DebugMetadata::Unit &DebugMetadata::unitOf(uint32_t index) {
  std::unique_ptr<Unit> &known = units[index];
  if (known)
    return *known;
  const SourceUnit &unit = source.units[index];
  known = std::make_unique<Unit>(module);
  Unit &made = *known;
  made.isOptimized = unit.isOptimized;
  made.file = file(made, unit.file);
  const uint32_t language =
      dwarf::LanguageString(unit.language).empty() ? uint32_t(dwarf::DW_LANG_C11) : unit.language;
  made.node = made.builder.createCompileUnit(
      llvm::DISourceLanguageName(uint16_t(language)), made.file, unit.producer, unit.isOptimized,
      "", 0, "", llvm::DICompileUnit::DebugEmissionKind::FullDebug, 0, true, false,
      llvm::DICompileUnit::DebugNameTableKind::None);
  made.types = std::make_unique<DebugTypes>(
      source, made.builder, made.node, [this, &made](uint32_t index) { return file(made, index); });
  unitsByNode[made.node] = &made;
  return made;
}

DebugMetadata::Unit &DebugMetadata::unitOf(const llvm::DILocalScope *scope) {
  return *unitsByNode[scope->getSubprogram()->getUnit()];
}

llvm::DIFile *DebugMetadata::file(Unit &unit, uint32_t index) {
  if (index >= source.files.size())
    return unit.file ? unit.file : unit.builder.createFile("wasm", "");
  const SourceFile &file = source.files[index];
  return unit.builder.createFile(file.name, file.directory);
}

llvm::DISubprogram *DebugMetadata::makeSubprogram(uint32_t index, llvm::StringRef displayName) {
  const SourceFunction &function = source.functions[index];
  Unit &unit = unitOf(function.unit);
  llvm::DIScope *scope = unit.node;
  for (const std::string &name : function.scopes)
    scope = unit.builder.createNameSpace(scope, name, /*ExportSymbols=*/false);
  auto kind = llvm::DISubprogram::SPFlagDefinition;
  if (!function.isExternal)
    kind |= llvm::DISubprogram::SPFlagLocalToUnit;
  if (unit.isOptimized)
    kind |= llvm::DISubprogram::SPFlagOptimized;
  const llvm::StringRef name = function.name.empty() ? displayName : llvm::StringRef(function.name);
  return unit.builder.createFunction(scope, name, function.linkageName, file(unit, function.file),
                                     function.line, unit.types->signature(function.type),
                                     /*ScopeLine=*/function.line, llvm::DINode::FlagPrototyped,
                                     kind);
}

llvm::DISubprogram *DebugMetadata::subprogram(uint32_t functionIndex, llvm::StringRef displayName) {
  return makeSubprogram(source.codes[functionIndex].scopes.front().function, displayName);
}

llvm::DISubprogram *DebugMetadata::artificialSubprogram(llvm::StringRef displayName) {
  Unit &unit = unitOf(uint32_t(0));
  return unit.builder.createFunction(
      unit.node, displayName, "", unit.file, 0, unit.types->signature(noSource), /*ScopeLine=*/0,
      llvm::DINode::FlagArtificial, llvm::DISubprogram::SPFlagDefinition);
}

llvm::DISubprogram *DebugMetadata::inlinedSubprogram(uint32_t function) {
  llvm::DISubprogram *&known = inlined[function];
  if (!known)
    known = makeSubprogram(function, "inlined");
  return known;
}

std::vector<DebugMetadata::Scope> DebugMetadata::scopesOf(const SourceCode &code,
                                                          llvm::DISubprogram *own) {
  std::vector<Scope> scopes{{own, nullptr}};
  for (size_t i = 1; i < code.scopes.size(); ++i) {
    const SourceScope &scope = code.scopes[i];
    const Scope parent = scopes[scope.parent];
    if (scope.kind == SourceScope::Kind::Inlined) {
      // Distinct, as two calls in one place are two.
      llvm::DILocation *call = llvm::DILocation::getDistinct(
          module.getContext(), scope.line, scope.column, parent.scope, parent.inlinedAt);
      scopes.push_back({inlinedSubprogram(scope.function), call});
      continue;
    }
    llvm::DILexicalBlock *&block = blocks[{parent.scope, scope.identity}];
    if (!block)
      block = unitOf(parent.scope)
                  .builder.createLexicalBlock(parent.scope, parent.scope->getFile(), scope.line,
                                              scope.column);
    scopes.push_back({block, parent.inlinedAt});
  }
  return scopes;
}

llvm::DILocation *DebugMetadata::location(const Scope &scope, uint32_t fileIndex, uint32_t line,
                                          uint16_t column) {
  Unit &unit = unitOf(scope.scope);
  llvm::DILocalScope *inFile = scope.scope;
  if (llvm::DIFile *lineFile = file(unit, fileIndex);
      fileIndex != noSource && lineFile != scope.scope->getFile())
    inFile = unit.builder.createLexicalBlockFile(scope.scope, lineFile);
  return llvm::DILocation::get(module.getContext(), line, column, inFile, scope.inlinedAt);
}

llvm::DILocalVariable *DebugMetadata::variable(const SourceVariable &variable, const Scope &scope) {
  llvm::DILocalVariable *&known = variables[{scope.scope, variable.identity}];
  if (known)
    return known;
  Unit &unit = unitOf(scope.scope);
  const auto flags = variable.isArtificial ? llvm::DINode::FlagArtificial : llvm::DINode::FlagZero;
  llvm::DIType *type = unit.types->ofVariable(variable.type);
  llvm::DIFile *inFile = file(unit, variable.file);
  if (variable.argument)
    return known = unit.builder.createParameterVariable(scope.scope, variable.name,
                                                        variable.argument, inFile, variable.line,
                                                        type, /*AlwaysPreserve=*/false, flags);
  return known = unit.builder.createAutoVariable(scope.scope, variable.name, inFile, variable.line,
                                                 type, /*AlwaysPreserve=*/false, flags);
}

llvm::DILocalVariable *DebugMetadata::memoryVariable(llvm::DISubprogram *scope) {
  Unit &unit = unitOf(scope);
  if (!unit.memoryType)
    unit.memoryType = unit.builder.createPointerType(
        unit.builder.createBasicType("unsigned char", 8, dwarf::DW_ATE_unsigned_char), 64);
  return unit.builder.createAutoVariable(scope, "__memory", scope->getFile(), 0, unit.memoryType,
                                         /*AlwaysPreserve=*/false, llvm::DINode::FlagArtificial);
}

void DebugMetadata::finish() {
  for (auto &[index, unit] : units)
    unit->builder.finalize();
}

} // namespace w2n::compiler
