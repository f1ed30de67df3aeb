// SSA form for wasm locals, built while lowering: Braun et al., "Simple and Efficient Construction
// of Static Single Assignment Form" (CC 2013). A phi is made only where a local is read, so the
// cost follows the reads and not locals times blocks.
//
// Without recursion: the depth of control flow is the input's choice, not ours.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Instructions.h>
#include <vector>

namespace w2n::compiler {

class SsaBuilder {
public:
  ~SsaBuilder();

  /// Sets the type of each variable; call once. Reads of a variable that was never written give
  /// null (a bug of the caller).
  void setVariables(std::vector<llvm::Type *> types) { variableTypes = std::move(types); }

  /// Adds an edge. A block is sealed once all of its edges are known; only loop headers are read
  /// before that. An edge must be added for every successor operand of a terminator, duplicates
  /// included, as phis need them.
  void addPredecessor(llvm::BasicBlock *block, llvm::BasicBlock *predecessor);
  /// Says that `block` will get more edges after reads in it (a loop header).
  void markUnsealed(llvm::BasicBlock *block);
  void seal(llvm::BasicBlock *block);
  llvm::ArrayRef<llvm::BasicBlock *> predecessors(llvm::BasicBlock *block) const;

  void write(llvm::BasicBlock *block, unsigned variable, llvm::Value *value);
  llvm::Value *read(llvm::BasicBlock *block, unsigned variable);
  /// The value that stands for `value` now: phis that turn out to be trivial are replaced.
  llvm::Value *resolve(llvm::Value *value) const;

private:
  struct BlockState {
    bool sealed = true;
    llvm::SmallVector<llvm::BasicBlock *, 2> predecessors;
    llvm::SmallVector<std::pair<unsigned, llvm::PHINode *>, 0> incomplete;
  };
  struct PendingPhi {
    llvm::BasicBlock *block;
    unsigned variable;
    llvm::PHINode *phi;
  };
  using Key = std::pair<llvm::BasicBlock *, unsigned>;

  llvm::Value *readOrMakePhi(llvm::BasicBlock *block, unsigned variable);
  void completePending();
  void removeIfTrivial(llvm::PHINode *phi);

  std::vector<llvm::Type *> variableTypes;
  llvm::DenseMap<llvm::BasicBlock *, BlockState> blocks;
  llvm::DenseMap<Key, llvm::Value *> definitions;
  std::vector<PendingPhi> pending;
  llvm::DenseMap<llvm::Value *, llvm::Value *> replaced;
  std::vector<llvm::PHINode *> removed;
};

} // namespace w2n::compiler
