// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A WebAssembly module that is to be found in the cache, by its content.
#pragma once

#include "runtime/cache/Store.h"

#include <optional>
#include <string>
#include <vector>

namespace w2n::cache {

/// Threads: one at a time.
class Source {
public:
  /// The file at `path`, or standard input if that is "-". Errors: Io, Limit.
  static Result<Source> open(const std::string &path);
  /// `bytes` are borrowed.
  static Source of(std::span<const uint8_t> bytes);

  /// Its path, "-" for standard input, "" for bytes.
  const std::string &name() const { return path; }
  /// The count of its bytes as they are now.
  uint64_t size() const;
  /// The hash of its bytes. Those of a file whose note vouches for it are not read. Errors: Io.
  Result<Digest> hash(Store &store);
  /// Its bytes as they are now, which live as long as this: the file may have changed since `hash`.
  Result<std::span<const uint8_t>> read();

private:
  Source() = default;
  Descriptor file; ///< none if there are only bytes
  std::string path;
  std::vector<uint8_t> owned;
  std::optional<std::span<const uint8_t>> bytes;
};

} // namespace w2n::cache
