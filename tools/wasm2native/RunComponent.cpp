// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/RunComponent.h"

#include "tools/wasm2native/Wave.h"

#include <cstdio>

namespace w2n::tool {

using component::WorldFunction;
using runtime::Component;
using runtime::ComponentInstance;
using runtime::LinkedComponent;

namespace {

std::string pathOf(const WorldFunction &function) {
  return (function.interface.empty() ? "" : std::string(function.interface) + "#") +
         std::string(function.name);
}

/// The function that a call names, also without the interface if only one is called so.
Result<const WorldFunction *> findFunction(const Component &component, const WaveCall &call) {
  if (const WorldFunction *function = component.findExport(call.interface, call.name))
    return function;
  const WorldFunction *only = nullptr;
  std::string all;
  for (const WorldFunction &function : component.world().exports) {
    all += (all.empty() ? "" : ", ") + pathOf(function);
    if (!call.interface.empty() || function.name != call.name)
      continue;
    if (only)
      return fail(ErrorKind::Link, "several interfaces export a function '" +
                                       std::string(call.name) + "': name one, as in " +
                                       pathOf(function));
    only = &function;
  }
  if (!only)
    return fail(ErrorKind::Link, "no exported function '" + std::string(call.name) + "'; there " +
                                     (all.empty() ? "are none" : "is " + all));
  return only;
}

Status invokeExport(ComponentInstance &instance, const std::string &text) {
  const Component &component = instance.component();
  const component::Types &types = component.world().types;
  const WaveCall call = splitCall(text);
  W2N_TRY(function, findFunction(component, call));
  const component::TypeBody &type = types[function->type];
  runtime::ValueArena arena;
  auto arguments = parseArguments(call.arguments, types, type, arena);
  if (!arguments) {
    arguments.error().text.insert(0, "arguments of '" + pathOf(*function) + "', ");
    return std::unexpected(std::move(arguments).error());
  }
  W2N_TRY(result, instance.call(*function, *arguments));
  if (result)
    printf("%s\n", toWave(types, *type.element, *result).c_str());
  W2N_CHECK(instance.finish());
  return instance.flush();
}

/// wasi:cli/run of any version: a result without values.
Status runCommand(ComponentInstance &instance) {
  const WorldFunction *run = nullptr;
  for (const std::string_view interface : {"wasi:cli/run@0.3.0", "wasi:cli/run@0.2.0"})
    if (!run)
      run = instance.component().findExport(interface, "run");
  if (!run)
    return fail(ErrorKind::Link, "no exported function 'run' of wasi:cli/run: not a command; "
                                 "--invoke calls another export");
  W2N_TRY(result, instance.call(*run, {}));
  if (result && result->kind == W2N_COMPONENT_RESULT && result->index == 1)
    return std::unexpected(Error{.kind = ErrorKind::Exit, .text = "the command failed", .code = 1});
  W2N_CHECK(instance.finish());
  return instance.flush();
}

} // namespace

Status runComponent(std::shared_ptr<const runtime::Module> module,
                    std::shared_ptr<const runtime::HostInterfaces> host,
                    const runtime::InstanceOptions &options,
                    const std::optional<std::string> &invoke) {
  W2N_TRY(component, Component::create(std::move(module)));
  W2N_TRY(linked, LinkedComponent::link(std::move(component), std::move(host), options));
  W2N_TRY(instance, ComponentInstance::instantiate(std::move(linked), options));
  return invoke ? invokeExport(*instance, *invoke) : runCommand(*instance);
}

} // namespace w2n::tool
