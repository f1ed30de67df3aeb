#include "compiler/codegen/AlignDispatch.h"

#include <llvm/CodeGen/MachineFunctionPass.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

constexpr uint64_t lineBytes = 64;
/// Fewer are no interpreter, and padding is not free.
constexpr unsigned fewestPredecessors = 4;

class AlignDispatch : public MachineFunctionPass {
public:
  static char ID;
  AlignDispatch() : MachineFunctionPass(ID) {}

  bool runOnMachineFunction(MachineFunction &function) override {
    bool changed = false;
    for (MachineBasicBlock &block : function) {
      auto jump = block.getFirstTerminator();
      if (jump == block.end() || !jump->isIndirectBranch())
        continue;
      // The comparison with the number of cases may be a block of its own, just before.
      MachineBasicBlock &first =
          block.pred_size() == 1 && (*block.pred_begin())->isLayoutSuccessor(&block)
              ? **block.pred_begin()
              : block;
      if (first.pred_size() < fewestPredecessors || first.getAlignment() >= Align(lineBytes))
        continue;
      first.setAlignment(Align(lineBytes));
      changed = true;
    }
    return changed;
  }
};

char AlignDispatch::ID = 0;

} // namespace

MachineFunctionPass *createAlignDispatchPass() { return new AlignDispatch; }

} // namespace w2n::compiler
