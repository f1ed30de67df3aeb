// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The options of a canonical definition, and the core types of lifted and lowered functions
// (CanonicalABI.md, "Flattening").
#pragma once

#include "lib/component/Types.h"

namespace w2n::component {

struct CanonOptions {
  CanonOption encoding = CanonOption::Utf8;
  std::optional<uint32_t> memory, realloc, postReturn, callback; ///< indices in the component
  bool isAsync = false;
};

/// Errors: Invalid, if options conflict or are repeated; Unsupported.
Result<CanonOptions> readOptions(const CanonDefinition &canon);

/// The core values that parameters and result are flattened to, cut off after maxFlat + 1.
FlatTypes flatParams(const Types &types, const TypeBody &func);
FlatTypes flatResult(const Types &types, const TypeBody &func);

/// The type that a core function has which is lifted to `func`, and the type of the core function
/// that results from lowering it.
wasm::FunctionType liftedType(const Types &types, const TypeBody &func,
                              const CanonOptions &options);
wasm::FunctionType loweredType(const Types &types, const TypeBody &func,
                               const CanonOptions &options);

} // namespace w2n::component
