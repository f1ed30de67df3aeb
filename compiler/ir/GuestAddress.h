// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Accesses to guest memory in LLVM IR: `base + zext(index) + offset`, as GEPs over bytes.
#pragma once

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Instructions.h>
#include <optional>

namespace w2n::compiler {

/// Marks `base`, the load of the base of a memory of 32-bit addresses that relies on guard pages;
/// with `hasWrapGuard`, of one whose last artifact::wrapGuardBytes are never accessible. The mark
/// is a type of TBAA, because passes that merge loads keep no metadata that LLVM does not know.
/// Once for a load.
void markMemoryBase(llvm::LoadInst &base, bool hasWrapGuard);
/// Whether `value` is a load that was marked so.
bool isMemoryBase(const llvm::Value &value);
bool hasWrapGuard(const llvm::Value &value);

/// A load, store or atomic operation at `base + index + offset`.
struct GuestAccess {
  llvm::Instruction *instruction;
  llvm::User *indexed; ///< what adds the index to the base
  int64_t offset;      ///< at least 0
};

/// `value` if it makes 64 bits of a 32-bit index; null if it is something else.
llvm::ZExtInst *asExtendedIndex(llvm::Value &value);
/// The accesses for which `index`, 64 bits wide, is added to the base of a marked memory. What else
/// is done with the same address is not among them.
llvm::SmallVector<GuestAccess, 4> guestAccessesOf(const llvm::Value &index);
/// The base of a marked memory (the load of it) to which `address` adds its index, and the constant
/// that it adds besides; none if it does not.
std::optional<std::pair<llvm::Value *, int64_t>> markedBase(const llvm::GetElementPtrInst &address);
/// Whether nothing but such accesses uses the address `indexed`.
bool hasOnlyGuestAccesses(const llvm::User &indexed);

} // namespace w2n::compiler
