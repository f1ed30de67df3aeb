// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Strings of guests, in their encodings, and the host's, which are UTF-8 (CanonicalABI.md, "String
// Encoding").
#pragma once

#include "runtime/component/HostCall.h"

#include <span>
#include <string>
#include <string_view>

namespace w2n::runtime {

/// Whether `text` is UTF-8: no surrogates, nothing longer than needed.
bool isUtf8(std::string_view text);
/// `text` with U+FFFD in place of each byte that is not part of a character.
std::string toUtf8(std::string_view text);

/// A string that a guest has: where its bytes are, and whether they are units of UTF-16.
struct GuestString {
  std::span<const uint8_t> bytes;
  component::CanonOption encoding; ///< Utf8, Utf16, or Latin1Utf16 for Latin-1
};
/// Checks that the string at `address` is in `memory`; `length` is as the guest gives it. Errors:
/// Trap.
Result<GuestString> findString(std::span<const uint8_t> memory, component::CanonOption encoding,
                               uint32_t address, uint32_t length);
/// The same string as UTF-8. Errors: Trap, if it is not in its encoding.
Result<std::string> decodeString(const GuestString &string);

/// A string as the guest is to get it: `text`, which is UTF-8, or `converted`.
struct EncodedString {
  std::string converted;
  std::span<const uint8_t> bytes;
  uint32_t alignment;
  uint32_t length; ///< as the guest is given it
};
/// Errors: Trap (too long).
Status encodeString(std::string_view text, component::CanonOption encoding, EncodedString &out);

} // namespace w2n::runtime
