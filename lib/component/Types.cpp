// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/Types.h"

#include "lib/component/Limits.h"

#include <algorithm>

namespace w2n::component {

namespace {

/// Takes over the properties of a type that `body` consists of.
void include(TypeBody &body, const TypeBody &part, uint64_t times = 1) {
  body.depth = std::max(body.depth, part.depth + 1);
  body.size = uint32_t(std::min<uint64_t>(body.size + part.size * times, UINT32_MAX));
  body.hasBorrow |= part.hasBorrow;
  body.hasPointers |= part.hasPointers;
  body.hasResources |= part.hasResources;
}

void include(TypeBody &body, const Types &types, const std::optional<ValueType> &part) {
  if (!part)
    return;
  if (!part->primitive)
    return include(body, types[part->type]);
  body.hasPointers |= *part->primitive == Primitive::String;
  body.hasResources |= *part->primitive == Primitive::ErrorContext;
}

void include(TypeBody &body, const Types &types, const Entities &entities) {
  for (const auto &[name, entity, implements] : entities) {
    if (entity.sort == Sort::Value)
      include(body, types, entity.value);
    else if (entity.sort != Sort::CoreModule)
      include(body, types[entity.type]);
  }
}

void appendCut(FlatTypes &to, const FlatTypes &from) {
  const size_t room = maxFlat + 1 - std::min(to.size(), maxFlat + 1);
  to.insert(to.end(), from.begin(), from.begin() + ptrdiff_t(std::min(room, from.size())));
}

/// Sizes are checked when all is known; until then they must only not wrap.
uint64_t saturated(uint64_t bytes) { return std::min<uint64_t>(bytes, UINT32_MAX); }

Layout layoutOfVariant(const Types &types, const std::vector<Field> &cases, bool is64) {
  Layout payload = {0, 1};
  for (const Field &variantCase : cases) {
    if (!variantCase.type)
      continue;
    const Layout layout = layoutOf(types, *variantCase.type, is64);
    payload.alignment = std::max(payload.alignment, layout.alignment);
    payload.bytes = std::max(payload.bytes, layout.bytes);
  }
  const uint32_t discriminant = discriminantBytes(cases.size());
  const uint32_t alignment = std::max(discriminant, payload.alignment);
  return {alignUp(alignUp(discriminant, payload.alignment) + payload.bytes, alignment), alignment};
}

/// CanonicalABI.md, "Flattening": the discriminant, then the join of the cases.
FlatTypes flatVariant(const Types &types, const std::vector<Field> &cases) {
  FlatTypes joined, all = {wasm::ValueKind::I32};
  for (const Field &variantCase : cases) {
    if (!variantCase.type)
      continue;
    FlatTypes flat;
    appendFlat(types, *variantCase.type, flat);
    for (size_t i = 0; i < flat.size(); ++i) {
      if (i < joined.size())
        joined[i] = joinFlat(joined[i], flat[i]);
      else
        joined.push_back(flat[i]);
    }
  }
  appendCut(all, joined);
  return all;
}

FlatTypes flatFixedList(const Types &types, const TypeBody &body) {
  FlatTypes element, all;
  appendFlat(types, *body.element, element);
  for (uint32_t i = 0; i < body.length && all.size() <= maxFlat && !element.empty(); ++i)
    appendCut(all, element);
  return all;
}

/// The layout of a value in memory; nothing has it that is no value.
Layout layoutOfBody(const Types &types, const TypeBody &body, bool is64) {
  const uint32_t address = is64 ? 8 : 4;
  switch (body.form) {
  case TypeForm::Primitive:
    return layoutOf(types, {body.primitive, {}}, is64);
  case TypeForm::Record:
  case TypeForm::Tuple:
    return layoutOfFields(types, body.fields, is64);
  case TypeForm::Variant:
  case TypeForm::Enum:
  case TypeForm::Option:
  case TypeForm::Result:
    return layoutOfVariant(types, casesOf(body), is64);
  case TypeForm::List:
  case TypeForm::Map:
    return {2 * address, address};
  case TypeForm::FixedList: {
    const Layout element = layoutOf(types, *body.element, is64);
    return {saturated(element.bytes * body.length), element.alignment};
  }
  case TypeForm::Flags: {
    // Bits of one integer: at most 32 flags are allowed.
    const size_t count = body.fields.size();
    const uint32_t bytes = count <= 8 ? 1 : count <= 16 ? 2 : 4;
    return {bytes, bytes};
  }
  case TypeForm::Own:
  case TypeForm::Borrow:
  case TypeForm::Stream:
  case TypeForm::Future:
    return {4, 4};
  case TypeForm::Func:
  case TypeForm::AsyncFunc:
  case TypeForm::InstanceType:
  case TypeForm::ComponentType:
  case TypeForm::Resource:
    break;
  }
  return {0, 1};
}

FlatTypes flatOfBody(const Types &types, const TypeBody &body) {
  FlatTypes flat;
  switch (body.form) {
  case TypeForm::Primitive:
    appendFlat(types, {body.primitive, {}}, flat);
    return flat;
  case TypeForm::Record:
  case TypeForm::Tuple:
    for (const Field &field : body.fields)
      appendFlat(types, *field.type, flat);
    return flat;
  case TypeForm::Variant:
  case TypeForm::Enum:
  case TypeForm::Option:
  case TypeForm::Result:
    return flatVariant(types, casesOf(body));
  case TypeForm::FixedList:
    return flatFixedList(types, body);
  case TypeForm::List:
  case TypeForm::Map:
    return {wasm::ValueKind::I32, wasm::ValueKind::I32};
  case TypeForm::Flags:
  case TypeForm::Own:
  case TypeForm::Borrow:
  case TypeForm::Stream:
  case TypeForm::Future:
    return {wasm::ValueKind::I32};
  case TypeForm::Func:
  case TypeForm::AsyncFunc:
  case TypeForm::InstanceType:
  case TypeForm::ComponentType:
  case TypeForm::Resource:
    break;
  }
  return flat;
}

void layOut(const Types &types, TypeBody &body) {
  const Layout layout = layoutOfBody(types, body, false),
               layout64 = layoutOfBody(types, body, true);
  body.bytes = layout.bytes;
  body.alignment = layout.alignment;
  body.bytes64 = layout64.bytes;
  body.alignment64 = layout64.alignment;
  body.flat = flatOfBody(types, body);
  body.hasPointers |= body.form == TypeForm::List || body.form == TypeForm::Map;
}

} // namespace

uint32_t discriminantBytes(size_t cases) { return cases <= 256 ? 1 : cases <= 65536 ? 2 : 4; }

wasm::ValueKind joinFlat(wasm::ValueKind a, wasm::ValueKind b) {
  using enum wasm::ValueKind;
  if (a == b)
    return a;
  if ((a == I32 && b == F32) || (a == F32 && b == I32))
    return I32;
  return I64;
}

std::vector<Field> casesOf(const TypeBody &body) {
  if (body.form == TypeForm::Option)
    return {{"none", std::nullopt}, {"some", body.element}};
  if (body.form == TypeForm::Result)
    return {{"ok", body.element}, {"error", body.error}};
  return body.fields;
}

Layout layoutOfFields(const Types &types, std::span<const Field> fields, bool is64) {
  Layout all = {0, 1};
  for (const Field &field : fields) {
    const Layout layout = layoutOf(types, *field.type, is64);
    all.bytes = saturated(alignUp(all.bytes, layout.alignment) + layout.bytes);
    all.alignment = std::max(all.alignment, layout.alignment);
  }
  all.bytes = alignUp(all.bytes, all.alignment);
  return all;
}

Layout layoutOf(const Types &types, ValueType type, bool is64) {
  if (!type.primitive) {
    const TypeBody &body = types[type.type];
    return is64 ? Layout{body.bytes64, body.alignment64} : Layout{body.bytes, body.alignment};
  }
  static constexpr Layout layouts[] = {
#define COMPONENT_PRIMITIVE(name, byte, text, size, alignment, flat) {size, alignment},
#define COMPONENT_TYPE(name, byte, text, decoder)
#include "lib/component/ValueTypes.def"
  };
  const Layout layout = layouts[size_t(*type.primitive)];
  // An address and a length.
  if (is64 && *type.primitive == Primitive::String)
    return {2 * layout.bytes, 2 * layout.alignment};
  return layout;
}

void appendFlat(const Types &types, ValueType type, FlatTypes &flat) {
  if (!type.primitive)
    return appendCut(flat, types[type.type].flat);
  static constexpr std::string_view flats[] = {
#define COMPONENT_PRIMITIVE(name, byte, text, size, alignment, flat) flat,
#define COMPONENT_TYPE(name, byte, text, decoder)
#include "lib/component/ValueTypes.def"
  };
  for (const char letter : flats[size_t(*type.primitive)]) {
    using enum wasm::ValueKind;
    if (flat.size() <= maxFlat)
      flat.push_back(letter == 'l' ? I64 : letter == 'f' ? F32 : letter == 'd' ? F64 : I32);
  }
}

bool hasPointers(const Types &types, ValueType type) {
  return type.primitive ? *type.primitive == Primitive::String : types[type.type].hasPointers;
}

bool hasBorrow(const Types &types, ValueType type) {
  return !type.primitive && types[type.type].hasBorrow;
}

Status Types::work(uint64_t steps, uint64_t offset) {
  worked += steps;
  if (worked > limits::work)
    return fail(ErrorKind::Limit, "types are too large to be compared as often as they are",
                offset);
  return {};
}

Result<TypeId> Types::push(std::shared_ptr<const TypeBody> body, uint64_t offset) {
  if (bodies.size() >= limits::types)
    return fail(ErrorKind::Limit, "more than " + std::to_string(limits::types) + " types", offset);
  bodies.push_back(std::move(body));
  return TypeId(bodies.size() - 1);
}

Result<TypeId> Types::add(TypeBody body, uint64_t offset) {
  body.depth = body.size = 1;
  body.hasBorrow = body.form == TypeForm::Borrow;
  body.hasPointers = body.form == TypeForm::Primitive && body.primitive == Primitive::String;
  body.hasResources = body.form == TypeForm::Resource;
  for (const Field &field : body.fields) {
    body.size += 1;
    include(body, *this, field.type);
  }
  for (const auto *part : {&body.element, &body.error, &body.key})
    include(body, *this, *part);
  if (body.form == TypeForm::Own || body.form == TypeForm::Borrow)
    include(body, (*this)[body.resource]);
  include(body, *this, body.imports);
  include(body, *this, body.exports);
  if (body.depth > limits::typeDepth)
    return fail(ErrorKind::Limit,
                "type is nested more than " + std::to_string(limits::typeDepth) + " deep", offset);
  if (body.size > limits::typeSize)
    return fail(ErrorKind::Limit,
                "type consists of more than " + std::to_string(limits::typeSize) + " parts",
                offset);
  // Handles that travel through a stream are no values of the type itself.
  if (body.form == TypeForm::Stream || body.form == TypeForm::Future)
    body.hasPointers = false;
  layOut(*this, body);
  if (body.bytes64 > limits::valueBytes)
    return fail(ErrorKind::Invalid,
                "type of " + std::to_string(body.bytes64) + " bytes exceeds maximum byte size " +
                    std::to_string(limits::valueBytes),
                offset);
  return push(std::make_shared<const TypeBody>(std::move(body)), offset);
}

Result<TypeId> Types::rename(TypeId id, uint64_t offset) {
  return push(bodies[size_t(id)], offset);
}

Result<TypeId> Types::addResource(uint64_t offset) { return addResource(newResource(), offset); }

Result<TypeId> Types::addResource(ResourceNumber number, uint64_t offset) {
  TypeBody body;
  body.form = TypeForm::Resource;
  body.number = number;
  return add(std::move(body), offset);
}

CoreFuncId Types::add(wasm::FunctionType type) {
  coreFuncs.push_back(std::move(type));
  return CoreFuncId(coreFuncs.size() - 1);
}

CoreModuleId Types::add(CoreModuleType type) {
  coreModules.push_back(std::move(type));
  return CoreModuleId(coreModules.size() - 1);
}

CoreInstanceId Types::add(CoreInstanceType type) {
  coreInstances.push_back(std::move(type));
  return CoreInstanceId(coreInstances.size() - 1);
}

std::string describe(const Types &types, ValueType type) {
  return std::string(type.primitive ? nameOf(*type.primitive) : [&] {
    const TypeBody &body = types[type.type];
    return body.form == TypeForm::Primitive ? nameOf(body.primitive) : nameOf(body.form);
  }());
}

std::string describe(const Entity &entity) { return std::string(nameOf(entity.sort)); }

} // namespace w2n::component
