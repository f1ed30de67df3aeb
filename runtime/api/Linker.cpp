// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/Handles.h"
#include "runtime/api/HostFunction.h"
#include "runtime/core/Link.h"

using namespace w2n;

namespace {

std::unexpected<Error> definedTwice(const std::string &what) {
  return fail(ErrorKind::Link, what + " is already defined");
}

Status defineFunction(w2n_linker &linker, const char *module, const char *name,
                      const w2n_function_type &type, const api::HostCallback &callback) {
  const std::string quoted = "\"" + std::string(module) + "\".\"" + name + "\"";
  auto &ofModule = linker.functions[module];
  if (ofModule.contains(name))
    return definedTwice(quoted);
  W2N_TRY(function, api::makeHostFunction(quoted, type, callback));
  ofModule.emplace(name, std::move(function));
  return {};
}

Status defineWasi(w2n_linker &linker, const w2n_wasi_config &config) {
  if (linker.wasi)
    return definedTwice("WASI");
  W2N_TRY(context, wasi::WasiContext::create(config.options));
  linker.wasi = std::move(context);
  return {};
}

Result<w2n_instance *> instantiate(w2n_linker &linker, const w2n_module &module) {
  W2N_TRY(imports, linker.link(*module.module));
  W2N_TRY(instance, runtime::Instance::instantiateLinked(module.module, imports, linker.options));
  return new w2n_instance(*instance, instance);
}

uint64_t limitOf(uint64_t given, uint64_t ifZero) { return given == 0 ? ifZero : given; }

} // namespace

void api::setLimits(runtime::InstanceOptions &options, const w2n_limits &limits) {
  options.limits = {.maxMemoryBytes = limitOf(limits.max_memory_bytes, UINT64_MAX),
                    .maxTableElements = limitOf(limits.max_table_elements, UINT64_MAX),
                    .maxHeapBytes = limitOf(limits.max_heap_bytes, UINT64_MAX),
                    .maxStackBytes = limitOf(limits.max_stack_bytes, runtime::defaultStackBytes),
                    .maxHostBytes =
                        limitOf(limits.max_host_bytes, runtime::InstanceLimits::defaultHostBytes)};
  options.quota = limits.max_instances == 0
                      ? nullptr
                      : std::make_shared<runtime::InstanceQuota>(limits.max_instances);
}

std::optional<runtime::Extern> w2n_linker::find(std::string_view module, std::string_view name,
                                                wasm::ExternKind kind) const {
  if (auto ofModule = functions.find(module); ofModule != functions.end())
    if (auto function = ofModule->second.find(name); function != ofModule->second.end())
      return function->second;
  if (auto instance = instances.find(module); instance != instances.end())
    if (auto found = instance->second->findExport(name))
      return found;
  return wasi ? wasi->find(module, name, kind) : std::nullopt;
}

Result<std::span<const runtime::Extern>> w2n_linker::link(const runtime::Module &module) {
  if (module.serial() != linkedSerial) {
    auto resolve = [this](std::string_view moduleName, std::string_view name,
                          wasm::ExternKind kind) { return find(moduleName, name, kind); };
    forgetLinked();
    W2N_TRY(imports, runtime::resolveImports(module, resolve, options));
    linked = std::move(imports);
    linkedSerial = module.serial();
  }
  return linked;
}

w2n_linker *w2n_linker_new(void) { return new w2n_linker; }

void w2n_linker_free(w2n_linker *linker) { delete linker; }

w2n_error *w2n_linker_define_function(w2n_linker *linker, const char *module, const char *name,
                                      const w2n_function_type *type, w2n_callback callback,
                                      void *user, w2n_finalizer finalizer) {
  linker->forgetLinked();
  return api::toC(defineFunction(*linker, module, name, *type, {callback, user, finalizer}));
}

w2n_error *w2n_linker_define_instance(w2n_linker *linker, const char *module,
                                      w2n_instance *instance) {
  linker->forgetLinked();
  auto [entry, isNew] = linker->instances.try_emplace(module, instance->instance.handle());
  return isNew ? nullptr : api::toC(definedTwice("\"" + entry->first + "\""));
}

w2n_error *w2n_linker_define_wasi(w2n_linker *linker, const w2n_wasi_config *config) {
  linker->forgetLinked();
  return api::toC(defineWasi(*linker, *config));
}

void w2n_linker_set_fuel(w2n_linker *linker, uint64_t fuel) { linker->options.fuel = fuel; }

void w2n_linker_trap_unknown_imports(w2n_linker *linker, bool trap) {
  linker->forgetLinked();
  linker->options.trapOnUnknownImports = trap;
}

void w2n_linker_set_limits(w2n_linker *linker, const w2n_limits *limits) {
  api::setLimits(linker->options, *limits);
}

w2n_error *w2n_pool_new(const w2n_pool_config *config, w2n_pool **out) {
  auto pool = runtime::InstancePool::create({.slots = config->slots,
                                             .maxMemoryBytes = config->max_memory_bytes,
                                             .maxTableElements = config->max_table_elements,
                                             .residentBytes = config->resident_bytes});
  if (!pool)
    return new w2n_error{std::move(pool).error()};
  *out = new w2n_pool{std::move(*pool)};
  return nullptr;
}

void w2n_pool_free(w2n_pool *pool) { delete pool; }

void w2n_linker_set_pool(w2n_linker *linker, w2n_pool *pool, bool wait) {
  linker->options.pool = pool ? pool->pool : nullptr;
  linker->options.waitForSlot = wait;
}

w2n_error *w2n_linker_instantiate(w2n_linker *linker, const w2n_module *module,
                                  w2n_instance **out) {
  auto instance = instantiate(*linker, *module);
  if (!instance)
    return new w2n_error{std::move(instance).error()};
  *out = *instance;
  return nullptr;
}
