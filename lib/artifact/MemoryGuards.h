// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The addresses around memories that are reserved and never accessible. The runtime reserves them,
// and compiled code leaves to them what it does not compare: each size is written here alone.
#pragma once

#include "lib/artifact/Abi.h"

namespace w2n::artifact {

/// Every memory of code that relies on guard pages has so many before its base, and so many after
/// the last address that an index and a constant offset of 32 bits can name (addressableBytes32)
/// or, with 64-bit addresses, after all that the memory can grow to. Every access of compiled code
/// must lie between. Nothing else is mapped there but, in a pool, the guards and memories of
/// neighbors, which share what lies between them. Memories of code with explicit checks may have
/// less where addresses are scarce: wrapGuardBytes before and memoryGuardBytes after.
inline constexpr uint64_t guardBeforeBytes = uint64_t(2) << 30;
inline constexpr uint64_t guardAfterBytes = uint64_t(2) << 30;
inline constexpr uint64_t addressableBytes32 = uint64_t(8) << 30;

/// The address that compiled code reads when one of its own comparisons shows that an access would
/// not lie between: never accessible, and not where a guest may fault, so that the process ends.
inline constexpr uint64_t violationAddress = 4096;

static_assert(wrapGuardBytes <= guardBeforeBytes && memoryGuardBytes <= guardAfterBytes);

} // namespace w2n::artifact
