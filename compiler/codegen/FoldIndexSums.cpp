// When is an access at zext(p + c) one at zext(p) + c?
//
//  - Always, if c is negative and the access has no offset: if p + c wraps around it is at least
//    2^32 - 64 KiB, where nothing is accessible, and neither is what is up to 64 KiB before the
//    base, where zext(p) + c points then.
//  - Where an access at zext(p + d) has happened, with c - 64 KiB <= d <= c: the index p + d is
//    less than 2^32 - 64 KiB, so that p + d + (c - d) does not wrap around.
//
// (WidenAddresses.cpp says why these bytes are not accessible.)

#include "compiler/codegen/FoldIndexSums.h"

#include "compiler/codegen/GuestAddress.h"
#include "compiler/codegen/Preserved.h"
#include "lib/artifact/Abi.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/Local.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

constexpr int64_t reach = artifact::wrapGuardBytes;
/// Of more sums with one index, the later ones are left alone: all are compared with all.
constexpr size_t mostSums = 64;

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

/// Whether nothing but accesses that are known uses `extension`.
bool isAddressOnly(const ZExtInst &extension) {
  return all_of(extension.users(), [](const User *user) { return hasOnlyGuestAccesses(*user); });
}

MapVector<Value *, Sums> collectSums(Function &function) {
  using namespace PatternMatch;
  MapVector<Value *, Sums> found;
  for (BasicBlock &block : function)
    for (Instruction &instruction : block) {
      auto *extension = dyn_cast<ZExtInst>(&instruction);
      if (!extension || !extension->getSrcTy()->isIntegerTy(32) ||
          !extension->getDestTy()->isIntegerTy(64))
        continue;
      Sum sum = {extension, 0, guestAccessesOf(*extension)};
      Value *index = extension->getOperand(0);
      Value *term = nullptr;
      const APInt *constant = nullptr;
      if (match(index, m_Add(m_Value(term), m_APInt(constant)))) {
        index = term;
        sum.constant = constant->getSExtValue();
      }
      Sums &sums = found[index];
      if (!sum.accesses.empty() && sums.size() < mostSums && std::abs(sum.constant) <= reach)
        sums.push_back(std::move(sum));
    }
  return found;
}

/// Whether an access of `earlier` has happened before each of `sum`.
bool happensBefore(const Sum &earlier, const Sum &sum, const DominatorTree &dominators) {
  return any_of(earlier.accesses, [&](const GuestAccess &before) {
    return all_of(sum.accesses, [&](const GuestAccess &access) {
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
      sum.root = &index;
      sum.distance = sum.constant;
    }
  for (Sum &sum : sums) {
    if (sum.root || sum.constant == 0)
      continue;
    for (const Sum &earlier : sums) {
      const int64_t distance = sum.constant - earlier.constant;
      if (distance <= 0 || distance > reach || !happensBefore(earlier, sum, dominators))
        continue;
      // Of one that has a root itself it is known that it did not wrap around.
      sum.root = earlier.root ? earlier.root : earlier.extension->getOperand(0);
      sum.distance = distance + earlier.distance;
      break;
    }
  }
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

void rewrite(const Sum &sum, Value &root) {
  for (User *user : make_early_inc_range(sum.extension->users())) {
    auto *address = cast<GetElementPtrInst>(user);
    const auto [base, offset] = *markedBase(*address);
    IRBuilder<> builder(address);
    Value *result = builder.CreateInBoundsGEP(builder.getInt8Ty(), base, &root);
    result = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), result, sum.distance + offset);
    address->replaceAllUsesWith(result);
    address->eraseFromParent();
  }
}

} // namespace

PreservedAnalyses FoldIndexSumsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  auto &dominators = analyses.getResult<DominatorTreeAnalysis>(function);
  bool changed = false;
  SmallVector<WeakTrackingVH, 16> dead;
  for (auto &[index, sums] : collectSums(function)) {
    findRoots(*index, sums, dominators);
    SmallDenseMap<Value *, Value *> extended;
    for (const Sum &sum : sums) {
      if (!sum.root || !isAddressOnly(*sum.extension) ||
          (isa<Instruction>(sum.root) && !cast<Instruction>(sum.root)->getInsertionPointAfterDef()))
        continue;
      Value *&root = extended[sum.root];
      if (!root)
        root = extend(*sum.root, function);
      rewrite(sum, *root);
      dead.push_back(sum.extension);
      changed = true;
    }
  }
  RecursivelyDeleteTriviallyDeadInstructionsPermissive(dead);
  return preservingBlocks(changed);
}

} // namespace w2n::compiler
