// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Functions of the host that take values by the type with which a component imports them.
#pragma once

#include "runtime/component/HostInterfaces.h"
#include "runtime/component/ValueAccess.h"

namespace w2n::runtime {

/// Writes to `result`, whose kind is not read, if the function has one; what that refers to is in
/// `arena`, or lives long enough. Arguments are valid for the call.
using DynamicBody = std::function<Status(HostCall &call, std::span<const ComponentValue> arguments,
                                         ComponentValue *result, ValueArena &arena)>;

HostComponentFunction makeDynamicFunction(DynamicBody body);

} // namespace w2n::runtime
