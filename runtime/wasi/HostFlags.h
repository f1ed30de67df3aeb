// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Descriptor flags, between WASI's bits and the host's.
#pragma once

#include <cstdint>

namespace w2n::wasi {

int hostFdFlags(uint32_t guestFlags);
uint32_t guestFdFlags(int hostFlags);

} // namespace w2n::wasi
