// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Artifacts and modules as data that `inspect` prints.
#pragma once

#include "lib/support/Error.h"

#include <nlohmann/json.hpp>
#include <span>

namespace w2n::tool {

/// An object of scalars and of lists of flat objects, in the order of printing.
using Description = nlohmann::ordered_json;

/// Errors: those of artifact::Metadata::read.
Result<Description> describeArtifact(std::span<const uint8_t> bytes);
/// Errors: those of wasm::decodeModule; nothing is validated.
Result<Description> describeModule(std::span<const uint8_t> bytes);

} // namespace w2n::tool
