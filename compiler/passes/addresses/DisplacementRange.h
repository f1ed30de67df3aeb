// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The distance of an address from the base of its memory, whatever the values are that it is
// computed from.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Instructions.h>
#include <optional>

namespace w2n::compiler {

/// All integers from `low` to `high`, or any.
struct IntegerRange {
  using Integer = __int128;
  Integer low = 0, high = 0;
  bool isKnown = true;

  static IntegerRange any() { return {0, 0, false}; }
  static IntegerRange of(Integer low, Integer high) { return {low, high, true}; }
};

/// An address as a base and what is added to it.
struct Displacement {
  llvm::Value *base;
  IntegerRange range;
};

/// Finds ranges from the operations that make a value, and from nothing else: neither flags (nuw,
/// inbounds) nor assumptions, branches and traps count, so that no mistake of another pass about
/// those matters. Sums, differences and products are exact modulo 2^64, so only the last result has
/// to fit. Linear: each value is looked at once, to a limited depth.
class DisplacementRanges {
public:
  /// `address` may be a vector of addresses: the range is of all lanes.
  Displacement displacementOf(llvm::Value &address);
  IntegerRange rangeOf(llvm::Value &value) { return rangeOf(value, 0); }

private:
  Displacement displacementOf(llvm::Value &address, unsigned depth);
  Displacement displacementOf(llvm::GetElementPtrInst &address, unsigned depth);
  Displacement displacementOf(llvm::PHINode &phi, unsigned depth);
  Displacement displacementOfInteger(llvm::Value &value, unsigned depth);
  IntegerRange rangeOf(llvm::Value &value, unsigned depth);
  IntegerRange compute(llvm::Value &value, unsigned depth);
  IntegerRange computeOperation(llvm::BinaryOperator &operation, unsigned depth);

  llvm::DenseMap<llvm::Value *, IntegerRange> known;
  /// Without a base while it is being looked for.
  llvm::DenseMap<llvm::PHINode *, Displacement> phis;
};

} // namespace w2n::compiler
