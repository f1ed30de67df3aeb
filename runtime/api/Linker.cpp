#include "runtime/api/Handles.h"
#include "runtime/api/HostFunction.h"

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

Result<w2n_instance *> instantiate(const w2n_linker &linker, const w2n_module &module) {
  auto resolve = [&linker](std::string_view moduleName, std::string_view name,
                           wasm::ExternKind kind) { return linker.find(moduleName, name, kind); };
  W2N_TRY(instance, runtime::Instance::instantiate(module.module, resolve, linker.options));
  return new w2n_instance(*instance, instance);
}

} // namespace

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

w2n_linker *w2n_linker_new(void) { return new w2n_linker; }

void w2n_linker_free(w2n_linker *linker) { delete linker; }

w2n_error *w2n_linker_define_function(w2n_linker *linker, const char *module, const char *name,
                                      const w2n_function_type *type, w2n_callback callback,
                                      void *user, w2n_finalizer finalizer) {
  return api::toC(defineFunction(*linker, module, name, *type, {callback, user, finalizer}));
}

w2n_error *w2n_linker_define_instance(w2n_linker *linker, const char *module,
                                      w2n_instance *instance) {
  auto [entry, isNew] = linker->instances.try_emplace(module, instance->instance.handle());
  return isNew ? nullptr : api::toC(definedTwice("\"" + entry->first + "\""));
}

w2n_error *w2n_linker_define_wasi(w2n_linker *linker, const w2n_wasi_config *config) {
  return api::toC(defineWasi(*linker, *config));
}

void w2n_linker_set_fuel(w2n_linker *linker, uint64_t fuel) { linker->options.fuel = fuel; }

void w2n_linker_trap_unknown_imports(w2n_linker *linker, bool trap) {
  linker->options.trapOnUnknownImports = trap;
}

w2n_error *w2n_linker_instantiate(w2n_linker *linker, const w2n_module *module,
                                  w2n_instance **out) {
  auto instance = instantiate(*linker, *module);
  if (!instance)
    return new w2n_error{std::move(instance).error()};
  *out = *instance;
  return nullptr;
}
