// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Signed artifacts: a program that loads only what one of its trusted keys signed. The command
/// `wasm2native keygen` makes keys, `wasm2native sign` signatures; docs/signatures.md says what
/// they vouch for. C11 and C++. What runtime.h says of every function holds here.
#ifndef WASM2NATIVE_SIGNING_H
#define WASM2NATIVE_SIGNING_H

#include "cache.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Public keys of those whose code may run. Threads: any.
typedef struct w2n_trusted_keys w2n_trusted_keys;

/// Reads the file of public keys at `path`. Errors: IO; MALFORMED; INVALID: there is no key in it,
/// or others can write it; UNSUPPORTED: the library was built without libsodium.
W2N_API w2n_error *w2n_trusted_keys_read(const char *path, w2n_trusted_keys **out);
/// The same for the text of such a file. Errors: as above.
W2N_API w2n_error *w2n_trusted_keys_parse(const char *text, w2n_trusted_keys **out);
/// Modules and caches go on.
W2N_API void w2n_trusted_keys_free(w2n_trusted_keys *keys);

/// Loads the artifact at `path` if the signature in the file `path`.sig is of one of `keys` and of
/// just these bytes. They are read once, into memory, and verified there: changing the file during
/// the call or afterwards changes nothing. Errors: INVALID: it is not signed, signed by another
/// key, or changed; those of w2n_module_load.
W2N_API w2n_error *w2n_module_load_signed(const char *path, const w2n_trusted_keys *keys,
                                          w2n_module **out);
/// The same for the `count` bytes of an artifact, which must not change during the call, and the
/// text of their signature.
W2N_API w2n_error *w2n_module_load_signed_bytes(const void *bytes, size_t count,
                                                const char *signature, const w2n_trusted_keys *keys,
                                                w2n_module **out);

/// From now on `cache` gives only artifacts that one of `keys` signed for just their entry
/// (`wasm2native warm --sign-key`), and compiles only modules in files that one of them signed,
/// without keeping what comes of it. Others are refused (INVALID). Before other threads use the
/// cache.
W2N_API void w2n_cache_trust_only(w2n_cache *cache, const w2n_trusted_keys *keys);

#ifdef __cplusplus
}
#endif

#endif
