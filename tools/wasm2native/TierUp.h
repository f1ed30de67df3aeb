// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// run --tier: a program that was never compiled starts at once, from code of -O0, and a process in
// the background compiles it as it should be, for the next start.
#pragma once

#include "runtime/cache/ModuleCache.h"
#include "tools/wasm2native/CacheOptions.h"

namespace w2n::tool {

/// Loads `source` from the cache that `choice` has opened. While there is no artifact for
/// `options`, it is one of -O0. The process must have one thread: it is forked. Errors: those of
/// ModuleCache::load.
Result<std::shared_ptr<const runtime::Module>>
loadTiered(cache::ModuleCache &cache, cache::Source &source, const std::string &name,
           const w2n_compile_options &options, const CacheChoice &choice);

} // namespace w2n::tool
