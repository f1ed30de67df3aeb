// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The threads proposal: atomic accesses, fences, wait and notify.
//
// An atomic access is LLVM's, sequentially consistent, and so naturally aligned: that is checked
// first, as the proposal's execution rules do. The bounds are checked as for every other access, by
// the fault of the instruction itself or explicitly. LLVM neither removes nor moves such an access,
// so it needs no pinning; read-modify-write operations are volatile besides, because one that
// changes nothing would otherwise become a fence, which cannot trap.

#include "compiler/lower/function/AtomicLowering.h"

namespace w2n::compiler {

using artifact::RuntimeServices;
using artifact::TrapKind;

namespace {
constexpr auto ordering = llvm::AtomicOrdering::SequentiallyConsistent;
} // namespace

llvm::Value *AtomicLowering::atomicAddress(const Instruction &instruction, llvm::Value *index,
                                           unsigned bits) {
  const uint64_t mask = bits / 8 - 1;
  if (mask != 0) {
    // Only the low bits of the sum matter, so it may wrap.
    llvm::Type *type = index->getType();
    llvm::Value *low =
        builder.CreateAdd(index, llvm::ConstantInt::get(type, instruction.memoryOffset & mask));
    llvm::Value *rest = builder.CreateAnd(low, llvm::ConstantInt::get(type, mask));
    trapIf(builder.CreateIsNotNull(rest), TrapKind::UnalignedAtomic);
  }
  return effectiveAddress(instruction, index, bits / 8);
}

llvm::Value *AtomicLowering::popAtomicOperand(unsigned bits) {
  return builder.CreateTrunc(pop(), builder.getIntNTy(bits));
}

void AtomicLowering::lowerAtomicLoad(const Instruction &instruction, wasm::ValueKind kind,
                                     unsigned bits) {
  llvm::Value *address = atomicAddress(instruction, pop(), bits);
  llvm::LoadInst *load =
      builder.CreateAlignedLoad(builder.getIntNTy(bits), address, llvm::Align(bits / 8));
  load->setAtomic(ordering);
  module.setAliasClass(load, AliasClass::Memory);
  push(builder.CreateZExt(load, typeOf(kind)));
}

void AtomicLowering::lowerAtomicStore(const Instruction &instruction, unsigned bits) {
  llvm::Value *value = popAtomicOperand(bits);
  llvm::Value *address = atomicAddress(instruction, pop(), bits);
  llvm::StoreInst *store = builder.CreateAlignedStore(value, address, llvm::Align(bits / 8));
  store->setAtomic(ordering);
  module.setAliasClass(store, AliasClass::Memory);
}

void AtomicLowering::lowerAtomicRmw(const Instruction &instruction,
                                    llvm::AtomicRMWInst::BinOp operation, unsigned bits) {
  llvm::Type *type = stack.back()->getType();
  llvm::Value *value = popAtomicOperand(bits);
  llvm::Value *address = atomicAddress(instruction, pop(), bits);
  llvm::AtomicRMWInst *access =
      builder.CreateAtomicRMW(operation, address, value, llvm::Align(bits / 8), ordering);
  access->setVolatile(true);
  module.setAliasClass(access, AliasClass::Memory);
  push(builder.CreateZExt(access, type));
}

void AtomicLowering::lowerAtomicCompareExchange(const Instruction &instruction, unsigned bits) {
  // Both are wrapped to the width of the access.
  llvm::Type *type = stack.back()->getType();
  llvm::Value *replacement = popAtomicOperand(bits);
  llvm::Value *expected = popAtomicOperand(bits);
  llvm::Value *address = atomicAddress(instruction, pop(), bits);
  llvm::AtomicCmpXchgInst *access = builder.CreateAtomicCmpXchg(
      address, expected, replacement, llvm::Align(bits / 8), ordering, ordering);
  access->setVolatile(true);
  module.setAliasClass(access, AliasClass::Memory);
  push(builder.CreateZExt(builder.CreateExtractValue(access, 0), type));
}

void AtomicLowering::lowerAtomicFence(const Instruction &) { builder.CreateFence(ordering); }

// The services check alignment and bounds: these are slow anyway.
llvm::Value *AtomicLowering::popServiceAddress(const Instruction &instruction) {
  // A sum of 2^64 or more is out of bounds, which a saturated one still is; but its alignment,
  // which is checked first, is that of the sum.
  llvm::Value *index = zeroExtend(pop());
  llvm::Value *offset = builder.getInt64(instruction.memoryOffset);
  llvm::Value *saturated = builder.CreateBinaryIntrinsic(llvm::Intrinsic::uadd_sat, index, offset);
  constexpr uint64_t alignmentBits = 7;
  llvm::Value *alignment = builder.CreateAnd(builder.CreateAdd(index, offset), alignmentBits);
  return builder.CreateOr(builder.CreateAnd(saturated, ~alignmentBits), alignment);
}

void AtomicLowering::lowerAtomicWait(const Instruction &instruction, unsigned bits) {
  llvm::Value *timeoutNs = pop();
  llvm::Value *expected = zeroExtend(pop());
  llvm::Value *address = popServiceAddress(instruction);
  uint64_t service = bits == 32 ? offsetof(RuntimeServices, memoryWait32)
                                : offsetof(RuntimeServices, memoryWait64);
  push(module.callService(builder, instanceContext, service, module.i32,
                          {builder.getInt32(instruction.index), address, expected, timeoutNs}));
}

void AtomicLowering::lowerAtomicNotify(const Instruction &instruction) {
  llvm::Value *count = pop();
  llvm::Value *address = popServiceAddress(instruction);
  push(module.callService(builder, instanceContext, offsetof(RuntimeServices, memoryNotify),
                          module.i32, {builder.getInt32(instruction.index), address, count}));
}

} // namespace w2n::compiler
