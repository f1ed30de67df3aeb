// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WebAssembly multiplies 64 by 64 bits to 64, so producers compute the other word from halves;
// clang calls compiler-rt's __multi3 for it. With x = 2^32 xh + xl and y likewise, and no sum that
// overflows:
//
//   p = xl * yl        t = (p >> 32) + xl * yh        u = (t mod 2^32) + xh * yl
//   low word = (u << 32) | (p mod 2^32)               high word = xh * yh + (t >> 32) + (u >> 32)
//
// because x * y = 2^64 xh*yh + 2^32 (xl*yh + xh*yl) + p. The high word may be part of a larger sum,
// in any order: addition modulo 2^64 does not mind.

#include "compiler/passes/arithmetic/WideProducts.h"

#include "compiler/passes/PassCounts.h"
#include "compiler/passes/Preserved.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/Local.h>

namespace w2n::compiler {

using namespace llvm;
using namespace llvm::PatternMatch;

namespace {

constexpr uint64_t lowHalf = 0xffffffff;

/// The names are those above. `inner` is the sum t, `outer` u.
struct Halves {
  Value *x, *y;
  Value *inner, *outer;
  Instruction *lowest; ///< p
};

auto lowOf(Value *value) { return m_And(m_Specific(value), m_SpecificInt(lowHalf)); }
auto highOf(Value *value) { return m_LShr(m_Specific(value), m_SpecificInt(32)); }

bool isCross(Value *product, Value *low, Value *high) {
  return match(product, m_c_Mul(lowOf(low), highOf(high)));
}

/// Whether `sum` is u of some product.
bool matchHalves(Value *sum, Halves &halves) {
  Value *innerCross, *outerCross, *lowest;
  if (!match(sum, m_c_Add(m_And(m_Value(halves.inner), m_SpecificInt(lowHalf)),
                          m_CombineAnd(m_Mul(m_Value(), m_Value()), m_Value(outerCross)))) ||
      !match(halves.inner,
             m_c_Add(m_LShr(m_Value(lowest), m_SpecificInt(32)),
                     m_CombineAnd(m_Mul(m_Value(), m_Value()), m_Value(innerCross)))) ||
      !match(lowest, m_Mul(m_And(m_Value(halves.x), m_SpecificInt(lowHalf)),
                           m_And(m_Value(halves.y), m_SpecificInt(lowHalf)))))
    return false;
  halves.outer = sum;
  halves.lowest = dyn_cast<Instruction>(lowest);
  const bool isProduct =
      halves.lowest &&
      ((isCross(innerCross, halves.x, halves.y) && isCross(outerCross, halves.y, halves.x)) ||
       (isCross(innerCross, halves.y, halves.x) && isCross(outerCross, halves.x, halves.y)));
  return isProduct || reject(PassWay::WideProductsOtherFactors);
}

/// The terms of the sum that `term` is part of, which are used nowhere else, and its last addition.
struct Sum {
  Instruction *root = nullptr;
  SmallVector<Value *, 8> terms;
};

Sum sumWith(Instruction *term) {
  Sum sum;
  for (Instruction *at = term;
       at->hasOneUse() && match(*at->user_begin(), m_Add(m_Value(), m_Value()));)
    sum.root = at = cast<Instruction>(*at->user_begin());
  if (!sum.root)
    return sum;
  SmallVector<Value *, 8> work{sum.root};
  while (!work.empty()) {
    Value *value = work.pop_back_val(), *lhs, *rhs;
    if (match(value, m_Add(m_Value(lhs), m_Value(rhs))) &&
        (value == sum.root || value->hasOneUse())) {
      work.push_back(lhs);
      work.push_back(rhs);
    } else {
      sum.terms.push_back(value);
    }
  }
  return sum;
}

class WideProducts {
public:
  explicit WideProducts(Function &function) : function(function) {}

  bool run() {
    SmallVector<WeakTrackingVH, 4> found;
    Halves halves;
    for (BasicBlock &block : function)
      for (Instruction &instruction : block)
        if (instruction.getType()->isIntegerTy(64) && matchHalves(&instruction, halves))
          found.push_back(&instruction);
    // Matched again, because an operand may be the word of a product that has been replaced.
    for (WeakTrackingVH &sum : found)
      if (sum && matchHalves(sum, halves))
        replace(halves);
    return changed;
  }

private:
  /// All 128 bits, computed where p is: both operands are there.
  Value *product(const Halves &halves) {
    IRBuilder<> builder(halves.lowest->getNextNode());
    Type *wide = builder.getInt128Ty();
    Value *y = builder.CreateZExt(halves.y, wide);
    return builder.CreateNUWMul(builder.CreateZExt(halves.x, wide), y);
  }

  void replace(const Halves &halves) {
    SmallVector<WeakVH, 4> users(halves.outer->users());
    for (WeakVH &user : users)
      if (Value *shift = user; shift && match(shift, m_Shl(m_Value(), m_SpecificInt(32))))
        replaceLow(halves, cast<Instruction>(shift));
      else if (shift && match(shift, m_LShr(m_Value(), m_SpecificInt(32))))
        replaceHigh(halves, cast<Instruction>(shift));
  }

  void replaceLow(const Halves &halves, Instruction *shifted) {
    auto rest = m_And(m_Specific(halves.lowest), m_SpecificInt(lowHalf));
    if (!shifted->hasOneUse() ||
        (!match(*shifted->user_begin(), m_c_Or(m_Specific(shifted), rest)) &&
         !match(*shifted->user_begin(), m_c_Add(m_Specific(shifted), rest))))
      return countWay(PassWay::WideProductsLowAlone);
    countWay(PassWay::WideProductsLow);
    auto *low = cast<Instruction>(*shifted->user_begin());
    IRBuilder<> builder(low);
    substitute(low, builder.CreateTrunc(product(halves), low->getType()));
  }

  void replaceHigh(const Halves &halves, Instruction *shifted) {
    Sum sum = sumWith(shifted);
    auto remove = [&](auto matches) {
      auto *at = find_if(sum.terms, matches);
      return at != sum.terms.end() && (sum.terms.erase(at), true);
    };
    if (!remove([&](Value *term) { return term == shifted; }) ||
        !remove([&](Value *term) { return match(term, highOf(halves.inner)); }) ||
        !remove(
            [&](Value *term) { return match(term, m_c_Mul(highOf(halves.x), highOf(halves.y))); }))
      return countWay(PassWay::WideProductsHighIncomplete);
    countWay(PassWay::WideProductsHigh);
    IRBuilder<> builder(sum.root);
    Value *high = builder.CreateTrunc(builder.CreateLShr(product(halves), 64), sum.root->getType());
    for (Value *term : sum.terms)
      high = builder.CreateAdd(high, term);
    substitute(sum.root, high);
  }

  void substitute(Instruction *from, Value *to) {
    from->replaceAllUsesWith(to);
    RecursivelyDeleteTriviallyDeadInstructions(from);
    changed = true;
  }

  Function &function;
  bool changed = false;
};

} // namespace

PreservedAnalyses WideProductsPass::run(Function &function, FunctionAnalysisManager &) {
  return preservingBlocks(WideProducts(function).run());
}

} // namespace w2n::compiler
