// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/VersionLoop.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Blocks behind the loop get the copy's values from the copy.
void addExits(const Loop &loop, const ValueToValueMapTy &copies) {
  SmallVector<Loop::Edge, 4> edges;
  loop.getExitEdges(edges);
  for (auto [from, to] : edges)
    for (PHINode &phi : to->phis()) {
      Value *value = phi.getIncomingValueForBlock(from);
      if (auto copy = copies.lookup(value))
        value = copy;
      phi.addIncoming(value, cast<BasicBlock>(copies.lookup(from)));
    }
}

/// Blocks that only the loop dominated are reached from the copy, too.
void moveDominated(const Loop &loop, BasicBlock &choice, DominatorTree &dominators) {
  SmallVector<BasicBlock *, 8> moved;
  for (BasicBlock *block : loop.blocks())
    for (DomTreeNode *child : *dominators.getNode(block))
      if (!loop.contains(child->getBlock()))
        moved.push_back(child->getBlock());
  for (BasicBlock *block : moved)
    dominators.changeImmediateDominator(block, &choice);
}

} // namespace

void versionLoop(Loop &loop, Value &condition, LoopInfo &loops, DominatorTree &dominators) {
  assert(loop.isInnermost() && loop.isLoopSimplifyForm() && loop.isLCSSAForm(dominators));
  BasicBlock *const choice = loop.getLoopPreheader();
  BasicBlock *const preheader =
      SplitBlock(choice, choice->getTerminator(), &dominators, &loops, nullptr, "versioned");
  ValueToValueMapTy copies;
  SmallVector<BasicBlock *, 8> blocks;
  Loop *copy = cloneLoopWithPreheader(preheader, choice, &loop, copies, ".narrow", &loops,
                                      &dominators, blocks);
  remapInstructionsInBlocks(blocks, copies);
  addExits(loop, copies);
  choice->getTerminator()->eraseFromParent();
  IRBuilder<> builder(choice);
  builder.CreateCondBr(&condition, preheader, copy->getLoopPreheader(),
                       MDBuilder(builder.getContext()).createLikelyBranchWeights());
  moveDominated(loop, *choice, dominators);
  addStringMetadataToLoop(copy, "llvm.loop.unroll.disable", 1);
  addStringMetadataToLoop(copy, "llvm.loop.isvectorized", 1);
}

} // namespace w2n::compiler
