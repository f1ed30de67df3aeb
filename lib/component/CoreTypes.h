// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The types of core modules and instances, and how they match (Explainer.md, "Instance
// Definitions"; core specification, section 3.3).
#pragma once

#include "lib/component/Types.h"

namespace w2n::component {

/// The type of an embedded module, which is valid. Errors: Invalid.
Result<CoreModuleType> typeOfModule(Types &types, const wasm::Module &module, uint64_t offset);

/// Whether what has type `found` can be given where `expected` is wanted.
Status matchCore(const Types &types, const CoreExtern &found, const CoreExtern &expected,
                 uint64_t offset);
/// The same for modules: with fewer imports, and more exports.
Status matchCoreModule(const Types &types, CoreModuleId found, CoreModuleId expected,
                       uint64_t offset);

/// Refuses two imports of one pair of names.
class CoreImportNames {
public:
  Status add(std::string_view module, std::string_view name, uint64_t offset);

private:
  std::unordered_map<std::string, bool> names;
};

} // namespace w2n::component
