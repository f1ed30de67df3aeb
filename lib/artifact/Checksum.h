// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The checksum of an artifact: damage anywhere in the file, in code too, is found before anything
// of it runs. It is no protection against somebody who wants to deceive: see docs/security.md.
#pragma once

#include "lib/artifact/Metadata.h"

namespace w2n::artifact {

/// XXH3 of `file` with the 8 bytes at `checksumOffset`, which hold the checksum, as zeros. They
/// must lie inside. 15 MB take a millisecond.
uint64_t checksumOf(std::span<const uint8_t> file, uint64_t checksumOffset);

/// The offset of the checksum of an artifact whose metadata begins at `metadataOffset` bytes.
inline uint64_t checksumOffset(uint64_t metadataOffset) {
  return metadataOffset + offsetof(MetadataHeader, checksum);
}

/// Compares the checksum of `file` with what `metadata`, which was read from it, says. Errors:
/// Malformed.
Status checkChecksum(std::span<const uint8_t> file, const Metadata &metadata);

/// XXH3 of `bytes`, continued from `seed`.
uint64_t hashBytes(std::span<const uint8_t> bytes, uint64_t seed = 0);

} // namespace w2n::artifact
