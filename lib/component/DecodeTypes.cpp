// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Types (Binary.md, "Type Definitions").

#include "lib/wasm/DecodeTypes.h"
#include "lib/component/DecodeComponent.h"
#include "lib/component/Limits.h"

namespace w2n::component {

namespace {

std::optional<Primitive> primitiveOf(uint8_t byte) {
  switch (byte) {
#define COMPONENT_PRIMITIVE(name, code, text, size, alignment, flat)                               \
  case code:                                                                                       \
    return Primitive::name;
#define COMPONENT_TYPE(name, byte, text, decoder)
#include "lib/component/ValueTypes.def"
  }
  return std::nullopt;
}

} // namespace

Result<ValueTypeRef> ComponentDecoder::decodeValueType(ByteReader &in) {
  ValueTypeRef type;
  type.offset = in.offset();
  // Opcodes are negative numbers of one byte, indices are not negative.
  ByteReader ahead = in;
  W2N_TRY(first, ahead.readByte());
  if (const std::optional<Primitive> primitive = primitiveOf(first)) {
    in = ahead;
    type.primitive = primitive;
    return type;
  }
  W2N_TRY(index, in.readS33());
  if (index < 0)
    return badByte(ahead, first, "component value type");
  type.index = uint32_t(index);
  return type;
}

Result<std::optional<ValueTypeRef>> ComponentDecoder::decodeOptionalValueType(ByteReader &in) {
  W2N_TRY(present, decodeFlag(in, "optional component value type"));
  if (!present)
    return std::nullopt;
  W2N_TRY(type, decodeValueType(in));
  return type;
}

Result<std::optional<ValueTypeRef>> ComponentDecoder::decodeResultList(ByteReader &in) {
  W2N_TRY(form, in.readByte());
  if (form == 0) {
    W2N_TRY(type, decodeValueType(in));
    return type;
  }
  if (form != 1)
    return badByte(in, form, "component function results");
  W2N_TRY(count, in.readByte());
  if (count != 0)
    return badByte(in, count, "number of results");
  return std::nullopt;
}

Status ComponentDecoder::decodeRecord(ByteReader &in, TypeSyntax &type) {
  W2N_TRY(count, decodeCount(in, 2));
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t offset = in.offset();
    W2N_TRY(label, in.readName());
    W2N_TRY(field, decodeValueType(in));
    type.fields.push_back({label, field, offset});
  }
  return {};
}

Status ComponentDecoder::decodeVariant(ByteReader &in, TypeSyntax &type) {
  W2N_TRY(count, decodeCount(in, 3));
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t offset = in.offset();
    W2N_TRY(label, in.readName());
    W2N_TRY(payload, decodeOptionalValueType(in));
    // Cases could once refine others.
    W2N_TRY(refines, in.readByte());
    if (refines != 0)
      return badByte(in, refines, "zero byte required");
    type.fields.push_back({label, payload, offset});
  }
  return {};
}

Status ComponentDecoder::decodeElement(ByteReader &in, TypeSyntax &type) {
  W2N_TRY(element, decodeValueType(in));
  type.element = element;
  return {};
}

Status ComponentDecoder::decodeTuple(ByteReader &in, TypeSyntax &type) {
  W2N_TRY(count, decodeCount(in));
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t offset = in.offset();
    W2N_TRY(member, decodeValueType(in));
    type.fields.push_back({{}, member, offset});
  }
  return {};
}

Status ComponentDecoder::decodeLabels(ByteReader &in, TypeSyntax &type) {
  W2N_TRY(count, decodeCount(in));
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t offset = in.offset();
    W2N_TRY(label, in.readName());
    type.fields.push_back({label, std::nullopt, offset});
  }
  return {};
}

Status ComponentDecoder::decodeResultType(ByteReader &in, TypeSyntax &type) {
  W2N_TRY(ok, decodeOptionalValueType(in));
  W2N_TRY(error, decodeOptionalValueType(in));
  type.element = ok;
  type.error = error;
  return {};
}

Status ComponentDecoder::decodeHandle(ByteReader &in, TypeSyntax &type) {
  W2N_TRY(index, in.readU32());
  type.index = index;
  return {};
}

Status ComponentDecoder::decodeFixedList(ByteReader &in, TypeSyntax &type) {
  W2N_CHECK(decodeElement(in, type));
  W2N_TRY(length, in.readU32());
  type.length = length;
  return {};
}

Status ComponentDecoder::decodeOptionalElement(ByteReader &in, TypeSyntax &type) {
  W2N_TRY(element, decodeOptionalValueType(in));
  type.element = element;
  return {};
}

Status ComponentDecoder::decodeMap(ByteReader &in, TypeSyntax &type) {
  W2N_TRY(key, decodeValueType(in));
  type.key = key;
  return decodeElement(in, type);
}

Status ComponentDecoder::decodeFuncType(ByteReader &in, TypeSyntax &type) {
  W2N_CHECK(decodeRecord(in, type));
  if (type.fields.size() > limits::params)
    return fail(ErrorKind::Limit,
                std::to_string(type.fields.size()) + " parameters, most is " +
                    std::to_string(limits::params),
                in.offset());
  W2N_TRY(result, decodeResultList(in));
  type.element = result;
  return {};
}

Status ComponentDecoder::decodeResourceType(ByteReader &in, TypeSyntax &type) {
  W2N_TRY(representation, in.readByte());
  // Representations of 64 bits are for memories of 64-bit addresses.
  if (representation == 0x7e)
    return fail(ErrorKind::Unsupported, "resources represented by i64 are not supported",
                in.offset());
  if (representation != 0x7f)
    return badByte(in, representation, "resource representation");
  W2N_TRY(hasDestructor, decodeFlag(in, "optional destructor"));
  if (hasDestructor) {
    W2N_TRY(destructor, in.readU32());
    type.destructor = destructor;
  }
  return {};
}

Status ComponentDecoder::decodeInstanceType(ByteReader &in, TypeSyntax &type) {
  return decodeDeclarations(in, type, /*mayImport=*/false);
}

Status ComponentDecoder::decodeComponentType(ByteReader &in, TypeSyntax &type) {
  return decodeDeclarations(in, type, /*mayImport=*/true);
}

Status ComponentDecoder::decodeDeclarations(ByteReader &in, TypeSyntax &type, bool mayImport) {
  constexpr uint8_t importDeclaration = 3;
  static constexpr ItemDecoder decoders[] = {
      &ComponentDecoder::decodeCoreType,
      &ComponentDecoder::decodeType,
      &ComponentDecoder::decodeAlias,
      &ComponentDecoder::decodeImportDeclaration,
      &ComponentDecoder::decodeExportDeclaration,
  };
  if (++depth > limits::nesting)
    return fail(ErrorKind::Limit,
                "types are nested more than " + std::to_string(limits::nesting) + " deep",
                in.offset());
  W2N_TRY(count, decodeCount(in, 2));
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(kind, in.readByte());
    if (kind >= std::size(decoders) || (kind == importDeclaration && !mayImport))
      return badByte(in, kind, "component or instance type declaration");
    W2N_CHECK(decodeItem(in, decoders[kind], type.declarations));
  }
  --depth;
  return {};
}

Status ComponentDecoder::decodeImportDeclaration(ByteReader &in, Definition &definition) {
  return decodeImport(in, definition);
}

Status ComponentDecoder::decodeExportDeclaration(ByteReader &in, Definition &definition) {
  ExportDefinition exported;
  W2N_TRY(name, decodeExternName(in));
  W2N_TRY(desc, decodeExternDesc(in));
  exported.name = name;
  exported.desc = desc;
  definition.kind = std::move(exported);
  return {};
}

Status ComponentDecoder::decodeType(ByteReader &in, Definition &definition) {
  TypeSyntax type;
  W2N_TRY(byte, in.readByte());
  if (const std::optional<Primitive> primitive = primitiveOf(byte)) {
    type.primitive = primitive;
    definition.kind = std::move(type);
    return {};
  }
  FormDecoder decode = nullptr;
  switch (byte) {
#define COMPONENT_PRIMITIVE(name, code, text, size, alignment, flat)
#define COMPONENT_TYPE(name, code, text, decoder)                                                  \
  case code:                                                                                       \
    type.form = TypeForm::name;                                                                    \
    decode = &ComponentDecoder::decoder;                                                           \
    break;
#include "lib/component/ValueTypes.def"
  default:
    return badByte(in, byte, "component defined type");
  }
  W2N_CHECK((this->*decode)(in, type));
  definition.kind = std::move(type);
  return {};
}

Result<CoreExternDesc> ComponentDecoder::decodeCoreExternDesc(ByteReader &in) {
  CoreExternDesc desc;
  wasm::FeatureSet needs;
  W2N_TRY(kind, in.readByte());
  if (kind > 4)
    return badByte(in, kind, "external kind");
  desc.kind = wasm::ExternKind(kind);
  switch (desc.kind) {
  case wasm::ExternKind::Tag: {
    W2N_TRY(attribute, in.readByte());
    if (attribute != 0)
      return badByte(in, attribute, "tag attribute");
    [[fallthrough]];
  }
  case wasm::ExternKind::Function: {
    W2N_TRY(index, in.readU32());
    desc.typeIndex = index;
    return desc;
  }
  case wasm::ExternKind::Table: {
    W2N_TRY(table, wasm::decodeTableType(in, needs));
    desc.table = table;
    return desc;
  }
  case wasm::ExternKind::Memory: {
    W2N_TRY(memory, wasm::decodeMemoryType(in, needs));
    desc.memory = memory;
    return desc;
  }
  case wasm::ExternKind::Global: {
    W2N_TRY(global, wasm::decodeGlobalType(in, needs));
    desc.global = global;
    return desc;
  }
  }
  return desc;
}

Result<wasm::TypeDefinition> ComponentDecoder::decodeCoreTypeDefinition(ByteReader &in) {
  wasm::FeatureSet needs;
  return wasm::decodeTypeDefinition(in, needs);
}

Status ComponentDecoder::decodeCoreDeclaration(ByteReader &in, CoreDeclaration &declaration) {
  using Kind = CoreDeclaration::Kind;
  declaration.offset = in.offset();
  W2N_TRY(kind, in.readByte());
  if (kind > 3)
    return badByte(in, kind, "type definition");
  declaration.kind = Kind(kind);
  switch (declaration.kind) {
  case Kind::Type: {
    W2N_TRY(type, decodeCoreTypeDefinition(in));
    declaration.type = std::move(type);
    return {};
  }
  case Kind::Alias: {
    // Only types of outer scopes.
    W2N_TRY(sort, in.readByte());
    if (sort != 0x10)
      return badByte(in, sort, "outer alias kind");
    W2N_TRY(target, in.readByte());
    if (target != 1)
      return badByte(in, target, "outer alias target");
    W2N_TRY(count, in.readU32());
    W2N_TRY(index, in.readU32());
    declaration.outerCount = count;
    declaration.outerIndex = index;
    return {};
  }
  case Kind::Import: {
    W2N_TRY(module, in.readName());
    declaration.module = module;
    [[fallthrough]];
  }
  case Kind::Export: {
    W2N_TRY(name, in.readName());
    declaration.name = name;
    W2N_TRY(desc, decodeCoreExternDesc(in));
    declaration.desc = desc;
    return {};
  }
  }
  return {};
}

Status ComponentDecoder::decodeCoreType(ByteReader &in, Definition &definition) {
  constexpr uint8_t moduleForm = 0x50, subtypePrefix = 0x00, subtypeForm = 0x50;
  CoreTypeDefinition type;
  ByteReader ahead = in;
  W2N_TRY(form, ahead.readByte());
  // A subtype that is not final begins with the byte of module types: 0x00 comes before it.
  if (form == subtypePrefix) {
    ByteReader next = ahead;
    W2N_TRY(second, next.readByte());
    if (second != subtypeForm)
      return badByte(next, second, "non-final subtype");
    in = ahead;
  }
  if (form == moduleForm) {
    in = ahead;
    type.isModule = true;
    W2N_TRY(count, decodeCount(in, 2));
    for (uint32_t i = 0; i < count; ++i) {
      CoreDeclaration declaration;
      W2N_CHECK(decodeCoreDeclaration(in, declaration));
      type.declarations.push_back(std::move(declaration));
    }
  } else {
    W2N_TRY(definitionOfType, decodeCoreTypeDefinition(in));
    type.type = std::move(definitionOfType);
  }
  definition.kind = std::move(type);
  return {};
}

} // namespace w2n::component
