// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// crc = T7[crc ^ x] ^ T6[...] ^ ... ^ T1[y] ^ T0[y], computed from left to right, makes each
// iteration wait for eight operations after the load of T7: Reassociate puts terms in the order in
// which they are computed, and the code generator, which would look at the longest path, does not
// see operations that have become one instruction with their load. Computed from the terms that are
// known early to those that are known late it waits for two.
//
// h = ((h * k + a) * k + b) * k + c, a hash of a string in a loop that the producer has unrolled,
// is h * k^3 + (a * k^2 + b * k + c), modulo 2^n as well: as many multiplications, of which the
// next iteration waits for one.
//
// When a value is there is estimated by following a few iterations of the loop, with the latencies
// that processors have in common. Only what the next iteration waits for is touched; for the rest
// the number of operations counts, and that stays the same.

#include "compiler/passes/latency/ShortenRecurrences.h"

#include "compiler/passes/PassCounts.h"
#include "compiler/passes/Preserved.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/LoopIterator.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/Transforms/Utils/Local.h>
#include <queue>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Followed until recurrences over several phis show how long they take; what comes before
/// `settled` is not counted.
constexpr unsigned iterations = 12, settled = 4;
/// Larger loops take too long to follow, and terms of longer sums would not fit in registers.
constexpr size_t maxInstructions = 1000, maxTerms = 16;
/// The most that a processor does in a cycle: a loop that has more to do waits for nothing.
constexpr size_t instructionsPerCycle = 6;
/// Shorter paths may come to light when the longest is no longer the longest.
constexpr unsigned maxRounds = 4;

constexpr unsigned multiplyLatency = 3;

/// Cycles until the result is there, on a processor of these years.
unsigned latencyOf(const Instruction &instruction) {
  switch (instruction.getOpcode()) {
  case Instruction::PHI:
  case Instruction::GetElementPtr:
  case Instruction::Trunc:
  case Instruction::ZExt:
  case Instruction::BitCast:
    return 0;
  case Instruction::Load:
    return 4;
  case Instruction::Mul:
    return multiplyLatency;
  case Instruction::FAdd:
  case Instruction::FSub:
  case Instruction::FMul:
  case Instruction::FPToSI:
  case Instruction::FPToUI:
  case Instruction::SIToFP:
  case Instruction::UIToFP:
    return 4;
  case Instruction::SDiv:
  case Instruction::UDiv:
  case Instruction::SRem:
  case Instruction::URem:
  case Instruction::FDiv:
    return 12;
  default:
    return 1;
  }
}

/// Instructions of `loop` that take time.
size_t workOf(const Loop &loop) {
  size_t work = 0;
  for (const BasicBlock *block : loop.blocks())
    for (const Instruction &instruction : *block)
      work += latencyOf(instruction) != 0;
  return work;
}

/// An operation whose operands may change places with those of its operands.
bool isReorderable(const Value &value) {
  const auto *operation = dyn_cast<BinaryOperator>(&value);
  return operation && operation->getType()->isIntOrIntVectorTy() && operation->isAssociative() &&
         operation->isCommutative();
}

/// The constant that an integer is multiplied by; null if `value` is something else.
const ConstantInt *factorOf(const Value &value) {
  const auto *operation = dyn_cast<BinaryOperator>(&value);
  return operation && operation->getOpcode() == Instruction::Mul
             ? dyn_cast<ConstantInt>(operation->getOperand(1))
             : nullptr;
}

/// The relation of a tree's operations, by which they count as one.
enum class Kind {
  Linear, ///< a sum of terms times constants, put together by additions and multiplications
  Same,   ///< all are the root's operation
};

bool isNode(const Value &value, const BinaryOperator &root, Kind kind) {
  const auto *operation = dyn_cast<BinaryOperator>(&value);
  if (!operation)
    return false;
  if (kind == Kind::Linear)
    return !operation->getType()->isVectorTy() &&
           (operation->getOpcode() == Instruction::Add || factorOf(value));
  return operation->getOpcode() == root.getOpcode();
}

/// Whether `value`, an operand of a node, is a node that nothing else needs.
bool isInnerNode(const Value &value, const BinaryOperator &root, Kind kind) {
  return isNode(value, root, kind) && value.hasOneUse() &&
         cast<Instruction>(value).getParent() == root.getParent();
}

struct Term {
  Value *value;
  unsigned ready;
  unsigned position; ///< so that the order never depends on addresses
  APInt factor;      ///< 1 unless the tree is linear

  bool needsMultiplication() const { return !isa<ConstantInt>(value) && !factor.isOne(); }
};

/// The operands of a tree.
struct Terms {
  SmallVector<Term, 8> terms;
  unsigned multiplications = 0; ///< by constants, that there are now
};

class LoopPaths {
public:
  LoopPaths(Loop &loop, ArrayRef<BasicBlock *> blocks) : loop(loop), blocks(blocks) {}

  /// One pass over the loop; whether it changed anything.
  bool shorten();

private:
  void followIterations();
  void markCritical();
  unsigned readyTime(const Value &value) const { return ready.lookup(&value); }
  unsigned growthOf(const Value &value) const {
    return ready.lookup(&value) - early.lookup(&value);
  }
  Terms termsOf(BinaryOperator &root, Kind kind) const;
  bool rebuild(BinaryOperator &root, Kind kind);

  Loop &loop;
  ArrayRef<BasicBlock *> blocks;
  /// When a value of the last iteration, and of one before, is there. Values from outside are there
  /// from the beginning.
  DenseMap<const Value *, unsigned> ready, early;
  unsigned period = 0; ///< by which the slowest recurrence has grown in between
  SmallPtrSet<const Instruction *, 32> critical; ///< what that waits for
};

void LoopPaths::followIterations() {
  DenseMap<const Value *, unsigned> next;
  for (unsigned iteration = 0; iteration < iterations; ++iteration) {
    if (iteration == settled)
      early = ready;
    for (BasicBlock *block : blocks)
      for (Instruction &instruction : *block) {
        unsigned latest = 0;
        auto *phi = dyn_cast<PHINode>(&instruction);
        if (phi && block == loop.getHeader()) {
          latest =
              iteration == 0 ? 0 : ready.lookup(phi->getIncomingValueForBlock(loop.getLoopLatch()));
        } else {
          for (const Value *operand : instruction.operands())
            latest = std::max(latest, next.lookup(operand));
        }
        next[&instruction] = latest + latencyOf(instruction);
      }
    std::swap(ready, next);
  }
}

void LoopPaths::markCritical() {
  SmallVector<const Instruction *, 32> worklist;
  auto add = [&](const Value *value) {
    const auto *instruction = dyn_cast<Instruction>(value);
    if (instruction && loop.contains(instruction) && growthOf(*instruction) == period &&
        critical.insert(instruction).second)
      worklist.push_back(instruction);
  };
  for (const PHINode &phi : loop.getHeader()->phis())
    period = std::max(period, growthOf(phi));
  if (period == 0)
    return;
  for (const PHINode &phi : loop.getHeader()->phis())
    add(&phi);
  while (!worklist.empty())
    for (const Value *operand : worklist.pop_back_val()->operands())
      add(operand);
}

Terms LoopPaths::termsOf(BinaryOperator &root, Kind kind) const {
  Terms found;
  SmallVector<std::pair<Value *, APInt>, 8> worklist = {
      {&root, APInt(root.getType()->getScalarSizeInBits(), 1)}};
  while (!worklist.empty() && found.terms.size() <= maxTerms) {
    auto [value, factor] = worklist.pop_back_val();
    if (value != &root && !isInnerNode(*value, root, kind)) {
      found.terms.push_back({value, readyTime(*value), unsigned(found.terms.size()), factor});
      if (found.terms.back().needsMultiplication())
        found.terms.back().ready += multiplyLatency;
      continue;
    }
    auto *node = cast<BinaryOperator>(value);
    const ConstantInt *constant = kind == Kind::Linear ? factorOf(*node) : nullptr;
    if (constant) {
      ++found.multiplications;
      worklist.push_back({node->getOperand(0), factor * constant->getValue()});
    } else {
      worklist.push_back({node->getOperand(1), factor});
      worklist.push_back({node->getOperand(0), factor});
    }
  }
  return found;
}

/// Always combines the two terms that are there first, which is the fastest that one operation at a
/// time can be.
template <typename Combine>
Term combineAll(ArrayRef<Term> terms, unsigned latency, Combine combine) {
  auto isLater = [](const Term &a, const Term &b) {
    return std::tie(a.ready, a.position) > std::tie(b.ready, b.position);
  };
  std::priority_queue<Term, std::vector<Term>, decltype(isLater)> queue(isLater, terms.vec());
  while (queue.size() > 1) {
    const Term first = queue.top();
    queue.pop();
    Term second = queue.top();
    queue.pop();
    second.value = combine(first.value, second.value);
    second.ready += latency;
    queue.push(second);
  }
  return queue.top();
}

bool LoopPaths::rebuild(BinaryOperator &root, Kind kind) {
  auto [terms, multiplications] = termsOf(root, kind);
  if (terms.size() < 2)
    return reject(PassWay::ShortenRecurrencesOneTerm);
  if (terms.size() > maxTerms)
    return reject(PassWay::ShortenRecurrencesManyTerms);
  if (count_if(terms, [](const Term &term) { return term.needsMultiplication(); }) >
      multiplications + 1)
    return reject(PassWay::ShortenRecurrencesManyProducts);
  const auto operation = kind == Kind::Linear ? Instruction::Add : root.getOpcode();
  const unsigned latency = operation == Instruction::Mul ? multiplyLatency : 1;
  if (combineAll(terms, latency, [](Value *first, Value *) { return first; }).ready >=
      readyTime(root))
    return reject(PassWay::ShortenRecurrencesNoGain);
  countWay(kind == Kind::Linear ? PassWay::ShortenRecurrencesLinear
                                : PassWay::ShortenRecurrencesSame);
  IRBuilder<> builder(&root);
  for (Term &term : terms)
    if (!term.factor.isOne())
      term.value = builder.CreateMul(term.value, builder.getInt(term.factor));
  Value *result = combineAll(terms, latency, [&](Value *first, Value *second) {
                    return builder.CreateBinOp(operation, second, first);
                  }).value;
  root.replaceAllUsesWith(result);
  RecursivelyDeleteTriviallyDeadInstructions(&root);
  return true;
}

bool LoopPaths::shorten() {
  followIterations();
  markCritical();
  if (workOf(loop) * (iterations - settled) > instructionsPerCycle * period)
    return reject(PassWay::ShortenRecurrencesBusy);
  // A root may be part of another one, which is after it.
  SmallVector<WeakTrackingVH, 8> roots;
  for (BasicBlock *block : blocks)
    for (Instruction &instruction : *block)
      if (isReorderable(instruction) && critical.contains(&instruction))
        roots.push_back(&instruction);
  bool changed = false;
  for (const WeakTrackingVH &handle : reverse(roots)) {
    auto *root = dyn_cast_or_null<BinaryOperator>(handle);
    if (!root || root->use_empty())
      continue;
    const auto *user = dyn_cast<BinaryOperator>(root->user_back());
    changed |= (isNode(*root, *root, Kind::Linear) && rebuild(*root, Kind::Linear)) ||
               (!(user && isInnerNode(*root, *user, Kind::Same)) && rebuild(*root, Kind::Same));
  }
  return changed;
}

} // namespace

PreservedAnalyses ShortenRecurrencesPass::run(Function &function,
                                              FunctionAnalysisManager &analyses) {
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  bool changed = false;
  for (Loop *loop : loops.getLoopsInPreorder()) {
    if (!loop->isInnermost() || !loop->getLoopLatch())
      continue;
    if (workOf(*loop) > maxInstructions) {
      countWay(PassWay::ShortenRecurrencesTooLarge);
      continue;
    }
    LoopBlocksRPO order(loop);
    order.perform(&loops);
    SmallVector<BasicBlock *, 8> blocks(order.begin(), order.end());
    for (unsigned round = 0; round < maxRounds; ++round) {
      if (!LoopPaths(*loop, blocks).shorten())
        break;
      changed = true;
    }
  }
  return preservingBlocks(changed);
}

} // namespace w2n::compiler
