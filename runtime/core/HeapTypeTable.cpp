// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/HeapTypeTable.h"

#include "lib/artifact/ObjectLayout.h"
#include "lib/support/StableArray.h"
#include "runtime/core/CanonicalTypes.h"
#include "runtime/heap/HeapTypes.h"

#include <atomic>
#include <mutex>

namespace w2n::runtime {

namespace {

using heap::Field;
using heap::FieldKind;
using heap::HeapTypes;

/// Made with the first type: most processes have none. Lives as long as the process.
constinit std::atomic<HeapTypes *> table = nullptr;

/// By number.
StableArray<std::vector<wasm::FieldType>> &fieldsOfTypes() {
  static auto &fields = *new StableArray<std::vector<wasm::FieldType>>;
  return fields;
}

Result<HeapTypes *> makeTable() {
  static std::mutex lock;
  std::lock_guard guard(lock);
  if (HeapTypes *made = table.load())
    return made;
  W2N_TRY(types, HeapTypes::create());
  table = types.release();
  return table.load();
}

bool isExternal(wasm::ValueType type) {
  return type.isRef() &&
         (type.heap == wasm::HeapKind::Extern || type.heap == wasm::HeapKind::NoExtern);
}

Field describe(const wasm::FieldType &field) {
  const bool isReference = isHeapReference(field.type);
  return {artifact::fieldBytes(field, isReference), isReference              ? FieldKind::Reference
                                                    : isExternal(field.type) ? FieldKind::Extern
                                                                             : FieldKind::Plain};
}

} // namespace

Result<const HeapTypes *> heapTypes() { return makeTable(); }

Status defineHeapType(uint32_t number, wasm::CompositeKind kind,
                      std::span<const wasm::FieldType> fields, std::span<const uint32_t> display) {
  W2N_TRY(types, makeTable());
  fieldsOfTypes().extendTo(number);
  fieldsOfTypes()[number].assign(fields.begin(), fields.end());
  if (kind == wasm::CompositeKind::Array)
    return types->defineArray(number, describe(fields[0]), display);
  std::vector<Field> described;
  described.reserve(fields.size());
  for (const wasm::FieldType &field : fields)
    described.push_back(describe(field));
  return types->defineStruct(number, described, display);
}

void removeHeapType(uint32_t number) {
  HeapTypes *types = table.load();
  if (!types || number == artifact::externBoxTypeId)
    return;
  types->remove(number);
  fieldsOfTypes().extendTo(number);
  fieldsOfTypes()[number] = {};
}

std::span<const wasm::FieldType> canonicalFields(uint32_t number) {
  return fieldsOfTypes()[number];
}

} // namespace w2n::runtime
