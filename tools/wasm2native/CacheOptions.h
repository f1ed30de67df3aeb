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

inline constexpr OptionRow trustedKeysRow = {
    "trusted-keys", "FILE",
    "run only what one of the public keys in FILE signed: artifacts by FILE.sig, entries of the "
    "cache, and, to be compiled, modules",
    "Trust"};

inline constexpr OptionRow remoteUrlRow = {
    "remote-cache", "URL",
    "look there for what is not in the cache: http://HOST/PATH, where objects are got and put",
    "Remote cache"};
inline constexpr OptionRow remoteModeRow = {
    "remote-cache-mode", "MODE", "read (default), or read-write: store what was compiled there",
    "Remote cache"};
inline constexpr OptionRow remoteTokenRow = {"remote-cache-token", "FILE",
                                             "sends the text in FILE as 'Authorization: Bearer'",
                                             "Remote cache"};
inline constexpr OptionRow remoteTimeoutRow = {
    "remote-cache-timeout", "DURATION",
    "the longest that it may hold anything up; default 5s. One that failed is left alone for a "
    "while",
    "Remote cache"};
inline constexpr OptionRow remoteUnsignedRow = {
    "remote-cache-unsigned", nullptr,
    "run what it sends without a signature: whoever can write to it decides what runs",
    "Remote cache"};

/// The user's choice of a cache.
struct CacheChoice {
  bool isOff = false;
  std::string folder, size; ///< empty: as the environment says
  /// The keys of which one must have signed what runs; null: none needs to.
  std::shared_ptr<const signing::TrustedKeys> trusted = nullptr;
  std::optional<cache::RemoteOptions> remote = {};
  bool isTiered = false; ///< a miss is run at -O0, and compiled in the background
};
/// Errors: for usageError: keys that cannot be read.
std::expected<CacheChoice, std::string> readCacheOptions(const CommandLine &line);

/// Opens the store. Errors: those of Settings::read and Store::open.
Result<std::unique_ptr<cache::Store>> openStore(const CacheChoice &choice);

/// The cache on `store`; what it warns of is printed.
std::unique_ptr<cache::ModuleCache> cacheOn(std::unique_ptr<cache::Store> store);

/// Whether printWarning prints, for the process.
void setWarnings(bool areWanted);

/// Prints "wasm2native: warning: TEXT" to standard error, unless warnings are off.
void printWarning(const std::string &text);

} // namespace w2n::tool
