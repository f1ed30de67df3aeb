// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/DynamicFunction.h"

#include "lib/component/CanonOptions.h"
#include "runtime/component/ComponentInstance.h"

namespace w2n::runtime {

using component::TypeBody;
using component::TypeForm;
using component::Types;

namespace {

/// Handles are of the host's resources: lent or taken in parameters, given in results.
class HostCallAccess final : public ValueAccess {
public:
  explicit HostCallAccess(HostCall &call) : call(call) {}
  std::span<uint8_t> memory() override { return call.memory(); }
  component::CanonOption encoding() const override { return call.encoding(); }
  Result<uint32_t> allocate(uint32_t bytes, uint32_t alignment) override {
    return call.allocate(bytes, alignment);
  }

  Result<ComponentValue> liftHandle(const TypeBody &type, uint32_t handle) override {
    W2N_TRY(resource, resourceOf(type));
    const bool isOwn = type.form == TypeForm::Own;
    W2N_TRY(representation, isOwn ? call.take(*resource, handle) : call.lend(*resource, handle));
    ComponentValue value = {};
    value.kind = isOwn ? W2N_COMPONENT_OWN : W2N_COMPONENT_BORROW;
    value.of.resource = {reinterpret_cast<const w2n_component_resource *>(resource),
                         representation};
    return value;
  }

  Result<uint32_t> lowerHandle(const TypeBody &type, const ComponentValue &value) override {
    W2N_TRY(resource, resourceOf(type));
    if (reinterpret_cast<const HostResource *>(value.of.resource.type) != resource)
      return fail(ErrorKind::Invalid, "value is a handle of another resource type");
    return call.give(*resource, value.of.resource.representation);
  }

private:
  Result<const HostResource *> resourceOf(const TypeBody &type) {
    const HostResource *resource = call.import().resourceOf(type.resource);
    if (!resource)
      return fail(ErrorKind::Unsupported,
                  "resources of guests in functions of the host are not supported yet");
    return resource;
  }

  HostCall &call;
};

Status callDynamic(HostCall &call, const DynamicBody &body) {
  const ImportedFunction &import = call.import();
  const Types &types = import.types;
  ValueArena arena = arenaWithin(call.instance());
  HostCallAccess access(call);
  ValueLifter lifter(types, access, arena);
  std::span<const component::Field> params = import.type.fields;
  W2N_TRY(arguments, arena.allocate<ComponentValue>(params.size()));
  // The address of a result is behind the parameters.
  size_t slotCount = flatParams(types, import.type).size();
  if (slotCount > component::maxFlat) {
    slotCount = 1;
    const auto address = uint32_t(call.arguments()[0]);
    W2N_CHECK(lifter.checkPointer(address, layoutOfFields(types, params)));
    uint64_t at = address;
    for (size_t i = 0; i < params.size(); ++i) {
      const component::Layout layout = layoutOf(types, *params[i].type);
      at = component::alignUp(at, layout.alignment);
      W2N_TRY(value, lifter.load(*params[i].type, uint32_t(at)));
      arguments[i] = value;
      at += layout.bytes;
    }
  } else {
    W2N_CHECK(lifter.liftAll(params, call.arguments(), arguments));
  }
  ComponentValue result = {};
  const bool hasResult = import.type.element.has_value();
  W2N_CHECK(body(call, arguments, hasResult ? &result : nullptr, arena));
  if (!hasResult)
    return {};
  ValueLowerer lowerer(types, access);
  if (flatResult(types, import.type).size() > 1) {
    const auto address = uint32_t(call.arguments()[slotCount]);
    W2N_CHECK(lifter.checkPointer(address, layoutOf(types, *import.type.element)));
    return lowerer.store(*import.type.element, result, address);
  }
  std::vector<Slot> slots;
  W2N_CHECK(lowerer.lower(*import.type.element, result, slots));
  if (!slots.empty())
    call.result() = slots[0];
  return {};
}

} // namespace

HostComponentFunction makeDynamicFunction(DynamicBody body) {
  return {[body = std::move(body)](HostCall &call) { return callDynamic(call, body); }};
}

} // namespace w2n::runtime
