// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Numbers for the values of blocks, equal for equal values, also of different functions.
#pragma once

#include <llvm/ADT/APInt.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Instructions.h>
#include <map>
#include <optional>
#include <vector>

namespace w2n::compiler {

using ValueNumber = uint64_t;

/// Parameters of the same index have the same number, constants have one each, and what is computed
/// in the same way from the same numbers has the same. Sums of integers and addresses, which are
/// integers of 64 bits here, are compared as polynomials of degree one, so that it does not matter
/// in what order they are made.
class ValueNumbers {
public:
  /// Forgets which values the last function had, but not their numbers.
  void begin(llvm::Function &function);
  /// The number of an instruction without effects, all operands of which have been numbered; none
  /// if it is of a kind that is not known here.
  std::optional<ValueNumber> number(llvm::Instruction &instruction);
  /// The number of a call; those at different times differ.
  std::optional<ValueNumber> numberAccess(llvm::CallInst &call, uint64_t time);

private:
  using Key = std::vector<uint64_t>;
  /// A constant, and what else is added how many times.
  struct Sum {
    llvm::APInt constant;
    std::map<ValueNumber, llvm::APInt> terms;
  };

  ValueNumber numberOf(const llvm::Value &value);
  ValueNumber find(const Key &key);
  std::optional<Sum> sumOf(llvm::Instruction &instruction);
  std::optional<Sum> sumOfAddress(llvm::Instruction &instruction);
  Sum combine(llvm::Value &left, llvm::Value &right, bool isNegative);
  Sum sumOfOperand(llvm::Value &value);
  ValueNumber remember(llvm::Instruction &instruction, const Key &key);
  ValueNumber numberSum(llvm::Instruction &instruction, Sum sum);

  std::map<Key, ValueNumber> numbers;
  llvm::DenseMap<const llvm::Value *, ValueNumber> known; ///< of this function
  llvm::DenseMap<const llvm::Value *, Sum> sums;          ///< of this function
};

} // namespace w2n::compiler
