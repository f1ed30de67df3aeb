// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/component/MergeComponent.h"

#include "compiler/component/AsyncAdapters.h"

#include <set>

namespace w2n::compiler {

using component::WorldFunction;
using component::WorldHandles;
using component::WorldResource;
using wasm::ExternKind;

namespace {

/// Exports what the host needs to call the component's functions, and notes it in the world.
class WorldWriter {
public:
  WorldWriter(MergedModule &module, Adapters &adapters, const FlatProgram &program,
              component::World &world)
      : module(module), adapters(adapters), program(program), world(world),
        helpers(module, adapters), async(adapters, helpers, world) {}

  Status run() {
    for (uint32_t i = 0; i < program.canonFuncs.size(); ++i)
      if (program.isHostCall(program.canonFuncs[i]))
        addHostCall(i, program.canonFuncs[i]);
    for (const FlatProgram::Export &exported : program.exports)
      addExport(exported);
    for (const uint32_t instance : withHandles)
      addHandles(instance);
    for (const auto &[number, resource] : program.componentInstances[0].resources)
      addResource(number, resource);
    return async.run();
  }

private:
  void addHostCall(uint32_t index, const CanonFunc &func) {
    const LiftedFunc &host = program.liftedFuncs[func.lifted];
    WorldFunction function{keep(host.host->interface), keep(host.host->name), host.type,
                           func.componentInstance, module.hostCallOf(index)};
    setOptions(function, func.options);
    world.hostCalls.push_back(function);
  }

  void addExport(const FlatProgram::Export &exported) {
    const LiftedFunc &lifted = program.liftedFuncs[exported.lifted];
    const auto &[interface, name] = exported.name;
    WorldFunction function{keep(interface), keep(name), exported.type, lifted.componentInstance};
    const std::string path = interface.empty() ? name : interface + "#" + name;
    const bool isAsync = world.types[lifted.type].isAsync();
    const uint32_t core = isAsync ? module.indexOf(lifted.core) : adapters.entryOf(lifted);
    function.function = module.addExport(path, ExternKind::Function, core);
    setOptions(function, lifted.options);
    if (lifted.options.postReturn)
      function.postReturn = helpers.addPostReturn(lifted);
    if (isAsync)
      async.describe(function, lifted);
    world.exports.push_back(function);
  }

  void setOptions(WorldFunction &function, const BoundOptions &options) {
    function.encoding = options.encoding;
    if (options.memory)
      function.memory = module.indexOf(*options.memory);
    if (options.realloc)
      function.realloc = helpers.addRealloc(function.instance, *options.realloc);
    if (world.types[function.type].hasResources)
      withHandles.insert(function.instance);
  }

  void addHandles(uint32_t instance) {
    const Handles::HostFunctions made = adapters.handles.hostFunctions(instance);
    world.handles.push_back({instance, helpers.add(made.lend), helpers.add(made.take),
                             helpers.add(made.give), helpers.add(made.giveBorrow)});
  }

  void addResource(component::ResourceNumber number, uint32_t index) {
    const RuntimeResource &type = program.resources[index];
    WorldResource resource{
        .number = number, .handleType = index + 1, .instance = type.componentInstance};
    if (type.host) {
      resource.isHost = true;
      resource.interface = keep(type.host->interface);
      resource.name = keep(type.host->name);
    }
    if (type.destructor)
      resource.destructor = helpers.add(module.indexOf(*type.destructor));
    world.resources.push_back(resource);
  }

  /// The world's names refer to the component, which has them all, but not as they are here.
  std::string_view keep(const std::string &name) { return *world.names.insert(name).first; }

  MergedModule &module;
  Adapters &adapters;
  const FlatProgram &program;
  component::World &world;
  std::set<uint32_t> withHandles;
  HelperExports helpers;
  AsyncAdapters async;
};

} // namespace

Result<MergedComponent> mergeComponent(component::Bytes bytes) {
  MergedComponent merged;
  W2N_TRY(decoded, component::decodeComponent(bytes));
  W2N_TRY(type, component::validateComponent(decoded, merged.world.types));
  if (component::isWitPackage(decoded))
    return fail(
        ErrorKind::Unsupported,
        "this is a WIT package: it has interfaces and no code; 'wasm2native inspect' prints it");
  W2N_TRY(program, evaluate(decoded, merged.world.types, type));
  merged.world.type = type;
  // Toolchains instantiate a module once or twice.
  constexpr uint64_t leastBytes = 16 << 20, factor = 16;
  const ServicePlan services(program, merged.world.types);
  MergedModule module(program, services, leastBytes + factor * bytes.size());
  W2N_CHECK(module.addInstances());
  Adapters adapters(module, program, services, merged.world.types);
  W2N_CHECK(adapters.run());
  W2N_CHECK(WorldWriter(module, adapters, program, merged.world).run());
  merged.wasm = module.encode();
  return merged;
}

wasm::FeatureSet featuresOfMerging() {
  using wasm::Feature;
  wasm::FeatureSet features;
  for (const Feature feature :
       {Feature::SignExtension, Feature::BulkMemory, Feature::ReferenceTypes, Feature::MultiValue,
        Feature::MultiMemory, Feature::CustomPageSizes})
    features.add(feature);
  return features;
}

} // namespace w2n::compiler
