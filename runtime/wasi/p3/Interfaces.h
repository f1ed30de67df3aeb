// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The functions and resources of WASI 0.3. Their state is that of 0.2 (p2::State), which a
// component may use beside it: one quota, one set of rights, one trace.
#pragma once

#include "runtime/component/HostFunction.h"

namespace w2n::wasi::p3 {

inline constexpr std::string_view version = "@0.3.0";

std::span<const runtime::HostInterfaceRow> allInterfaces();
std::span<const runtime::ResourceType *const> resourceTypes();

} // namespace w2n::wasi::p3
