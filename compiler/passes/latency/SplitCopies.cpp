// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// An array that moves up by one element, with a new first one, in each iteration: the producer
// copies it in words of 8 bytes, and each takes the new element and the one after it, which come
// from two stores. The load waits until both are in the cache, which takes longer than all the rest
// of a hash function's round.
//
// A store becomes two, of which the upper comes first, and volatile, so that they stay in that
// order. What is accessible of a memory is one piece that begins at its base. If the store is at
// the base or above, as is required, then the upper half traps if any byte of the store does; so
// both halves are stored, or none.

#include "compiler/passes/latency/SplitCopies.h"

#include "compiler/passes/PassCounts.h"
#include "compiler/passes/Preserved.h"
#include "compiler/passes/addresses/DisplacementRange.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

constexpr int64_t halfBytes = 4;
/// Elements may be this far from one that is written, which is an array that is moved at once.
constexpr int64_t reach = 64;

struct Place {
  const Value *base;
  int64_t offset;
};

Place placeOf(const Value &address, const DataLayout &layout) {
  APInt offset(64, 0);
  const Value *base = address.stripAndAccumulateConstantOffsets(layout, offset, true);
  return {base, offset.getSExtValue()};
}

bool isSameMemory(const Instruction &a, const Instruction &b) {
  return a.getMetadata(LLVMContext::MD_tbaa) == b.getMetadata(LLVMContext::MD_tbaa);
}

/// Whether `address` is at the base of its memory or above, whatever it is computed from.
bool isNotBelowBase(Value &address) {
  const Displacement found = DisplacementRanges().displacementOf(address);
  return found.range.isKnown && found.range.low >= 0;
}

/// Loads 8 bytes from an invariant place of `loop`, for nothing but stores in the same block.
bool isCopied(const LoadInst &load, const Loop &loop) {
  if (!load.isSimple() || !load.getType()->isIntegerTy(64) ||
      !loop.isLoopInvariant(load.getPointerOperand()))
    return reject(PassWay::SplitCopiesOtherLoad);
  return all_of(load.users(), [&](const User *user) {
    if (isa<AssumeInst>(user))
      return true;
    const auto *store = dyn_cast<StoreInst>(user);
    if (!store || !store->isSimple() || store->getValueOperand() != &load ||
        store->getParent() != load.getParent() || !isSameMemory(*store, load))
      return reject(PassWay::SplitCopiesOtherUse);
    return isNotBelowBase(*const_cast<Value *>(store->getPointerOperand())) ||
           reject(PassWay::SplitCopiesMayBeBelow);
  });
}

Value *upperPlace(IRBuilder<> &builder, Value *address) {
  return builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), address, halfBytes);
}

void splitStore(StoreInst &store, Value *lower, Value *upper) {
  IRBuilder<> builder(&store);
  auto storeHalf = [&](Value *value, Value *address) {
    StoreInst *half = builder.CreateAlignedStore(
        value, address, commonAlignment(store.getAlign(), halfBytes), /*isVolatile=*/true);
    half->setMetadata(LLVMContext::MD_tbaa, store.getMetadata(LLVMContext::MD_tbaa));
  };
  // First the one that traps if either does.
  storeHalf(upper, upperPlace(builder, store.getPointerOperand()));
  storeHalf(lower, store.getPointerOperand());
}

void splitCopy(LoadInst &load) {
  IRBuilder<> builder(&load);
  auto loadHalf = [&](Value *address) {
    LoadInst *half = builder.CreateAlignedLoad(builder.getInt32Ty(), address,
                                               commonAlignment(load.getAlign(), halfBytes));
    half->setMetadata(LLVMContext::MD_tbaa, load.getMetadata(LLVMContext::MD_tbaa));
    return half;
  };
  Value *upper = loadHalf(upperPlace(builder, load.getPointerOperand()));
  Value *lower = loadHalf(load.getPointerOperand());
  for (User *user : make_early_inc_range(load.users())) {
    if (auto *store = dyn_cast<StoreInst>(user))
      splitStore(*store, lower, upper);
    cast<Instruction>(user)->eraseFromParent();
  }
  load.eraseFromParent();
}

bool splitCopies(const Loop &loop, const DataLayout &layout) {
  SmallVector<Place, 8> written;
  SmallVector<LoadInst *, 8> copied;
  for (BasicBlock *block : loop.blocks())
    for (Instruction &instruction : *block)
      if (auto *load = dyn_cast<LoadInst>(&instruction); load && isCopied(*load, loop))
        copied.push_back(load);
      else if (auto *store = dyn_cast<StoreInst>(&instruction);
               store && store->getValueOperand()->getType()->isIntegerTy(32) &&
               loop.isLoopInvariant(store->getPointerOperand()))
        written.push_back(placeOf(*store->getPointerOperand(), layout));
  bool changed = false;
  for (LoadInst *load : copied) {
    const Place from = placeOf(*load->getPointerOperand(), layout);
    if (none_of(written, [&](const Place &place) {
          return place.base == from.base && std::abs(place.offset - from.offset) < reach;
        })) {
      countWay(PassWay::SplitCopiesNotWritten);
      continue;
    }
    countWay(PassWay::SplitCopiesSplit);
    splitCopy(*load);
    changed = true;
  }
  return changed;
}

} // namespace

PreservedAnalyses SplitCopiesPass::run(Function &function, FunctionAnalysisManager &analyses) {
  bool changed = false;
  for (Loop *loop : analyses.getResult<LoopAnalysis>(function).getLoopsInPreorder())
    if (loop->isInnermost())
      changed |= splitCopies(*loop, function.getDataLayout());
  return preservingBlocks(changed);
}

} // namespace w2n::compiler
