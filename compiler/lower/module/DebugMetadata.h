// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The debug information of the module as LLVM's metadata, for one LLVM module: made for what its
// functions use.
//
// A function of the module has a DISubprogram of its own. Calls that the producer has inlined refer
// to another one, which has no code by itself: so those that are inlined here, which backtraces
// count as frames, are told from those that were inlined before.
#pragma once

#include "compiler/debug/SourceInfo.h"
#include "compiler/lower/module/DebugTypes.h"

#include <llvm/IR/Module.h>
#include <map>
#include <memory>

namespace w2n::compiler {

class DebugMetadata {
public:
  /// A scope of a function, with the call that it was inlined at, or null.
  struct Scope {
    llvm::DILocalScope *scope;
    llvm::DILocation *inlinedAt;
  };

  /// Both must outlive this.
  DebugMetadata(const SourceInfo &source, llvm::Module &module);
  ~DebugMetadata();

  /// The function `functionIndex`, of which something must be known; `displayName` is for those
  /// without a name.
  llvm::DISubprogram *subprogram(uint32_t functionIndex, llvm::StringRef displayName);
  /// For a function of which DWARF says nothing: it has no lines of its own.
  llvm::DISubprogram *artificialSubprogram(llvm::StringRef displayName);
  /// By index of SourceCode::scopes; `own` is the function's subprogram.
  std::vector<Scope> scopesOf(const SourceCode &code, llvm::DISubprogram *own);
  llvm::DILocation *location(const Scope &scope, uint32_t file, uint32_t line, uint16_t column);
  llvm::DILocalVariable *variable(const SourceVariable &variable, const Scope &scope);
  /// An artificial pointer to memory 0, through which people follow pointers of the module.
  llvm::DILocalVariable *memoryVariable(llvm::DISubprogram *scope);

  /// To be called once, when everything is lowered.
  void finish();

private:
  struct Unit;
  Unit &unitOf(uint32_t unit);
  Unit &unitOf(const llvm::DILocalScope *scope);
  llvm::DIFile *file(Unit &unit, uint32_t file);
  llvm::DISubprogram *makeSubprogram(uint32_t function, llvm::StringRef displayName);
  llvm::DISubprogram *inlinedSubprogram(uint32_t function);

  const SourceInfo &source;
  llvm::Module &module;
  std::map<uint32_t, std::unique_ptr<Unit>> units;
  llvm::DenseMap<const llvm::DICompileUnit *, Unit *> unitsByNode;
  std::map<uint32_t, llvm::DISubprogram *> inlined; ///< by function of the source
  using Key = std::pair<const llvm::DILocalScope *, uint64_t>;
  llvm::DenseMap<Key, llvm::DILexicalBlock *> blocks;
  llvm::DenseMap<Key, llvm::DILocalVariable *> variables;
};

} // namespace w2n::compiler
