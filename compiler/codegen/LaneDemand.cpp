#include "compiler/codegen/LaneDemand.h"

#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// A bit for each lane; the lowest for a scalar.
using Lanes = uint64_t;
constexpr unsigned mostLanes = 64;

unsigned laneCount(const Type *type) {
  auto *vector = dyn_cast<FixedVectorType>(type);
  return vector ? vector->getNumElements() : 1;
}

Lanes allLanes(const Type *type) { return ~Lanes(0) >> (mostLanes - laneCount(type)); }

/// The lanes of a vector cast from `from` to `to` that have bits of `lanes`.
Lanes castLanes(Lanes lanes, const Type *from, const Type *to) {
  unsigned before = laneCount(from), after = laneCount(to);
  Lanes result = 0;
  for (unsigned i = 0; i < std::max(before, after); ++i)
    if (lanes >> (i * before / std::max(before, after)) & 1)
      result |= Lanes(1) << (i * after / std::max(before, after));
  return result;
}

class LaneDemand {
public:
  bool isDemanded(const Value &value, Lanes lanes);

private:
  bool isDemandedBy(const Use &use, Lanes lanes);
  bool isDemandedByCall(const CallInst &call, const Use &use, Lanes lanes);
  bool isDemandedByShuffle(const ShuffleVectorInst &shuffle, const Use &use, Lanes lanes);
  bool isDemandedByInsertion(const InsertElementInst &insertion, const Use &use, Lanes lanes);

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

bool LaneDemand::isDemandedByShuffle(const ShuffleVectorInst &shuffle, const Use &use,
                                     Lanes lanes) {
  unsigned sourceLanes = laneCount(use->getType());
  int begin = use.getOperandNo() == 0 ? 0 : int(sourceLanes);
  Lanes taken = 0, places = 0;
  for (auto [place, lane] : enumerate(shuffle.getShuffleMask()))
    if (lane >= begin && lane < begin + int(sourceLanes) && (lanes >> (lane - begin) & 1)) {
      taken |= Lanes(1) << (lane - begin);
      places |= Lanes(1) << place;
    }
  return taken == lanes && isDemanded(shuffle, places);
}

bool LaneDemand::isDemandedByInsertion(const InsertElementInst &insertion, const Use &use,
                                       Lanes lanes) {
  auto *index = dyn_cast<ConstantInt>(insertion.getOperand(2));
  if (!index || use.getOperandNo() == 2)
    return false;
  Lanes inserted = Lanes(1) << index->getZExtValue();
  if (use.getOperandNo() == 1)
    return isDemanded(insertion, inserted);
  return !(lanes & inserted) && isDemanded(insertion, lanes);
}

bool LaneDemand::isDemandedByCall(const CallInst &call, const Use &use, Lanes lanes) {
  if (call.mayHaveSideEffects())
    return true;
  if (hasUnevenConstant(call))
    return false;
  if (isTriviallyVectorizable(call.getIntrinsicID()))
    return isDemanded(call, lanes);
  // Reductions and the target's own: all lanes make all lanes.
  return lanes == allLanes(use->getType()) && isDemanded(call, allLanes(call.getType()));
}

bool LaneDemand::isDemandedBy(const Use &use, Lanes lanes) {
  const auto &user = *cast<Instruction>(use.getUser());
  // What arithmetic on scalars demands is a matter of bits, and none of ours.
  bool isScalar = !use->getType()->isVectorTy() && !user.getType()->isVectorTy();
  if (isScalar || isa<PHINode>(user) || isa<StoreInst>(user) || user.isTerminator())
    return true;
  if (auto *shuffle = dyn_cast<ShuffleVectorInst>(&user))
    return isDemandedByShuffle(*shuffle, use, lanes);
  if (auto *insertion = dyn_cast<InsertElementInst>(&user))
    return isDemandedByInsertion(*insertion, use, lanes);
  if (auto *call = dyn_cast<CallInst>(&user))
    return isDemandedByCall(*call, use, lanes);
  if (isa<BitCastInst>(user))
    return isDemanded(user, castLanes(lanes, use->getType(), user.getType()));
  if (isa<BinaryOperator, UnaryOperator, CastInst, CmpInst, SelectInst, FreezeInst>(user))
    return !hasUnevenConstant(user) && isDemanded(user, lanes);
  return false; // An extracted lane, or what we do not know.
}

bool LaneDemand::isDemanded(const Value &value, Lanes lanes) {
  if (laneCount(value.getType()) > mostLanes)
    return false;
  for (const Use &use : value.uses()) {
    if (budget == 0)
      return false;
    --budget;
    if (isDemandedBy(use, lanes))
      return true;
  }
  return false;
}

} // namespace

bool demandsAllLanes(const Instruction &load) {
  if (laneCount(load.getType()) > mostLanes)
    return false;
  return LaneDemand().isDemanded(load, allLanes(load.getType()));
}

} // namespace w2n::compiler
