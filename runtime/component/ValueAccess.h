// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Dynamic values on their way into a guest and out of it, by their types (CanonicalABI.md,
// "Lifting and Lowering").
#pragma once

#include "include/wasm2native/component.h"
#include "lib/component/Types.h"
#include "runtime/component/ValueArena.h"
#include "runtime/core/Extern.h"

namespace w2n::runtime {

using ComponentValue = w2n_component_value;

/// The guest, as far as values need it.
class ValueAccess {
public:
  virtual std::span<uint8_t> memory() = 0;
  virtual component::CanonOption encoding() const = 0;
  /// As HostCall's.
  virtual Result<uint32_t> allocate(uint32_t bytes, uint32_t alignment) = 0;
  /// `type` is own or borrow. Errors: Trap.
  virtual Result<ComponentValue> liftHandle(const component::TypeBody &type, uint32_t handle) = 0;
  /// Errors: Invalid (another resource type), Trap.
  virtual Result<uint32_t> lowerHandle(const component::TypeBody &type,
                                       const ComponentValue &value) = 0;

  /// The readable end of a stream or future. Errors: Trap, Unsupported.
  virtual Result<ComponentValue> liftEnd(component::ValueType type, uint32_t handle);

protected:
  ~ValueAccess() = default;
};

/// Out of the guest. Strings and lists of numbers stay where they are if they need no conversion.
/// Errors: Trap, Limit, Unsupported.
class ValueLifter {
public:
  ValueLifter(const component::Types &types, ValueAccess &access, ValueArena &arena)
      : types(types), access(access), arena(arena) {}
  /// Takes the core values that a value consists of from `slots`, which has enough.
  Result<ComponentValue> lift(component::ValueType type, std::span<const Slot> &slots);
  /// `address` is checked.
  Result<ComponentValue> load(component::ValueType type, uint32_t address);
  /// Parameters, flat or in memory. `values` has as many as fields.
  Status liftAll(std::span<const component::Field> fields, std::span<const Slot> slots,
                 std::span<ComponentValue> values);
  /// Checks an address that values of the layout are at.
  Status checkPointer(uint32_t address, const component::Layout &layout);

private:
  Result<ComponentValue> scalar(component::Primitive primitive, uint64_t bits);
  Result<ComponentValue> liftVariant(const component::TypeBody &body, std::span<const Slot> &slots);
  Result<ComponentValue> loadVariant(const component::TypeBody &body, uint32_t address);
  Result<ComponentValue> loadFields(std::span<const component::Field> fields, uint32_t address,
                                    w2n_component_kind kind);
  Result<ComponentValue> string(uint32_t address, uint32_t length);
  Result<ComponentValue> list(const component::TypeBody &body, uint32_t address, uint32_t length);
  Result<const ComponentValue *> keep(const ComponentValue &value);
  uint64_t read(uint32_t address, uint32_t bytes);

  const component::Types &types;
  ValueAccess &access;
  ValueArena &arena;
};

/// Into the guest. Errors: Invalid (a value that is not of the type), Trap, Limit, Unsupported.
class ValueLowerer {
public:
  ValueLowerer(const component::Types &types, ValueAccess &access) : types(types), access(access) {}
  Status lower(component::ValueType type, const ComponentValue &value, std::vector<Slot> &slots);
  Status store(component::ValueType type, const ComponentValue &value, uint32_t address);
  Status storeFields(std::span<const component::Field> fields,
                     std::span<const ComponentValue> values, uint32_t address);

private:
  struct Pointer {
    uint32_t address, length;
  };
  Result<uint64_t> scalar(component::Primitive primitive, const ComponentValue &value);
  Result<Pointer> string(const ComponentValue &value);
  Result<Pointer> list(const component::TypeBody &body, const ComponentValue &value);
  Result<Pointer> array(component::ValueType element, const ComponentValue &value);
  Status lowerVariant(const component::TypeBody &body, const ComponentValue &value,
                      std::vector<Slot> &slots);
  Status storeVariant(const component::TypeBody &body, const ComponentValue &value,
                      uint32_t address);
  Status write(uint32_t address, uint64_t bits, uint32_t bytes);

  const component::Types &types;
  ValueAccess &access;
};

/// A copy of a value and of all that it refers to, in `arena`; null of null. Errors: Limit.
Result<const ComponentValue *> keepValue(const ComponentValue *value, ValueArena &arena);

// What both ask of types.

std::optional<component::Primitive> primitiveOf(const component::Types &types,
                                                component::ValueType type);
/// The kind of values of a type, which is no ErrorContext and has no asynchronous form.
std::optional<w2n_component_kind> kindOf(const component::Types &types, component::ValueType type);
/// Whether a list of such elements is an ARRAY.
bool isNumber(w2n_component_kind kind);
uint64_t payloadOffset(const component::Types &types, const component::TypeBody &body);
/// The element of a list, or the pair of a map.
std::vector<component::Field> elementOf(const component::TypeBody &body);
std::unexpected<Error> cannotPass(const component::Types &types, component::ValueType type);

} // namespace w2n::runtime
