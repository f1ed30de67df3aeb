// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Bodies that consist of several copies of one.
#pragma once

#include "compiler/passes/loops/ValidateReroll.h"

#include <llvm/ADT/SetVector.h>
#include <llvm/Transforms/Utils/ValueMapper.h>
#include <optional>
#include <set>

namespace w2n::compiler {

constexpr unsigned maxCopies = 16;

/// A body seen as `copies` copies of one.
class Copies {
public:
  using Row = llvm::SmallVector<llvm::Value *, maxCopies>;

  Copies(llvm::Loop &loop, llvm::ScalarEvolution &evolution, unsigned copies)
      : loop(loop), body(*loop.getHeader()), evolution(evolution), copies(copies) {}

  /// Whether they are that. Changes nothing.
  bool match();
  /// Makes a block of copy 0, to be run `iterations` times (64 bits). Changes nothing else.
  RerolledLoop reroll(llvm::Value *iterations);

private:
  bool matchStores();
  bool matchReductions();
  bool matchRow(const Row &row);
  bool matchOperation(llvm::Instruction &first, const Row &row);
  bool matchRecurrence(llvm::PHINode &phi, const Row &row);
  bool isInduction(const Row &row);
  bool isCounter(const llvm::PHINode &phi) const;
  std::optional<llvm::APInt> distanceOf(llvm::Value &value,
                                        llvm::SmallSetVector<llvm::PHINode *, 4> &used);
  std::optional<llvm::APInt> distanceOfOperation(llvm::Instruction &value,
                                                 llvm::SmallSetVector<llvm::PHINode *, 4> &used);
  bool noteAccess(const Row &row);
  bool keepsOrder() const;
  bool matchLiveOuts();
  bool isReduction(llvm::PHINode &phi) const;
  llvm::Value *latchValue(llvm::PHINode &phi) const { return phi.getIncomingValueForBlock(&body); }

  template <typename T> T *inClone(T *value) const;
  void stepCounters();
  void replaceExit(llvm::Value *iterations);
  void eraseOtherCopies(RerolledLoop &result);

  llvm::Loop &loop;
  llvm::BasicBlock &body;
  llvm::ScalarEvolution &evolution;
  const unsigned copies;
  std::set<Row> rows;
  llvm::DenseMap<llvm::Instruction *, unsigned> copyOf; ///< of each access
  llvm::DenseMap<llvm::Instruction *, llvm::Instruction *>
      firstOf;                                       ///< the access of copy 0 in the same row
  llvm::MapVector<llvm::PHINode *, Row> recurrences; ///< the row one copy later
  llvm::SmallSetVector<llvm::PHINode *, 4> counters; ///< induction variables of what stays
  llvm::MapVector<llvm::Instruction *, llvm::Value *>
      liveOuts;                      ///< what stands for each after the loop
  llvm::ValueToValueMapTy clones;    ///< in the new block
  llvm::BasicBlock *clone = nullptr; ///< the new block
};

} // namespace w2n::compiler
