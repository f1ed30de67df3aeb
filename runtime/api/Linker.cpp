// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/Handles.h"
#include "runtime/api/HostFunction.h"
#include "runtime/core/Link.h"

using namespace w2n;

namespace {

std::string quoted(const char *module, const char *name) {
  return "\"" + std::string(module) + "\".\"" + name + "\"";
}

std::unexpected<Error> definedTwice(const std::string &what) {
  return fail(ErrorKind::Link, what + " is already defined");
}

Status defineFunction(w2n_linker &linker, const char *module, const char *name,
                      const w2n_function_type &type, const api::HostCallback &callback) {
  const std::string text = quoted(module, name);
  auto &ofModule = linker.definitions[module];
  if (ofModule.contains(name))
    return definedTwice(text);
  W2N_TRY(function, api::makeHostFunction(text, type, callback));
  ofModule.emplace(name, std::move(function));
  return {};
}

Status definePlain(w2n_linker &linker, const char *module, const char *name,
                   const w2n_function_type &type, w2n_plain_callback callback, void *user,
                   w2n_finalizer finalizer) {
  const std::string text = quoted(module, name);
  auto &ofModule = linker.definitions[module];
  if (ofModule.contains(name))
    return definedTwice(text);
  W2N_TRY(function, api::makePlainFunction(text, type, callback, user, finalizer));
  ofModule.emplace(name, std::move(function));
  return {};
}

w2n_error *define(w2n_linker &linker, const char *module, const char *name, runtime::Extern what) {
  linker.forgetLinked();
  const bool isNew = linker.definitions[module].try_emplace(name, std::move(what)).second;
  return isNew ? nullptr : api::toC(definedTwice(quoted(module, name)));
}

Status defineWasi(w2n_linker &linker, const w2n_wasi_config &config) {
  if (linker.wasi)
    return definedTwice("WASI");
  // An instance may be recorded later.
  wasi::WasiOptions options = config.options;
  options.describeWrites = true;
  W2N_TRY(context, wasi::WasiContext::create(std::move(options)));
  linker.wasi = std::move(context);
  return {};
}

Result<w2n_instance *> instantiate(w2n_linker &linker, const w2n_module &module) {
  W2N_TRY(imports, linker.link(*module.module));
  auto instance = runtime::Instance::instantiateLinked(module.module, imports, linker.options);
  // A record is of one instance.
  linker.options.boundary = linker.plugins;
  if (!instance)
    return std::unexpected(std::move(instance).error());
  return new w2n_instance(**instance, *instance);
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
  if (auto found = findDefined(module, name, kind))
    return found;
  // An alias stands for what is defined, not for another alias: there are no cycles.
  if (auto ofModule = aliases.find(module); ofModule != aliases.end())
    if (auto alias = ofModule->second.find(name); alias != ofModule->second.end())
      return findDefined(alias->second.first, alias->second.second, kind);
  if (auto alias = moduleAliases.find(module); alias != moduleAliases.end())
    return findDefined(alias->second, name, kind);
  return std::nullopt;
}

std::optional<runtime::Extern> w2n_linker::findDefined(std::string_view module,
                                                       std::string_view name,
                                                       wasm::ExternKind kind) const {
  if (auto ofModule = definitions.find(module); ofModule != definitions.end())
    if (auto found = ofModule->second.find(name); found != ofModule->second.end())
      return found->second;
  if (auto instance = instances.find(module); instance != instances.end())
    if (auto found = instance->second->findExport(name))
      return found;
  return wasi ? wasi->find(module, name, kind) : std::nullopt;
}

bool w2n_linker::trapsUnknown(std::string_view module, std::string_view name) const {
  const auto ofModule = trapping.find(module);
  return ofModule != trapping.end() &&
         (ofModule->second.contains(name) || ofModule->second.contains(""));
}

Result<std::span<const runtime::Extern>> w2n_linker::link(const runtime::Module &module) {
  if (module.serial() != linkedSerial) {
    auto resolve = [this](std::string_view moduleName, std::string_view name,
                          wasm::ExternKind kind) { return find(moduleName, name, kind); };
    forgetLinked();
    options.trapsUnknown = [this](std::string_view moduleName, std::string_view name) {
      return trapsUnknown(moduleName, name);
    };
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

w2n_error *w2n_linker_define_plain_function(w2n_linker *linker, const char *module,
                                            const char *name, const w2n_function_type *type,
                                            w2n_plain_callback callback, void *user,
                                            w2n_finalizer finalizer) {
  linker->forgetLinked();
  return api::toC(definePlain(*linker, module, name, *type, callback, user, finalizer));
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

w2n_error *w2n_linker_define_function_value(w2n_linker *linker, const char *module,
                                            const char *name, const w2n_function *function) {
  return define(*linker, module, name,
                function->function->definition ? function->function->definition
                                               : function->function);
}

w2n_error *w2n_linker_define_memory(w2n_linker *linker, const char *module, const char *name,
                                    const w2n_memory *memory) {
  return define(*linker, module, name, memory->memory);
}

w2n_error *w2n_linker_define_global(w2n_linker *linker, const char *module, const char *name,
                                    const w2n_global *global) {
  return define(*linker, module, name, global->global);
}

w2n_error *w2n_linker_define_table(w2n_linker *linker, const char *module, const char *name,
                                   const w2n_table *table) {
  return define(*linker, module, name, table->table);
}

w2n_error *w2n_linker_define_tag(w2n_linker *linker, const char *module, const char *name,
                                 const w2n_tag *tag) {
  return define(*linker, module, name, tag->tag);
}

w2n_error *w2n_linker_alias(w2n_linker *linker, const char *module, const char *name,
                            const char *ofModule, const char *ofName) {
  linker->forgetLinked();
  const bool isNew = linker->aliases[module].try_emplace(name, ofModule, ofName).second;
  return isNew ? nullptr : api::toC(definedTwice("the alias " + quoted(module, name)));
}

w2n_error *w2n_linker_alias_module(w2n_linker *linker, const char *module, const char *ofModule) {
  linker->forgetLinked();
  const bool isNew = linker->moduleAliases.try_emplace(module, ofModule).second;
  return isNew ? nullptr : api::toC(definedTwice("the alias \"" + std::string(module) + "\""));
}

void w2n_linker_trap_unknown_import(w2n_linker *linker, const char *module, const char *name) {
  linker->forgetLinked();
  linker->trapping[module].insert(name ? name : "");
}

void w2n_linker_set_data(w2n_linker *linker, void *data) { linker->options.userData = data; }
