// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Types of the source as LLVM's debug metadata, for one compilation unit of one LLVM module.
#pragma once

#include "compiler/debug/SourceInfo.h"

#include <functional>
#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/DIBuilder.h>

namespace w2n::compiler {

class DebugTypes {
public:
  using FileOf = std::function<llvm::DIFile *(uint32_t file)>;
  /// `builder` is the unit's; everything must outlive this.
  DebugTypes(const SourceInfo &source, llvm::DIBuilder &builder, llvm::DIScope *unit, FileOf fileOf)
      : source(source), builder(builder), unit(unit), fileOf(std::move(fileOf)) {}

  /// Null is void, or a type that is not understood.
  llvm::DIType *get(uint32_t type);
  /// A type of which LLVM can tell whether it is signed, whatever the module says: it asks that of
  /// the types of variables, and follows qualifiers and names to their end.
  llvm::DIType *ofVariable(uint32_t type);
  llvm::DISubroutineType *signature(uint32_t type);

private:
  llvm::DIType *make(uint32_t type);
  llvm::DIType *makeDerived(uint32_t type, const SourceType &source);
  llvm::DIType *makeComposite(uint32_t type, const SourceType &source);
  llvm::DIType *makePointer(uint32_t index, const SourceType &type);
  std::string nameOf(uint32_t index, unsigned nesting) const;
  llvm::DIType *makeArray(const SourceType &type);
  void fillPending();
  llvm::DINodeArray membersOf(llvm::DICompositeType *made, const SourceType &type);

  const SourceInfo &source;
  llvm::DIBuilder &builder;
  llvm::DIScope *const unit;
  const FileOf fileOf;
  llvm::DenseMap<uint32_t, llvm::DIType *> known; ///< null while it is made
  std::vector<std::pair<llvm::DICompositeType *, uint32_t>> pending;
  unsigned depth = 0;
};

} // namespace w2n::compiler
