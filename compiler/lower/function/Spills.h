// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Operands that are in memory instead of in values of LLVM's.
//
// A call or a branch takes two bytes and may pass a thousand values; as values, each would be an
// instruction or an operand of a phi. Where so many are passed, they are kept in an area of the
// frame, one after the other, and passed by copying. Each operand has one place there: its slots
// follow those of all operands below it, whether these are in memory or not, so that it never has
// to make room.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Instructions.h>
#include <vector>

namespace w2n::compiler {

/// Labels and calls that pass as many values do so in memory; others, as nearly all, in registers
/// and phis.
inline constexpr size_t fewestSpilled = 32;

/// Slots of 64 bits that a value takes.
inline unsigned slotsOf(const llvm::Type *type) { return type->isVectorTy() ? 2 : 1; }

/// The operand stack's names for values in memory: instructions of no block.
class Spills {
public:
  Spills() = default;
  ~Spills() {
    for (auto &[place, name] : names)
      name->deleteValue();
  }
  Spills(const Spills &) = delete;
  Spills &operator=(const Spills &) = delete;

  /// The value of `type` at `slot`.
  llvm::Value *at(llvm::Type *type, unsigned slot);
  /// Whether `operand` is such a name.
  static bool isSpilled(const llvm::Value *operand) {
    auto *load = llvm::dyn_cast<llvm::LoadInst>(operand);
    return load && !load->getParent();
  }
  unsigned slotOf(const llvm::Value *operand) const { return slots.lookup(operand); }
  /// The slots of all names that there are.
  unsigned slotCount() const { return count; }

private:
  llvm::DenseMap<std::pair<llvm::Type *, unsigned>, llvm::LoadInst *> names;
  llvm::DenseMap<const llvm::Value *, unsigned> slots;
  unsigned count = 0;
};

} // namespace w2n::compiler
