// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The table of WASI 0.2: every interface, with its functions.
#pragma once

#include "runtime/component/HostFunction.h"

namespace w2n::wasi::p2 {

/// The version of all packages. Components that import an older 0.2.x are served as well.
inline constexpr std::string_view version = "@0.2.12";

std::span<const runtime::HostInterfaceRow> allInterfaces();
std::span<const runtime::ResourceType *const> resourceTypes();
/// Null if there is none.
const runtime::HostFunctionRow *findFunction(std::string_view interface, std::string_view name);

} // namespace w2n::wasi::p2
