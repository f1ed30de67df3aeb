// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/CanonicalTypes.h"

#include "lib/artifact/HeapLayout.h"
#include "lib/artifact/TypeCodes.h"
#include "runtime/core/HeapTypeTable.h"
#include "runtime/core/ValueTypes.h"

#include <algorithm>
#include <cassert>
#include <mutex>

namespace w2n::runtime {

namespace {

using artifact::Metadata;
using artifact::TypeRecord;
using wasm::CompositeKind;
using wasm::ValueType;

struct Registry {
  Registry() {
    // Before every other number: boxes of the host's values have it in their headers.
    [[maybe_unused]] const uint32_t box = table.reserve();
    assert(box == artifact::externBoxTypeId);
    functions.extendTo(box);
  }

  /// For changes; who asks about types that are held needs none.
  std::mutex lock;
  wasm::TypeTable table;
  /// By number; empty for what is no function.
  StableArray<wasm::FunctionType> functions;
};

Registry &registry() {
  static auto &instance = *new Registry;
  return instance;
}

/// The types of one artifact, group by group. Under the lock.
class Numbering {
public:
  Numbering(Registry &registry, const Metadata &metadata)
      : registry(registry), metadata(metadata), types(metadata.types()) {
    numbers.reserve(types.size());
  }

  Status run() {
    for (uint32_t begin = 0, end; begin < types.size(); begin = end) {
      end = begin + 1;
      while (end < types.size() && (types[end].flags & artifact::typeIsInGroup))
        ++end;
      W2N_CHECK(numberGroup(begin, end));
    }
    return {};
  }
  /// By type index; after an error, of the types that came before it.
  std::vector<uint32_t> takeNumbers() { return std::move(numbers); }

private:
  static CompositeKind kindOf(const TypeRecord &type) {
    return CompositeKind(type.flags & artifact::typeKindBits);
  }
  void describe(const TypeRecord &type);
  void describe(artifact::ArrayRef codes, std::span<const uint32_t> details);
  Status numberGroup(uint32_t begin, uint32_t end);
  Status defineObjects(uint32_t index);
  wasm::FunctionType functionOf(const TypeRecord &type) const;

  Registry &registry;
  const Metadata &metadata;
  const std::span<const TypeRecord> types;
  std::vector<uint32_t> numbers;
  wasm::TypeGroup group{0, numbers};
};

/// Parameters or results: what the details say, or without any what the plain codes say.
void Numbering::describe(artifact::ArrayRef codes, std::span<const uint32_t> details) {
  for (uint32_t code : details)
    group.add(artifact::decodeType(code));
  if (details.empty())
    for (uint8_t code : metadata.valueTypes(codes))
      group.add(artifact::decodeType(code));
}

void Numbering::describe(const TypeRecord &type) {
  group.beginType(kindOf(type), !(type.flags & artifact::typeIsOpen),
                  type.flags & artifact::typeHasSuper ? std::optional(type.super) : std::nullopt);
  if (kindOf(type) != CompositeKind::Function) {
    // The bits of the code that a value type does not have are those of a field.
    constexpr uint32_t fieldBits =
        artifact::codeMutable | artifact::codePacked8 | artifact::codePacked16;
    for (uint32_t code : metadata.indices(type.details))
      group.add(artifact::decodeType(code), 1 | (code & fieldBits));
    return;
  }
  const auto details = metadata.indices(type.details);
  const size_t params = std::min<size_t>(details.size(), type.params.count);
  describe(type.params, details.first(params));
  group.endParameters();
  describe(type.results, details.subspan(params));
}

wasm::FunctionType Numbering::functionOf(const TypeRecord &type) const {
  if (kindOf(type) != CompositeKind::Function)
    return {};
  wasm::FunctionType function = functionTypeOf(metadata, type);
  for (auto *values : {&function.params, &function.results})
    for (ValueType &value : *values)
      if (value.isDefined())
        value.typeIndex = numbers[value.typeIndex];
  return function;
}

/// Tells collectors and casts of a structure or array.
Status Numbering::defineObjects(uint32_t index) {
  const TypeRecord &type = types[index];
  if (kindOf(type) == CompositeKind::Function)
    return {};
  std::vector<wasm::FieldType> fields;
  for (uint32_t code : metadata.indices(type.details)) {
    wasm::FieldType field = fieldTypeOf(code);
    if (field.type.isDefined())
      field.type.typeIndex = numbers[field.type.typeIndex];
    fields.push_back(field);
  }
  return defineHeapType(numbers[index], kindOf(type), fields,
                        registry.table.displayOf(numbers[index]));
}

Status Numbering::numberGroup(uint32_t begin, uint32_t end) {
  group.restart(begin);
  for (uint32_t i = begin; i < end; ++i)
    describe(types[i]);
  if (!registry.table.add(group, numbers))
    return {};
  registry.functions.extendTo(registry.table.size() - 1);
  for (uint32_t i = begin; i < end; ++i)
    registry.functions[numbers[i]] = functionOf(types[i]);
  for (uint32_t i = begin; i < end; ++i)
    W2N_CHECK(defineObjects(i));
  return {};
}

} // namespace

HeldTypes::~HeldTypes() {
  if (held.empty())
    return;
  std::vector<uint32_t> removed;
  std::lock_guard guard(registry().lock);
  registry().table.release(held, removed);
  for (uint32_t number : removed) {
    registry().functions[number] = {};
    removeHeapType(number);
  }
}

HeldTypes holdType(const wasm::FunctionType &type) {
  wasm::TypeGroup group;
  group.beginType(CompositeKind::Function, true, std::nullopt);
  for (ValueType param : type.params)
    group.add(param);
  group.endParameters();
  for (ValueType result : type.results)
    group.add(result);
  HeldTypes types;
  std::lock_guard guard(registry().lock);
  if (registry().table.add(group, types.held)) {
    registry().functions.extendTo(registry().table.size() - 1);
    registry().functions[types.held[0]] = type;
  }
  return types;
}

HeldTypes holdType(ValueType type) {
  HeldTypes types;
  if (!type.isDefined())
    return types;
  types.held.push_back(type.typeIndex);
  std::lock_guard guard(registry().lock);
  registry().table.hold(type.typeIndex);
  return types;
}

Result<HeldTypes> holdTypes(const Metadata &metadata) {
  // Outlives the lock, which it takes when it ends.
  HeldTypes types;
  std::lock_guard guard(registry().lock);
  Numbering numbering(registry(), metadata);
  const Status numbered = numbering.run();
  types.held = numbering.takeNumbers();
  W2N_CHECK(numbered);
  return types;
}

uint32_t canonicalTypeCount() {
  std::lock_guard guard(registry().lock);
  return registry().table.typeCount();
}

const wasm::FunctionType &canonicalType(uint32_t id) { return registry().functions[id]; }

bool isSubtype(uint32_t sub, uint32_t super) { return registry().table.isBelow(sub, super); }

bool matches(ValueType sub, ValueType super) {
  return sub == super || registry().table.matches(sub, super);
}

bool isHeapReference(ValueType type) {
  return type.isRef() && registry().table.topOf(type) == wasm::HeapKind::Any;
}

bool holdsFunctions(ValueType type) {
  using wasm::HeapKind;
  if (type.isDefined())
    return matches(type, ValueType::funcref());
  return type.isRef() && (type.heap == HeapKind::Func || type.heap == HeapKind::NoFunc);
}

} // namespace w2n::runtime
