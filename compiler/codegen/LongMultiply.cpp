// With a = a1 * 2^32 + a0, and b likewise, there are two ways to carry:
//
//   middle = (a0 * b0 >> 32) + p                            p and q are a0 * b1 and a1 * b0,
//   cross  = (middle & M) + q                               in any order, M is 2^32 - 1
//   upper  = a1 * b1 + (middle >> 32) + (cross >> 32)
//
//   cross  = (a0 * b0 >> 32) + (p & M) + q
//   upper  = a1 * b1 + (p >> 32) + (cross >> 32)
//
// and in both (cross << 32) + (a0 * b0 & M) is the lower half. No sum wraps around: the largest,
// the second cross, is at most (M * M >> 32) + M + M * M = 2^64 - 1. `upper` is often part of a
// longer sum.

#include "compiler/codegen/LongMultiply.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/PatternMatch.h>

namespace w2n::compiler {

using namespace llvm;
using namespace llvm::PatternMatch;

namespace {

constexpr uint64_t lowMask = 0xFFFFFFFF;
/// Longer sums are left alone.
constexpr size_t mostTerms = 12;

using Terms = SmallVector<Value *, 4>;

/// The terms of the sum `value`; of sums in it those that nothing else uses.
void addTerms(Value *value, Terms &terms, bool isWhole = true) {
  Value *left, *right;
  if (terms.size() < mostTerms && match(value, m_Add(m_Value(left), m_Value(right))) &&
      (isWhole || value->hasOneUse())) {
    addTerms(left, terms, false);
    addTerms(right, terms, false);
  } else {
    terms.push_back(value);
  }
}

Terms termsOf(Value *value) {
  Terms terms;
  addTerms(value, terms);
  return terms;
}

/// Takes `term` out of `terms`, or says that it is not there.
bool take(Terms &terms, const Value *term) {
  auto *found = find(terms, term);
  if (found == terms.end())
    return false;
  terms.erase(found);
  return true;
}

Value *lowHalfOf(Value *value) {
  Value *whole;
  if (match(value, m_And(m_Value(whole), m_SpecificInt(lowMask))) ||
      (match(value, m_ZExt(m_Trunc(m_Value(whole)))) &&
       cast<ZExtInst>(value)->getSrcTy()->isIntegerTy(32)))
    return whole;
  return nullptr;
}

Value *highHalfOf(Value *value) {
  Value *whole;
  return match(value, m_LShr(m_Value(whole), m_SpecificInt(32))) ? whole : nullptr;
}

class LongProduct {
public:
  /// Finds one whose upper half is among the terms of `sum`, and takes that out of `terms`.
  bool find(Terms &terms) {
    for (Value *term : terms)
      if (Value *sum = highHalfOf(term)) {
        Terms rest(terms);
        take(rest, term);
        if ((matchTwoSteps(sum, rest) || matchOneStep(sum, rest)) && takeUpperProduct(rest)) {
          cross = sum;
          terms = rest;
          return true;
        }
      }
    return false;
  }

  /// Emits the product, replaces the lower half, and returns the upper.
  Value *replace() {
    IRBuilder<> builder(lowProduct);
    Type *i128 = builder.getInt128Ty();
    Value *product = builder.CreateMul(builder.CreateZExt(a, i128), builder.CreateZExt(b, i128), "",
                                       /*NUW=*/true);
    Value *upper = builder.CreateTrunc(builder.CreateLShr(product, 64), builder.getInt64Ty());
    Value *lower = builder.CreateTrunc(product, builder.getInt64Ty());
    for (User *shifted : cross->users())
      if (match(shifted, m_Shl(m_Specific(cross), m_SpecificInt(32))))
        for (User *user : shifted->users()) {
          Value *low;
          if (match(user, m_CombineOr(m_c_Or(m_Specific(shifted), m_Value(low)),
                                      m_c_Add(m_Specific(shifted), m_Value(low)))) &&
              lowHalfOf(low) == lowProduct)
            user->replaceAllUsesWith(lower);
        }
    return upper;
  }

private:
  bool matchTwoSteps(Value *sum, Terms &upperTerms) {
    Terms terms = termsOf(sum);
    if (terms.size() != 2)
      return false;
    for (unsigned i = 0; i < 2; ++i)
      if (Value *middle = lowHalfOf(terms[i])) {
        Terms inner = termsOf(middle);
        Terms rest(upperTerms);
        if (inner.size() == 2 &&
            (matchLow(inner[0], inner[1], terms[1 - i]) ||
             matchLow(inner[1], inner[0], terms[1 - i])) &&
            takeHighHalf(rest, middle)) {
          upperTerms = rest;
          return true;
        }
      }
    return false;
  }

  bool matchOneStep(Value *sum, Terms &upperTerms) {
    Terms terms = termsOf(sum);
    if (terms.size() != 3)
      return false;
    for (unsigned i = 0; i < 3; ++i)
      for (unsigned j = 0; j < 3; ++j)
        if (Value *p = i != j ? lowHalfOf(terms[j]) : nullptr) {
          Terms rest(upperTerms);
          if (matchLow(terms[i], p, terms[3 - i - j]) && takeHighHalf(rest, p)) {
            upperTerms = rest;
            return true;
          }
        }
    return false;
  }

  /// `carried` is a0 * b0 >> 32, and `p` and `q` are the products of the other halves.
  bool matchLow(Value *carried, Value *p, Value *q) {
    Value *product = highHalfOf(carried);
    Value *left, *right, *p0, *p1, *q0, *q1;
    if (!product || !match(product, m_Mul(m_Value(left), m_Value(right))) ||
        !match(p, m_Mul(m_Value(p0), m_Value(p1))) || !match(q, m_Mul(m_Value(q0), m_Value(q1))))
      return false;
    a = lowHalfOf(left);
    b = lowHalfOf(right);
    lowProduct = dyn_cast<Instruction>(product);
    if (!a || !b || !lowProduct)
      return false;
    return (isCross(p0, p1, a, b) && isCross(q0, q1, b, a)) ||
           (isCross(p0, p1, b, a) && isCross(q0, q1, a, b));
  }

  static bool isCross(Value *left, Value *right, const Value *low, const Value *high) {
    return (lowHalfOf(left) == low && highHalfOf(right) == high) ||
           (lowHalfOf(right) == low && highHalfOf(left) == high);
  }

  static bool takeHighHalf(Terms &terms, const Value *whole) {
    for (Value *term : terms)
      if (highHalfOf(term) == whole)
        return take(terms, term);
    return false;
  }

  bool takeUpperProduct(Terms &terms) const {
    for (Value *term : terms) {
      Value *left, *right;
      if (!match(term, m_Mul(m_Value(left), m_Value(right))))
        continue;
      const Value *x = highHalfOf(left), *y = highHalfOf(right);
      if ((x == a && y == b) || (x == b && y == a))
        return take(terms, term);
    }
    return false;
  }

  Value *a = nullptr, *b = nullptr;
  Instruction *lowProduct = nullptr;
  Value *cross = nullptr;
};

/// Whether `instruction` is a sum that is not a part of another.
bool isWholeSum(const Instruction &instruction) {
  return instruction.getOpcode() == Instruction::Add && instruction.getType()->isIntegerTy(64) &&
         !(instruction.hasOneUse() && match(instruction.user_back(), m_Add(m_Value(), m_Value())));
}

bool replaceLongProduct(Instruction &sum) {
  Terms terms = termsOf(&sum);
  LongProduct product;
  if (terms.size() < 3 || !product.find(terms))
    return false;
  Value *replacement = product.replace();
  IRBuilder<> builder(&sum);
  for (Value *term : terms)
    replacement = builder.CreateAdd(replacement, term);
  sum.replaceAllUsesWith(replacement);
  return true;
}

} // namespace

PreservedAnalyses LongMultiplyPass::run(Function &function, FunctionAnalysisManager &) {
  bool changed = false;
  for (Instruction &instruction : make_early_inc_range(instructions(function)))
    if (isWholeSum(instruction))
      changed |= replaceLongProduct(instruction);
  return changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace w2n::compiler
