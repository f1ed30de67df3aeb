// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// When is an access at zext(p + c) one at zext(p) + c? If p + c wraps around, they are different
// addresses; so the function must trap then as it was, and trap as it becomes. In every other case
// they are the same address.
//
// (A) The last 64 KiB (artifact::wrapGuardBytes) of a memory with a wrap guard are never
//     accessible, and neither is what its guards take (lib/artifact/MemoryGuards.h): 2 GiB before
//     the base, and 2 GiB after 8 GiB, which is more than an index, a constant c and an offset come
//     to.
//  -  c < 0, the access has no offset: if p + c wraps around it is at least 2^32 - 64 KiB, where
//     the function traps by (A). zext(p) + c is less than 0 by at most 64 KiB then, and traps as
//     well.
//  -  An access at zext(p + d) comes before in every execution, with c - 64 KiB <= d <= c: where
//     that does not trap, the index p + d is less than 2^32 - 64 KiB, so p + d + (c - d) does not
//     wrap around. Where p + c wraps around, the function as it was traps by that access or before
//     it. As it becomes, zext(p) + c is at least 2^32, where nothing is accessible: it traps
//     whether or not the access before is still there, and in whatever order the two happen.
//
// The same holds for zext(p + x) and zext(p) + zext(x), where x is not a constant but known to be
// at most 64 KiB: an entry of a table in a frame, whose first use is mostly to clear it.
// test/proofs/fold-index-sums.smt2 proves each line for all values.

#include "compiler/passes/addresses/FoldIndexSums.h"

#include "compiler/ir/GuestAddress.h"
#include "compiler/passes/PassCounts.h"
#include "compiler/passes/Preserved.h"
#include "lib/artifact/Abi.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/Local.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

constexpr int64_t reach = artifact::wrapGuardBytes;
/// Later sums with one index are left alone: all are compared with all.
constexpr size_t maxSums = 64;

/// Accesses at zext(p + constant).
struct Sum {
  ZExtInst *extension;
  int64_t constant;
  SmallVector<GuestAccess, 4> accesses;
  /// The 32-bit value that `extension` is `distance` more than; null if none.
  Value *root = nullptr;
  int64_t distance = 0;
};

using Sums = SmallVector<Sum, 4>;

/// Whether the memory of `user`, an address of one, has a wrap guard.
bool isWrapGuarded(const User &user) {
  const auto *address = dyn_cast<GetElementPtrInst>(&user);
  const auto base = address ? markedBase(*address) : std::nullopt;
  return base && hasWrapGuard(*base->first);
}

/// Whether nothing but accesses that are known uses `extension`.
bool isAddressOnly(const ZExtInst &extension) {
  return all_of(extension.users(), [](const User *user) {
    return (hasOnlyGuestAccesses(*user) && isWrapGuarded(*user)) ||
           reject(PassWay::FoldIndexSumsOtherUse);
  });
}

/// The accesses at `extension` of memories with wrap guards.
SmallVector<GuestAccess, 4> guardedAccessesOf(const ZExtInst &extension) {
  SmallVector<GuestAccess, 4> accesses = guestAccessesOf(extension);
  erase_if(accesses, [](const GuestAccess &access) { return !isWrapGuarded(*access.indexed); });
  return accesses;
}

MapVector<Value *, Sums> collectSums(Function &function) {
  using namespace PatternMatch;
  MapVector<Value *, Sums> found;
  for (BasicBlock &block : function)
    for (Instruction &instruction : block) {
      ZExtInst *extension = asExtendedIndex(instruction);
      if (!extension)
        continue;
      Sum sum = {extension, 0, guardedAccessesOf(*extension)};
      Value *index = extension->getOperand(0);
      Value *term = nullptr;
      const APInt *constant = nullptr;
      if (match(index, m_Add(m_Value(term), m_APInt(constant)))) {
        index = term;
        sum.constant = constant->getSExtValue();
      }
      Sums &sums = found[index];
      if (sum.accesses.empty())
        continue;
      if (std::abs(sum.constant) > reach)
        countWay(PassWay::FoldIndexSumsFarConstant);
      else if (sums.size() >= maxSums)
        countWay(PassWay::FoldIndexSumsManySums);
      else
        sums.push_back(std::move(sum));
    }
  return found;
}

/// Whether one of `earlier` has happened before each of `later`.
bool happensBefore(ArrayRef<GuestAccess> earlier, ArrayRef<GuestAccess> later,
                   const DominatorTree &dominators) {
  return any_of(earlier, [&](const GuestAccess &before) {
    return all_of(later, [&](const GuestAccess &access) {
      return before.instruction != access.instruction &&
             dominators.dominates(before.instruction, access.instruction);
    });
  });
}

/// Finds what each sum may be computed from.
void findRoots(Value &index, Sums &sums, const DominatorTree &dominators) {
  for (Sum &sum : sums)
    if (sum.constant < 0 &&
        all_of(sum.accesses, [](const GuestAccess &access) { return access.offset == 0; })) {
      countWay(PassWay::FoldIndexSumsNegative);
      sum.root = &index;
      sum.distance = sum.constant;
    }
  for (Sum &sum : sums) {
    if (sum.root || sum.constant == 0)
      continue;
    for (const Sum &earlier : sums) {
      const int64_t distance = sum.constant - earlier.constant;
      if (distance <= 0 || distance > reach ||
          !happensBefore(earlier.accesses, sum.accesses, dominators))
        continue;
      // A sum that has a root itself is known not to wrap around.
      sum.root = earlier.root ? earlier.root : earlier.extension->getOperand(0);
      sum.distance = distance + earlier.distance;
      break;
    }
    countWay(sum.root ? PassWay::FoldIndexSumsAfterAccess : PassWay::FoldIndexSumsNothingBefore);
  }
}

/// Whether there can be instructions just behind where `value` is defined.
bool hasPlaceAfter(Value &value) {
  auto *instruction = dyn_cast<Instruction>(&value);
  return !instruction || instruction->getInsertionPointAfterDef();
}

/// `value` extended where it is defined, so that all that use it share it.
Value *extend(Value &value, Function &function) {
  IRBuilder<> builder(function.getContext());
  if (auto *instruction = dyn_cast<Instruction>(&value))
    builder.SetInsertPoint(*instruction->getInsertionPointAfterDef());
  else
    builder.SetInsertPoint(&function.getEntryBlock(), function.getEntryBlock().begin());
  return builder.CreateZExt(&value, builder.getInt64Ty());
}

/// Has all that is at `extension` be at `root` + `distance` + `index` instead; `index` may be null.
void rewrite(ZExtInst &extension, Value &root, int64_t distance, Value *index) {
  for (User *user : make_early_inc_range(extension.users())) {
    auto *address = cast<GetElementPtrInst>(user);
    const auto [base, offset] = *markedBase(*address);
    IRBuilder<> builder(address);
    Value *result = builder.CreateInBoundsGEP(builder.getInt8Ty(), base, &root);
    result = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), result, distance + offset);
    if (index)
      result = builder.CreateInBoundsGEP(builder.getInt8Ty(), result,
                                         builder.CreateZExt(index, builder.getInt64Ty()));
    address->replaceAllUsesWith(result);
    address->eraseFromParent();
  }
}

/// Some of the accesses at the extension of each value.
using Accesses = DenseMap<const Value *, SmallVector<GuestAccess, 4>>;

/// The operands of `sum`: the one that is accessed itself before each of `accesses`, and the one
/// that is known to be small; null if it is something else.
std::pair<Value *, Value *> tableAndIndex(const BinaryOperator &sum, ArrayRef<GuestAccess> accesses,
                                          const Accesses &earlier,
                                          const DominatorTree &dominators) {
  auto isAccessedBefore = [&](const Value *table) {
    auto found = earlier.find(table);
    return found != earlier.end() && happensBefore(found->second, accesses, dominators);
  };
  for (unsigned i : {0, 1}) {
    Value *table = sum.getOperand(i), *index = sum.getOperand(1 - i);
    if (!isa<Constant>(index) && isAccessedBefore(table) &&
        computeKnownBits(index, sum.getDataLayout()).getMaxValue().ule(reach))
      return {table, index};
  }
  countWay(PassWay::FoldIndexSumsLargeIndex);
  return {};
}

/// Appends to `dead` what it makes superfluous.
void foldTableIndices(Function &function, const DominatorTree &dominators,
                      SmallVectorImpl<WeakTrackingVH> &dead) {
  SmallVector<ZExtInst *, 16> candidates;
  Accesses earlier;
  for (BasicBlock &block : function)
    for (Instruction &instruction : block) {
      ZExtInst *extension = asExtendedIndex(instruction);
      if (!extension)
        continue;
      for (const GuestAccess &access : guardedAccessesOf(*extension))
        if (auto &known = earlier[extension->getOperand(0)]; known.size() < maxSums)
          known.push_back(access);
      if (match(extension->getOperand(0),
                PatternMatch::m_Add(PatternMatch::m_Value(), PatternMatch::m_Value())) &&
          !extension->use_empty() && isAddressOnly(*extension))
        candidates.push_back(extension);
    }
  // All are found before the first changes a block, whose instructions would be counted anew.
  SmallVector<std::pair<Value *, Value *>, 16> found;
  for (ZExtInst *extension : candidates)
    found.push_back(tableAndIndex(*cast<BinaryOperator>(extension->getOperand(0)),
                                  guestAccessesOf(*extension), earlier, dominators));
  for (auto [extension, parts] : zip_equal(candidates, found)) {
    const auto [table, index] = parts;
    if (!table || !hasPlaceAfter(*table))
      continue;
    countWay(PassWay::FoldIndexSumsSmallIndex);
    rewrite(*extension, *extend(*table, function), 0, index);
    dead.push_back(extension);
  }
}

} // namespace

PreservedAnalyses FoldIndexSumsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  auto &dominators = analyses.getResult<DominatorTreeAnalysis>(function);
  SmallVector<WeakTrackingVH, 16> dead;
  foldTableIndices(function, dominators, dead);
  for (auto &[index, sums] : collectSums(function)) {
    findRoots(*index, sums, dominators);
    SmallDenseMap<Value *, Value *> extended;
    for (const Sum &sum : sums) {
      if (!sum.root || !isAddressOnly(*sum.extension) || !hasPlaceAfter(*sum.root))
        continue;
      Value *&root = extended[sum.root];
      if (!root)
        root = extend(*sum.root, function);
      rewrite(*sum.extension, *root, sum.distance, nullptr);
      dead.push_back(sum.extension);
    }
  }
  const bool changed = !dead.empty();
  RecursivelyDeleteTriviallyDeadInstructionsPermissive(dead);
  return preservingBlocks(changed);
}

} // namespace w2n::compiler
