// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CanonicalABI.md, "Loading" and "Flat Lifting".

#include "runtime/component/HostCall.h"
#include "runtime/component/Transcode.h"
#include "runtime/component/ValueAccess.h"

#include <cstring>

namespace w2n::runtime {

using component::CanonTrap;
using component::Field;
using component::Layout;
using component::Primitive;
using component::TypeBody;
using component::TypeForm;
using component::ValueType;

namespace {

bool isEnd(const component::Types &types, ValueType type) {
  return !type.primitive &&
         (types[type.type].form == TypeForm::Stream || types[type.type].form == TypeForm::Future);
}

Slot take(std::span<const Slot> &slots) {
  const Slot first = slots[0];
  slots = slots.subspan(1);
  return first;
}

/// Bit 31 and above are no flags.
uint32_t flagBits(const TypeBody &body, uint64_t bits) {
  const size_t count = body.fields.size();
  return count < 32 ? uint32_t(bits) & ((1u << count) - 1) : uint32_t(bits);
}

ComponentValue valueOf(w2n_component_kind kind) {
  ComponentValue value = {};
  value.kind = kind;
  return value;
}

} // namespace

uint64_t ValueLifter::read(uint32_t address, uint32_t bytes) {
  uint64_t bits = 0;
  std::memcpy(&bits, access.memory().data() + address, bytes);
  return bits;
}

Status ValueLifter::checkPointer(uint32_t address, const Layout &layout) {
  if (address % layout.alignment != 0)
    return canonTrap(CanonTrap::UnalignedPointer);
  if (address + layout.bytes > access.memory().size())
    return canonTrap(CanonTrap::PointerOutOfBounds);
  return {};
}

Result<ComponentValue> ValueLifter::scalar(Primitive primitive, uint64_t bits) {
  ComponentValue value = valueOf(*kindOf(types, {primitive, {}}));
  switch (primitive) {
  case Primitive::Bool:
    value.of.boolean = uint32_t(bits) != 0;
    break;
  case Primitive::Char: {
    const auto character = uint32_t(bits);
    if (character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
      return canonTrap(CanonTrap::InvalidChar);
    value.of.character = character;
    break;
  }
  default:
    // The low bytes, of which there are as many as the type has.
    value.of.u64 = bits;
    break;
  }
  return value;
}

Result<ComponentValue> ValueLifter::string(uint32_t address, uint32_t length) {
  W2N_TRY(text, decodeString(access.encoding(), access.memory(), address, length, arena));
  ComponentValue value = valueOf(W2N_COMPONENT_STRING);
  value.of.string = {text.data(), text.size()};
  return value;
}

Result<const ComponentValue *> ValueLifter::keep(const ComponentValue &value) {
  W2N_TRY(kept, arena.allocate<ComponentValue>(1));
  kept[0] = value;
  return kept.data();
}

Result<ComponentValue> ValueLifter::list(const TypeBody &body, uint32_t address, uint32_t length) {
  const std::vector<Field> element = elementOf(body);
  const Layout layout = layoutOfFields(types, element);
  if (address % layout.alignment != 0)
    return canonTrap(CanonTrap::UnalignedPointer);
  if (address + length * layout.bytes > access.memory().size())
    return canonTrap(CanonTrap::ListPointerOutOfBounds);
  const auto kind = body.key ? W2N_COMPONENT_TUPLE : kindOf(types, *body.element);
  if (!kind)
    return cannotPass(types, *body.element);
  if (isNumber(*kind)) {
    ComponentValue value = valueOf(W2N_COMPONENT_ARRAY);
    value.element = *kind;
    value.of.array = {access.memory().data() + address, length};
    return value;
  }
  W2N_TRY(items, arena.allocate<ComponentValue>(length));
  for (uint64_t i = 0; i < length; ++i) {
    const auto at = uint32_t(address + i * layout.bytes);
    W2N_TRY(item, body.key ? loadFields(element, at, *kind) : load(*body.element, at));
    items[i] = item;
  }
  ComponentValue value = valueOf(W2N_COMPONENT_LIST);
  value.of.list = {items.data(), items.size()};
  return value;
}

Result<ComponentValue> ValueLifter::loadFields(std::span<const Field> fields, uint32_t address,
                                               w2n_component_kind kind) {
  W2N_TRY(items, arena.allocate<ComponentValue>(fields.size()));
  uint64_t at = address;
  for (size_t i = 0; i < fields.size(); ++i) {
    const Layout layout = layoutOf(types, *fields[i].type);
    at = component::alignUp(at, layout.alignment);
    W2N_TRY(item, load(*fields[i].type, uint32_t(at)));
    items[i] = item;
    at += layout.bytes;
  }
  ComponentValue value = valueOf(kind);
  value.of.list = {items.data(), items.size()};
  return value;
}

Result<ComponentValue> ValueLifter::loadVariant(const TypeBody &body, uint32_t address) {
  const std::vector<Field> cases = casesOf(body);
  const auto index = uint32_t(read(address, component::discriminantBytes(cases.size())));
  if (index >= cases.size())
    return canonTrap(CanonTrap::InvalidDiscriminant);
  ComponentValue value = {};
  value.index = index;
  if (cases[index].type) {
    W2N_TRY(payload, load(*cases[index].type, uint32_t(address + payloadOffset(types, body))));
    W2N_TRY(kept, keep(payload));
    value.of.payload = kept;
  }
  return value;
}

Result<ComponentValue> ValueLifter::load(ValueType type, uint32_t address) {
  const auto pair = [&] {
    return std::pair(uint32_t(read(address, 4)), uint32_t(read(address + 4, 4)));
  };
  const auto kind = kindOf(types, type);
  if (isEnd(types, type))
    return access.liftEnd(type, uint32_t(read(address, 4)));
  if (!kind)
    return cannotPass(types, type);
  if (*kind == W2N_COMPONENT_STRING)
    return string(pair().first, pair().second);
  if (const auto primitive = primitiveOf(types, type))
    return scalar(*primitive, read(address, uint32_t(layoutOf(types, type).bytes)));
  const TypeBody &body = types[type.type];
  ComponentValue value = valueOf(*kind);
  switch (body.form) {
  case TypeForm::Record:
  case TypeForm::Tuple:
    return loadFields(body.fields, address, *kind);
  case TypeForm::List:
  case TypeForm::Map:
    return list(body, pair().first, pair().second);
  case TypeForm::FixedList:
    return list(body, address, body.length);
  case TypeForm::Flags:
    value.of.flags = flagBits(body, read(address, uint32_t(body.bytes)));
    return value;
  case TypeForm::Own:
  case TypeForm::Borrow:
    return access.liftHandle(body, uint32_t(read(address, 4)));
  default: {
    W2N_TRY(variant, loadVariant(body, address));
    variant.kind = *kind;
    return variant;
  }
  }
}

Result<ComponentValue> ValueLifter::liftVariant(const TypeBody &body,
                                                std::span<const Slot> &slots) {
  const std::vector<Field> cases = casesOf(body);
  std::span<const Slot> payloadSlots = slots.first(body.flat.size()).subspan(1);
  const auto index = uint32_t(slots[0]);
  slots = slots.subspan(body.flat.size());
  if (index >= cases.size())
    return canonTrap(CanonTrap::InvalidDiscriminant);
  ComponentValue value = {};
  value.index = index;
  if (cases[index].type) {
    // Joined slots hold the bits of what is narrower.
    W2N_TRY(payload, lift(*cases[index].type, payloadSlots));
    W2N_TRY(kept, keep(payload));
    value.of.payload = kept;
  }
  return value;
}

Result<ComponentValue> ValueLifter::lift(ValueType type, std::span<const Slot> &slots) {
  const auto kind = kindOf(types, type);
  if (isEnd(types, type))
    return access.liftEnd(type, uint32_t(take(slots)));
  if (!kind)
    return cannotPass(types, type);
  const auto primitive = primitiveOf(types, type);
  if (primitive && *kind != W2N_COMPONENT_STRING)
    return scalar(*primitive, take(slots));
  ComponentValue value = valueOf(*kind);
  if (*kind == W2N_COMPONENT_STRING) {
    const auto address = uint32_t(take(slots));
    return string(address, uint32_t(take(slots)));
  }
  const TypeBody &body = types[type.type];
  switch (body.form) {
  case TypeForm::Record:
  case TypeForm::Tuple: {
    W2N_TRY(items, arena.allocate<ComponentValue>(body.fields.size()));
    W2N_CHECK(liftAll(body.fields, slots, items));
    slots = slots.subspan(body.flat.size());
    value.of.list = {items.data(), items.size()};
    return value;
  }
  case TypeForm::FixedList: {
    W2N_TRY(items, arena.allocate<ComponentValue>(body.length));
    const std::vector<Field> fields(body.length, Field{{}, body.element});
    W2N_CHECK(liftAll(fields, slots, items));
    slots = slots.subspan(body.flat.size());
    value.of.list = {items.data(), items.size()};
    return value;
  }
  case TypeForm::List:
  case TypeForm::Map: {
    const auto address = uint32_t(take(slots));
    return list(body, address, uint32_t(take(slots)));
  }
  case TypeForm::Flags:
    value.of.flags = flagBits(body, take(slots));
    return value;
  case TypeForm::Own:
  case TypeForm::Borrow:
    return access.liftHandle(body, uint32_t(take(slots)));
  default: {
    W2N_TRY(variant, liftVariant(body, slots));
    variant.kind = *kind;
    return variant;
  }
  }
}

Status ValueLifter::liftAll(std::span<const Field> fields, std::span<const Slot> slots,
                            std::span<ComponentValue> values) {
  for (size_t i = 0; i < fields.size(); ++i) {
    W2N_TRY(value, lift(*fields[i].type, slots));
    values[i] = value;
  }
  return {};
}

} // namespace w2n::runtime
