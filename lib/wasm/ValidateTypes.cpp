// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The type section (core specification, sections 3.2.6 to 3.2.9): indices exist, recursive groups
// are numbered, and what is declared to be a subtype is one.

#include "lib/wasm/Limits.h"
#include "lib/wasm/ValidateBody.h"

#include <algorithm>

namespace w2n::wasm {

namespace {

std::unexpected<Error> invalidType(uint32_t index, const std::string &text) {
  return fail(ErrorKind::Invalid, text + " (in type " + std::to_string(index) + ")");
}

/// The flags of a field for TypeGroup, not zero for any.
uint32_t flagsOf(const FieldType &field) {
  return 1u | (field.isMutable ? 2u : 0u) | uint32_t(field.packedBits) << 8;
}

class TypesValidator {
public:
  explicit TypesValidator(Module &module) : module(module) {}
  Status run();

private:
  Status checkIndices(uint32_t index) const;
  void numberGroup(uint32_t begin, uint32_t end);
  Status checkSupertype(uint32_t index) const;
  bool matches(const std::vector<ValueType> &subs, const std::vector<ValueType> &supers) const {
    return std::ranges::equal(subs, supers, [this](ValueType sub, ValueType super) {
      return module.matches(sub, super);
    });
  }
  bool matches(const FieldType &sub, const FieldType &super) const;
  bool matches(const TypeDefinition &sub, const TypeDefinition &super) const;

  Module &module;
  std::vector<uint32_t> numbers;
  TypeGroup group{0, numbers};
};

// Types that a type refers to are in its group or before it; its supertype is before it.
Status TypesValidator::checkIndices(uint32_t index) const {
  const TypeDefinition &type = module.types[index];
  auto isKnown = [&](ValueType value) {
    return !value.isDefined() || value.typeIndex < type.groupEnd;
  };
  auto isKnownField = [&](const FieldType &field) { return isKnown(field.type); };
  if (!std::ranges::all_of(type.function.params, isKnown) ||
      !std::ranges::all_of(type.function.results, isKnown) ||
      !std::ranges::all_of(type.fields, isKnownField))
    return invalidType(index, "unknown type");
  if (type.super && *type.super >= index)
    return invalidType(index, "unknown type " + std::to_string(*type.super));
  return {};
}

void TypesValidator::numberGroup(uint32_t begin, uint32_t end) {
  group.restart(begin);
  for (uint32_t i = begin; i < end; ++i) {
    const TypeDefinition &type = module.types[i];
    group.beginType(type.kind, type.isFinal, type.super);
    for (ValueType param : type.function.params)
      group.add(param);
    group.endParameters();
    for (ValueType result : type.function.results)
      group.add(result);
    for (const FieldType &field : type.fields)
      group.add(field.type, flagsOf(field));
  }
  module.typeTable.add(group, numbers);
  for (uint32_t i = begin; i < end; ++i)
    module.types[i].number = numbers[i];
}

bool TypesValidator::matches(const FieldType &sub, const FieldType &super) const {
  if (sub.isMutable != super.isMutable || sub.packedBits != super.packedBits)
    return false;
  return module.matches(sub.type, super.type) &&
         (!sub.isMutable || module.matches(super.type, sub.type));
}

// Section 3.3.10, "composite types".
bool TypesValidator::matches(const TypeDefinition &sub, const TypeDefinition &super) const {
  if (sub.kind != super.kind)
    return false;
  if (sub.kind == CompositeKind::Function)
    return matches(super.function.params, sub.function.params) &&
           matches(sub.function.results, super.function.results);
  return sub.fields.size() >= super.fields.size() &&
         std::equal(super.fields.begin(), super.fields.end(), sub.fields.begin(),
                    [this](const FieldType &above, const FieldType &below) {
                      return matches(below, above);
                    });
}

Status TypesValidator::checkSupertype(uint32_t index) const {
  const TypeDefinition &type = module.types[index];
  if (!type.super)
    return {};
  const TypeDefinition &super = module.types[*type.super];
  if (super.isFinal || !matches(type, super))
    return fail(ErrorKind::Invalid, "sub type " + std::to_string(index) +
                                        " does not match super type " +
                                        std::to_string(*type.super));
  if (module.typeTable.depthOf(type.number) > limits::subtypingDepth)
    return fail(ErrorKind::Limit, "type " + std::to_string(index) + " has more than " +
                                      std::to_string(limits::subtypingDepth) +
                                      " supertypes above it");
  return {};
}

Status TypesValidator::run() {
  const auto count = uint32_t(module.types.size());
  numbers.reserve(count);
  for (uint32_t begin = 0; begin < count;) {
    const uint32_t end = module.types[begin].groupEnd;
    for (uint32_t i = begin; i < end; ++i) {
      W2N_CHECK(checkIndices(i));
      module.types[i].isDefaultable =
          std::ranges::all_of(module.types[i].fields,
                              [](const FieldType &field) { return field.type.isDefaultable(); });
    }
    numberGroup(begin, end);
    for (uint32_t i = begin; i < end; ++i)
      W2N_CHECK(checkSupertype(i));
    begin = end;
  }
  return {};
}

} // namespace

Status validateTypes(Module &module) { return TypesValidator(module).run(); }

Status checkType(const Module &module, ValueType type, uint64_t offset) {
  if (type.isDefined() && type.typeIndex >= module.types.size())
    return fail(ErrorKind::Invalid, "unknown type " + std::to_string(type.typeIndex), offset);
  return {};
}

} // namespace w2n::wasm
