// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "include/wasm2native/signing.h"

#include "runtime/api/CacheHandle.h"
#include "runtime/api/Handles.h"
#include "runtime/signing/SignedModule.h"

using namespace w2n;

struct w2n_trusted_keys {
  std::shared_ptr<const signing::TrustedKeys> keys;
};

namespace {

w2n_error *handOutKeys(Result<signing::TrustedKeys> keys, w2n_trusted_keys **out) {
  if (!keys)
    return new w2n_error{std::move(keys).error()};
  *out = new w2n_trusted_keys{std::make_shared<signing::TrustedKeys>(std::move(*keys))};
  return nullptr;
}

w2n_error *handOutSigned(Result<std::shared_ptr<const runtime::Module>> module, w2n_module **out) {
  if (!module)
    return new w2n_error{std::move(module).error()};
  *out = new w2n_module(std::move(*module));
  return nullptr;
}

} // namespace

w2n_error *w2n_trusted_keys_read(const char *path, w2n_trusted_keys **out) {
  return handOutKeys(signing::TrustedKeys::read(path), out);
}

w2n_error *w2n_trusted_keys_parse(const char *text, w2n_trusted_keys **out) {
  return handOutKeys(signing::TrustedKeys::parse(text, "keys"), out);
}

void w2n_trusted_keys_free(w2n_trusted_keys *keys) { delete keys; }

w2n_error *w2n_module_load_signed(const char *path, const w2n_trusted_keys *keys,
                                  w2n_module **out) {
  return handOutSigned(signing::loadSigned(path, *keys->keys), out);
}

w2n_error *w2n_module_load_signed_bytes(const void *bytes, size_t count, const char *signature,
                                        const w2n_trusted_keys *keys, w2n_module **out) {
  return handOutSigned(signing::loadSignedBytes({static_cast<const uint8_t *>(bytes), count},
                                                signature, *keys->keys, "bytes"),
                       out);
}

void w2n_cache_trust_only(w2n_cache *cache, const w2n_trusted_keys *keys) {
  cache->cache.trustOnly(keys->keys);
}
