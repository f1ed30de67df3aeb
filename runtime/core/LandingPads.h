// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The language-specific data area of a function (.gcc_except_table), which says where what is
// thrown in a call continues: the call-site table of the Itanium C++ ABI ("Exception Handling
// Tables"). Compiled wasm catches everything at each landing pad and tells tags apart in code, so
// that of the rest of it nothing is needed.
#pragma once

#include <cstdint>
#include <span>

namespace w2n::runtime {

/// The landing pad, as a distance from the function's start, for a call at `distance`; 0 if there
/// is none. `table` may reach past its end; its bytes are not trusted.
uint64_t findLandingPad(std::span<const uint8_t> table, uint64_t distance);

} // namespace w2n::runtime
