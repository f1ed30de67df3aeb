// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// What is known of a whole module before its parts are lowered, and what it is compiled for.
#pragma once

#include "compiler/Options.h"
#include "compiler/plan/ClosedTables.h"
#include "compiler/plan/FewTargets.h"
#include "compiler/plan/TypedTables.h"
#include "compiler/targets/Processor.h"
#include "compiler/targets/SimdTarget.h"
#include "lib/artifact/Abi.h"
#include "lib/wasm/Module.h"

#include <algorithm>
#include <llvm/ADT/StringRef.h>
#include <memory>

namespace w2n {
class CompileBudget;
}

namespace w2n::compiler {

class CodeReport;
class ProfileUse;
class TimeReport;

/// What is known of the whole wasm module before any of it is lowered; shared by all partitions,
/// read-only.
struct ModulePlan {
  const wasm::Module &wasm;
  const CompileOptions &options;
  artifact::ContextLayout layout = {};
  /// Symbol of each function in LLVM's modules and in object files; see FunctionNames.h.
  std::vector<std::string> symbols = {};
  /// What people call each function; see FunctionNames.h.
  std::vector<std::string> displayNames = {};
  /// Index in the context's functionReferences, or artifact::noIndex.
  std::vector<uint32_t> references = {};
  /// Contents of the tables that nothing but calls can reach; see ClosedTables.h.
  std::vector<std::optional<ClosedTable>> closedTables = {};
  /// What calls through them can reach, where that is little and they may become direct calls; see
  /// FewTargets.h.
  FewTargets fewTargets = {};
  /// Types that have their own tables of code; see TypedTables.h.
  TypedTables typedTables = {};
  /// Small functions, which may be inlined wherever they are called; see InlineCandidates.h.
  std::vector<bool> inlineCandidates = {};
  bool hasInlineCandidates = false;
  /// Functions of which tail calls are made or may be: they have a body and a wrapper
  /// (TailCall.cpp).
  std::vector<bool> hasBody = {};
  /// Tables that return_call_indirect names.
  std::vector<bool> tailCalledTables = {};
  TargetTraits traits = {};
  bool hasSharedMemory = false;
  /// Data segments that are in the memory image and so need no code.
  std::vector<bool> dataInImage = {};
  /// Whether instances need a heap of objects.
  bool usesHeap = false;
  /// Whether any function has a try: if not, nothing that is thrown is caught here.
  bool catchesExceptions = false;
  std::string targetTriple = {};
  Processor processor = {};
  /// What the code needs beyond the target's baseline, comma-separated.
  std::string requiredFeatures = {};
  VectorTarget vectorTarget = {};
  /// What the code is compiled with; null is nothing.
  std::shared_ptr<const ProfileUse> profile = nullptr;
  /// Where reports are collected; null is nowhere.
  TimeReport *times = nullptr;
  /// The encoded world of the component that the module was made from; empty if there is none.
  std::span<const uint8_t> component = {};
  /// What all plans of a compilation use together; never null where functions are lowered.
  CompileBudget *budget = nullptr;
  CodeReport *report = nullptr;
  /// Follows the names of all symbols of this level, where there are several.
  std::string symbolSuffix = {};

  /// The symbol of the code that calls of a function reach: without the level's suffix.
  std::string functionSymbol(uint32_t functionIndex) const;
  /// What people call the function whose code has `symbol`, with or without the level's suffix.
  const std::string &displayNameOf(llvm::StringRef symbol) const;
  /// What calls of functions of the type `typeNumber` through `table` can reach; null is too much.
  const Targets *targetsOf(uint32_t table, uint32_t typeNumber) const {
    const auto found = fewTargets.find({table, typeNumber});
    return found == fewTargets.end() ? nullptr : &found->second;
  }
  /// Whether functions of the type `typeNumber` are called through a typed table.
  bool hasTypedTable(uint32_t table, uint32_t typeNumber) const {
    return std::ranges::binary_search(typedTables[table], typeNumber);
  }
  /// Whether `segment` is already in a closed table, so that no code or metadata is needed for it.
  bool isInClosedTable(const wasm::ElementSegment &segment) const {
    return segment.mode == wasm::SegmentMode::Active &&
           closedTables[segment.tableIndex].has_value();
  }
};

} // namespace w2n::compiler
