// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Extensions of the standard C API (wasm.h): why something failed, how modules are compiled, and
/// the way to and from runtime.h. Part of libwasm2native-runtime. C11 and C++.
#ifndef WASM2NATIVE_WASM_EXTENSIONS_H
#define WASM2NATIVE_WASM_EXTENSIONS_H

#include "compiler.h"
#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

// As in wasm.h, which a program includes by itself.
typedef struct wasm_config_t wasm_config_t;
typedef struct wasm_module_t wasm_module_t;
typedef struct wasm_store_t wasm_store_t;

/// The reason why the last function of wasm.h on this thread returned null, false or nothing: a
/// module that is not valid, an import that does not fit, a value of another type. Null if none
/// has. Valid until the next one. Threads: any, each its own.
W2N_API const w2n_error *w2n_wasm_last_error(void);

/// The folder of the cache; as in w2n_cache_options. Copied.
W2N_API void w2n_wasm_config_set_cache(wasm_config_t *config, const char *folder);
/// The path of the compiler library; as in w2n_cache_options. Copied.
W2N_API void w2n_wasm_config_set_compiler(wasm_config_t *config, const char *path);
/// The options by which modules are compiled. What pointers in `options` name must live as long as
/// engines that are made with `config`. Errors: INVALID, UNSUPPORTED.
W2N_API w2n_error *w2n_wasm_config_set_options(wasm_config_t *config,
                                               const w2n_compile_options *options);

/// A module of wasm.h as one of runtime.h, which the caller frees, and back. Threads: any.
W2N_API w2n_module *w2n_module_from_wasm(const wasm_module_t *module);
W2N_API wasm_module_t *w2n_module_to_wasm(const w2n_module *module, wasm_store_t *store);

#ifdef __cplusplus
}
#endif

#endif
