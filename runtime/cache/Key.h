// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The key of an artifact: everything that it depends on.
#pragma once

#include "include/wasm2native/compiler.h"
#include "runtime/cache/Store.h"

namespace w2n::cache {

/// All that decides about an artifact but the processor: the module, the build of the compiler, the
/// version of the artifact's format, and every option that changes code. An option that is missing
/// here would make the cache give wrong artifacts.
Digest familyOf(const Digest &source, const Digest &compiler, const w2n_compile_options &options);

/// The processors that `options` name, with "native" replaced by which one this is: caches are
/// shared by machines and outlive them.
std::string processorOf(const w2n_compile_options &options);

} // namespace w2n::cache
