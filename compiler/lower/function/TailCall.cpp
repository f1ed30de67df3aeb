// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Tail calls: guaranteed, between any two signatures and instances.
//
// An ordinary call leaves the caller's context in its register (Abi.h). A function that gives its
// frame to one of another instance cannot keep that promise, nor the one that results past the
// first are in its own context's buffer. So a function with tail calls is compiled as two: a
// tail entry, with a convention of its own that promises neither, and a wrapper with the ordinary
// one that calls the tail entry. Tail entries call each other with `musttail`; a function without
// one (most functions without tail calls, and the host's) is called in the ordinary way, which adds
// one frame to the whole chain.
//
// The convention of tail entries is LLVM's swifttailcc, where the context's register is not
// preserved and callers and callees may differ in their prototypes; one with more than one result
// is also told whose buffer takes them, the `home` context of the wrapper that was entered. RISC-V
// has no such convention; there all tail entries have one prototype, and everything travels in the
// buffers.

#include "compiler/lower/function/CallLowering.h"

namespace w2n::compiler {

bool CallLowering::isTailCall(const Instruction &instruction) {
  return wasm::classOf(instruction.opcode) == wasm::OpcodeClass::TailCall;
}

void CallLowering::callAndReturn(const Callee &callee, llvm::ArrayRef<llvm::Value *> operands) {
  const Signature &plain = module.signature(callee.typeIndex);
  const auto arguments = argumentsFor(plain, operands, callee.context);
  llvm::CallBase *call =
      module.emitCall(builder, plain, callee.code, callee.context, arguments, callee.context);
  pushResults(plain, call, callee.context);
  passOperands(frames.front());
  branchTo(frames.front().target);
}

void CallLowering::jumpToTailEntry(const Callee &callee, llvm::ArrayRef<llvm::Value *> operands) {
  const Signature &tail = module.tailSignature(callee.typeIndex);
  const auto arguments = argumentsFor(tail, operands, callee.context);
  auto *call = llvm::cast<llvm::CallInst>(
      module.emitCall(builder, tail, callee.tailCode, callee.context, arguments, resultHome()));
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  if (call->getType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(call);
}

void CallLowering::tailCall(const Callee &callee) {
  const auto operands = popOperands(module.signature(callee.typeIndex).params.size());
  if (!callee.tailCode) {
    callAndReturn(callee, operands);
  } else if (!callee.tailCodeMayBeNull) {
    jumpToTailEntry(callee, operands);
  } else {
    llvm::BasicBlock *plain = makeBlock("no.tail.entry");
    llvm::BasicBlock *jump = makeBlock("jump");
    branchIf(builder.CreateIsNull(callee.tailCode), plain, jump);
    builder.SetInsertPoint(jump);
    jumpToTailEntry(callee, operands);
    builder.SetInsertPoint(plain);
    callAndReturn(callee, operands);
  }
  becomeUnreachable();
}

void CallLowering::lowerReturnCall(const Instruction &instruction) {
  const llvm::DebugLoc before = builder.getCurrentDebugLocation();
  locateCall();
  tailCall(directCallee(instruction));
  builder.SetCurrentDebugLocation(before);
}

void CallLowering::lowerReturnCallIndirect(const Instruction &instruction) {
  tailCall(indirectCallee(instruction));
}

void CallLowering::lowerReturnCallRef(const Instruction &instruction) {
  tailCall(referencedCallee(instruction));
}

void lowerTailWrapper(ModuleLowering &module, uint32_t functionIndex) {
  const uint32_t typeIndex = module.plan.wasm.functions[functionIndex].typeIndex;
  const Signature &signature = module.signature(typeIndex);
  const Signature &tail = module.tailSignature(typeIndex);
  llvm::Function *wrapper = module.function(functionIndex);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.context, "entry", wrapper));
  llvm::Value *context = wrapper->getArg(0);
  auto arguments = module.readParameters(builder, signature, wrapper);
  llvm::CallBase *call = module.emitCall(builder, tail, module.tailFunction(functionIndex), context,
                                         arguments, context);
  // A wrapper is never a frame of the program's, so that backtraces can leave it out.
  call->setIsNoInline();
  module.emitReturn(builder, signature, context, module.readResults(builder, tail, call, context));
}

} // namespace w2n::compiler
