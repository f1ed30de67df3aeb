// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Values of components as the suite's scripts write them.
#pragma once

#include "runtime/component/ValueAccess.h"

#include <nlohmann/json.hpp>

namespace w2n::component {

using Json = nlohmann::json;
using Value = runtime::ComponentValue;

/// A value whose parts are in `arena` or in `value`. Errors: Unsupported, Limit.
Result<Value> fromJson(const Types &types, ValueType type, const Json &value,
                       runtime::ValueArena &arena);
Json toJson(const Types &types, ValueType type, const Value &value);

} // namespace w2n::component
