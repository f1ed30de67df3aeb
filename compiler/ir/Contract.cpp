// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/ir/Contract.h"

namespace w2n::compiler {

using namespace llvm;

const char *aliasClassName(AliasClass aliasClass) {
  static constexpr const char *names[] = {
#define W2N_ALIAS_CLASS(name, text) text,
#include "compiler/ir/AliasClasses.def"
  };
  return names[size_t(aliasClass)];
}

bool isGuestLoad(const LoadInst &load) {
  if (load.hasMetadata(LLVMContext::MD_invariant_load))
    return false;
  const MDNode *tag = load.getMetadata(LLVMContext::MD_tbaa);
  if (!tag)
    return true;
  const auto *type = dyn_cast<MDNode>(tag->getOperand(1));
  const auto *name = type ? dyn_cast<MDString>(type->getOperand(0)) : nullptr;
  return !name || name->getString() == aliasClassName(AliasClass::Memory);
}

void keepAlive(IRBuilder<> &builder, LoadInst &load) {
  Value *operands[] = {&load};
  builder.CreateAssumption(builder.getTrue(), {OperandBundleDef("noundef", operands)});
}

} // namespace w2n::compiler
