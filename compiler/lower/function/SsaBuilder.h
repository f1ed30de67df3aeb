// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// SSA form for wasm locals, built while lowering: Braun et al., "Simple and Efficient Construction
// of Static Single Assignment Form" (CC 2013). A phi is made only where a local is read, so the
// cost follows the reads and not locals times blocks. Where a structured construct ends, a local
// that was not written in it is looked up at its beginning, without a phi.
//
// Reads can still cost locals times blocks, if a module is made for that: `steps` counts.
//
// Without recursion: the depth of control flow is the input's choice, not ours.
#pragma once

#include <functional>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Instructions.h>
#include <vector>

namespace w2n::compiler {

class SsaBuilder {
public:
  ~SsaBuilder();

  /// Says what the type of each variable is; call once, first. A variable that was not written is
  /// zero.
  void setTypes(std::function<llvm::Type *(unsigned variable)> types) { typeOf = std::move(types); }

  /// Adds an edge. A block is sealed once all of its edges are known; only loop headers are read
  /// before that. An edge must be added for every successor operand of a terminator, duplicates
  /// included, as phis need them.
  void addPredecessor(llvm::BasicBlock *block, llvm::BasicBlock *predecessor);
  /// Says that `block` will get more edges after reads in it (a loop header).
  void markUnsealed(llvm::BasicBlock *block);
  void seal(llvm::BasicBlock *block);
  /// Says that the edges to `block` are those of calls that throw.
  void markLandingPad(llvm::BasicBlock *block) { blocks[block].isLandingPad = true; }
  llvm::ArrayRef<llvm::BasicBlock *> predecessors(llvm::BasicBlock *block) const;

  /// A number that grows with each write.
  uint32_t writes() const { return writeCount; }
  /// Says that every path to `block`, which ends a construct, comes from the end of `dominator`,
  /// and that what was written on the way was written since `writes()` was `writesBefore`.
  void setDominator(llvm::BasicBlock *block, llvm::BasicBlock *dominator, uint32_t writesBefore);

  void write(llvm::BasicBlock *block, unsigned variable, llvm::Value *value);
  llvm::Value *read(llvm::BasicBlock *block, unsigned variable);
  /// The value that stands for `value` now: phis that turn out to be trivial are replaced.
  llvm::Value *resolve(llvm::Value *value) const;
  /// Blocks looked at and phis made so far, in units of a few dozen nanoseconds.
  uint64_t steps() const { return stepCount; }
  /// Operands of phis in landing pads, which register allocation takes far longer for than for
  /// others.
  uint64_t landingPadOperands() const { return landingPadOperandCount; }

private:
  struct BlockState {
    bool sealed = true;
    bool isLandingPad = false;
    /// Null if none is known. The writes between are numbered from `writesBefore` up to
    /// `writesAfter`.
    llvm::BasicBlock *dominator = nullptr;
    uint32_t writesBefore = 0, writesAfter = 0;
    llvm::SmallVector<llvm::BasicBlock *, 2> predecessors;
    llvm::SmallVector<std::pair<unsigned, llvm::PHINode *>, 0> incomplete;
  };
  struct PendingPhi {
    llvm::BasicBlock *block;
    unsigned variable;
    llvm::PHINode *phi;
  };
  using Key = std::pair<llvm::BasicBlock *, unsigned>;

  llvm::BasicBlock *skipTo(const BlockState &state, unsigned variable) const;
  llvm::Value *readOrMakePhi(llvm::BasicBlock *block, unsigned variable);
  void completePending();
  void removeIfTrivial(llvm::PHINode *phi);

  std::function<llvm::Type *(unsigned)> typeOf;
  /// For each variable the numbers of its writes, ascending.
  llvm::DenseMap<unsigned, std::vector<uint32_t>> writesOf;
  uint32_t writeCount = 0;
  uint64_t stepCount = 0;
  uint64_t landingPadOperandCount = 0;
  llvm::DenseMap<llvm::BasicBlock *, BlockState> blocks;
  llvm::DenseMap<Key, llvm::Value *> definitions;
  std::vector<PendingPhi> pending;
  llvm::DenseMap<llvm::Value *, llvm::Value *> replaced;
  std::vector<llvm::PHINode *> removed;
};

} // namespace w2n::compiler
