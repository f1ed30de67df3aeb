// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Types and files of DWARF, read when something names them.
#pragma once

#include "compiler/debug/SourceInfo.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>

namespace w2n::compiler {

/// Files by their names, each once.
class FileReader {
public:
  FileReader(llvm::DWARFContext &context, SourceInfo &info) : context(context), info(info) {}
  /// The file `index` of the line table of `unit`, or noSource.
  uint32_t fileAt(llvm::DWARFUnit &unit, uint64_t index);
  uint32_t fileCalled(llvm::StringRef directory, llvm::StringRef name);

private:
  llvm::DWARFContext &context;
  SourceInfo &info;
  llvm::DenseMap<std::pair<const llvm::DWARFUnit *, uint64_t>, uint32_t> known;
  llvm::StringMap<uint32_t> byName;
};

class TypeReader {
public:
  /// Reads no more when `budget` is exceeded.
  TypeReader(SourceInfo &info, FileReader &files, CompileBudget &budget)
      : info(info), files(files), budget(budget) {}
  /// The type that the attribute DW_AT_type of `die` names; noSource is void, or not understood.
  uint32_t typeOf(llvm::DWARFDie die);
  /// The function type of a subprogram.
  uint32_t signatureOf(llvm::DWARFDie subprogram);

private:
  /// The index of `die`, which is filled later if it is new: types contain each other.
  uint32_t note(llvm::DWARFDie die);
  void fillPending();
  void fill(SourceType &type, llvm::DWARFDie die);
  std::vector<SourceMember> membersOf(llvm::DWARFDie die);

  SourceInfo &info;
  FileReader &files;
  CompileBudget &budget;
  llvm::DenseMap<uint64_t, uint32_t> known; ///< by offset
  std::vector<std::pair<uint32_t, llvm::DWARFDie>> pending;
  bool isFilling = false;
};

/// The number that the attribute of `die` alone is, or `otherwise`.
uint64_t numberOf(llvm::DWARFDie die, llvm::dwarf::Attribute attribute, uint64_t otherwise = 0);
/// The name of `die`, or of what it is an instance of, cut to a sensible length.
std::string nameOf(llvm::DWARFDie die);

} // namespace w2n::compiler
