// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Checks that keep an access inside its memory, which depends on the memory's type.
//
//  - 32-bit addresses, pages of 64 KiB, guard pages: no code. The reservation holds every address.
//  - 64-bit addresses, pages of 64 KiB, guard pages: `index < size`. Past what a memory can grow to
//    there are artifact::memoryGuardBytes more that are never accessible, which take the constant
//    offset and the width of the access. So all fields of a structure share one comparison, of the
//    index itself, which the optimizer removes for all but the first, and which it can solve for a
//    loop's counter.
//  - otherwise: all of it is compared. Guard pages are not exact for memories that end inside a
//    page of the system.
//
// Each is one comparison. The size is loaded for each access; as nothing but growth stores to its
// alias class, the optimizer keeps it in a register across loops that call nothing; that of a
// memory whose maximum is its minimum, across calls as well.

#include "compiler/ir/SpeculationMasks.h"
#include "compiler/lower/function/MemoryLowering.h"

namespace w2n::compiler {

using artifact::TrapKind;

llvm::Type *MemoryLowering::memoryAddressType(uint32_t memory) {
  return wasm.memories[memory].type.limits.is64 ? module.i64 : module.i32;
}

bool MemoryLowering::hasGuards(uint32_t memory) const {
  return module.plan.options.boundsChecks == BoundsChecks::Guard &&
         wasm.memories[memory].type.hasGuardPages();
}

// The range lets the optimizer see that a counter compared with the size does not wrap around.
llvm::Value *MemoryLowering::boundedMemoryBytes(uint32_t memory) {
  const wasm::MemoryType &type = wasm.memories[memory].type;
  llvm::Value *bytes = type.limits.max == type.limits.min
                           ? module.loadInvariant(builder, module.i64, memoryRecord(memory),
                                                  offsetof(artifact::MemoryRecord, bytes))
                           : memoryBytes(memory);
  const uint64_t maxBytes = type.limits.is64 ? artifact::maxMemoryBytes : 1ull << 32;
  llvm::MDBuilder metadata(module.context);
  llvm::cast<llvm::LoadInst>(bytes)->setMetadata(
      llvm::LLVMContext::MD_range,
      metadata.createRange(llvm::APInt(64, 0), llvm::APInt(64, maxBytes + 1)));
  return bytes;
}

llvm::Value *MemoryLowering::isOutside(uint32_t memory, llvm::Value *index, uint64_t offset,
                                       unsigned bytes) {
  const wasm::MemoryType &type = wasm.memories[memory].type;
  if (hasGuards(memory) && offset <= artifact::memoryGuardBytes - bytes)
    return builder.CreateICmpUGE(index, boundedMemoryBytes(memory));
  if (!type.limits.is64) {
    // The sum cannot wrap: index and offset are below 2^32.
    llvm::Value *end =
        builder.CreateAdd(index, builder.getInt64(offset + bytes), "", /*NUW=*/true, /*NSW=*/true);
    return builder.CreateICmpUGT(end, boundedMemoryBytes(memory));
  }
  if (offset > artifact::maxMemoryBytes)
    return builder.getTrue();
  // index + last < size, with the sum on the side where it cannot wrap.
  llvm::Value *last = builder.getInt64(offset + (bytes - 1));
  llvm::Value *limit =
      builder.CreateBinaryIntrinsic(llvm::Intrinsic::usub_sat, boundedMemoryBytes(memory), last);
  return builder.CreateICmpUGE(index, limit);
}

llvm::Value *MemoryLowering::checkBounds(uint32_t memory, llvm::Value *index, uint64_t offset,
                                         unsigned bytes) {
  if (hasGuards(memory) && !wasm.memories[memory].type.limits.is64)
    return nullptr;
  trapIf(isOutside(memory, index, offset, bytes), TrapKind::MemoryOutOfBounds);
  if (module.plan.options.speculationMasks != SpeculationMasks::All ||
      llvm::isa<llvm::Constant>(index))
    return nullptr;
  return builder.CreateNot(isOutside(memory, hideValue(builder, index), offset, bytes));
}

} // namespace w2n::compiler
