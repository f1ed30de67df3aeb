// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Strings between UTF-8, which the host has, and the encodings of guests (CanonicalABI.md,
// "Loading", "Storing").
#pragma once

#include "lib/component/Component.h"
#include "runtime/component/ValueArena.h"

namespace w2n::runtime {

/// In a guest's encoding: the bytes and what the guest counts as their length.
struct GuestString {
  std::string bytes;
  uint32_t length = 0;
  uint32_t alignment = 1;
};

/// `text` must be UTF-8. Errors: Invalid (it is not), Limit.
Result<GuestString> encodeString(component::CanonOption encoding, std::string_view text);

/// The string at `address` of `memory`; in place if it is UTF-8, else in `arena`. Errors: Trap,
/// Limit.
Result<std::string_view> decodeString(component::CanonOption encoding, std::span<uint8_t> memory,
                                      uint32_t address, uint32_t length, ValueArena &arena);

} // namespace w2n::runtime
