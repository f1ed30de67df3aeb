// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls of the guest to the host: imported functions, and destructors of the host's resources.
#include "runtime/component/ComponentInstance.h"
#include "runtime/component/TypeNode.h"

namespace w2n::runtime {

using component::TypeForm;
using component::WorldHandles;
using component::WorldResource;

namespace {

/// A call of the host by a lowered function.
class InstanceHostCall final : public HostCall {
public:
  InstanceHostCall(ComponentInstance &caller, Instance &core,
                   const LinkedComponent::HostImport &imported, std::span<Slot> slots)
      : HostCall(slots, imported.function->encoding), caller(caller), core(core),
        imported(imported) {}

  std::span<uint8_t> memory() override { return caller.memory(*imported.function); }
  Result<uint32_t> allocate(uint32_t bytes, uint32_t alignment) override {
    return caller.allocate(*imported.function, bytes, alignment);
  }
  Result<uint32_t> lend(const HostResource &resource, uint32_t handle) override {
    if (!imported.type->type.isAsync())
      return callHandles(&WorldHandles::lend, resource, handle);
    W2N_TRY(handleType, handleTypeOf(resource));
    return caller.taskRuntime().lendToHost(imported.function->instance, handle, handleType);
  }
  Result<uint32_t> take(const HostResource &resource, uint32_t handle) override {
    return callHandles(&WorldHandles::take, resource, handle);
  }
  Result<uint32_t> give(const HostResource &resource, uint32_t representation) override {
    return callHandles(&WorldHandles::give, resource, representation);
  }
  Result<std::shared_ptr<SharedStream>> takeEnd(const TypeNode &type, uint32_t handle) override {
    W2N_TRY(element, elementOf(type));
    W2N_TRY(instance, caller.taskRuntime().instanceOf(imported.function->instance));
    const bool isFuture = type.form == TypeForm::Future;
    return caller.taskRuntime().takeReadable(*instance, handle, isFuture, element);
  }
  Result<uint32_t> giveEnd(const TypeNode &type, std::shared_ptr<SharedStream> stream) override {
    W2N_TRY(element, elementOf(type));
    W2N_TRY(instance, caller.taskRuntime().instanceOf(imported.function->instance));
    if (stream->element != SharedStream::noElement && stream->element != element)
      return fail(ErrorKind::Internal, "a host function returned a stream of another type");
    stream->element = element;
    return caller.taskRuntime().giveReadable(*instance, std::move(stream));
  }
  Result<HostTasks *> tasks() override {
    if (core.boundary())
      return fail(ErrorKind::Unsupported,
                  "streams with the host are neither recorded nor replayed");
    return &caller.taskRuntime();
  }
  Instance &instance() override { return core; }
  const ImportedFunction &import() const override { return *imported.type; }

private:
  Result<uint32_t> handleTypeOf(const HostResource &resource) const {
    // Few functions have more than two.
    for (const auto &[known, handleType] : imported.resources)
      if (known == &resource)
        return handleType;
    return fail(ErrorKind::Link, "the function's type has no resource \"" + resource.name + "\"");
  }
  Result<uint32_t> elementOf(const TypeNode &type) const {
    for (const auto &[known, element] : imported.ends)
      if (known == &type)
        return element;
    return fail(ErrorKind::Malformed, "the component's metadata lack a stream type");
  }
  Result<uint32_t> callHandles(uint32_t WorldHandles::*function, const HostResource &resource,
                               uint32_t operand) {
    W2N_TRY(handleType, handleTypeOf(resource));
    return caller.callHandles(imported.function->instance, function, operand, handleType);
  }

  ComponentInstance &caller;
  Instance &core;
  const LinkedComponent::HostImport &imported;
};

} // namespace

Status ComponentInstance::callHost(Instance &core, const LinkedComponent::HostImport &import,
                                   std::span<Slot> slots) {
  // Start functions call before instantiating has ended.
  running = &core;
  InstanceHostCall call(*this, core, import, slots);
  if (!core.boundary()) [[likely]]
    return import.body(call);
  if (import.resultBytes != 0)
    allocated.push_back(
        {import.function->memory, uint32_t(slots[import.resultSlot]), import.resultBytes});
  Status status = import.body(call);
  reportWrites();
  return status;
}

// At once, when all is written: where the guest allocates, what it has allocated before may not be
// complete.
void ComponentInstance::reportWrites() {
  if (Boundary *boundary = running->boundary())
    for (const MemoryRange &range : allocated)
      boundary->wrote(range);
  allocated.clear();
}

Status ComponentInstance::destroyHost(uint32_t handleType, uint32_t representation) {
  const HostResource *resource = linked->hostResource(handleType);
  if (resource && resource->destroyOfInstance)
    resource->destroyOfInstance(running->userData, representation);
  else if (resource && resource->destroy)
    resource->destroy(representation);
  return {};
}

} // namespace w2n::runtime
