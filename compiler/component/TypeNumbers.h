// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Numbers for value types: two types have the same number exactly if they are the same type at run
// time, whatever component instances name them, so that the runtime compares numbers.
#pragma once

#include "compiler/component/Evaluate.h"

#include <map>

namespace w2n::compiler {

class TypeNumbers {
public:
  TypeNumbers(const FlatProgram &program, const component::Types &types)
      : program(program), types(types) {}
  /// `instance` is the component instance whose resources the type names. 0 is no type.
  uint32_t of(uint32_t instance, const std::optional<component::ValueType> &type);

private:
  uint32_t numberOf(std::string structure);
  std::string structureOf(uint32_t instance, const component::TypeBody &body);

  const FlatProgram &program;
  const component::Types &types;
  std::map<std::string, uint32_t> numbers;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> known;
};

} // namespace w2n::compiler
