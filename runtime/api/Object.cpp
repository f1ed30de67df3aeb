// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/Object.h"

#include "runtime/api/SizedStruct.h"
#include "runtime/api/Value.h"
#include "runtime/core/HeapTypeTable.h"
#include "runtime/core/HostValues.h"
#include "runtime/core/InstanceGroup.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Interrupt.h"
#include "runtime/core/ObjectValues.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace w2n;
using runtime::FieldPlace;
using runtime::Slot;
using runtime::StoreHeap;

namespace {

bool isI31(uint32_t reference) { return reference & 1; }

const std::shared_ptr<StoreHeap> &heapOf(runtime::Instance &instance) {
  return instance.state().group->heap;
}

w2n_object *newObject(runtime::Instance &instance, uint32_t reference) {
  return new w2n_object(instance.state().group->handleOf(instance), reference);
}

const artifact::ObjectHeader *headerOf(const w2n_object &object) {
  heap::Heap *heap = object.objects();
  return heap ? heap->object(object.reference()) : nullptr;
}

} // namespace

w2n_object::w2n_object(std::shared_ptr<runtime::Instance> of, uint32_t reference)
    : owner(std::move(of)), heap(heapOf(*owner)) {
  // Without a heap there are no objects.
  if (isI31(reference) || !heap) {
    i31 = reference | 1;
    return;
  }
  const auto made = heap->objects().handles.add(reference);
  // As where `new` finds no memory.
  if (!made)
    std::abort();
  handle = *made;
}

w2n_object::~w2n_object() {
  if (i31 == 0)
    heap->objects().handles.remove(handle);
}

uint32_t w2n_object::reference() const {
  return i31 != 0 ? i31 : heap->objects().handles.get(handle);
}

w2n_object *api::objectOf(runtime::Instance &instance, uint32_t reference) {
  return reference == 0 ? nullptr : newObject(instance, reference);
}

namespace {

/// The heap of the object that the host was handed last as an externref; null if it has none. Only
/// compared.
constinit thread_local const StoreHeap *lastExternHeap = nullptr;

bool isTagged(Slot value) { return (value & artifact::externTagMask) == artifact::externTag; }

} // namespace

void api::noteExternref(runtime::Instance *owner, Slot slot) {
  if (isTagged(slot))
    lastExternHeap = owner ? heapOf(*owner).get() : nullptr;
}

Slot api::slotOfObject(const w2n_object *object, wasm::ValueType type) {
  if (!object)
    return 0;
  return kindOf(type) == W2N_EXTERNREF ? runtime::externOf(object->objects(), object->reference())
                                       : object->reference();
}

bool api::isObjectOf(wasm::ValueType type, const w2n_object *object) {
  if (!object)
    return type.nullable;
  if (kindOf(type) == W2N_EXTERNREF)
    return type.heap == wasm::HeapKind::Extern;
  return runtime::isObjectOf(type, object->reference(), object->objects());
}

Status api::checkHeap(const w2n_object *object, runtime::Instance *receiver) {
  if (!object || isI31(object->reference()))
    return {};
  if (receiver && receiver->state().group->heap == object->heap)
    return {};
  return fail(ErrorKind::Link, "the object is of another heap than the one that it is handed to");
}

void w2n_object_free(w2n_object *object) { delete object; }

w2n_object *w2n_object_copy(const w2n_object *object) {
  return new w2n_object(object->owner, object->reference());
}

w2n_object_kind w2n_object_kind_of(const w2n_object *object) {
  const artifact::ObjectHeader *header = headerOf(*object);
  if (!header)
    return W2N_OBJECT_I31;
  if (header->typeId == artifact::externBoxTypeId)
    return W2N_OBJECT_HOST;
  return object->objects()->record().kinds[header->typeId] == artifact::ObjectKind::Array
             ? W2N_OBJECT_ARRAY
             : W2N_OBJECT_STRUCT;
}

bool w2n_object_same(const w2n_object *left, const w2n_object *right) {
  return left->reference() == right->reference() && left->objects() == right->objects();
}

namespace {

/// The number of the type with this index if it is of structures or arrays, as `kind` says.
Result<uint32_t> typeIdOf(const runtime::Instance &instance, uint32_t type,
                          artifact::ObjectKind kind) {
  const auto ids = instance.module().typeIds();
  W2N_TRY(types, runtime::heapTypes());
  if (type >= ids.size() || types->kinds()[ids[type]] != kind)
    return fail(ErrorKind::Invalid,
                "the module has no type of " +
                    std::string(kind == artifact::ObjectKind::Array ? "arrays" : "structures") +
                    " with index " + std::to_string(type));
  return ids[type];
}

Result<std::shared_ptr<StoreHeap>> neededHeap(runtime::Instance &instance) {
  if (!heapOf(instance))
    return fail(ErrorKind::Unsupported, "the instance has no heap");
  return heapOf(instance);
}

} // namespace

bool w2n_object_is(const w2n_object *object, const w2n_instance *instance, uint32_t type) {
  const auto ids = instance->instance.module().typeIds();
  return type < ids.size() &&
         api::isObjectOf(wasm::ValueType::referenceTo(ids[type], false), object);
}

w2n_object *w2n_object_new_i31(w2n_instance *instance, int32_t number) {
  return newObject(instance->instance, uint32_t(number) << 1 | 1);
}

int32_t w2n_object_i31(const w2n_object *object) {
  const uint32_t reference = object->reference();
  return isI31(reference) ? int32_t(reference) >> 1 : 0;
}

namespace {

/// The slots of `value` for a field of an object of `heap`.
Status fieldSlots(const wasm::FieldType &type, const w2n_value &value, const StoreHeap *heap,
                  Slot *slots) {
  if (!api::isOfKind(value, type.type) || !api::isValueOf(type.type, value))
    return fail(ErrorKind::Invalid, "a value of type " + std::string(api::kindName(value.kind)) +
                                        " for a field of type " + wasm::toString(type.type));
  if (value.kind == W2N_ANYREF && value.of.anyref && value.of.anyref->objects() &&
      value.of.anyref->heap.get() != heap)
    return fail(ErrorKind::Link, "the object is of another heap than the one that refers to it");
  slots[0] = api::toSlot(value, type.type);
  slots[1] = value.kind == W2N_V128 ? value.of.v128[1] : 0;
  const bool isOutside = value.kind == W2N_FUNCREF && value.of.funcref;
  if (isOutside || value.kind == W2N_EXNREF)
    return fail(ErrorKind::Unsupported,
                "the host can set a field of type " + wasm::toString(type.type) + " to null alone");
  return {};
}

bool hasDefault(const wasm::FieldType &field) { return !field.type.isRef() || field.type.nullable; }

/// A handle to a new object, all of whose fields have their defaults.
Result<w2n_object *> makeObject(runtime::Instance &instance, uint32_t typeId, uint32_t length) {
  W2N_TRY(heap, neededHeap(instance));
  heap::Heap &objects = heap->objects();
  W2N_TRY(reference, runtime::madeByHost(objects.allocate(typeId, length), objects));
  return newObject(instance, reference);
}

Result<w2n_object *> makeStruct(runtime::Instance &instance, uint32_t type,
                                std::span<const w2n_value> values) {
  W2N_TRY(typeId, typeIdOf(instance, type, artifact::ObjectKind::Struct));
  W2N_TRY(heap, neededHeap(instance));
  const auto fields = runtime::canonicalFields(typeId);
  const bool isDefault = values.empty() && std::ranges::all_of(fields, hasDefault);
  if (!isDefault && values.size() != fields.size())
    return fail(ErrorKind::Invalid, "a structure of " + std::to_string(fields.size()) +
                                        " fields made of " + std::to_string(values.size()) +
                                        " values");
  std::vector<Slot> slots(2 * values.size());
  for (size_t i = 0; i < values.size(); ++i)
    W2N_CHECK(fieldSlots(fields[i], values[i], heap.get(), &slots[2 * i]));
  W2N_TRY(object, makeObject(instance, typeId, 0));
  for (uint32_t i = 0; i < values.size(); ++i)
    runtime::writeField(runtime::fieldOf(heap->objects(), object->reference(), i), &slots[2 * i]);
  return object;
}

Result<w2n_object *> makeArray(runtime::Instance &instance, uint32_t type, uint32_t length,
                               const w2n_value *initial) {
  W2N_TRY(typeId, typeIdOf(instance, type, artifact::ObjectKind::Array));
  W2N_TRY(heap, neededHeap(instance));
  const wasm::FieldType &element = runtime::canonicalFields(typeId)[0];
  if (!initial && !hasDefault(element))
    return fail(ErrorKind::Invalid, "the elements of the array have no default");
  Slot slots[2] = {};
  if (initial)
    W2N_CHECK(fieldSlots(element, *initial, heap.get(), slots));
  W2N_TRY(object, makeObject(instance, typeId, length));
  if (slots[0] == 0 && slots[1] == 0)
    return object;
  for (uint32_t i = 0; i < length; ++i)
    runtime::writeField(runtime::fieldOf(heap->objects(), object->reference(), i), slots);
  return object;
}

w2n_error *store(Result<w2n_object *> made, w2n_object **out) {
  if (!made)
    return new w2n_error{std::move(made).error()};
  *out = *made;
  return nullptr;
}

} // namespace

w2n_error *w2n_object_new_struct(w2n_instance *instance, uint32_t type, const w2n_value *fields,
                                 size_t count, w2n_object **out) {
  return store(makeStruct(instance->instance, type, {fields, count}), out);
}

w2n_error *w2n_object_new_array(w2n_instance *instance, uint32_t type, uint32_t length,
                                const w2n_value *initial, w2n_object **out) {
  return store(makeArray(instance->instance, type, length, initial), out);
}

uint32_t w2n_object_length(const w2n_object *object) {
  return object->objects() ? runtime::fieldCount(*object->objects(), object->reference()) : 0;
}

namespace {

Result<FieldPlace> placeOf(const w2n_object &object, uint32_t index) {
  const uint32_t count = w2n_object_length(&object);
  if (index >= count)
    return fail(ErrorKind::Invalid, "an object of " + std::to_string(count) +
                                        " fields has no field " + std::to_string(index));
  return runtime::fieldOf(*object.objects(), object.reference(), index);
}

Result<w2n_value> getField(w2n_object &object, uint32_t index) {
  W2N_TRY(place, placeOf(object, index));
  const w2n_value_kind kind = api::kindOf(place.type.type);
  if (kind == W2N_EXNREF)
    return fail(ErrorKind::Unsupported, "the C API has no values that are exceptions");
  Slot slots[2];
  runtime::readField(place, slots);
  w2n_value value = api::fromPlainSlots(slots, kind);
  if (kind == W2N_FUNCREF)
    value.of.funcref = object.functionOf(slots[0]);
  if (kind == W2N_EXTERNREF)
    api::noteExternref(object.owner.get(), slots[0]);
  if (kind == W2N_ANYREF && slots[0] != 0)
    value.of.anyref = new w2n_object(object.owner, uint32_t(slots[0]));
  return value;
}

std::unexpected<Error> immutable() { return fail(ErrorKind::Invalid, "the field is immutable"); }

Status setField(w2n_object &object, uint32_t index, const w2n_value &value) {
  W2N_TRY(place, placeOf(object, index));
  if (!place.type.isMutable)
    return immutable();
  Slot slots[2];
  W2N_CHECK(fieldSlots(place.type, value, object.heap.get(), slots));
  runtime::writeField(place, slots);
  return {};
}

/// The first of `count` elements of an array of numbers.
Result<FieldPlace> numbersOf(const w2n_object &array, uint32_t first, uint32_t count) {
  const uint32_t length = w2n_object_length(&array);
  if (w2n_object_kind_of(&array) != W2N_OBJECT_ARRAY || count > length || first > length - count)
    return fail(ErrorKind::Invalid, "no array with elements from " + std::to_string(first) +
                                        " to " + std::to_string(uint64_t(first) + count));
  if (runtime::canonicalFields(headerOf(array)->typeId)[0].type.isRef())
    return fail(ErrorKind::Invalid, "an array of references, must be one of numbers");
  return runtime::fieldOf(*array.objects(), array.reference(), first);
}

Status readNumbers(const w2n_object &array, uint32_t first, uint32_t count, void *out) {
  W2N_TRY(place, numbersOf(array, first, count));
  if (count != 0)
    std::memcpy(out, place.address, uint64_t(count) * place.bytes);
  return {};
}

Status writeNumbers(const w2n_object &array, uint32_t first, uint32_t count, const void *data) {
  W2N_TRY(place, numbersOf(array, first, count));
  if (!place.type.isMutable)
    return immutable();
  if (count != 0)
    std::memcpy(place.address, data, uint64_t(count) * place.bytes);
  return {};
}

} // namespace

w2n_error *w2n_object_get(w2n_object *object, uint32_t index, w2n_value *out) {
  auto value = getField(*object, index);
  if (!value)
    return new w2n_error{std::move(value).error()};
  *out = *value;
  return nullptr;
}

w2n_error *w2n_object_set(w2n_object *object, uint32_t index, const w2n_value *value) {
  return api::toC(setField(*object, index, *value));
}

w2n_error *w2n_object_read(const w2n_object *array, uint32_t first, uint32_t count, void *out) {
  return api::toC(readNumbers(*array, first, count, out));
}

w2n_error *w2n_object_write(w2n_object *array, uint32_t first, uint32_t count, const void *data) {
  return api::toC(writeNumbers(*array, first, count, data));
}

namespace {

void finalizeNothing(void *) {}

Result<w2n_object *> makeHostObject(runtime::Instance &instance, void *data,
                                    w2n_finalizer finalizer) {
  W2N_TRY(heap, neededHeap(instance));
  heap::Heap &objects = heap->objects();
  W2N_TRY(reference,
          runtime::madeByHost(
              objects.allocateHostObject(data, finalizer ? finalizer : finalizeNothing), objects));
  return newObject(instance, reference);
}

Result<w2n_object *> fromExternref(runtime::Instance &instance, Slot value) {
  const auto &heap = heapOf(instance);
  const auto reference = uint32_t(value);
  if (isTagged(value) && !isI31(reference) && lastExternHeap && lastExternHeap != heap.get())
    return fail(ErrorKind::Link, "the externref is an object of another heap");
  if (!isTagged(value) || !heap || !(isI31(reference) || heap->objects().object(reference)))
    return fail(ErrorKind::Invalid, "the externref is a value of the host, must be an object");
  return newObject(instance, reference);
}

} // namespace

w2n_error *w2n_object_new_host(w2n_instance *instance, void *data, w2n_finalizer finalizer,
                               w2n_object **out) {
  return store(makeHostObject(instance->instance, data, finalizer), out);
}

void *w2n_object_host_data(const w2n_object *object) {
  const artifact::ObjectHeader *header = headerOf(*object);
  if (!header || header->typeId != artifact::externBoxTypeId)
    return nullptr;
  void *data;
  std::memcpy(&data, header + 1, sizeof data);
  return data;
}

w2n_error *w2n_object_from_externref(w2n_instance *instance, void *externref, w2n_object **out) {
  return store(fromExternref(instance->instance, reinterpret_cast<Slot>(externref)), out);
}

bool w2n_instance_heap_stats(const w2n_instance *instance, w2n_heap_stats *out) {
  const auto &heap = heapOf(instance->instance);
  if (!heap)
    return false;
  const heap::HeapStats stats = heap->objects().stats();
  api::fillSized(out, {.size = sizeof(w2n_heap_stats),
                       .allocated_bytes = stats.allocatedBytes,
                       .live_bytes = stats.liveBytes,
                       .used_bytes = stats.usedBytes,
                       .max_bytes = heap->objects().maxBytes(),
                       .collections = stats.collections,
                       .total_pause_ns = stats.totalPauseNs,
                       .max_pause_ns = stats.maxPauseNs});
  return true;
}

w2n_error *w2n_instance_collect(w2n_instance *instance) {
  const auto &heap = heapOf(instance->instance);
  if (heap && !heap->objects().collect())
    return new w2n_error{runtime::interruptError()};
  return nullptr;
}
