// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/Value.h"

#include "lib/artifact/TypeCodes.h"
#include "runtime/api/Object.h"
#include "runtime/core/ValueTypes.h"

#include <bit>

namespace w2n::api {

using artifact::ValueTypeCode;
using runtime::Slot;

const char *kindName(w2n_value_kind kind) {
  constexpr const char *names[] = {"i32",     "i64",       "f32",    "f64",   "v128",
                                   "funcref", "externref", "exnref", "anyref"};
  return kind < std::size(names) ? names[kind] : "unknown kind";
}

namespace {

/// Artifacts have one code for everything but functions and exceptions.
w2n_value_kind kindOf(ValueTypeCode code, wasm::HeapKind heap) {
  const bool isObject = code == ValueTypeCode::ExternRef && heap != wasm::HeapKind::Extern &&
                        heap != wasm::HeapKind::NoExtern;
  return isObject ? w2n_value_kind(W2N_ANYREF) : w2n_value_kind(code);
}

} // namespace

w2n_value_kind kindOf(wasm::ValueType type) { return kindOf(runtime::codeOf(type), type.heap); }

w2n_value_kind kindOfCode(uint32_t code) {
  return kindOf(ValueTypeCode(code & artifact::codeBits), artifact::decodeType(code).heap);
}

bool isOfKind(const w2n_value &value, wasm::ValueType type) {
  const w2n_value_kind kind = kindOf(type);
  return value.kind == kind || (value.kind == W2N_ANYREF && kind == W2N_EXTERNREF);
}

bool isValueOf(wasm::ValueType type, const w2n_value &value) {
  if (value.kind == W2N_ANYREF)
    return isObjectOf(type, value.of.anyref);
  return !type.isRef() || runtime::isReferenceOf(type, toSlot(value, type));
}

std::vector<w2n_value_kind> kindsOf(std::span<const wasm::ValueType> types) {
  std::vector<w2n_value_kind> kinds;
  kinds.reserve(types.size());
  for (wasm::ValueType type : types)
    kinds.push_back(kindOf(type));
  return kinds;
}

wasm::ValueType typeOf(w2n_value_kind kind) {
  return kind == W2N_ANYREF ? wasm::ValueType::reference(wasm::HeapKind::Any)
                            : runtime::valueTypeOf(ValueTypeCode(kind));
}

size_t slotsOf(w2n_value_kind kind) { return kind == W2N_V128 ? 2 : 1; }

size_t slotsOf(std::span<const w2n_value_kind> kinds) {
  size_t slots = 0;
  for (w2n_value_kind kind : kinds)
    slots += slotsOf(kind);
  return slots;
}

w2n_value fromSlots(const Slot *slots, w2n_value_kind kind, FunctionHome &home,
                    runtime::Instance *owner) {
  w2n_value value = fromPlainSlots(slots, kind);
  if (kind == W2N_FUNCREF)
    value.of.funcref = home.functionOf(*slots);
  if (kind == W2N_ANYREF)
    value.of.anyref = objectOf(*owner, uint32_t(*slots));
  if (kind == W2N_EXTERNREF)
    noteExternref(owner, *slots);
  return value;
}

w2n_value fromPlainSlots(const Slot *slots, w2n_value_kind kind) {
  const Slot slot = *slots;
  w2n_value value = {};
  value.kind = kind;
  // The caller makes the handle.
  if (kind == W2N_ANYREF)
    return value;
  switch (ValueTypeCode(kind)) {
  case ValueTypeCode::I32:
    value.of.i32 = int32_t(slot);
    break;
  case ValueTypeCode::I64:
    value.of.i64 = int64_t(slot);
    break;
  case ValueTypeCode::F32:
    value.of.f32 = std::bit_cast<float>(uint32_t(slot));
    break;
  case ValueTypeCode::F64:
    value.of.f64 = std::bit_cast<double>(slot);
    break;
  case ValueTypeCode::V128:
    value.of.v128[0] = slot;
    value.of.v128[1] = slots[1];
    break;
  case ValueTypeCode::FuncRef:
  case ValueTypeCode::ExnRef:
    break;
  case ValueTypeCode::ExternRef:
    value.of.externref = reinterpret_cast<void *>(slot);
    break;
  }
  return value;
}

Slot toSlot(const w2n_value &value, wasm::ValueType type) {
  if (value.kind == W2N_ANYREF)
    return slotOfObject(value.of.anyref, type);
  switch (ValueTypeCode(value.kind)) {
  case ValueTypeCode::I32:
    return uint32_t(value.of.i32);
  case ValueTypeCode::I64:
    return uint64_t(value.of.i64);
  case ValueTypeCode::F32:
    return std::bit_cast<uint32_t>(value.of.f32);
  case ValueTypeCode::F64:
    return std::bit_cast<uint64_t>(value.of.f64);
  case ValueTypeCode::V128:
    return value.of.v128[0];
  case ValueTypeCode::FuncRef:
    return value.of.funcref ? runtime::referenceTo(*value.of.funcref->function) : 0;
  case ValueTypeCode::ExternRef:
    return reinterpret_cast<Slot>(value.of.externref);
  case ValueTypeCode::ExnRef:
    break;
  }
  return 0;
}

Result<Slot> toSlotFor(const w2n_value &value, wasm::ValueType type, runtime::Instance *receiver) {
  if (!isOfKind(value, type))
    return fail(ErrorKind::Invalid, "a value of type " + std::string(kindName(value.kind)) +
                                        " where one of type " + wasm::toString(type) +
                                        " is wanted");
  if (value.kind == W2N_EXNREF)
    return fail(ErrorKind::Unsupported, "the C API has no values that are exceptions");
  if (value.kind == W2N_ANYREF) {
    if (!isValueOf(type, value))
      return fail(ErrorKind::Invalid, "an object of another type where one of type " +
                                          wasm::toString(type) + " is wanted");
    W2N_CHECK(checkHeap(value.of.anyref, receiver));
    return toSlot(value, type);
  }
  Slot slot = toSlot(value, type);
  if (value.kind == W2N_FUNCREF && value.of.funcref && slot == 0) {
    if (!receiver)
      return fail(ErrorKind::Unsupported,
                  "a function of the host as a reference needs an instance that can call it");
    W2N_TRY(made, runtime::referenceFor(value.of.funcref->function, *receiver));
    slot = made;
  }
  if (type.isRef() && !runtime::isReferenceOf(type, slot))
    return fail(ErrorKind::Invalid, "a reference of another type where one of type " +
                                        wasm::toString(type) + " is wanted");
  return slot;
}

Status handOver(const w2n_value &value, wasm::ValueType type, runtime::Instance &receiver,
                Slot *slots) {
  if (value.kind == W2N_ANYREF)
    W2N_CHECK(checkHeap(value.of.anyref, &receiver));
  slots[0] = toSlot(value, type);
  if (value.kind == W2N_FUNCREF && value.of.funcref && slots[0] == 0) {
    W2N_TRY(made, runtime::referenceFor(value.of.funcref->function, receiver));
    slots[0] = made;
  }
  if (value.kind == W2N_V128)
    slots[1] = value.of.v128[1];
  if (value.kind == W2N_FUNCREF && !runtime::handReference(receiver, slots[0]))
    return fail(ErrorKind::Link, "the function's instance has another heap than the one that it is "
                                 "handed to");
  return {};
}

} // namespace w2n::api
