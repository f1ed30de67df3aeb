// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/ObjectTable.h"

#include "runtime/component/HostCall.h"
#include "runtime/core/Instance.h"

#include <cstring>

namespace w2n::runtime {

using component::CanonTrap;

namespace {

// As Handles.cpp of the compiler has them.
constexpr uint32_t entryBytes = 16, typeAt = 4, ownsAt = 8, loansAt = 12;
/// Resource types have small numbers.
constexpr uint32_t ownType = 0xffffffff;

uint32_t load(const uint8_t *bytes) {
  uint32_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

} // namespace

std::span<uint8_t> ObjectTable::entryAt(uint32_t handle) const {
  const std::span<uint8_t> bytes = entries->bytes();
  const uint64_t at = uint64_t(handle) * entryBytes;
  return at + entryBytes <= bytes.size() ? bytes.subspan(at, entryBytes) : std::span<uint8_t>();
}

Result<uint32_t> ObjectTable::add(std::shared_ptr<TableObject> object) {
  uint32_t slot = uint32_t(objects.size());
  if (!freeObjects.empty())
    slot = freeObjects.back();
  else if (objects.size() >= maxObjects)
    return canonTrap(CanonTrap::TooManyHandles);
  else
    // Lists that grow may have room for twice as many.
    W2N_CHECK(charge.take(2 * (sizeof(objects[0]) + sizeof(freeObjects[0]))));
  Slot slots[] = {slot, ownType, 0};
  W2N_CHECK(call(*addEntry, slots));
  if (!freeObjects.empty())
    freeObjects.pop_back();
  else
    objects.emplace_back();
  object->handle = uint32_t(slots[0]);
  objects[slot] = std::move(object);
  return uint32_t(slots[0]);
}

Result<std::shared_ptr<TableObject>> ObjectTable::find(uint32_t handle) const {
  const std::span<const uint8_t> entry = entryAt(handle);
  const uint32_t type = entry.empty() ? 0 : load(entry.data() + typeAt);
  if (type == 0)
    return canonTrap(CanonTrap::UnknownHandle, handle);
  const uint32_t slot = load(entry.data());
  if (type != ownType || slot >= objects.size() || !objects[slot])
    return canonTrap(CanonTrap::WrongHandleKind, handle);
  return objects[slot];
}

Status ObjectTable::checkKind(const TableObject &object, ObjectKind kind, uint32_t handle) {
  if (object.kind == kind)
    return {};
  return canonTrap(CanonTrap::WrongHandleKind, handle);
}

Result<std::shared_ptr<Waitable>> ObjectTable::findWaitable(uint32_t handle) const {
  W2N_TRY(object, find(handle));
  if (object->kind == ObjectKind::WaitableSet)
    return canonTrap(CanonTrap::WrongHandleKind, handle);
  return std::static_pointer_cast<Waitable>(std::move(object));
}

Status ObjectTable::remove(const TableObject &object) {
  const uint32_t handle = object.handle;
  const std::span<const uint8_t> entry = entryAt(handle);
  if (entry.empty())
    return canonTrap(CanonTrap::UnknownHandle, handle);
  const uint32_t slot = load(entry.data());
  Slot slots[] = {handle};
  W2N_CHECK(call(*removeEntry, slots));
  freeObjects.push_back(slot);
  // Last: the object may be what the parameter refers to.
  objects[slot].reset();
  return {};
}

Result<ObjectTable::Lent> ObjectTable::lend(uint32_t handle, uint32_t handleType) {
  const std::span<uint8_t> entry = entryAt(handle);
  const uint32_t type = entry.empty() ? 0 : load(entry.data() + typeAt);
  if (type == 0)
    return canonTrap(CanonTrap::UnknownHandle, handle);
  if (type != handleType)
    return canonTrap(CanonTrap::WrongHandleKind, handle);
  Lent lent{.representation = load(entry.data()), .loan = {}};
  if (load(entry.data() + ownsAt) != 0) {
    const uint32_t loans = load(entry.data() + loansAt) + 1;
    std::memcpy(entry.data() + loansAt, &loans, sizeof loans);
    lent.loan = uint32_t(entry.data() - entries->bytes().data());
  }
  return lent;
}

void ObjectTable::endLoan(uint32_t address) {
  const std::span<uint8_t> bytes = entries->bytes();
  if (uint64_t(address) + entryBytes > bytes.size())
    return;
  const uint32_t loans = load(bytes.data() + address + loansAt) - 1;
  std::memcpy(bytes.data() + address + loansAt, &loans, sizeof loans);
}

} // namespace w2n::runtime
