// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/targets/SimdTarget.h"

#include <llvm/TargetParser/Triple.h>

namespace w2n::compiler {

VectorTarget VectorTarget::of(const llvm::MCSubtargetInfo &subtarget) {
  const llvm::Triple &triple = subtarget.getTargetTriple();
  VectorTarget target;
  if (triple.isX86()) {
    target.architecture = Architecture::X86_64;
    target.unalignedElements = true;
    target.ssse3 = subtarget.checkFeatures("+ssse3");
    target.sse41 = subtarget.checkFeatures("+sse4.1");
    target.avx = subtarget.checkFeatures("+avx");
    target.avx512bw = subtarget.checkFeatures("+avx512bw");
    target.fma = subtarget.checkFeatures("+fma");
  } else if (triple.isAArch64()) {
    target.architecture = Architecture::AArch64;
    target.fma = target.unalignedElements = true;
  } else if (triple.isRISCV()) {
    // Only the baseline's calls decide about vectors, so that artifacts with and without can be
    // linked.
    target.fma = true;
    target.unalignedElements = subtarget.checkFeatures("+unaligned-vector-mem");
  }
  return target;
}

llvm::Value *emitVectorOperation(llvm::IRBuilder<> &builder, const VectorTarget &target,
                                 VectorOperation operation,
                                 llvm::ArrayRef<llvm::Value *> operands) {
  switch (target.architecture) {
  case VectorTarget::Architecture::X86_64:
    return emitX86VectorOperation(builder, target, operation, operands);
  case VectorTarget::Architecture::AArch64:
    return emitAArch64VectorOperation(builder, operation, operands);
  case VectorTarget::Architecture::Other:
    break;
  }
  return nullptr;
}

} // namespace w2n::compiler
