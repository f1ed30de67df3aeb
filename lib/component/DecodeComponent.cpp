// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The sections of a component and all definitions but types and canonical functions (Binary.md).

#include "lib/component/DecodeComponent.h"

#include "lib/component/Limits.h"
#include "lib/wasm/Limits.h"

#include <algorithm>
#include <cstring>

namespace w2n::component {

namespace {

constexpr uint8_t magic[] = {0, 'a', 's', 'm'};
constexpr uint8_t componentVersion[] = {0x0d, 0, 1, 0}, moduleVersion[] = {1, 0, 0, 0};
constexpr size_t preambleBytes = 8;
constexpr uint8_t customId = 0, coreModuleId = 1, componentId = 4;

bool startsWith(Bytes bytes, Bytes prefix) {
  return bytes.size() >= prefix.size() &&
         std::memcmp(bytes.data(), prefix.data(), prefix.size()) == 0;
}

std::string hex(uint8_t byte) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "0x";
  if (byte >= 16)
    text += digits[byte >> 4];
  return text + digits[byte & 15];
}

/// Moves the offset of an error in an embedded module to where the module is.
template <typename T> T shifted(T result, uint64_t offset) {
  if (!result && result.error().offset != Error::noOffset)
    result.error().offset += offset;
  else if (!result)
    result.error().offset = offset;
  return result;
}

/// The reference validator's words for input that ends too early.
Error atEnd(Error error) {
  constexpr std::string_view words = "unexpected end-of-file";
  const bool isEnd =
      error.text.starts_with("unexpected end") || error.text.starts_with("length out");
  if (isEnd && !error.text.starts_with(words))
    error.text = std::string(words) + ": " + error.text;
  return error;
}

} // namespace

BinaryKind kindOf(Bytes bytes) {
  if (bytes.size() < preambleBytes || !startsWith(bytes, magic))
    return BinaryKind::Neither;
  // The upper half of the second word is the layer: 0 for a module, 1 for a component.
  if (bytes[6] == 1 && bytes[7] == 0)
    return BinaryKind::Component;
  return startsWith(bytes.subspan(4), moduleVersion) ? BinaryKind::Module : BinaryKind::Neither;
}

std::unexpected<Error> badByte(const ByteReader &after, uint8_t byte, std::string_view what) {
  return fail(ErrorKind::Malformed,
              "invalid leading byte (" + hex(byte) + ") for " + std::string(what),
              after.offset() - 1);
}

const ComponentDecoder::Section ComponentDecoder::sections[] = {
#define Vector true
#define Single false
#define COMPONENT_SECTION(name, id, text, shape, decoder)                                          \
  {id, text, shape, &ComponentDecoder::decoder},
#include "lib/component/Sections.def"
#undef Vector
#undef Single
};

Result<uint32_t> ComponentDecoder::decodeCount(ByteReader &in, uint32_t leastBytes) {
  W2N_TRY(count, in.readU32());
  if (count > in.remaining() / leastBytes)
    return in.malformed("unexpected end-of-file: " + std::to_string(count) +
                        " items do not fit in " + std::to_string(in.remaining()) + " bytes");
  return count;
}

Result<bool> ComponentDecoder::decodeFlag(ByteReader &in, const char *what) {
  W2N_TRY(byte, in.readByte());
  if (byte > 1)
    return badByte(in, byte, what);
  return byte == 1;
}

Result<Sort> ComponentDecoder::decodeCoreSort(ByteReader &in, const char *what) {
  W2N_TRY(byte, in.readByte());
  switch (byte) {
#define COMPONENT_CORE_SORT(name, code, text)                                                      \
  case code:                                                                                       \
    return Sort::name;
#define COMPONENT_SORT(name, code, text)
#include "lib/component/Sorts.def"
  }
  return badByte(in, byte, what);
}

Result<Sort> ComponentDecoder::decodeSort(ByteReader &in, const char *what) {
  W2N_TRY(byte, in.readByte());
  switch (byte) {
  case 0x00:
    return decodeCoreSort(in, what);
#define COMPONENT_CORE_SORT(name, code, text)
#define COMPONENT_SORT(name, code, text)                                                           \
  case code:                                                                                       \
    return Sort::name;
#include "lib/component/Sorts.def"
  }
  return badByte(in, byte, what);
}

Result<SortIndex> ComponentDecoder::decodeSortIndex(ByteReader &in) {
  const uint64_t offset = in.offset();
  W2N_TRY(sort, decodeSort(in, "component external kind"));
  // Among core sorts, only modules are definitions that a component can be given.
  if (sort <= Sort::CoreInstance && sort != Sort::CoreModule)
    return badByte(in, 0, "component external kind");
  W2N_TRY(index, in.readU32());
  return SortIndex{sort, index, offset};
}

Status ComponentDecoder::decodeNameOptions(ByteReader &in, ExternName &name) {
  W2N_TRY(count, decodeCount(in, 2));
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t offset = in.offset();
    constexpr std::string_view names[] = {"implements", "version-suffix", "external-id"};
    std::optional<std::string_view> *const values[] = {&name.implements, &name.versionSuffix,
                                                       &name.externalId};
    W2N_TRY(byte, in.readByte());
    if (byte >= std::size(names))
      return badByte(in, byte, "name option");
    W2N_TRY(value, in.readName());
    if (*values[byte])
      return fail(ErrorKind::Invalid, "duplicate '" + std::string(names[byte]) + "' option in name",
                  offset);
    *values[byte] = value;
  }
  return {};
}

Result<ExternName> ComponentDecoder::decodeExternName(ByteReader &in) {
  ExternName name;
  name.offset = in.offset();
  W2N_TRY(form, in.readByte());
  if (form > 2)
    return badByte(in, form, "component name");
  W2N_TRY(text, in.readName());
  name.name = text;
  // The form 0x01 was once for interface names, and means what 0x00 does.
  if (form == 2)
    W2N_CHECK(decodeNameOptions(in, name));
  return name;
}

Result<ExternDesc> ComponentDecoder::decodeExternDesc(ByteReader &in) {
  ExternDesc desc;
  desc.offset = in.offset();
  W2N_TRY(sort, decodeSort(in, "component external kind"));
  desc.sort = sort;
  if (sort <= Sort::CoreInstance && sort != Sort::CoreModule)
    return badByte(in, 0, "component external kind");
  if (sort == Sort::Value) {
    W2N_TRY(isType, decodeFlag(in, "value bound"));
    if (isType) {
      W2N_TRY(type, decodeValueType(in));
      desc.value = type;
      return desc;
    }
  }
  if (sort == Sort::Type) {
    W2N_TRY(isResource, decodeFlag(in, "type bound"));
    if (isResource) {
      desc.bound = TypeBound::SubResource;
      return desc;
    }
  }
  W2N_TRY(index, in.readU32());
  desc.index = index;
  return desc;
}

Status ComponentDecoder::decodeCoreModule(ByteReader &in) {
  const uint64_t offset = in.offset();
  W2N_TRY(bytes, in.readBytes(in.remaining()));
  if (bytes.size() < preambleBytes || !startsWith(bytes, magic) ||
      kindOf(bytes) != BinaryKind::Module)
    return fail(ErrorKind::Malformed, "expected a version header for a module", offset);
  auto module = shifted(wasm::decodeModule(bytes), offset);
  if (!module)
    return std::unexpected(std::move(module).error());
  CoreModuleDefinition definition{std::make_shared<wasm::Module>(std::move(*module)), bytes};
  W2N_CHECK(shifted(wasm::validateModule(*definition.module), offset));
  component.definitions.push_back({offset, std::move(definition)});
  return {};
}

Status ComponentDecoder::decodeNested(ByteReader &in) {
  const uint64_t offset = in.offset();
  if (depth + 1 > limits::nesting)
    return fail(ErrorKind::Limit,
                "components are nested more than " + std::to_string(limits::nesting) + " deep",
                offset);
  W2N_TRY(bytes, in.readBytes(in.remaining()));
  if (kindOf(bytes) != BinaryKind::Component)
    return fail(ErrorKind::Malformed, "expected a version header for a component", offset);
  W2N_TRY(nested, ComponentDecoder(bytes, offset, depth + 1, budget).run());
  component.definitions.push_back(
      {offset, ComponentDefinition{std::make_shared<Component>(std::move(nested))}});
  return {};
}

Status ComponentDecoder::decodeCoreInstance(ByteReader &in, Definition &definition) {
  CoreInstanceDefinition instance;
  W2N_TRY(form, in.readByte());
  if (form > 1)
    return badByte(in, form, "core instance");
  if (form == 0) {
    W2N_TRY(module, in.readU32());
    instance.module = module;
    W2N_TRY(count, decodeCount(in, 3));
    for (uint32_t i = 0; i < count; ++i) {
      W2N_TRY(name, in.readName());
      W2N_TRY(kind, in.readByte());
      if (kind != 0x12)
        return badByte(in, kind, "instantiation arg kind");
      W2N_TRY(index, in.readU32());
      instance.arguments.push_back({name, index});
    }
  } else {
    W2N_TRY(count, decodeCount(in, 3));
    for (uint32_t i = 0; i < count; ++i) {
      W2N_TRY(name, in.readName());
      const uint64_t offset = in.offset();
      W2N_TRY(sort, decodeCoreSort(in, "core external kind"));
      if (sort > Sort::CoreTag)
        return fail(ErrorKind::Malformed,
                    "a core instance cannot export a " + std::string(nameOf(sort)), offset);
      W2N_TRY(index, in.readU32());
      instance.exports.push_back({name, {sort, index, offset}});
    }
  }
  definition.kind = std::move(instance);
  return {};
}

Status ComponentDecoder::decodeInstance(ByteReader &in, Definition &definition) {
  InstanceDefinition instance;
  W2N_TRY(form, in.readByte());
  if (form > 1)
    return badByte(in, form, "instance");
  if (form == 0) {
    W2N_TRY(index, in.readU32());
    instance.component = index;
    W2N_TRY(count, decodeCount(in, 3));
    for (uint32_t i = 0; i < count; ++i) {
      const uint64_t offset = in.offset();
      W2N_TRY(name, in.readName());
      W2N_TRY(item, decodeSortIndex(in));
      instance.arguments.push_back({name, item, offset});
    }
  } else {
    W2N_TRY(count, decodeCount(in, 4));
    for (uint32_t i = 0; i < count; ++i) {
      W2N_TRY(name, decodeExternName(in));
      W2N_TRY(item, decodeSortIndex(in));
      instance.exports.push_back({name, item});
    }
  }
  definition.kind = std::move(instance);
  return {};
}

Status ComponentDecoder::decodeAlias(ByteReader &in, Definition &definition) {
  AliasDefinition alias;
  // The possible sorts depend on the target, which comes after the sort.
  ByteReader sortBytes = in;
  W2N_TRY(first, in.readByte());
  uint8_t last = first;
  if (first == 0) {
    W2N_TRY(second, in.readByte());
    last = second;
  }
  const ByteReader afterSort = in;
  W2N_TRY(target, in.readByte());
  if (target > 2)
    return badByte(in, target, "alias");
  alias.target = AliasDefinition::Target(target);
  const bool isOuter = alias.target == AliasDefinition::Target::Outer;
  W2N_TRY(sort, decodeSort(sortBytes,
                           isOuter ? "component outer alias kind" : "component external kind"));
  alias.sort = sort;
  const bool isCore = sort <= Sort::CoreInstance;
  if (isOuter) {
    if (sort != Sort::CoreModule && sort != Sort::CoreType && sort != Sort::Type &&
        sort != Sort::Component)
      return badByte(afterSort, last, "component outer alias kind");
    W2N_TRY(count, in.readU32());
    W2N_TRY(index, in.readU32());
    alias.outerCount = count;
    alias.outerIndex = index;
  } else {
    const bool ofCore = alias.target == AliasDefinition::Target::CoreExport;
    if (ofCore ? sort > Sort::CoreTag : isCore && sort != Sort::CoreModule)
      return badByte(afterSort, last, "component external kind");
    W2N_TRY(instance, in.readU32());
    W2N_TRY(name, in.readName());
    alias.instance = instance;
    alias.name = name;
  }
  definition.kind = std::move(alias);
  return {};
}

Status ComponentDecoder::decodeStart(ByteReader &in, Definition &definition) {
  StartDefinition start;
  W2N_TRY(function, in.readU32());
  W2N_TRY(count, decodeCount(in));
  start.function = function;
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(argument, in.readU32());
    start.arguments.push_back(argument);
  }
  W2N_TRY(results, in.readU32());
  start.results = results;
  definition.kind = std::move(start);
  return {};
}

Status ComponentDecoder::decodeImport(ByteReader &in, Definition &definition) {
  W2N_TRY(name, decodeExternName(in));
  W2N_TRY(desc, decodeExternDesc(in));
  definition.kind = ImportDefinition{name, desc};
  return {};
}

Status ComponentDecoder::decodeExport(ByteReader &in, Definition &definition) {
  ExportDefinition exported;
  W2N_TRY(name, decodeExternName(in));
  W2N_TRY(item, decodeSortIndex(in));
  W2N_TRY(hasDesc, decodeFlag(in, "optional component export type"));
  exported.name = name;
  exported.item = item;
  if (hasDesc) {
    W2N_TRY(desc, decodeExternDesc(in));
    exported.desc = desc;
  }
  definition.kind = std::move(exported);
  return {};
}

Status ComponentDecoder::decodeValue(ByteReader &in, Definition &definition) {
  ValueDefinition value;
  W2N_TRY(type, decodeValueType(in));
  W2N_TRY(size, in.readU32());
  W2N_TRY(bytes, in.readBytes(size));
  value.type = type;
  value.bytes = bytes;
  definition.kind = std::move(value);
  return {};
}

Status ComponentDecoder::decodeItem(ByteReader &in, ItemDecoder decode, Items &items) {
  if (budget == 0)
    return fail(ErrorKind::Limit,
                "more than " + std::to_string(limits::definitions) + " definitions", in.offset());
  --budget;
  Definition definition;
  definition.offset = in.offset();
  W2N_CHECK((this->*decode)(in, definition));
  items.push_back(std::move(definition));
  return {};
}

Status ComponentDecoder::decodeItems(ByteReader &in, const Section &section) {
  uint32_t count = 1;
  if (section.isVector) {
    W2N_TRY(items, decodeCount(in));
    count = items;
  }
  for (uint32_t i = 0; i < count; ++i)
    W2N_CHECK(decodeItem(in, section.decode, component.definitions));
  return {};
}

Status ComponentDecoder::decodeSection() {
  const uint64_t offset = reader.offset();
  W2N_TRY(id, reader.readByte());
  W2N_TRY(size, reader.readU32());
  if (size > reader.remaining())
    return reader.malformed("unexpected end-of-file: a section of " + std::to_string(size) +
                            " bytes, " + std::to_string(reader.remaining()) + " left");
  const uint64_t contentOffset = reader.offset();
  W2N_TRY(content, reader.readBytes(size));
  ByteReader in(content, contentOffset);
  if (id == customId) {
    W2N_CHECK(in.readName());
    return {};
  }
  if (id == coreModuleId)
    return decodeCoreModule(in);
  if (id == componentId)
    return decodeNested(in);
  const Section *section = std::ranges::find(sections, id, &Section::id);
  if (section == std::end(sections))
    return fail(ErrorKind::Malformed, "malformed section id: " + std::to_string(id), offset);
  Status status = decodeItems(in, *section);
  if (status && !in.atEnd())
    status =
        in.malformed("section size mismatch: " + std::to_string(in.remaining()) + " bytes left");
  if (!status) {
    status.error().text += " (in the " + std::string(section->name) + " section)";
  }
  return status;
}

Result<Component> ComponentDecoder::run() {
  W2N_TRY(preamble, reader.readBytes(preambleBytes));
  if (!startsWith(preamble, magic))
    return fail(ErrorKind::Malformed, "magic header not detected", component.offset);
  if (!startsWith(Bytes(preamble).subspan(4), componentVersion))
    return fail(ErrorKind::Malformed,
                "unknown binary version: of components, 0x0d is supported, found " +
                    hex(preamble[4]),
                component.offset + 4);
  while (!reader.atEnd())
    if (Status status = decodeSection(); !status)
      return std::unexpected(atEnd(std::move(status).error()));
  return std::move(component);
}

Result<Component> decodeComponent(Bytes bytes) {
  if (bytes.size() > wasm::limits::moduleBytes)
    return fail(ErrorKind::Limit, "component is larger than 1 GiB");
  uint32_t budget = limits::definitions;
  return ComponentDecoder(bytes, 0, 0, budget).run();
}

} // namespace w2n::component
