// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Engines and stores, and how modules are compiled.
#include "include/wasm2native/wasm_extensions.h"
#include "lib/support/PublicOptions.h"
#include "runtime/api/wasm/Objects.h"
#include "runtime/cache/Settings.h"

using namespace w2n;

namespace w2n::standard {

namespace {

std::unique_ptr<cache::ModuleCache> openCache(const wasm_config_t &config) {
  auto settings = cache::Settings::read(config.cacheFolder);
  if (!settings)
    return nullptr;
  auto store = cache::Store::open(settings->folder, settings->limitBytes, settings->longestWait);
  if (!store)
    return nullptr;
  return std::make_unique<cache::ModuleCache>(
      std::move(*store), cache::CompilerLibrary(config.compilerPath), [](const std::string &) {});
}

thread_local std::unique_ptr<w2n_error> lastError;

} // namespace

Result<std::shared_ptr<const runtime::Module>> Engine::compile(std::span<const uint8_t> wasm) {
  std::call_once(opened, [this] { cache = openCache(config); });
  if (cache) {
    auto source = cache::Source::of(wasm);
    return cache->load(source, "module", config.options);
  }
  w2n_compile_options options = config.options;
  if (!options.cpu)
    options.cpu = "native";
  W2N_TRY(artifact, cache::CompilerLibrary(config.compilerPath).compile(wasm, options));
  return runtime::Module::loadBytes(artifact, "module");
}

void noteError(const Error &error) { lastError = std::make_unique<w2n_error>(error); }

runtime::Slot Store::give(wasm_ref_t &object) {
  if (given.insert(&object).second)
    object.retain();
  return reinterpret_cast<runtime::Slot>(&object);
}

wasm_ref_t *Store::find(runtime::Slot externref) const {
  const auto found = given.find(reinterpret_cast<wasm_ref_t *>(externref));
  return found != given.end() ? *found : nullptr;
}

void Store::end() {
  for (wasm_ref_t *object : std::exchange(given, {}))
    object->release();
}

} // namespace w2n::standard

const w2n_error *w2n_wasm_last_error(void) { return standard::lastError.get(); }

wasm_config_t *wasm_config_new(void) {
  auto *config = new wasm_config_t;
  w2n_compile_options_init(&config->options);
  return config;
}

void wasm_config_delete(wasm_config_t *config) { delete config; }

void w2n_wasm_config_set_cache(wasm_config_t *config, const char *folder) {
  config->cacheFolder = folder;
}

void w2n_wasm_config_set_compiler(wasm_config_t *config, const char *path) {
  config->compilerPath = path;
}

w2n_error *w2n_wasm_config_set_options(wasm_config_t *config, const w2n_compile_options *options) {
  auto all = completed(options);
  if (!all)
    return new w2n_error{std::move(all).error()};
  config->options = *all;
  return nullptr;
}

wasm_engine_t *wasm_engine_new(void) { return wasm_engine_new_with_config(wasm_config_new()); }

wasm_engine_t *wasm_engine_new_with_config(wasm_config_t *config) {
  const std::unique_ptr<wasm_config_t> owned(config);
  return new wasm_engine_t{std::make_shared<standard::Engine>(*config)};
}

void wasm_engine_delete(wasm_engine_t *engine) { delete engine; }

wasm_store_t *wasm_store_new(wasm_engine_t *engine) {
  return new wasm_store_t{std::make_shared<standard::Store>(engine->engine)};
}

void wasm_store_delete(wasm_store_t *store) {
  if (store)
    store->store->end();
  delete store;
}
