// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#pragma once

#include "lib/artifact/Abi.h"

namespace w2n::runtime {

/// The services that every context points to.
extern const artifact::RuntimeServices runtimeServices;

} // namespace w2n::runtime
