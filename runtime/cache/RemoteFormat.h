// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// An artifact as it lies in a remote cache, one object under the name of its key:
//
//   wasm2native artifact 1
//   content DIGITS         BLAKE2b-256 of the artifact
//   bytes NUMBER           its size
//   unsigned               or the lines of its signature (runtime/signing/Signature.h)
//   (an empty line)
//   a frame of zstd
#pragma once

#include "lib/support/Error.h"
#include "lib/support/Hash.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace w2n::cache {

struct RemoteArtifact {
  std::vector<uint8_t> bytes;
  std::string signature; ///< its text; "" if it has none
};

/// The lines before the frame.
struct RemoteHeader {
  Digest content;
  uint64_t bytes;
  std::string signature;
  size_t frameOffset; ///< where the frame begins

  /// Errors: Malformed.
  static Result<RemoteHeader> parse(std::span<const uint8_t> object);
  static std::string text(std::span<const uint8_t> artifact, const std::string &signature);
};

/// Hands the bytes of a frame to a function that returns false when it wants no more; false then,
/// or if the frame is damaged.
using Decompress = std::function<bool(std::span<const uint8_t> frame,
                                      const std::function<bool(std::span<const uint8_t>)> &add)>;

/// Says whether an artifact with this header is wanted, before any of it is unpacked.
using Accept = std::function<Status(const RemoteHeader &header)>;

/// The artifact in `object`, which is what its header says, of at most `maxBytes`. A frame may
/// unpack to thousands of times its size: what is not accepted is not unpacked, and room is made as
/// bytes come. Errors: Malformed; Limit, also if there is no memory; those of `accept`.
Result<RemoteArtifact> unpackRemote(std::span<const uint8_t> object, uint64_t maxBytes,
                                    const Accept &accept, const Decompress &decompress);

} // namespace w2n::cache
