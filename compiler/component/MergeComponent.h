// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A component as one module.
#pragma once

#include "lib/component/World.h"
#include "lib/wasm/Features.h"

namespace w2n::compiler {

struct MergedComponent {
  /// Imports and exports functions as `world` says. It also imports from "wasm2native:component":
  /// "trap", a function (reason, number) that traps with a component::CanonTrap, and "drop", a
  /// function (WorldResource::handleType - 1, representation), if the host has resources.
  std::vector<uint8_t> wasm;
  component::World world;
};

/// Decodes and validates a component and merges its modules. `bytes` must outlive the result.
/// Errors: those of decoding and validating; Unsupported, Limit. Threads: any.
Result<MergedComponent> mergeComponent(component::Bytes bytes);

/// The features of WebAssembly that merging uses whatever the component's own modules do.
wasm::FeatureSet featuresOfMerging();

} // namespace w2n::compiler
