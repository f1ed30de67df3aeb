// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CanonicalABI.md, "Loading", "Storing", "Flat Lifting" and "Flat Lowering", each pair of which is
// one step here.

#include "compiler/component/Translate.h"

#include "lib/component/Concurrency.h"

#include <algorithm>
#include <array>

namespace w2n::compiler {

using component::Field;
using component::Primitive;
using component::TypeBody;
using component::TypeForm;
using component::ValueType;
using enum wasm::ValueKind;

namespace {

/// The access to a primitive value, and the code that makes any core value one of its type.
struct PrimitiveAccess {
  Primitive primitive;
  wasm::ValueKind kind;
  Op load, store;
};
constexpr PrimitiveAccess accesses[] = {
    {Primitive::Bool, I32, Op::I32Load8U, Op::I32Store8},
    {Primitive::S8, I32, Op::I32Load8S, Op::I32Store8},
    {Primitive::U8, I32, Op::I32Load8U, Op::I32Store8},
    {Primitive::S16, I32, Op::I32Load16S, Op::I32Store16},
    {Primitive::U16, I32, Op::I32Load16U, Op::I32Store16},
    {Primitive::S32, I32, Op::I32Load, Op::I32Store},
    {Primitive::U32, I32, Op::I32Load, Op::I32Store},
    {Primitive::S64, I64, Op::I64Load, Op::I64Store},
    {Primitive::U64, I64, Op::I64Load, Op::I64Store},
    {Primitive::F32, F32, Op::F32Load, Op::F32Store},
    {Primitive::F64, F64, Op::F64Load, Op::F64Store},
    {Primitive::Char, I32, Op::I32Load, Op::I32Store},
};

/// Loads and stores of unsigned integers of one, two or four bytes.
std::pair<Op, Op> integerAccess(uint32_t bytes) {
  return bytes == 1   ? std::pair{Op::I32Load8U, Op::I32Store8}
         : bytes == 2 ? std::pair{Op::I32Load16U, Op::I32Store16}
                      : std::pair{Op::I32Load, Op::I32Store};
}

} // namespace

size_t Translator::slotsOf(ValueType type) const {
  component::FlatTypes flat;
  appendFlat(types, type, flat);
  return flat.size();
}

Place Translator::part(const Place &place, size_t firstSlot, uint64_t offset) const {
  if (place.isInMemory)
    return Place::memory(place.address, place.offset + offset);
  return Place::flat(place.slots.subspan(firstSlot));
}

void Translator::convert(wasm::ValueKind given, wasm::ValueKind wanted) {
  if (given == wanted)
    return;
  // Joined values are integers that hold the bits of what is narrower (CanonicalABI.md,
  // "Flattening").
  if (given == F32)
    e.op(Op::I32ReinterpretF32);
  if (given == F64)
    e.op(Op::I64ReinterpretF64);
  const bool givenIs64 = given == I64 || given == F64, wantedIs64 = wanted == I64 || wanted == F64;
  if (givenIs64 && !wantedIs64)
    e.op(Op::I32WrapI64);
  if (!givenIs64 && wantedIs64)
    e.op(Op::I64ExtendI32U);
  if (wanted == F32)
    e.op(Op::F32ReinterpretI32);
  if (wanted == F64)
    e.op(Op::F64ReinterpretI64);
}

void Translator::read(const Place &source, wasm::ValueKind kind, Op load) {
  if (source.isInMemory) {
    e.get(source.address);
    e.access(load, adapters.memoryOf(from.options), source.offset);
  } else {
    e.get(source.slots[0].local);
    convert(source.slots[0].kind, kind);
  }
}

void Translator::beginWrite(const Place &target) {
  if (target.isInMemory)
    e.get(target.address);
}

void Translator::endWrite(const Place &target, wasm::ValueKind kind, Op store) {
  if (target.isInMemory) {
    e.access(store, adapters.memoryOf(to.options), target.offset);
  } else {
    convert(kind, target.slots[0].kind);
    e.set(target.slots[0].local);
  }
}

std::pair<uint32_t, uint32_t> Translator::readPair(const Place &source) {
  const uint32_t address = e.newLocal(), length = e.newLocal();
  read(source, I32, Op::I32Load);
  e.set(address);
  read(part(source, 1, 4), I32, Op::I32Load);
  e.set(length);
  return {address, length};
}

void Translator::writePair(const Place &target, uint32_t address, uint32_t length) {
  beginWrite(target);
  e.get(address);
  endWrite(target, I32, Op::I32Store);
  const Place second = part(target, 1, 4);
  beginWrite(second);
  e.get(length);
  endWrite(second, I32, Op::I32Store);
}

Status Translator::translate(ValueType type, const Place &source, const Place &target) {
  // Lists of a fixed length multiply what is written for their elements.
  constexpr size_t maxAdapterBytes = 4 << 20;
  if (e.codeBytes() > maxAdapterBytes)
    return fail(ErrorKind::Limit, "the function that passes values of a type on is larger than " +
                                      std::to_string(maxAdapterBytes) + " bytes");
  if (type.primitive)
    return translatePrimitive(*type.primitive, source, target);
  const TypeBody &body = types[type.type];
  if (isRaw && copyRaw(body, source, target))
    return {};
  switch (body.form) {
  case TypeForm::Primitive:
    return translatePrimitive(body.primitive, source, target);
  case TypeForm::Record:
  case TypeForm::Tuple:
    return translateAll(body.fields, source, target);
  case TypeForm::Variant:
  case TypeForm::Enum:
  case TypeForm::Option:
  case TypeForm::Result:
    return translateVariant(body, source, target);
  case TypeForm::List:
    return translateList(std::array{Field{{}, body.element}}, source, target);
  case TypeForm::FixedList:
    return translateFixedList(body, source, target);
  case TypeForm::Flags:
    translateFlags(body, source, target);
    return {};
  case TypeForm::Own:
  case TypeForm::Borrow:
    translateHandle(body, source, target);
    return {};
  case TypeForm::Map:
    return translateMap(body, source, target);
  case TypeForm::Stream:
  case TypeForm::Future:
    translateEnd(body, source, target);
    return {};
  case TypeForm::Func:
  case TypeForm::AsyncFunc:
  case TypeForm::InstanceType:
  case TypeForm::ComponentType:
  case TypeForm::Resource:
    break;
  }
  return fail(ErrorKind::Unsupported, "values of type `" + std::string(nameOf(body.form)) +
                                          "` between components are not supported yet");
}

Status Translator::translatePrimitive(Primitive primitive, const Place &source,
                                      const Place &target) {
  if (primitive == Primitive::String) {
    if (isRaw)
      copyPair(source, target);
    else
      translateString(source, target);
    return {};
  }
  const auto *access = std::ranges::find(accesses, primitive, &PrimitiveAccess::primitive);
  if (access == std::end(accesses))
    return fail(ErrorKind::Unsupported, "values of type `" + std::string(nameOf(primitive)) +
                                            "` between components are not supported yet");
  beginWrite(target);
  read(source, access->kind, access->load);
  switch (primitive) {
  case Primitive::Bool:
    e.i32(0);
    e.op(Op::I32Ne);
    break;
  case Primitive::U8:
  case Primitive::U16:
    e.i32(primitive == Primitive::U8 ? 0xff : 0xffff);
    e.op(Op::I32And);
    break;
  case Primitive::S8:
    e.op(Op::I32Extend8S);
    break;
  case Primitive::S16:
    e.op(Op::I32Extend16S);
    break;
  case Primitive::Char: {
    // Beyond U+10FFFF, or a surrogate: 0xD800 to 0xDFFF become the largest numbers.
    const uint32_t value = e.newLocal();
    e.tee(value);
    e.get(value);
    e.i32(0xd800);
    e.op(Op::I32Xor);
    e.i32(0x800);
    e.op(Op::I32Sub);
    e.i32(0x110000 - 0x800);
    e.op(Op::I32GeU);
    adapters.trapIf(e, CanonTrap::InvalidChar);
    break;
  }
  default:
    break;
  }
  endWrite(target, access->kind, access->store);
  return {};
}

Status Translator::translateAll(std::span<const Field> fields, Place source, Place target) {
  size_t slot = 0;
  uint64_t offset = 0;
  for (const Field &field : fields) {
    const component::Layout layout = layoutOf(types, *field.type);
    offset = component::alignUp(offset, layout.alignment);
    W2N_CHECK(translate(*field.type, part(source, slot, offset), part(target, slot, offset)));
    offset += layout.bytes;
    // Beyond the cut-off nothing is in locals.
    slot += source.isInMemory && target.isInMemory ? 0 : slotsOf(*field.type);
  }
  return {};
}

Status Translator::translateFixedList(const TypeBody &body, Place source, Place target) {
  constexpr uint32_t maxUnrolled = 64;
  if (body.length > maxUnrolled)
    return fail(ErrorKind::Unsupported, "lists of a fixed length above " +
                                            std::to_string(maxUnrolled) +
                                            " between components are not supported yet");
  const std::vector<Field> elements(body.length, Field{{}, body.element});
  return translateAll(elements, source, target);
}

void Translator::translateFlags(const TypeBody &body, const Place &source, const Place &target) {
  const size_t count = body.fields.size();
  const auto [load, store] = integerAccess(uint32_t(body.bytes));
  beginWrite(target);
  read(source, I32, load);
  if (count < 32) {
    e.i32((1u << count) - 1);
    e.op(Op::I32And);
  }
  endWrite(target, I32, store);
}

Status Translator::translateVariant(const TypeBody &body, const Place &source,
                                    const Place &target) {
  const std::vector<Field> cases = casesOf(body);
  const uint32_t discriminantBytes = component::discriminantBytes(cases.size());
  const auto [load, store] = integerAccess(discriminantBytes);
  const uint32_t discriminant = e.newLocal();
  read(source, I32, load);
  e.tee(discriminant);
  e.i32(uint32_t(cases.size()));
  e.op(Op::I32GeU);
  adapters.trapIf(e, CanonTrap::InvalidDiscriminant);
  beginWrite(target);
  e.get(discriminant);
  endWrite(target, I32, store);
  uint32_t alignment = 1;
  for (const Field &variantCase : cases)
    if (variantCase.type)
      alignment = std::max(alignment, layoutOf(types, *variantCase.type).alignment);
  const uint64_t payload = component::alignUp(discriminantBytes, alignment);
  for (size_t i = 0; i < cases.size(); ++i) {
    if (!cases[i].type)
      continue;
    e.get(discriminant);
    e.i32(uint32_t(i));
    e.op(Op::I32Eq);
    e.iff();
    W2N_CHECK(translate(*cases[i].type, part(source, 1, payload), part(target, 1, payload)));
    e.end();
  }
  return {};
}

bool Translator::isPlain(ValueType type) const {
  const auto isPlainPrimitive = [](Primitive primitive) {
    return primitive != Primitive::Bool && primitive != Primitive::Char &&
           primitive != Primitive::String && primitive != Primitive::ErrorContext;
  };
  if (type.primitive)
    return isPlainPrimitive(*type.primitive);
  const TypeBody &body = types[type.type];
  if (body.form == TypeForm::Primitive)
    return isPlainPrimitive(body.primitive);
  if (body.form == TypeForm::FixedList)
    return isPlain(*body.element);
  // Padding is copied, too: it holds what the sender wrote there, which the receiver may not see.
  return false;
}

Status Translator::translateList(std::span<const Field> element, const Place &source,
                                 const Place &target) {
  const component::Layout layout = layoutOfFields(types, element);
  const auto [address, length] = readPair(source);
  adapters.checkAlignment(e, address, layout.alignment, CanonTrap::UnalignedPointer);
  // The end of the list, in 64 bits, in which nothing overflows.
  e.get(length);
  e.op(Op::I64ExtendI32U);
  e.i64(layout.bytes);
  e.op(Op::I64Mul);
  const uint32_t bytes64 = e.newLocal(I64);
  e.tee(bytes64);
  e.get(address);
  e.op(Op::I64ExtendI32U);
  e.op(Op::I64Add);
  adapters.checkEnd(e, adapters.memoryOf(from.options), CanonTrap::ListOutOfBounds);
  const uint32_t bytes = e.newLocal();
  e.get(bytes64);
  e.op(Op::I32WrapI64);
  e.set(bytes);
  const uint32_t copy = adapters.allocate(e, to.options, to.componentInstance, layout.alignment,
                                          bytes, CanonTrap::ListOutOfBounds);
  if (element.size() == 1 && isPlain(*element[0].type)) {
    e.get(copy);
    e.get(address);
    e.get(bytes);
    e.memoryCopy(adapters.memoryOf(to.options), adapters.memoryOf(from.options));
  } else {
    W2N_CHECK(translateElements(element, length, address, copy));
  }
  writePair(target, copy, length);
  return {};
}

Status Translator::translateElements(std::span<const Field> element, uint32_t length,
                                     uint32_t source, uint32_t target) {
  const uint32_t left = e.newLocal(), from = e.newLocal(), to = e.newLocal();
  const auto copyLocal = [&](uint32_t source, uint32_t target) {
    e.get(source);
    e.set(target);
  };
  const auto add = [&](uint32_t local, uint32_t bytes) {
    e.get(local);
    e.i32(bytes);
    e.op(Op::I32Add);
    e.set(local);
  };
  copyLocal(length, left);
  copyLocal(source, from);
  copyLocal(target, to);
  const auto bytes = uint32_t(layoutOfFields(types, element).bytes);
  e.block();
  e.loop();
  e.get(left);
  e.op(Op::I32Eqz);
  e.brIf(1);
  W2N_CHECK(translateAll(element, Place::memory(from), Place::memory(to)));
  add(from, bytes);
  add(to, bytes);
  add(left, uint32_t(-1));
  e.br(0);
  e.end();
  e.end();
  return {};
}

/// A list of pairs (CanonicalABI.md, "Despecialization").
Status Translator::translateMap(const TypeBody &body, const Place &source, const Place &target) {
  const Field pair[] = {{{}, body.key}, {{}, body.element}};
  return translateList(pair, source, target);
}

void Translator::translateHandle(const TypeBody &body, const Place &source, const Place &target) {
  Handles &handles = adapters.handles;
  const uint32_t resource = adapters.program.resourceOf(typeInstance, types, body.resource);
  const bool isOwn = body.form == TypeForm::Own;
  beginWrite(target);
  read(source, I32, Op::I32Load);
  if (isOwn)
    handles.takeOwn(e, from.componentInstance, resource);
  else if (notesLoans)
    handles.lend(e, from.componentInstance, resource);
  else
    handles.representation(e, from.componentInstance, resource);
  // The instance that defines the resource is given what it represents it by.
  if (isOwn)
    handles.addOwn(e, to.componentInstance, resource);
  else if (adapters.program.resources[resource].componentInstance != to.componentInstance) {
    if (task)
      handles.addBorrow(e, to.componentInstance, resource, *task);
    else
      handles.addBorrow(e, to.componentInstance, resource);
  }
  endWrite(target, I32, Op::I32Store);
}

void Translator::copyPair(const Place &source, const Place &target) {
  const auto [address, length] = readPair(source);
  writePair(target, address, length);
}

bool Translator::copyRaw(const TypeBody &body, const Place &source, const Place &target) {
  switch (body.form) {
  case TypeForm::List:
  case TypeForm::Map:
    copyPair(source, target);
    return true;
  case TypeForm::Own:
  case TypeForm::Borrow:
  case TypeForm::Stream:
  case TypeForm::Future:
    beginWrite(target);
    read(source, I32, Op::I32Load);
    endWrite(target, I32, Op::I32Store);
    return true;
  default:
    return false;
  }
}

/// The readable end of a stream or future.
void Translator::translateEnd(const TypeBody &body, const Place &source, const Place &target) {
  beginWrite(target);
  e.i32(from.componentInstance);
  e.i32(to.componentInstance);
  read(source, I32, Op::I32Load);
  e.i32(adapters.typeNumbers.of(typeInstance, body.element) << 1 |
        (body.form == TypeForm::Future ? 1 : 0));
  e.call(adapters.services.importOf(component::Service::MoveEnd));
  endWrite(target, I32, Op::I32Store);
}

void Translator::translateString(const Place &source, const Place &target) {
  const auto [address, length] = readPair(source);
  adapters.copyString(e, from.options, to.options, to.componentInstance, address, length);
  writePair(target, address, length);
}

} // namespace w2n::compiler
