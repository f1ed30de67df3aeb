// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The options about the cache, which `run`, `warm` and `cache` share.
#pragma once

#include "runtime/cache/ModuleCache.h"
#include "runtime/cache/Settings.h"
#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

inline constexpr OptionRow cacheFolderRow = {
    "cache-dir", "FOLDER",
    "where compiled modules are kept (default: $WASM2NATIVE_CACHE_DIR, or wasm2native in "
    "$XDG_CACHE_HOME or ~/.cache)",
    "Cache"};
inline constexpr OptionRow cacheSizeRow = {
    "cache-size", "BYTES",
    "remove what was not used for longest beyond this: 512M, 10G (default: "
    "$WASM2NATIVE_CACHE_SIZE, or 10G)",
    "Cache"};

/// The user's choice of a cache.
struct CacheChoice {
  bool isOff = false;
  std::string folder, size; ///< empty: as the environment says
};
CacheChoice readCacheOptions(const CommandLine &line);

/// Opens the store. Errors: those of Settings::read and Store::open.
Result<std::unique_ptr<cache::Store>> openStore(const CacheChoice &choice);

/// The cache on `store`; what it warns of is printed.
std::unique_ptr<cache::ModuleCache> cacheOn(std::unique_ptr<cache::Store> store);

/// Whether printWarning prints, for the process.
void setWarnings(bool areWanted);

/// Prints "wasm2native: warning: TEXT" to standard error, unless warnings are off.
void printWarning(const std::string &text);

} // namespace w2n::tool
