// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/LinkedComponent.h"

#include "lib/component/CanonOptions.h"
#include "runtime/component/ComponentInstance.h"
#include "runtime/component/TypeNode.h"
#include "runtime/core/Boundary.h"
#include "runtime/core/Link.h"

#include <algorithm>
#include <unordered_set>

namespace w2n::runtime {

using component::TypeBody;
using component::TypeForm;
using component::TypeId;
using component::Types;
using component::WorldFunction;
using component::WorldResource;

namespace {

std::string quoted(std::string_view interface, std::string_view name) {
  return (interface.empty() ? "" : "\"" + std::string(interface) + "\" ") + "\"" +
         std::string(name) + "\"";
}

/// Adds the resource types that handles in a type are of.
void addResources(const Types &types, const std::optional<component::ValueType> &type,
                  std::unordered_set<uint32_t> &visited, std::vector<TypeId> &found) {
  if (!type || type->primitive || !types[type->type].hasResources ||
      !visited.insert(uint32_t(type->type)).second)
    return;
  const TypeBody &body = types[type->type];
  if (body.form == TypeForm::Own || body.form == TypeForm::Borrow)
    found.push_back(body.resource);
  for (const component::Field &field : body.fields)
    addResources(types, field.type, visited, found);
  for (const auto *part : {&body.element, &body.error, &body.key})
    addResources(types, *part, visited, found);
}

std::vector<TypeId> resourcesOf(const Types &types, const TypeBody &function) {
  std::unordered_set<uint32_t> visited;
  std::vector<TypeId> found;
  for (const component::Field &param : function.fields)
    addResources(types, param.type, visited, found);
  addResources(types, function.element, visited, found);
  return found;
}

using Ends = std::vector<std::pair<const TypeNode *, uint32_t>>;

/// Adds the numbers of the elements of streams and futures in a type, which `node` equals.
Status addEnds(const component::World &world, const std::optional<component::ValueType> &type,
               const TypeNode *node, Ends &ends) {
  if (!type || type->primitive || !node)
    return {};
  const TypeBody &body = world.types[type->type];
  if (body.form == TypeForm::Stream || body.form == TypeForm::Future) {
    const auto &streams = world.concurrency.streams;
    const auto found = std::ranges::find(streams, type->type, &component::WorldStream::type);
    if (found == streams.end())
      return fail(ErrorKind::Malformed, "the component's metadata lack a stream type");
    ends.emplace_back(node, found->element);
    return {};
  }
  for (size_t i = 0; i < body.fields.size(); ++i)
    W2N_CHECK(addEnds(world, body.fields[i].type, node->members[i].type, ends));
  if (body.element)
    W2N_CHECK(addEnds(world, body.element, node->members[0].type, ends));
  if (body.error)
    W2N_CHECK(addEnds(world, body.error, node->members[1].type, ends));
  return {};
}

Status addEnds(const component::World &world, const TypeBody &function, const FuncNode &node,
               Ends &ends) {
  for (size_t i = 0; i < function.fields.size(); ++i)
    W2N_CHECK(addEnds(world, function.fields[i].type, node.parameters[i], ends));
  return addEnds(world, function.element, node.result, ends);
}

/// The function that adapters call when they trap.
Status trapWith(Caller, std::span<Slot> slots) {
  return canonTrap(component::CanonTrap(uint32_t(slots[0])), uint32_t(slots[1]));
}

/// The writes, if there are any, of functions for which ComponentInstance reports them.
class ReportedWrites final : public HostWrites {
  void add(Caller, std::span<const Slot>, std::vector<MemoryRange> &) const override {}
  void trim(Caller, std::span<const Slot>, std::span<const Slot>,
            std::vector<MemoryRange> &) const override {}
};

std::shared_ptr<Function> makeReporting(wasm::FunctionType type, HostCallback body) {
  static constinit const ReportedWrites reported;
  auto function = makeHostFunction(std::move(type), std::move(body));
  function->writes = std::shared_ptr<const HostWrites>(std::shared_ptr<void>(), &reported);
  return function;
}

wasm::FunctionType pairType() { return {{wasm::ValueType::i32(), wasm::ValueType::i32()}, {}}; }

} // namespace

Result<std::shared_ptr<const LinkedComponent>>
LinkedComponent::link(std::shared_ptr<const Component> component,
                      std::shared_ptr<const HostInterfaces> host, const InstanceOptions &options) {
  std::shared_ptr<LinkedComponent> linked(
      new LinkedComponent(std::move(component), std::move(host)));
  W2N_CHECK(linked->linkResources(options));
  const auto &calls = linked->component().world().hostCalls;
  linked->hostImports.reserve(calls.size());
  for (const WorldFunction &call : calls) {
    W2N_TRY(import, linked->linkFunction(call, options));
    linked->hostImports.push_back(std::move(import));
  }
  W2N_CHECK(linked->resolve(options));
  return linked;
}

Status LinkedComponent::linkResources(const InstanceOptions &options) {
  for (const WorldResource &resource : component().world().resources) {
    if (!resource.isHost)
      continue;
    const HostResource *found = host->findResource(resource.interface, resource.name);
    if (!found && !options.trapOnUnknownImports)
      return fail(ErrorKind::Link,
                  "unknown import: resource " + quoted(resource.interface, resource.name));
    resources[resource.handleType] = found;
  }
  return {};
}

Result<LinkedComponent::HostImport> LinkedComponent::linkFunction(const WorldFunction &function,
                                                                  const InstanceOptions &options) {
  const Types &types = component().world().types;
  const TypeBody &type = types[function.type];
  HostImport import{.function = &function, .type = {}, .body = {}, .resources = {}, .ends = {}};
  if (flatResult(types, type).size() > 1) {
    import.resultBytes = layoutOf(types, *type.element).bytes;
    import.resultSlot = loweredType(types, type, {}).params.size() - 1;
  }
  for (const TypeId resource : resourcesOf(types, type))
    if (const WorldResource *known = component().resourceOf(resource))
      if (const HostResource *found = hostResource(known->handleType))
        import.resources.emplace_back(found, known->handleType);
  import.type = std::make_shared<const ImportedFunction>(
      ImportedFunction{types, type, [this](TypeId resource) -> const HostResource * {
                         const WorldResource *known = component().resourceOf(resource);
                         return known ? hostResource(known->handleType) : nullptr;
                       }});
  const std::string name = quoted(function.interface, function.name);
  const HostComponentFunction *found = host->findFunction(function.interface, function.name);
  if (!found) {
    if (!options.trapOnUnknownImports)
      return fail(ErrorKind::Link, "unknown import: " + name);
    import.body = [name](HostCall &) -> Status {
      return fail(ErrorKind::Trap, "unknown import called: " + name);
    };
    return import;
  }
  if (found->check)
    if (Status matches = found->check(*import.type); !matches) {
      matches.error().text.insert(0, "incompatible import type: " + name + ": ");
      return std::unexpected(std::move(matches).error());
    }
  import.body = found->body;
  if (found->type)
    W2N_CHECK(addEnds(component().world(), type, *found->type, import.ends));
  return import;
}

const HostResource *LinkedComponent::hostResource(uint32_t handleType) const {
  const auto found = resources.find(handleType);
  return found == resources.end() ? nullptr : found->second;
}

std::optional<Extern> LinkedComponent::serviceFor(uint32_t import, uint32_t service) const {
  const Module &module = *component().module();
  const auto &record = module.metadata().imports()[import];
  if (record.kind != uint32_t(artifact::ExternKindCode::Function))
    return std::nullopt;
  const uint32_t typeIndex = module.metadata().functions()[record.index].typeIndex;
  wasm::FunctionType type = canonicalType(module.typeIds()[typeIndex]);
  const auto kind = component().world().concurrency.services[service].service;
  const bool isFree = component::serviceInfos[size_t(kind)].signature == "*";
  if (!isFree && toString(type) != toString(signatureOf(kind)))
    return std::nullopt;
  // The result of a call is in the first slot even if there are no parameters.
  return makeHostFunction(std::move(type), [service](Caller caller, std::span<Slot> slots) {
    return ComponentInstance::of(*caller.instance).serve(*caller.instance, service, slots);
  });
}

/// The definition for import `import`. The functions find the instance with its caller.
std::optional<Extern> LinkedComponent::externFor(uint32_t import) {
  const uint32_t first = component().firstHostCall(), services = component().firstService();
  if (import >= services && import < first)
    return serviceFor(import, import - services);
  if (import == 0 && first > 0)
    return makeReporting(pairType(), trapWith);
  if (import < first)
    return makeReporting(pairType(), [](Caller caller, std::span<Slot> slots) {
      return ComponentInstance::of(*caller.instance)
          .destroyHost(uint32_t(slots[0]) + 1, uint32_t(slots[1]));
    });
  const Types &types = component().world().types;
  const HostImport *const called = &hostImports[import - first];
  return makeReporting(
      loweredType(types, called->type->type, {}), [called](Caller caller, std::span<Slot> slots) {
        return ComponentInstance::of(*caller.instance).callHost(*caller.instance, *called, slots);
      });
}

Status LinkedComponent::resolve(const InstanceOptions &options) {
  // Imports are looked for in their order.
  uint32_t next = 0;
  const auto find = [&](std::string_view, std::string_view, wasm::ExternKind) {
    return externFor(next++);
  };
  W2N_TRY(found, resolveImports(*component().module(), find, options));
  externs = std::move(found);
  return {};
}

} // namespace w2n::runtime
