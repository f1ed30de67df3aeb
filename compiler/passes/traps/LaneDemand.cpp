// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/traps/LaneDemand.h"

#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// A bit for each lane; the lowest for a scalar.
using Lanes = uint64_t;
constexpr unsigned maxLanes = 64;

unsigned laneCount(const Type *type) {
  auto *vector = dyn_cast<FixedVectorType>(type);
  return vector ? vector->getNumElements() : 1;
}

Lanes allLanes(const Type *type) { return ~Lanes(0) >> (maxLanes - laneCount(type)); }

/// The lanes of a vector of type `from` all of whose bits are in `lanes` of its cast to `to`.
Lanes lanesBeforeCast(Lanes lanes, const Type *from, const Type *to) {
  unsigned before = laneCount(from), after = laneCount(to), parts = std::max(before, after);
  Lanes result = allLanes(from);
  for (unsigned i = 0; i < parts; ++i)
    if (!(lanes >> (i * after / parts) & 1))
      result &= ~(Lanes(1) << (i * before / parts));
  return result;
}

/// Lanes that are demanded by one use or another: whatever each of them makes of the load, together
/// they read those lanes.
class LaneDemand {
public:
  Lanes demandedLanes(const Value &value);

private:
  Lanes demandedBy(const Use &use);
  Lanes demandedByCall(const CallInst &call, const Use &use);
  Lanes demandedByShuffle(const ShuffleVectorInst &shuffle, const Use &use);
  Lanes demandedByInsertion(const InsertElementInst &insertion, const Use &use);
  Lanes demandedByCast(const BitCastInst &cast);

  /// Uses that may still be looked at.
  unsigned budget = 64;
};

/// A constant whose lanes differ may make some of them not matter.
bool hasUnevenConstant(const User &user) {
  return any_of(user.operands(), [](const Value *operand) {
    auto *constant = dyn_cast<Constant>(operand);
    return constant && constant->getType()->isVectorTy() && !constant->getSplatValue();
  });
}

Lanes LaneDemand::demandedByShuffle(const ShuffleVectorInst &shuffle, const Use &use) {
  Lanes demanded = demandedLanes(shuffle), result = 0;
  int count = int(laneCount(use->getType())), begin = use.getOperandNo() == 0 ? 0 : count;
  for (auto [place, lane] : enumerate(shuffle.getShuffleMask()))
    if ((demanded >> place & 1) && lane >= begin && lane < begin + count)
      result |= Lanes(1) << (lane - begin);
  return result;
}

Lanes LaneDemand::demandedByInsertion(const InsertElementInst &insertion, const Use &use) {
  auto *index = dyn_cast<ConstantInt>(insertion.getOperand(2));
  if (!index || use.getOperandNo() == 2)
    return 0;
  Lanes demanded = demandedLanes(insertion);
  if (use.getOperandNo() == 1)
    return demanded >> index->getZExtValue() & 1;
  return demanded & ~(Lanes(1) << index->getZExtValue());
}

Lanes LaneDemand::demandedByCall(const CallInst &call, const Use &use) {
  Lanes all = allLanes(use->getType());
  if (call.mayHaveSideEffects())
    return all;
  if (hasUnevenConstant(call))
    return 0;
  if (isTriviallyVectorizable(call.getIntrinsicID()))
    return demandedLanes(call);
  // Reductions and the target's own: all lanes make all lanes.
  return demandedLanes(call) == allLanes(call.getType()) ? all : 0;
}

Lanes LaneDemand::demandedByCast(const BitCastInst &cast) {
  // Some bits of a large number may be wanted, but a comparison wants all.
  auto wantsAll = [](const User *user) {
    auto *comparison = dyn_cast<ICmpInst>(user);
    return isa<StoreInst, PHINode, ReturnInst>(user) || (comparison && comparison->isEquality());
  };
  if (!cast.getType()->isVectorTy() && none_of(cast.users(), wantsAll))
    return 0;
  return lanesBeforeCast(demandedLanes(cast), cast.getSrcTy(), cast.getType());
}

Lanes LaneDemand::demandedBy(const Use &use) {
  const auto &user = *cast<Instruction>(use.getUser());
  // Arithmetic on scalars demands bits, which is not decided here.
  bool isScalar = !use->getType()->isVectorTy() && !user.getType()->isVectorTy();
  if (isScalar || isa<PHINode>(user) || isa<StoreInst>(user) || user.isTerminator())
    return allLanes(use->getType());
  if (auto *shuffle = dyn_cast<ShuffleVectorInst>(&user))
    return demandedByShuffle(*shuffle, use);
  if (auto *insertion = dyn_cast<InsertElementInst>(&user))
    return demandedByInsertion(*insertion, use);
  if (auto *call = dyn_cast<CallInst>(&user))
    return demandedByCall(*call, use);
  if (auto *bitCast = dyn_cast<BitCastInst>(&user))
    return demandedByCast(*bitCast);
  if (isa<BinaryOperator, UnaryOperator, CastInst, CmpInst, SelectInst, FreezeInst>(user))
    return hasUnevenConstant(user) ? 0 : demandedLanes(user);
  return 0; // An extracted lane, of which some bits may be wanted, or what we do not know.
}

Lanes LaneDemand::demandedLanes(const Value &value) {
  if (laneCount(value.getType()) > maxLanes)
    return 0;
  Lanes demanded = 0;
  for (const Use &use : value.uses()) {
    if (budget == 0 || demanded == allLanes(value.getType()))
      break;
    --budget;
    demanded |= demandedBy(use);
  }
  return demanded;
}

} // namespace

bool demandsAllLanes(const Instruction &load) {
  if (laneCount(load.getType()) > maxLanes)
    return false;
  return LaneDemand().demandedLanes(load) == allLanes(load.getType());
}

} // namespace w2n::compiler
