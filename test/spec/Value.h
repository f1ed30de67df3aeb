// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The values of a script: arguments as slots, results against what is expected. A value has as many
// slots as its type takes.
#pragma once

#include "runtime/core/Extern.h"

#define JSON_NOEXCEPTION 1
#include <nlohmann/json.hpp>

namespace w2n::spec {

using Json = nlohmann::json;

using Slots = std::span<const runtime::Slot>;

/// Appends an argument to `slots`. The host's reference number n is n + 1, so that null stays 0.
/// Errors: Unsupported, for a type that has no slot.
Status parseArgument(const Json &value, std::vector<runtime::Slot> &slots);

/// Whether `slots`, a value of `type`, is what `expected` describes.
bool matches(const Json &expected, wasm::ValueType type, Slots slots);

/// "f32 1065353216": type, and the bits as the scripts write them; of a vector as i64x2.
std::string describeValue(wasm::ValueType type, Slots slots);

} // namespace w2n::spec
