// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Facts about a whole module before its parts are lowered, for all targets.
#pragma once

#include "compiler/Options.h"
#include "compiler/debug/SourceInfo.h"
#include "compiler/plan/ClosedTables.h"
#include "compiler/plan/FewTargets.h"
#include "compiler/plan/TypedTables.h"
#include "lib/artifact/Abi.h"
#include "lib/wasm/Module.h"

#include <algorithm>
#include <llvm/ADT/StringRef.h>
#include <memory>

namespace w2n {
class CompileBudget;
}

namespace w2n::compiler {

class ProfileUse;
class TimeReport;

/// Facts about the whole wasm module before any of it is lowered; shared by all partitions,
/// read-only.
struct ModulePlan {
  const wasm::Module &wasm;
  const CompileOptions &options;
  artifact::ContextLayout layout = {};
  /// Symbol of each function in LLVM's modules and in object files; see FunctionNames.h.
  std::vector<std::string> symbols = {};
  /// The name of each function for people; see FunctionNames.h.
  std::vector<std::string> displayNames = {};
  /// Index in the context's functionReferences, or artifact::noIndex.
  std::vector<uint32_t> references = {};
  /// Contents of the tables that nothing but calls can reach; see ClosedTables.h.
  std::vector<std::optional<ClosedTable>> closedTables = {};
  /// The targets of calls through them, where they are few and the calls may become direct calls;
  /// see FewTargets.h.
  FewTargets fewTargets = {};
  /// Types that have their own tables of code; see TypedTables.h.
  TypedTables typedTables = {};
  /// Small functions, which may be inlined wherever they are called; see InlineCandidates.h.
  std::vector<bool> inlineCandidates = {};
  bool hasInlineCandidates = false;
  /// Functions of which tail calls are made or may be: they have a tail entry and a wrapper
  /// (TailCall.cpp).
  std::vector<bool> hasTailEntry = {};
  /// Tables that return_call_indirect names.
  std::vector<bool> tailCalledTables = {};
  bool hasSharedMemory = false;
  /// Data segments that are in the memory image and so need no code.
  std::vector<bool> dataInImage = {};
  /// Whether instances need a heap of objects.
  bool usesHeap = false;
  /// Whether any function has a try: if not, nothing that is thrown is caught here.
  bool catchesExceptions = false;
  /// The module's debug information, if it is translated; null is none.
  std::shared_ptr<const SourceInfo> source = nullptr;
  /// The profile that the code is compiled with; null is none.
  std::shared_ptr<const ProfileUse> profile = nullptr;
  /// The times for the report; null if none are collected.
  TimeReport *times = nullptr;
  /// The encoded world of the component that the module was made from; empty if there is none.
  std::span<const uint8_t> component = {};
  /// The budget of all plans of a compilation together; never null where functions are lowered.
  CompileBudget *budget = nullptr;

  /// The symbol of the code that calls of a function reach, without the suffix of a slice
  /// (Slice.h).
  std::string functionSymbol(uint32_t functionIndex) const;
  /// The name for people of the function whose code has `symbol`, with or without the slice's
  /// suffix.
  const std::string &displayNameOf(llvm::StringRef symbol) const;
  /// The targets of calls of functions of the type `typeNumber` through `table`; null is too many.
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
