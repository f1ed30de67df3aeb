// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/artifact/Checksum.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace w2n::artifact {

uint64_t checksumOf(std::span<const uint8_t> file, uint64_t checksumOffset) {
  constexpr uint64_t none = 0;
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, file.data(), checksumOffset);
  XXH3_64bits_update(&state, &none, sizeof(none));
  const auto rest = file.subspan(checksumOffset + sizeof(none));
  XXH3_64bits_update(&state, rest.data(), rest.size());
  return XXH3_64bits_digest(&state);
}

Status checkChecksum(std::span<const uint8_t> file, const Metadata &metadata) {
  const uint64_t offset = checksumOffset(metadata.fileOffset());
  if (checksumOf(file, offset) != metadata.header().checksum)
    return fail(ErrorKind::Malformed, "the file is damaged: its checksum is another", offset);
  return {};
}

uint64_t hashBytes(std::span<const uint8_t> bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

} // namespace w2n::artifact
