// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The opaque type of include/wasm2native/cache.h.
#pragma once

#include "include/wasm2native/cache.h"
#include "runtime/cache/ModuleCache.h"

struct w2n_cache {
  w2n_cache(std::unique_ptr<w2n::cache::Store> store, const w2n_cache_options &options)
      : cache(std::move(store),
              w2n::cache::CompilerLibrary(options.compiler ? options.compiler : ""),
              [warn = options.warn, user = options.user](const std::string &text) {
                if (warn)
                  warn(user, text.c_str());
              }) {}

  w2n::cache::ModuleCache cache;
};
