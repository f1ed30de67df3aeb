// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A file of either kind as a module that can be instantiated.
#pragma once

#include "include/wasm2native/compiler.h"
#include "runtime/core/Module.h"
#include "tools/wasm2native/CacheOptions.h"

namespace w2n::tool {

/// Loads `path`: a compiled artifact as it is, a WebAssembly module from the cache, compiling it
/// first if it is not there. Its first bytes decide, not its name; "-" is standard input. No
/// processor in `options` is any that runs here (ModuleCache::load). Where there is no cache, says
/// so, once, and compiles into memory. Errors: those of loading and compiling; Malformed if it is
/// neither.
Result<std::shared_ptr<const runtime::Module>> loadModule(const std::string &path,
                                                          const w2n_compile_options &options,
                                                          const CacheChoice &cache,
                                                          const runtime::LoadOptions &load);

} // namespace w2n::tool
