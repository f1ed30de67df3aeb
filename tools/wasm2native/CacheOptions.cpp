// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/CacheOptions.h"

#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/LoadCompiler.h"

#include <cstdio>

namespace w2n::tool {

namespace {
bool warningsAreWanted = true;
} // namespace

CacheChoice readCacheOptions(const CommandLine &line) {
  return {line.has("no-cache"), line.value("cache-dir"), line.value("cache-size")};
}

Result<std::unique_ptr<cache::Store>> openStore(const CacheChoice &choice) {
  W2N_TRY(settings, cache::Settings::read(choice.folder, choice.size));
  return cache::Store::open(settings.folder, settings.limitBytes, settings.longestWait);
}

void setWarnings(bool areWanted) { warningsAreWanted = areWanted; }

void printWarning(const std::string &text) {
  if (warningsAreWanted)
    fprintf(stderr, "wasm2native: warning: %s\n", printable(text).c_str());
}

std::unique_ptr<cache::ModuleCache> cacheOn(std::unique_ptr<cache::Store> store) {
  return std::make_unique<cache::ModuleCache>(std::move(store), findCompiler(), printWarning);
}

} // namespace w2n::tool
