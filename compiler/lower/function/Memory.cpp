// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Loads, stores and the other memory instructions.
//
// With guard pages an access to a memory of 32-bit addresses is `base + zext(index) + offset`,
// which lies inside the 8 GiB reservation whatever the index is, so the hardware checks the bounds.
// Three things keep such accesses exact and yet ordinary for the optimizer:
//  - a load whose value nobody uses is volatile from the start;
//  - every other load is named by an assumption, which the optimizer neither counts nor moves, so
//    that it cannot become dead;
//  - just before code generation, passes/traps/PinLoads.cpp drops the assumptions and makes those
//    loads volatile that the code generator could delete, narrow or sink.
// With --strict-trap-state a compiler fence, which is no instruction, stands before every access,
// so that all effects before it are in memory when it traps.

#include "compiler/ir/GuestAddress.h"
#include "compiler/ir/SpeculationMasks.h"
#include "compiler/lower/function/MemoryLowering.h"
#include "compiler/plan/Slice.h"

#include <llvm/IR/IntrinsicInst.h>

namespace w2n::compiler {

using artifact::MemorySlot;
using artifact::RuntimeServices;
using artifact::TrapKind;

llvm::Value *MemoryLowering::memoryBase(uint32_t memory) {
  llvm::Value *base =
      entryLoad(module.pointer, module.plan.layout.memorySlots() + sizeof(MemorySlot) * memory +
                                    offsetof(MemorySlot, base));
  const wasm::MemoryType &type = wasm.memories[memory].type;
  const bool isGuarded = module.plan.options.boundsChecks == BoundsChecks::Guard &&
                         type.hasGuardPages() && !type.limits.is64;
  if (isGuarded)
    markMemoryBase(*llvm::cast<llvm::LoadInst>(base), memory < wasm.importedMemories
                                                          ? type.importNeverHasLastPage()
                                                          : type.neverHasLastPage());
  return base;
}

llvm::Value *MemoryLowering::memoryRecord(uint32_t memory) {
  return entryLoad(module.pointer, module.plan.layout.memorySlots() + sizeof(MemorySlot) * memory +
                                       offsetof(MemorySlot, memory));
}

llvm::LoadInst *MemoryLowering::memoryBytes(uint32_t memory) {
  return module.loadMemoryBytes(builder, memory, memoryRecord(memory));
}

llvm::Value *MemoryLowering::effectiveAddress(const Instruction &instruction, llvm::Value *index,
                                              unsigned bytes) {
  llvm::Value *wide = zeroExtend(index);
  uint64_t offset = instruction.memoryOffset;
  llvm::Value *again = checkBounds(instruction.index, wide, offset, bytes);
  if (module.plan.options.ordersTraps())
    builder.CreateFence(llvm::AtomicOrdering::SequentiallyConsistent,
                        llvm::SyncScope::SingleThread);
  llvm::Value *base = memoryBase(instruction.index);
  if (again) {
    llvm::Value *place = builder.CreateAdd(wide, builder.getInt64(offset));
    return builder.CreateInBoundsGEP(module.i8, base,
                                     selectInside(builder, again, place, builder.getInt64(0)));
  }
  llvm::Value *address = builder.CreateInBoundsGEP(module.i8, base, wide);
  return module.at(builder, address, offset);
}

void MemoryLowering::keepTrapping(llvm::LoadInst *load) {
  if (module.plan.options.boundsChecks == BoundsChecks::Explicit)
    return;
  // No pass has looked for identities, so that the code generator may be the first to see that a
  // value does not matter (RISC-V's does, having no fast instruction selector).
  if (module.plan.options.level == OptimizationLevel::O0)
    return load->setVolatile(true);
  keepAlive(builder, *load);
}

llvm::LoadInst *MemoryLowering::loadGuest(const Instruction &instruction, llvm::Value *index,
                                          llvm::Type *type) {
  unsigned bytes = unsigned(type->getPrimitiveSizeInBits() / 8);
  llvm::Value *address = effectiveAddress(instruction, index, bytes);
  llvm::LoadInst *load = builder.CreateAlignedLoad(type, address, llvm::Align(1));
  module.setAliasClass(load, AliasClass::Memory);
  keepTrapping(load);
  return load;
}

void MemoryLowering::lowerLoad(const Instruction &instruction, wasm::ValueKind kind, unsigned bits,
                               bool isSigned) {
  llvm::Type *type = typeOf(kind);
  llvm::Type *accessType = type->getPrimitiveSizeInBits() == bits ? type : builder.getIntNTy(bits);
  llvm::Value *address = effectiveAddress(instruction, pop(), bits / 8);
  llvm::LoadInst *load = builder.CreateAlignedLoad(accessType, address, llvm::Align(1));
  module.setAliasClass(load, AliasClass::Memory);
  keepTrapping(load);
  llvm::Value *value = load;
  if (accessType != type)
    value = isSigned ? builder.CreateSExt(load, type) : builder.CreateZExt(load, type);
  push(value);
}

void MemoryLowering::lowerStore(const Instruction &instruction, unsigned bits) {
  llvm::Value *value = pop();
  llvm::Value *index = pop();
  llvm::Value *address = effectiveAddress(instruction, index, bits / 8);
  if (value->getType()->getPrimitiveSizeInBits() != bits)
    value = builder.CreateTrunc(value, builder.getIntNTy(bits));
  llvm::StoreInst *store = builder.CreateAlignedStore(value, address, llvm::Align(1));
  // Volatile ones are not merged. Bytes cannot tear, and wider ones may.
  if (module.slice.traits().unalignedMayTear && module.plan.hasSharedMemory &&
      (bits == 16 || bits == 32))
    store->setVolatile(true);
  module.setAliasClass(store, AliasClass::Memory);
}

void MemoryLowering::lowerMemorySize(const Instruction &instruction) {
  unsigned pageSizeLog2 = wasm.memories[instruction.index].type.pageSizeLog2;
  llvm::LoadInst *bytes = memoryBytes(instruction.index);
  // Reading the size of a shared memory is sequentially consistent (threads proposal).
  if (bytes->isAtomic())
    bytes->setOrdering(llvm::AtomicOrdering::SequentiallyConsistent);
  llvm::Value *pages = builder.CreateLShr(bytes, pageSizeLog2);
  push(builder.CreateTrunc(pages, memoryAddressType(instruction.index)));
}

void MemoryLowering::lowerMemoryGrow(const Instruction &instruction) {
  llvm::Value *delta = zeroExtend(pop());
  llvm::Value *old =
      module.callService(builder, instanceContext, offsetof(RuntimeServices, memoryGrow),
                         module.i64, {builder.getInt32(instruction.index), delta});
  push(builder.CreateTrunc(old, memoryAddressType(instruction.index)));
}

void MemoryLowering::lowerMemoryInit(const Instruction &instruction) {
  callSegmentService(instruction, offsetof(RuntimeServices, memoryInit));
}

void MemoryLowering::lowerDataDrop(const Instruction &instruction) {
  module.callService(builder, instanceContext, offsetof(RuntimeServices, dataDrop), module.voidType,
                     {builder.getInt32(instruction.index)});
}

} // namespace w2n::compiler
