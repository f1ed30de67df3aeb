// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// One call of a host function by a component, as core values: the function was lowered
// (CanonicalABI.md, "canon lower"), and what lifts its arguments and lowers its result is the host.
//
// The core function has the parameters of the flattened type, or one address of a tuple in memory
// if they are more than 16; if the result is flattened to more than one value, a last parameter is
// the address where it is to be written. Values in memory may be read in place.
#pragma once

#include "lib/component/CanonTrap.h"
#include "lib/component/Types.h"
#include "runtime/component/HostResource.h"
#include "runtime/core/Extern.h"

namespace w2n::runtime {

class HostTasks;
struct SharedStream;
struct TypeNode;

/// The type with which a component imports a function.
struct ImportedFunction {
  const component::Types &types;
  const component::TypeBody &type; ///< a function
  /// The host's resource that a resource type (component::TypeBody::resource of a handle) stands
  /// for; null if it is not the host's.
  std::function<const HostResource *(component::TypeId resource)> resourceOf;
};

class HostCall {
public:
  /// The core parameters. An i32 is in the low half; the high half is undefined.
  std::span<const Slot> arguments() const { return slots; }
  /// The core result, if there is one, in the place of the first parameter: to be written last.
  Slot &result() { return slots[0]; }

  component::CanonOption encoding() const { return stringEncoding; }
  /// The memory of the canonical options; empty if they have none. Valid until the guest runs
  /// again, as it does in allocate.
  virtual std::span<uint8_t> memory() = 0;
  /// Calls the guest's `realloc`; the address is aligned and `bytes` fit there. `alignment` is a
  /// power of 2. Errors: Trap.
  virtual Result<uint32_t> allocate(uint32_t bytes, uint32_t alignment) = 0;

  // Handles are numbers of the guest's table; each is for a resource of the host, which knows it by
  // a representation of 32 bits. Errors: Trap (unknown handle, of another type, lent).

  /// For a parameter of type `borrow`: the representation. An own handle cannot be given away or
  /// dropped until the call ends.
  virtual Result<uint32_t> lend(const HostResource &resource, uint32_t handle) = 0;
  /// For a parameter of type `own`: the representation. The handle is gone.
  virtual Result<uint32_t> take(const HostResource &resource, uint32_t handle) = 0;
  /// For a result of type `own`: a new handle, which owns.
  virtual Result<uint32_t> give(const HostResource &resource, uint32_t representation) = 0;

  // Readable ends of streams and futures; `type` is the host's for it, in the type of the function.
  // Errors: Trap.

  /// For a parameter: the handle is gone.
  virtual Result<std::shared_ptr<SharedStream>> takeEnd(const TypeNode &type, uint32_t handle);
  /// For a result: a new handle.
  virtual Result<uint32_t> giveEnd(const TypeNode &type, std::shared_ptr<SharedStream> stream);
  /// For tasks and streams of the host. Errors: Unsupported.
  virtual Result<HostTasks *> tasks();

  /// The instance that calls; it must not be called back.
  virtual Instance &instance() = 0;
  /// The type that the caller imports the function with.
  virtual const ImportedFunction &import() const = 0;

protected:
  HostCall(std::span<Slot> slots, component::CanonOption encoding)
      : slots(slots), stringEncoding(encoding) {}
  ~HostCall() = default;

  const std::span<Slot> slots;
  const component::CanonOption stringEncoding;
};

/// The error that a host function returns where the canonical ABI traps. `number` is for the text.
std::unexpected<Error> canonTrap(component::CanonTrap reason, uint32_t number = 0);

} // namespace w2n::runtime
