// The values of a script: arguments as slots, results against what is expected.
#pragma once

#include "runtime/core/Extern.h"

#define JSON_NOEXCEPTION 1
#include <nlohmann/json.hpp>

namespace w2n::spec {

using Json = nlohmann::json;

/// The slot of an argument. The host's reference number n is n + 1, so that null stays 0. Errors:
/// Unsupported, for a type that has no slot.
Result<runtime::Slot> parseArgument(const Json &value);

/// Whether `slot`, a value of `type`, is what `expected` describes.
bool matches(const Json &expected, wasm::ValueType type, runtime::Slot slot);

/// "f32 1065353216": type, and the bits as the scripts write them.
std::string describeValue(wasm::ValueType type, runtime::Slot slot);

} // namespace w2n::spec
