// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CanonicalABI.md, "Storing" and "Flat Lowering".

#include "runtime/component/HostCall.h"
#include "runtime/component/HostText.h"
#include "runtime/component/Transcode.h"
#include "runtime/component/ValueAccess.h"

#include <algorithm>
#include <bit>
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

std::unexpected<Error> wrongValue(const std::string &what) {
  return fail(ErrorKind::Invalid, what);
}

Status checkKind(const component::Types &types, ValueType type, const ComponentValue &value) {
  const auto kind = kindOf(types, type);
  if (!kind)
    return cannotPass(types, type);
  const bool isArray = *kind == W2N_COMPONENT_LIST && value.kind == W2N_COMPONENT_ARRAY;
  if (value.kind != *kind && !isArray)
    return wrongValue("value is of another kind than its type, `" + describe(types, type) + "`");
  return {};
}

Status checkCount(size_t given, size_t wanted) {
  if (given != wanted)
    return wrongValue("value has " + std::to_string(given) + " parts, its type has " +
                      std::to_string(wanted));
  return {};
}

std::span<const ComponentValue> itemsOf(const ComponentValue &value) {
  return {value.of.list.items, value.of.list.count};
}

/// The payload of a variant, or null; its case is checked.
Result<const ComponentValue *> payloadOf(const std::vector<Field> &cases,
                                         const ComponentValue &value) {
  if (value.index >= cases.size())
    return wrongValue("value is of case " + std::to_string(value.index) + ", its type has " +
                      std::to_string(cases.size()));
  const bool isEnum = value.kind == W2N_COMPONENT_ENUM;
  const ComponentValue *const payload = isEnum ? nullptr : value.of.payload;
  if (!cases[value.index].type)
    return nullptr;
  if (!payload)
    return wrongValue("value of case " + std::to_string(value.index) + " has no payload");
  return payload;
}

Status checkFlags(const TypeBody &body, const ComponentValue &value) {
  const size_t count = body.fields.size();
  if (count < 32 && value.of.flags >> count != 0)
    return wrongValue("value has flags that its type has not");
  return {};
}

/// 32 bits of bytes and no more, so that addresses do not wrap.
Result<uint32_t> bytesOfList(uint64_t count, uint64_t each) {
  constexpr uint64_t maxBytes = UINT32_MAX;
  if (each != 0 && count > maxBytes / each)
    return fail(ErrorKind::Limit, "list of " + std::to_string(count) + " elements of " +
                                      std::to_string(each) + " bytes is too large");
  return uint32_t(count * each);
}

} // namespace

/// Writes to memory that was allocated, and checks again: the guest may do what it likes with it.
Status ValueLowerer::write(uint32_t address, uint64_t bits, uint32_t bytes) {
  const std::span<uint8_t> memory = access.memory();
  if (uint64_t(address) + bytes > memory.size())
    return canonTrap(CanonTrap::PointerOutOfBounds);
  std::memcpy(memory.data() + address, &bits, bytes);
  return {};
}

Result<uint64_t> ValueLowerer::scalar(Primitive primitive, const ComponentValue &value) {
  switch (primitive) {
  case Primitive::Bool:
    return value.of.boolean;
  case Primitive::S8:
    return uint32_t(int32_t(value.of.s8));
  case Primitive::U8:
    return value.of.u8;
  case Primitive::S16:
    return uint32_t(int32_t(value.of.s16));
  case Primitive::U16:
    return value.of.u16;
  case Primitive::S32:
  case Primitive::U32:
    return value.of.u32;
  case Primitive::F32:
    return std::bit_cast<uint32_t>(value.of.f32);
  case Primitive::S64:
  case Primitive::U64:
    return value.of.u64;
  case Primitive::F64:
    return std::bit_cast<uint64_t>(value.of.f64);
  case Primitive::Char:
    if (value.of.character > 0x10ffff ||
        (value.of.character >= 0xd800 && value.of.character < 0xe000))
      return wrongValue("value is no Unicode scalar value");
    return value.of.character;
  case Primitive::String:
  case Primitive::ErrorContext:
    break;
  }
  return cannotPass(types, {primitive, {}});
}

Result<ValueLowerer::Pointer> ValueLowerer::string(const ComponentValue &value) {
  const std::string_view text(value.of.string.data, value.of.string.bytes);
  if (access.encoding() == component::CanonOption::Utf8) {
    // Copied once, to where it goes.
    W2N_TRY(bytes, bytesOfList(text.size(), 1));
    if (!isUtf8(text))
      return wrongValue("string is not UTF-8");
    W2N_TRY(address, access.allocate(bytes, 1));
    std::ranges::copy(text, access.memory().begin() + address);
    return Pointer{address, bytes};
  }
  W2N_TRY(encoded, encodeString(access.encoding(), text));
  W2N_TRY(address, access.allocate(uint32_t(encoded.bytes.size()), encoded.alignment));
  std::ranges::copy(encoded.bytes, access.memory().begin() + address);
  return Pointer{address, encoded.length};
}

Result<ValueLowerer::Pointer> ValueLowerer::array(ValueType element, const ComponentValue &value) {
  if (kindOf(types, element) != value.element || !isNumber(value.element))
    return wrongValue("array has elements of another kind than its type");
  const Layout layout = layoutOf(types, element);
  W2N_TRY(bytes, bytesOfList(value.of.array.count, layout.bytes));
  W2N_TRY(address, access.allocate(bytes, layout.alignment));
  if (bytes != 0)
    std::memcpy(access.memory().data() + address, value.of.array.data, bytes);
  return Pointer{address, uint32_t(value.of.array.count)};
}

Result<ValueLowerer::Pointer> ValueLowerer::list(const TypeBody &body,
                                                 const ComponentValue &value) {
  if (value.kind == W2N_COMPONENT_ARRAY)
    return body.key ? wrongValue("array given for a map") : array(*body.element, value);
  const std::vector<Field> element = elementOf(body);
  const Layout layout = layoutOfFields(types, element);
  const std::span<const ComponentValue> items = itemsOf(value);
  W2N_TRY(bytes, bytesOfList(items.size(), layout.bytes));
  W2N_TRY(address, access.allocate(bytes, layout.alignment));
  for (size_t i = 0; i < items.size(); ++i) {
    const auto at = uint32_t(address + i * layout.bytes);
    if (body.key && items[i].kind != W2N_COMPONENT_TUPLE)
      return wrongValue("an entry of a map is not a tuple");
    W2N_CHECK(body.key ? storeFields(element, itemsOf(items[i]), at)
                       : store(*body.element, items[i], at));
  }
  return Pointer{address, uint32_t(items.size())};
}

Status ValueLowerer::storeFields(std::span<const Field> fields,
                                 std::span<const ComponentValue> values, uint32_t address) {
  W2N_CHECK(checkCount(values.size(), fields.size()));
  uint64_t at = address;
  for (size_t i = 0; i < fields.size(); ++i) {
    const Layout layout = layoutOf(types, *fields[i].type);
    at = component::alignUp(at, layout.alignment);
    W2N_CHECK(store(*fields[i].type, values[i], uint32_t(at)));
    at += layout.bytes;
  }
  return {};
}

Status ValueLowerer::storeVariant(const TypeBody &body, const ComponentValue &value,
                                  uint32_t address) {
  const std::vector<Field> cases = casesOf(body);
  W2N_TRY(payload, payloadOf(cases, value));
  W2N_CHECK(write(address, value.index, component::discriminantBytes(cases.size())));
  if (!payload)
    return {};
  return store(*cases[value.index].type, *payload, uint32_t(address + payloadOffset(types, body)));
}

Status ValueLowerer::store(ValueType type, const ComponentValue &value, uint32_t address) {
  W2N_CHECK(checkKind(types, type, value));
  const auto storePair = [&](const Result<Pointer> &pair) -> Status {
    if (!pair)
      return std::unexpected(pair.error());
    W2N_CHECK(write(address, pair->address, 4));
    return write(address + 4, pair->length, 4);
  };
  if (const auto primitive = primitiveOf(types, type)) {
    if (*primitive == Primitive::String)
      return storePair(string(value));
    W2N_TRY(bits, scalar(*primitive, value));
    return write(address, bits, uint32_t(layoutOf(types, type).bytes));
  }
  const TypeBody &body = types[type.type];
  switch (body.form) {
  case TypeForm::Record:
  case TypeForm::Tuple:
    return storeFields(body.fields, itemsOf(value), address);
  case TypeForm::List:
  case TypeForm::Map:
    return storePair(list(body, value));
  case TypeForm::FixedList:
    if (value.kind == W2N_COMPONENT_ARRAY)
      return cannotPass(types, type);
    return storeFields(std::vector<Field>(body.length, Field{{}, body.element}), itemsOf(value),
                       address);
  case TypeForm::Flags:
    W2N_CHECK(checkFlags(body, value));
    return write(address, value.of.flags, uint32_t(body.bytes));
  case TypeForm::Own:
  case TypeForm::Borrow: {
    W2N_TRY(handle, access.lowerHandle(body, value));
    return write(address, handle, 4);
  }
  default:
    return storeVariant(body, value, address);
  }
}

Status ValueLowerer::lowerVariant(const TypeBody &body, const ComponentValue &value,
                                  std::vector<Slot> &slots) {
  const size_t end = slots.size() + body.flat.size();
  const std::vector<Field> cases = casesOf(body);
  W2N_TRY(payload, payloadOf(cases, value));
  slots.push_back(value.index);
  // Joined slots hold the bits of what is narrower, with zeros above.
  if (payload)
    W2N_CHECK(lower(*cases[value.index].type, *payload, slots));
  slots.resize(end);
  return {};
}

Status ValueLowerer::lower(ValueType type, const ComponentValue &value, std::vector<Slot> &slots) {
  W2N_CHECK(checkKind(types, type, value));
  const auto pushPair = [&](const Result<Pointer> &pair) -> Status {
    if (!pair)
      return std::unexpected(pair.error());
    slots.insert(slots.end(), {pair->address, pair->length});
    return {};
  };
  if (const auto primitive = primitiveOf(types, type)) {
    if (*primitive == Primitive::String)
      return pushPair(string(value));
    W2N_TRY(bits, scalar(*primitive, value));
    slots.push_back(bits);
    return {};
  }
  const TypeBody &body = types[type.type];
  switch (body.form) {
  case TypeForm::Record:
  case TypeForm::Tuple:
    W2N_CHECK(checkCount(value.of.list.count, body.fields.size()));
    for (size_t i = 0; i < body.fields.size(); ++i)
      W2N_CHECK(lower(*body.fields[i].type, value.of.list.items[i], slots));
    return {};
  case TypeForm::FixedList:
    if (value.kind == W2N_COMPONENT_ARRAY)
      return cannotPass(types, type);
    W2N_CHECK(checkCount(value.of.list.count, body.length));
    for (const ComponentValue &item : itemsOf(value))
      W2N_CHECK(lower(*body.element, item, slots));
    return {};
  case TypeForm::List:
  case TypeForm::Map:
    return pushPair(list(body, value));
  case TypeForm::Flags:
    W2N_CHECK(checkFlags(body, value));
    slots.push_back(value.of.flags);
    return {};
  case TypeForm::Own:
  case TypeForm::Borrow: {
    W2N_TRY(handle, access.lowerHandle(body, value));
    slots.push_back(handle);
    return {};
  }
  default:
    return lowerVariant(body, value, slots);
  }
}

} // namespace w2n::runtime
