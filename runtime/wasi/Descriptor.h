// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The descriptors of the host that WASI calls use.
#pragma once

#include "lib/support/Descriptor.h"

namespace w2n::wasi {

using w2n::Descriptor;

} // namespace w2n::wasi
