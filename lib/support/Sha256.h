// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// SHA-256, by which others name contents: images of containers. Names of our own are by Hash.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace w2n {

/// In hexadecimal digits, lower case. Where hashIsAvailable (Hash.h) says no, it is empty.
std::string sha256Of(std::span<const uint8_t> bytes);

} // namespace w2n
