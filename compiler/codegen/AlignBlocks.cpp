// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/codegen/AlignBlocks.h"

#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/IR/Function.h>
#include <llvm/Target/TargetMachine.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

constexpr uint64_t lineBytes = 64, loopBytes = 32;
/// Fewer are no interpreter, and padding is not free.
constexpr unsigned fewestPredecessors = 4;
/// Padding gains nothing for larger loops.
constexpr size_t maxInstructions = 16;

/// From how many places control comes to `block` that choose nothing themselves. Where each
/// instruction of an interpreter ends in a choice of its own, there are none.
size_t countOrdinaryPredecessors(const MachineBasicBlock &block) {
  return size_t(count_if(block.predecessors(), [](const MachineBasicBlock *from) {
    auto jump = from->getFirstTerminator();
    return jump == from->end() || !jump->isIndirectBranch();
  }));
}

/// The first block of an interpreter's choice that ends with `block`; null if it is none.
MachineBasicBlock *findDispatch(MachineBasicBlock &block) {
  auto jump = block.getFirstTerminator();
  if (jump == block.end() || !jump->isIndirectBranch())
    return nullptr;
  // The comparison with the number of cases may be a block of its own, just before.
  MachineBasicBlock &first =
      block.pred_size() == 1 && (*block.pred_begin())->isLayoutSuccessor(&block)
          ? **block.pred_begin()
          : block;
  return countOrdinaryPredecessors(first) < fewestPredecessors ? nullptr : &first;
}

/// Block placement does not align cold ones.
bool isTightLoop(const MachineBasicBlock &block) {
  return block.isSuccessor(&block) && block.size() <= maxInstructions &&
         block.getAlignment() != Align(1);
}

bool hasRun(const MachineFunction &function) {
  const auto count = function.getFunction().getEntryCount();
  return count && count->getCount() != 0;
}

class AlignBlocks : public MachineFunctionPass {
public:
  static char ID;
  AlignBlocks() : MachineFunctionPass(ID) {}

  bool runOnMachineFunction(MachineFunction &function) override {
    bool changed = false;
    auto align = [&](MachineBasicBlock &block, uint64_t bytes) {
      if (block.getAlignment() >= Align(bytes))
        return;
      block.setAlignment(Align(bytes));
      changed = true;
    };
    const bool alignsLoops = function.getTarget().getTargetTriple().isX86() && hasRun(function);
    for (MachineBasicBlock &block : function) {
      if (MachineBasicBlock *first = findDispatch(block))
        align(*first, lineBytes);
      if (alignsLoops && isTightLoop(block))
        align(block, loopBytes);
    }
    return changed;
  }
};

char AlignBlocks::ID = 0;

} // namespace

MachineFunctionPass *createAlignBlocksPass() { return new AlignBlocks; }

} // namespace w2n::compiler
