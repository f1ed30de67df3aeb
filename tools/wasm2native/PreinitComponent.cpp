// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/PreinitComponent.h"

#include "runtime/component/ComponentInstance.h"
#include "runtime/core/Snapshot.h"
#include "runtime/wasi/p2/State.h"

namespace w2n::tool {

namespace {

using component::TypeBody;
using component::TypeForm;
using component::WorldFunction;
using runtime::Component;
using runtime::ComponentInstance;
using runtime::LinkedComponent;

/// No parameters, and no result, or a `result` without values.
bool initializes(const component::Types &types, const WorldFunction &function) {
  const TypeBody &type = types[function.type];
  if (!type.fields.empty() || type.isAsync())
    return false;
  if (!type.element)
    return true;
  if (type.element->primitive)
    return false;
  const TypeBody &result = types[type.element->type];
  return result.form == TypeForm::Result && !result.element && !result.error;
}

/// The export that is to be called; null if instantiating is all.
Result<const WorldFunction *> chooseExport(const Component &component, const std::string &path,
                                           bool hasStart) {
  const WorldFunction *function = nullptr;
  if (path.empty()) {
    for (const PreinitConvention &convention : preinitConventions)
      if (!function)
        function = component.findExport({}, convention.initialize);
    if (!function && !hasStart)
      return cannot("no module of the component has a start function, and it does not export "
                    "wizer-initialize; --preinit=EXPORT names another function");
  } else {
    const size_t hash = path.find('#');
    function = hash == path.npos
                   ? component.findExport({}, path)
                   : component.findExport(path.substr(0, hash), path.substr(hash + 1));
    if (!function)
      return cannot("no exported function '" + path + "'");
  }
  if (function && !initializes(component.world().types, *function))
    return cannot("export '" + std::string(function->name) +
                  "' must have no parameters, and no result or `result`");
  return function;
}

Status call(ComponentInstance &instance, const WorldFunction &function) {
  const std::string quoted = "'" + std::string(function.name) + "'";
  auto result = instance.call(function, {});
  if (!result)
    return withoutExit(std::unexpected(result.error()), quoted);
  if (*result && (*result)->index == 1)
    return cannot(quoted + " returned an error");
  W2N_CHECK(instance.finish());
  return instance.flush();
}

/// Handles of the host stand for what is not in memories, tables and globals.
Status checkHost(const runtime::HostContext &host) {
  const uint32_t count = host.resources.count();
  if (count == 0)
    return {};
  return cannot("the component has " + std::to_string(count) +
                " handles of the host (streams, files and the like), which are not part of it");
}

} // namespace

Result<std::vector<uint8_t>> bakeComponent(wasm::Module module, std::span<const uint8_t> artifact,
                                           const PreinitRequest &request) {
  W2N_TRY(loaded, runtime::Module::loadBytes(artifact, "initialization"));
  W2N_TRY(component, Component::create(std::move(loaded)));
  W2N_TRY(entry, chooseExport(*component, request.exportName, module.start.has_value()));
  if (!component->world().concurrency.instances.empty())
    return cannot("it has asynchronous functions, whose tasks the runtime keeps");
  W2N_TRY(wasi, wasi::WasiContext::create(request.wasi));
  const std::vector<wasi::FileHandle> files = wasi->files.handles();
  const wasi::p2::StatePrototype prototype;
  wasi::p2::State state(wasi, prototype);
  auto host = std::make_shared<runtime::HostInterfaces>();
  W2N_CHECK(wasi::p2::definePerInstance(*host, prototype, request.wasi.trace));
  // Imports that are not called now may be there later.
  runtime::InstanceOptions options{.trapOnUnknownImports = true};
  options.userData = static_cast<runtime::HostContext *>(&state);
  W2N_TRY(linked, LinkedComponent::link(component, std::move(host), options));
  auto instance = ComponentInstance::instantiate(std::move(linked), options);
  if (!instance && instance.error().kind == ErrorKind::Exit)
    return cannot("a start function ended the program");
  if (!instance)
    return std::unexpected(std::move(instance).error());
  if (entry)
    W2N_CHECK(call(**instance, *entry));
  W2N_CHECK(checkHost(state));
  W2N_CHECK(checkFiles(files, wasi->files.handles()));
  auto snapshot = runtime::takeSnapshot((*instance)->core());
  if (!snapshot)
    return cannot(snapshot.error().text);
  // Functions are found by the numbers of exports, so all stay.
  auto baked = wasm::bakeSnapshot(std::move(module), *snapshot, {});
  if (!baked)
    return cannot(baked.error().text);
  return baked;
}

} // namespace w2n::tool
