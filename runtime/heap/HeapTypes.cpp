// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/heap/HeapTypes.h"

#include <bit>
#include <cassert>
#include <new>

namespace w2n::heap {

namespace {

constexpr uint64_t displayBytes = artifact::displayEntries * sizeof(uint32_t);
/// Rows that become accessible at a time.
constexpr uint32_t rowStep = 256;
/// Bits of TypeDescriptor::references.
constexpr uint32_t mappedBytes = 64 * artifact::heapReferenceBytes;

bool isMapped(uint32_t offset, FieldKind kind) {
  return kind == FieldKind::Reference && offset - artifact::objectHeaderBytes < mappedBytes;
}

/// Calls `visit(offset, kind)` for each field; returns the size of the structure.
template <typename Visit> uint32_t layOut(std::span<const Field> fields, Visit visit) {
  uint32_t end = artifact::objectHeaderBytes;
  for (const Field &field : fields) {
    const uint32_t offset = artifact::fieldOffset(end, field.bytes);
    visit(offset, field.kind);
    end = offset + field.bytes;
  }
  return artifact::alignObject(end);
}

} // namespace

const TypeDescriptor HeapTypes::none = {};

Result<std::unique_ptr<HeapTypes>> HeapTypes::create(uint32_t maxTypes) {
  std::unique_ptr<HeapTypes> types(new HeapTypes);
  types->descriptorTable = GrowingTable::reserve(uint64_t(maxTypes) * sizeof(TypeDescriptor));
  types->displayTable = GrowingTable::reserve(maxTypes * displayBytes);
  types->kindTable = GrowingTable::reserve(maxTypes);
  if (!types->descriptorTable || !types->displayTable || !types->kindTable)
    return fail(ErrorKind::Limit, "no address space for the types of " + std::to_string(maxTypes) +
                                      " structures and arrays");
  types->maxTypes = maxTypes;
  const uint32_t belowNothing[] = {artifact::fillerTypeId};
  W2N_CHECK(types->makeRow(artifact::externBoxTypeId, belowNothing));
  types->descriptors()[artifact::externBoxTypeId] = {.kind = ObjectKind::Struct,
                                                     .bytes = artifact::externBoxBytes};
  return types;
}

HeapTypes::~HeapTypes() {
  for (uint32_t number = 0; number < definedEnd; ++number)
    remove(number);
}

Status HeapTypes::makeRow(uint32_t number, std::span<const uint32_t> display) {
  assert(!display.empty() && display.size() <= artifact::displayEntries);
  if (number >= maxTypes)
    return fail(ErrorKind::Limit, "more than " + std::to_string(maxTypes) +
                                      " types are loaded, as many as structures and arrays may "
                                      "have");
  const uint64_t rows = std::min(maxTypes, (number / rowStep + 1) * rowStep);
  if (!descriptorTable.growTo(rows * sizeof(TypeDescriptor), 1) ||
      !displayTable.growTo(rows * displayBytes, 1) || !kindTable.growTo(rows, 1))
    return fail(ErrorKind::Limit, "no memory for another type of structures or arrays");
  if (rows > definedEnd)
    definedEnd = uint32_t(rows);
  auto *row = reinterpret_cast<uint32_t *>(displayTable.data() + number * displayBytes);
  // Numbers are used again: what follows the type's own is that of no type.
  std::fill_n(std::copy(display.begin(), display.end(), row),
              artifact::displayEntries - display.size(), artifact::fillerTypeId);
  return {};
}

void HeapTypes::publish(uint32_t number, const TypeDescriptor &descriptor) {
  remove(number);
  descriptors()[number] = descriptor;
  reinterpret_cast<ObjectKind *>(kindTable.data())[number] = descriptor.kind;
}

Status HeapTypes::defineStruct(uint32_t number, std::span<const Field> fields,
                               std::span<const uint32_t> display) {
  W2N_CHECK(makeRow(number, display));
  TypeDescriptor descriptor = {.kind = ObjectKind::Struct};
  uint32_t otherCount = 0;
  descriptor.bytes = layOut(fields, [&](uint32_t offset, FieldKind kind) {
    if (isMapped(offset, kind))
      descriptor.references |= uint64_t(1) << ((offset - artifact::objectHeaderBytes) / 4);
    else if (kind != FieldKind::Plain)
      ++otherCount;
  });
  if (otherCount != 0) {
    auto *others = new (std::nothrow) uint32_t[otherCount + 1];
    if (!others)
      return fail(ErrorKind::Limit, "no memory for the fields of a structure");
    others[0] = otherCount;
    uint32_t next = 1;
    layOut(fields, [&](uint32_t offset, FieldKind kind) {
      if (kind != FieldKind::Plain && !isMapped(offset, kind))
        others[next++] = offset << 2 | uint32_t(kind);
    });
    descriptor.others = others;
  }
  publish(number, descriptor);
  return {};
}

Status HeapTypes::defineArray(uint32_t number, Field element, std::span<const uint32_t> display) {
  W2N_CHECK(makeRow(number, display));
  publish(number, {.kind = ObjectKind::Array,
                   .element = element.kind,
                   .elementLog2 = uint8_t(std::countr_zero(element.bytes))});
  return {};
}

void HeapTypes::remove(uint32_t number) {
  if (number >= definedEnd)
    return;
  TypeDescriptor &descriptor = descriptors()[number];
  delete[] descriptor.others;
  descriptor = {};
  reinterpret_cast<ObjectKind *>(kindTable.data())[number] = ObjectKind::None;
}

} // namespace w2n::heap
