// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Settings of the cache: its folder, its size, and how long to wait for others.
#pragma once

#include "lib/support/Error.h"

#include <chrono>
#include <string>

namespace w2n::cache {

/// The folder and the size of the cache, from the environment unless `folder` (not empty) and
/// `size` (such as "512M" or "10G") do: WASM2NATIVE_CACHE_DIR, else wasm2native in XDG_CACHE_HOME
/// or ~/.cache; WASM2NATIVE_CACHE_SIZE, else defaultLimitBytes. WASM2NATIVE_CACHE_WAIT, else
/// defaultLongestWait, is in seconds.
struct Settings {
  std::string folder;
  uint64_t limitBytes;
  std::chrono::seconds longestWait;

  /// Errors: Io if the environment names no folder, Invalid for a size or time that is none.
  static Result<Settings> read(const std::string &folder = "", const std::string &size = "");
};

/// "512M" in bytes; K, M, G and T are powers of 1024. Errors: Invalid, beginning with `name`.
Result<uint64_t> parseSize(const std::string &text, const char *name);

} // namespace w2n::cache
