// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A guest load must trap if its address is out of bounds, whatever becomes of its value. What could
// lose it after the last IR pass:
//  - dead code elimination, if its value is not used;
//  - narrowing (a load of which only some bytes, or some lanes, are demanded becomes a smaller one,
//    which may lie inside the memory where the whole did not);
//  - sinking, which moves a load into the one branch that uses its value.
// The code generator does none of these to a volatile load, and a volatile load still folds into
// the instruction that uses it. The loads that are left as they are have all bytes demanded, by
// something in their own block that cannot itself move; and those of vectors of which lanes are not
// wanted, beside which two bytes are loaded that say whether all are there. A store that puts back
// what was loaded, with some bytes changed, becomes volatile as well: LLVM narrows both. So does a
// store of two values side by side, of which LLVM makes two stores, the first of which may happen
// where the second traps.

#include "compiler/passes/traps/PinLoads.h"

#include "compiler/ir/Contract.h"
#include "compiler/passes/PassCounts.h"
#include "compiler/passes/Preserved.h"
#include "compiler/passes/traps/LaneDemand.h"

#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/DemandedBits.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Metadata.h>
#include <llvm/Transforms/Utils/Local.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

bool isRoot(const Instruction &instruction) {
  return instruction.isTerminator() ||
         (instruction.mayHaveSideEffects() && !isa<AssumeInst>(instruction));
}

/// Instructions that something with an effect depends on, assumptions not counted.
SmallPtrSet<const Instruction *, 32> liveInstructions(const Function &function) {
  SmallPtrSet<const Instruction *, 32> live;
  SmallVector<const Instruction *, 64> worklist;
  auto mark = [&](const Instruction &instruction) {
    if (live.insert(&instruction).second)
      worklist.push_back(&instruction);
  };
  for (const BasicBlock &block : function)
    for (const Instruction &instruction : block)
      if (isRoot(instruction))
        mark(instruction);
  while (!worklist.empty())
    for (const Value *operand : worklist.pop_back_val()->operands())
      if (const auto *instruction = dyn_cast<Instruction>(operand))
        mark(*instruction);
  return live;
}

void dropAssumptions(Function &function) {
  SmallVector<WeakTrackingVH, 32> operands;
  for (BasicBlock &block : function)
    for (Instruction &instruction : make_early_inc_range(block))
      if (auto *assume = dyn_cast<AssumeInst>(&instruction)) {
        for (Value *operand : assume->operands())
          if (isa<Instruction>(operand) && !isa<LoadInst>(operand))
            operands.push_back(operand);
        assume->eraseFromParent();
      }
  RecursivelyDeleteTriviallyDeadInstructionsPermissive(operands);
}

/// Whether `use`, by a phi, happens at the end of `block` for sure.
bool isUseAtEndOf(const BasicBlock &block, const Use &use) {
  const auto *phi = cast<PHINode>(use.getUser());
  return phi->getIncomingBlock(use) == &block &&
         (phi->getParent() == &block || block.getSingleSuccessor());
}

/// Whether code for a select surely computes its operand `use`: not a value, as branches may be
/// made of the select, and each compute what only it needs; and not the condition if some of the
/// result, which may be all that differs, is not wanted.
bool isNeededBySelect(const Use &use, DemandedBits &demanded) {
  auto *select = cast<SelectInst>(use.getUser());
  if (use.getOperandNo() != 0 || !demandsAllLanes(*select))
    return false;
  return !select->getType()->isIntOrIntVectorTy() || demanded.getDemandedBits(select).isAllOnes();
}

/// The code generator makes two branches of one on such a condition, and what only the second needs
/// moves behind the first.
bool mayBecomeBranches(const Instruction &condition) {
  return condition.getType()->isIntegerTy(1) &&
         (condition.getOpcode() == Instruction::And || condition.getOpcode() == Instruction::Or);
}

/// Whether `instruction` stays in `block` because something there that cannot move needs it;
/// `anchored` holds the answers for the instructions after it.
bool isAnchored(const Instruction &instruction, const BasicBlock &block,
                const SmallPtrSetImpl<const Instruction *> &anchored, DemandedBits &demanded) {
  if (isRoot(instruction))
    return true;
  for (const Use &use : instruction.uses()) {
    const auto *user = cast<Instruction>(use.getUser());
    if (isa<SelectInst>(user) && !isNeededBySelect(use, demanded))
      continue;
    if (mayBecomeBranches(*user))
      continue;
    if (isa<PHINode>(user) ? isUseAtEndOf(block, use) : anchored.contains(user))
      return true;
  }
  return false;
}

/// Whether a store of `value` may become one of fewer bytes, in place: a load that an operation
/// changes some bytes of only. The code generator makes a pair of narrower accesses of it, or a
/// narrower one that does both, also where the load is volatile; but not where the store is.
bool isUpdateOfSomeBytes(const Value &value) {
  const auto *operation = dyn_cast<Instruction>(&value);
  if (!operation || operation->getType()->isVectorTy())
    return false;
  if (const auto *binary = dyn_cast<BinaryOperator>(operation)) {
    if (!binary->isBitwiseLogicOp() || !isa<ConstantInt>(binary->getOperand(1)))
      return false;
  } else if (operation->getOpcode() != Instruction::FNeg) {
    // These change the sign alone.
    const auto *call = dyn_cast<IntrinsicInst>(operation);
    if (!call || (call->getIntrinsicID() != Intrinsic::fabs &&
                  call->getIntrinsicID() != Intrinsic::copysign))
      return false;
  }
  return any_of(operation->operands(), [](const Use &use) {
    const Value *operand = use.get();
    while (isa<BitCastInst>(operand))
      operand = cast<BitCastInst>(operand)->getOperand(0);
    const auto *load = dyn_cast<LoadInst>(operand);
    return load && isGuestLoad(*load);
  });
}

/// Whether a store of `value` may become one store for each half: two values side by side.
bool isPair(const Value &value) {
  const auto *operation = dyn_cast<BinaryOperator>(&value);
  if (!operation || !operation->getType()->isIntegerTy())
    return false;
  const auto opcode = operation->getOpcode();
  return (opcode == Instruction::Or || opcode == Instruction::Add) &&
         any_of(operation->operands(), [](const Use &use) {
           const auto *shift = dyn_cast<BinaryOperator>(use.get());
           return shift && shift->getOpcode() == Instruction::Shl &&
                  isa<ConstantInt>(shift->getOperand(1));
         });
}

void pinStores(BasicBlock &block) {
  for (Instruction &instruction : block) {
    auto *store = dyn_cast<StoreInst>(&instruction);
    if (!store || store->isVolatile())
      continue;
    const bool isUpdate = isUpdateOfSomeBytes(*store->getValueOperand());
    if (!isUpdate && !isPair(*store->getValueOperand()))
      continue;
    countWay(isUpdate ? PassWay::PinLoadsUpdate : PassWay::PinLoadsPair);
    store->setVolatile(true);
  }
}

/// Whether the code generator may find that some bits of `value` suffice, although all matter to
/// the IR: it compares the upper half of a number where that decides whether it is less than 2^32.
bool decidesByPart(const Value &value, unsigned depth = 0) {
  constexpr unsigned maxDepth = 4;
  if (value.getType()->isVectorTy() || value.getType()->isIntegerTy(8))
    return false;
  return any_of(value.users(), [&](const User *user) {
    const bool hasConstant =
        any_of(user->operands(), [](const Use &use) { return isa<ConstantInt>(use.get()); });
    if (const auto *comparison = dyn_cast<ICmpInst>(user))
      return hasConstant && !comparison->isEquality();
    if (isa<SwitchInst, IntrinsicInst>(user))
      return value.getType()->isIntegerTy();
    if (const auto *operation = dyn_cast<BinaryOperator>(user)) {
      if (operation->isIntDivRem())
        return hasConstant;
      if (!operation->isBitwiseLogicOp() || !hasConstant)
        return false;
    } else if (!isa<CastInst, FreezeInst>(user)) {
      return false;
    }
    return depth == maxDepth || decidesByPart(*user, depth + 1);
  });
}

/// RISC-V's code generator loads the lower word alone where no more is wanted of a double word,
/// also where that is volatile (RISCVOptWInstrs).
bool isCutToWord(const LoadInst &load) {
  return load.getFunction()->getParent()->getTargetTriple().isRISCV() &&
         load.getType()->isIntegerTy(64);
}

/// Reads the first and the last byte of `load` for sure. What is accessible of a memory is one
/// piece, so that one of these traps if and only if the load should, also where it begins before
/// the base. Volatile alone does not help: x86 has instructions that extend the lower half of a
/// vector in memory, and LLVM takes them for a whole volatile load too.
void probeEnds(LoadInst &load) {
  IRBuilder<> builder(&load);
  const uint64_t bytes = load.getDataLayout().getTypeStoreSize(load.getType());
  for (const uint64_t position : {uint64_t(0), bytes - 1}) {
    Value *address =
        builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), load.getPointerOperand(), position);
    LoadInst *probe =
        builder.CreateAlignedLoad(builder.getInt8Ty(), address, Align(1), /*isVolatile=*/true);
    probe->setMetadata(LLVMContext::MD_tbaa, load.getMetadata(LLVMContext::MD_tbaa));
  }
}

/// Whether `value`, which a loop computes, is known without running it.
bool isKnownAfter(Value &value, const Loop &loop, ScalarEvolution &evolution) {
  if (loop.isLoopInvariant(&value))
    return true;
  return evolution.isSCEVable(value.getType()) &&
         evolution.isLoopInvariant(
             evolution.getSCEVAtScope(evolution.getSCEV(&value), loop.getParentLoop()), &loop);
}

/// Whether nothing after `loop` depends on it, so that it could be deleted: it leaves to one block,
/// with the same values whichever way it does, and has no effects but traps of its loads.
bool isDeletable(const Loop &loop, ScalarEvolution &evolution) {
  const BasicBlock *exit = loop.getUniqueExitBlock();
  if (!exit)
    return reject(PassWay::PinDeadLoopsSeveralExits);
  for (const BasicBlock *block : loop.blocks())
    for (const Instruction &instruction : *block)
      if (instruction.mayHaveSideEffects() && !isa<AssumeInst>(instruction))
        return reject(PassWay::PinDeadLoopsEffects);
  for (const PHINode &phi : exit->phis()) {
    const Value *same = nullptr;
    for (const Use &use : phi.incoming_values()) {
      if (!loop.contains(phi.getIncomingBlock(use)))
        continue;
      if (same && same != use.get())
        return reject(PassWay::PinDeadLoopsTellsExits);
      same = use.get();
    }
  }
  for (BasicBlock *block : loop.blocks())
    for (Instruction &instruction : *block)
      for (const User *user : instruction.users())
        if (!loop.contains(cast<Instruction>(user)) && !isa<AssumeInst>(user) &&
            !isKnownAfter(instruction, loop, evolution))
          return reject(PassWay::PinDeadLoopsNeeded);
  return true;
}

/// Loads that decide nothing but when a loop ends of which nobody needs anything.
bool pinDeletableLoops(Function &function, FunctionAnalysisManager &analyses) {
  bool changed = false;
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  for (Loop *loop : loops.getLoopsInPreorder())
    if (isDeletable(*loop, analyses.getResult<ScalarEvolutionAnalysis>(function)))
      for (BasicBlock *block : loop->blocks())
        for (Instruction &instruction : *block)
          if (auto *load = dyn_cast<LoadInst>(&instruction); load && isGuestLoad(*load)) {
            countWay(PassWay::PinDeadLoopsDeletable);
            load->setVolatile(true);
            changed = true;
          }
  return changed;
}

} // namespace

PreservedAnalyses PinDeadLoadsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  SmallVector<LoadInst *, 16> guestLoads;
  for (BasicBlock &block : function)
    for (Instruction &instruction : block)
      if (auto *load = dyn_cast<LoadInst>(&instruction);
          load && !load->isVolatile() && isGuestLoad(*load))
        guestLoads.push_back(load);
  if (guestLoads.empty())
    return PreservedAnalyses::all();
  auto live = liveInstructions(function);
  bool changed = before == Before::Loops && pinDeletableLoops(function, analyses);
  const bool isForLoops = before == Before::Loops;
  for (LoadInst *load : guestLoads)
    if (!live.contains(load)) {
      countWay(isForLoops ? PassWay::PinDeadLoopsPinned : PassWay::PinDeadBlocksPinned);
      load->setVolatile(true);
      changed = true;
    } else {
      countWay(isForLoops ? PassWay::PinDeadLoopsLive : PassWay::PinDeadBlocksLive);
    }
  return preservingBlocks(changed);
}

PreservedAnalyses PinLoadsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  dropAssumptions(function);
  // The analysis is made anew: all bits matter to an assumption, and an earlier result may still be
  // about those.
  DemandedBits demanded(function, analyses.getResult<AssumptionAnalysis>(function),
                        analyses.getResult<DominatorTreeAnalysis>(function));
  for (BasicBlock &block : function) {
    pinStores(block);
    SmallPtrSet<const Instruction *, 32> anchored;
    for (Instruction &instruction : reverse(block)) {
      if (isa<PHINode>(instruction))
        break;
      bool isFixed = isAnchored(instruction, block, anchored, demanded);
      if (isFixed)
        anchored.insert(&instruction);
      auto *load = dyn_cast<LoadInst>(&instruction);
      if (!load)
        continue;
      if (load->isVolatile() || !isGuestLoad(*load)) {
        countWay(PassWay::PinLoadsOtherLoad);
        continue;
      }
      bool allLanes = demandsAllLanes(*load);
      if (load->getType()->isVectorTy() && !allLanes) {
        countWay(PassWay::PinLoadsProbed);
        probeEnds(*load);
        continue;
      }
      bool allDemanded = allLanes && (!load->getType()->isIntOrIntVectorTy() ||
                                      demanded.getDemandedBits(load).isAllOnes());
      const bool isPart = decidesByPart(*load);
      countWay(!isFixed       ? PassWay::PinLoadsMoves
               : !allDemanded ? PassWay::PinLoadsNarrows
               : isPart       ? PassWay::PinLoadsCompared
                              : PassWay::PinLoadsStays);
      if (!isFixed || !allDemanded || isPart) {
        if (!allDemanded && isCutToWord(*load))
          probeEnds(*load);
        load->setVolatile(true);
        anchored.insert(load);
      }
    }
  }
  return PreservedAnalyses::none();
}

} // namespace w2n::compiler
