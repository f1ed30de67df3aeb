// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The functions that a recorded instance imports from the host.
#pragma once

#include "runtime/core/Instance.h"

#include <memory>

namespace w2n::record {

struct Import {
  std::string name; ///< "module.name"
  std::shared_ptr<runtime::Function> function;
  /// For each slot, the bits that are numbers: references are addresses, and the high half of a
  /// narrow value is undefined.
  std::vector<uint64_t> params, results;
  size_t slots; ///< the greater of both
};

/// By the index of the function.
class Imports {
public:
  /// Errors: Unsupported (it returns references).
  Result<const Import *> add(const runtime::Instance &instance, uint32_t index,
                             const std::shared_ptr<runtime::Function> &function);
  /// Null if there is none.
  const Import *find(uint32_t index) const {
    return index < imports.size() ? imports[index].get() : nullptr;
  }

private:
  std::vector<std::unique_ptr<Import>> imports;
};

/// The names of the import that is function `index`.
struct NameOfImport {
  std::string module, name;
};
NameOfImport nameOfImport(const runtime::Instance &instance, uint32_t index);
/// "module.name" of the import that is function `index`.
std::string importName(const runtime::Instance &instance, uint32_t index);

std::vector<uint64_t> masksOf(const std::vector<wasm::ValueType> &types);
bool hasReferences(const std::vector<wasm::ValueType> &types);

/// `slots` where `masks` have bits.
void copyMasked(std::span<const runtime::Slot> slots, std::span<const uint64_t> masks,
                std::vector<uint64_t> &to);
uint32_t hashOf(std::span<const uint64_t> slots);

} // namespace w2n::record
