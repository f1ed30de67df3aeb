// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/ir/SpeculationMasks.h"

#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Module.h>

namespace w2n::compiler {

using namespace llvm;

Value *hideValue(IRBuilderBase &builder, Value *value) {
  auto *type = FunctionType::get(value->getType(), {value->getType()}, false);
  // Text would cost an assembler for each. Without effects it may move, and two become one.
  auto *nothing = InlineAsm::get(type, "", "=r,0", /*hasSideEffects=*/false);
  CallInst *call = builder.CreateCall(nothing, {value});
  call->setDoesNotThrow();
  call->setDoesNotAccessMemory();
  return call;
}

// Selects are conditional moves, but on RISC-V, where they become branches. There an extended
// comparison is `sltu` and `neg`; hidden, no pass makes a select of it.
Value *selectInside(IRBuilderBase &builder, Value *isInside, Value *value, Value *otherwise) {
  if (builder.GetInsertBlock()->getModule()->getTargetTriple().isRISCV()) {
    Value *mask = hideValue(builder, builder.CreateSExt(isInside, value->getType()));
    Value *distance = builder.CreateSub(value, otherwise);
    return builder.CreateAdd(builder.CreateAnd(distance, mask), otherwise);
  }
  Value *select = builder.CreateSelect(isInside, value, otherwise);
  if (auto *instruction = dyn_cast<SelectInst>(select))
    instruction->setMetadata(LLVMContext::MD_unpredictable, MDNode::get(builder.getContext(), {}));
  return select;
}

Value *maskIndex(IRBuilderBase &builder, Value *index, Value *count) {
  if (isa<Constant>(index))
    return index;
  Value *hidden = hideValue(builder, index);
  return selectInside(builder, builder.CreateICmpULT(hidden, count), hidden,
                      Constant::getNullValue(index->getType()));
}

} // namespace w2n::compiler
