// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "include/wasm2native/cache.h"

#include "lib/support/PublicOptions.h"
#include "runtime/api/CacheHandle.h"
#include "runtime/api/Handles.h"
#include "runtime/cache/Settings.h"

using namespace w2n;

namespace {

w2n_error *load(w2n_cache *cache, cache::Source &source, const std::string &name,
                const w2n_compile_options *options, w2n_module **out) {
  auto all = completed(options);
  if (!all)
    return new w2n_error{std::move(all).error()};
  auto module = cache->cache.load(source, name, *all);
  if (!module)
    return new w2n_error{std::move(module).error()};
  *out = new w2n_module(std::move(*module));
  return nullptr;
}

} // namespace

w2n_error *w2n_cache_open(const w2n_cache_options *options, w2n_cache **out) {
  const w2n_cache_options given = options ? *options : w2n_cache_options();
  auto settings = cache::Settings::read(given.folder ? given.folder : "");
  if (!settings)
    return new w2n_error{std::move(settings).error()};
  auto store = cache::Store::open(settings->folder,
                                  given.limit_bytes ? given.limit_bytes : settings->limitBytes,
                                  settings->longestWait);
  if (!store)
    return new w2n_error{std::move(store).error()};
  *out = new w2n_cache(std::move(*store), given);
  return nullptr;
}

void w2n_cache_free(w2n_cache *cache) { delete cache; }

w2n_error *w2n_cache_load_file(w2n_cache *cache, const char *path,
                               const w2n_compile_options *options, w2n_module **out) {
  auto source = cache::Source::open(path);
  if (!source)
    return new w2n_error{std::move(source).error()};
  return load(cache, *source, path, options, out);
}

w2n_error *w2n_cache_load(w2n_cache *cache, const uint8_t *wasm, size_t wasmBytes,
                          const w2n_compile_options *options, w2n_module **out) {
  auto source = cache::Source::of({wasm, wasmBytes});
  return load(cache, source, "module", options, out);
}
