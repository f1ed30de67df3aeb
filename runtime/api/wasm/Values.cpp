// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/wasm/Values.h"

#include <bit>

using namespace w2n;

namespace w2n::standard {

using runtime::Slot;

namespace {

std::unexpected<Error> wrongValue(wasm::ValueType type, const char *found) {
  return fail(ErrorKind::Invalid,
              "a value of type " + wasm::toString(type) + " is wanted, this is " + found);
}

/// A reference to `function` for `receiver`, or for any instance of the store if that is null.
Result<Slot> functionSlot(Store &store, const wasm_func_t &function, runtime::Instance *receiver) {
  if (function.function->reference)
    return runtime::referenceTo(*function.function);
  if (receiver)
    return runtime::referenceFor(function.function, *receiver);
  for (const auto &instance : store.instances)
    if (auto alive = instance.lock())
      if (auto slot = runtime::referenceFor(function.function, *alive))
        return slot;
  return fail(ErrorKind::Unsupported, "a host function as a reference needs an instance whose "
                                      "module can call functions of its type");
}

bool isOfHost(wasm::ValueType type) {
  return type.isRef() && (type.heap == wasm::HeapKind::Extern);
}

} // namespace

Result<Slot> toSlot(const std::shared_ptr<Store> &store, wasm_ref_t *reference,
                    wasm::ValueType type, runtime::Instance *receiver) {
  if (!reference)
    return type.nullable ? Result<Slot>(0) : wrongValue(type, "a null reference");
  if (isOfHost(type))
    return store->give(*reference);
  if (!runtime::holdsFunctions(type) || reference->kind != Kind::Func)
    return wrongValue(type, "another object");
  W2N_TRY(slot, functionSlot(*store, static_cast<wasm_func_t &>(*reference), receiver));
  if (!runtime::isReferenceOf(type, slot))
    return wrongValue(type, "a function of another type");
  if (receiver && !runtime::handReference(*receiver, slot))
    return fail(ErrorKind::Link, "the function's instance has another heap than the one that it is "
                                 "handed to");
  return slot;
}

Result<Slot> toSlot(const std::shared_ptr<Store> &store, const wasm_val_t &value,
                    wasm::ValueType type, runtime::Instance *receiver) {
  if (value.kind != kindOf(type))
    return wrongValue(type, "of another kind");
  switch (type.kind) {
  case wasm::ValueKind::I32:
    return uint32_t(value.of.i32);
  case wasm::ValueKind::I64:
    return uint64_t(value.of.i64);
  case wasm::ValueKind::F32:
    return std::bit_cast<uint32_t>(value.of.f32);
  case wasm::ValueKind::F64:
    return std::bit_cast<uint64_t>(value.of.f64);
  case wasm::ValueKind::Ref:
    return toSlot(store, value.of.ref, type, receiver);
  case wasm::ValueKind::V128:
  case wasm::ValueKind::Bottom:
    break;
  }
  return fail(ErrorKind::Unsupported, "wasm.h has no values of type " + wasm::toString(type));
}

namespace {

Result<wasm_ref_t *> referenceFrom(const std::shared_ptr<Store> &store, Slot slot,
                                   wasm::ValueType type) {
  if (slot == 0)
    return nullptr;
  if (runtime::holdsFunctions(type))
    return objectFor<wasm_func_t>(store, runtime::functionOf(slot));
  wasm_ref_t *object = isOfHost(type) ? store->find(slot) : nullptr;
  if (!object)
    return fail(ErrorKind::Unsupported, "wasm.h has no references to objects of guests");
  object->retain();
  return object;
}

} // namespace

Result<wasm_val_t> fromSlot(const std::shared_ptr<Store> &store, Slot slot, wasm::ValueType type) {
  wasm_val_t value = {};
  value.kind = kindOf(type);
  switch (type.kind) {
  case wasm::ValueKind::I32:
    value.of.i32 = int32_t(slot);
    return value;
  case wasm::ValueKind::I64:
    value.of.i64 = int64_t(slot);
    return value;
  case wasm::ValueKind::F32:
    value.of.f32 = std::bit_cast<float>(uint32_t(slot));
    return value;
  case wasm::ValueKind::F64:
    value.of.f64 = std::bit_cast<double>(slot);
    return value;
  case wasm::ValueKind::Ref: {
    W2N_TRY(reference, referenceFrom(store, slot, type));
    value.of.ref = reference;
    return value;
  }
  case wasm::ValueKind::V128:
  case wasm::ValueKind::Bottom:
    break;
  }
  return fail(ErrorKind::Unsupported, "wasm.h has no values of type " + wasm::toString(type));
}

} // namespace w2n::standard

void wasm_val_delete(wasm_val_t *value) {
  if (wasm_valkind_is_ref(value->kind) && value->of.ref)
    value->of.ref->release();
  // A value that is deleted twice is freed once.
  if (wasm_valkind_is_ref(value->kind))
    value->of.ref = nullptr;
}

void wasm_val_copy(wasm_val_t *out, const wasm_val_t *value) {
  *out = *value;
  if (wasm_valkind_is_ref(value->kind) && value->of.ref)
    value->of.ref->retain();
}
