#include "compiler/codegen/AlignLoops.h"

#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/IR/Function.h>
#include <llvm/Target/TargetMachine.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

constexpr uint64_t alignmentBytes = 32;
/// Of larger ones, padding gains nothing.
constexpr size_t mostInstructions = 16;

class AlignLoops : public MachineFunctionPass {
public:
  static char ID;
  AlignLoops() : MachineFunctionPass(ID) {}

  bool runOnMachineFunction(MachineFunction &function) override {
    const auto count = function.getFunction().getEntryCount();
    if (!function.getTarget().getTargetTriple().isX86() || !count || count->getCount() == 0)
      return false;
    bool changed = false;
    for (MachineBasicBlock &block : function) {
      if (!block.isSuccessor(&block) || block.size() > mostInstructions ||
          block.getAlignment() == Align(1) || block.getAlignment() >= Align(alignmentBytes))
        continue;
      block.setAlignment(Align(alignmentBytes));
      changed = true;
    }
    return changed;
  }
};

char AlignLoops::ID = 0;

} // namespace

MachineFunctionPass *createAlignLoopsPass() { return new AlignLoops; }

} // namespace w2n::compiler
