// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// A cache of compiled modules, part of libwasm2native-runtime: WebAssembly in, a module that can
/// be instantiated out; compiled once on this machine, by the compiler library, which is opened
/// only if something must be compiled. The command uses the same cache; docs/cache.md says what is
/// in it and what is trusted. C11 and C++. What runtime.h says of every function holds here.
#ifndef WASM2NATIVE_CACHE_H
#define WASM2NATIVE_CACHE_H

#include "compiler.h"
#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct w2n_cache w2n_cache;

/// The place and limits of a cache. Strings are UTF-8, terminated, and borrowed for the call of
/// w2n_cache_open.
typedef struct w2n_cache_options {
  /// Null: WASM2NATIVE_CACHE_DIR of the environment, else "wasm2native" in XDG_CACHE_HOME or
  /// ~/.cache. It is made if it is missing.
  const char *folder;
  /// Bytes of artifacts to keep at most; 0: WASM2NATIVE_CACHE_SIZE of the environment, else 10 GiB.
  uint64_t limit_bytes;
  /// Path of libwasm2native-compiler.so; null: WASM2NATIVE_COMPILER of the environment, else the
  /// one that is installed with this library. There need not be one: then there are only hits.
  const char *compiler;
  /// Called with what does not go as it should although the work is done (a full disk: the module
  /// runs, and is not kept), once for each kind; from any thread that uses the cache. Null is
  /// nobody.
  void (*warn)(void *user, const char *text);
  /// Handed to `warn`.
  void *user;
} w2n_cache_options;

/// Opens a cache; null `options` are all nulls and zeros. Errors: IO, INVALID: there is no folder,
/// or others could write to it; the text says how to change that.
W2N_API w2n_error *w2n_cache_open(const w2n_cache_options *options, w2n_cache **out);
/// Modules go on.
W2N_API void w2n_cache_free(w2n_cache *cache);

/// Loads the WebAssembly module at `path`: from the cache, or by compiling it with `options` (null
/// is what w2n_compile_options_init sets). Waits while another thread or process compiles the same.
/// With no `cpu` in the options, whatever the cache has for this architecture and this machine can
/// run is taken, and a module that is not there is compiled for this processor. Errors: those of
/// w2n_compile and w2n_module_load. Threads: any, several at once.
W2N_API w2n_error *w2n_cache_load_file(w2n_cache *cache, const char *path,
                                       const w2n_compile_options *options, w2n_module **out);
/// The same for the `wasm_bytes` bytes of a module at `wasm`, which are borrowed for the call.
W2N_API w2n_error *w2n_cache_load(w2n_cache *cache, const uint8_t *wasm, size_t wasm_bytes,
                                  const w2n_compile_options *options, w2n_module **out);

#ifdef __cplusplus
}
#endif

#endif
