// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/component/Invoke.h"

#include "lib/support/ByteReader.h"
#include "lib/support/Utf8.h"
#include "runtime/core/Memory.h"

#include <algorithm>

namespace w2n::component {

namespace {

std::unexpected<Error> trap(std::string text) { return fail(ErrorKind::Trap, std::move(text)); }

const TypeBody *bodyOf(const Types &types, ValueType type) {
  return type.primitive ? nullptr : &types[type.type];
}

std::optional<Primitive> primitiveOf(const Types &types, ValueType type) {
  if (type.primitive)
    return type.primitive;
  const TypeBody &body = types[type.type];
  return body.form == TypeForm::Primitive ? std::optional(body.primitive) : std::nullopt;
}

/// The bits of a number, a boolean or a character.
uint64_t bitsOf(const Json &value) {
  const Json &content = value["value"];
  if (content.is_boolean())
    return content.get<bool>();
  const std::string text = content.is_string() ? content.get<std::string>() : content.dump();
  return text.starts_with('-') ? uint64_t(strtoll(text.c_str(), nullptr, 10))
                               : strtoull(text.c_str(), nullptr, 10);
}

std::vector<uint32_t> charactersOf(const std::string &text) {
  std::vector<uint32_t> characters;
  for (size_t i = 0; i < text.size();) {
    const auto first = uint8_t(text[i]);
    const size_t count = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t character = count == 1 ? first : first & (0xff >> (count + 1));
    for (size_t k = 1; k < count; ++k)
      character = character << 6 | (uint8_t(text[i + k]) & 0x3f);
    characters.push_back(character);
    i += count;
  }
  return characters;
}

void appendUtf8(std::string &text, uint32_t c) {
  if (c < 0x80) {
    text += char(c);
  } else if (c < 0x800) {
    text += char(0xc0 | c >> 6);
    text += char(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    text += char(0xe0 | c >> 12);
    text += char(0x80 | (c >> 6 & 0x3f));
    text += char(0x80 | (c & 0x3f));
  } else {
    text += char(0xf0 | c >> 18);
    text += char(0x80 | (c >> 12 & 0x3f));
    text += char(0x80 | (c >> 6 & 0x3f));
    text += char(0x80 | (c & 0x3f));
  }
}

std::string encodeUtf16(const std::vector<uint32_t> &characters) {
  std::string bytes;
  const auto append = [&](uint32_t unit) {
    bytes += char(unit & 0xff);
    bytes += char(unit >> 8);
  };
  for (const uint32_t c : characters) {
    if (c >= 0x10000) {
      append(0xd800 + ((c - 0x10000) >> 10));
      append(0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
      append(c);
    }
  }
  return bytes;
}

constexpr uint32_t utf16Tag = 1u << 31;

/// The cases' index of a variant's value, and its payload.
std::pair<uint32_t, const Json *> caseOf(const TypeBody &body, const Json &value) {
  if (body.form == TypeForm::Option)
    return {value["value"].is_null() ? 0 : 1, value["value"].is_null() ? nullptr : &value["value"]};
  const std::vector<Field> cases = casesOf(body);
  const std::string name = value["case"];
  const auto found = std::ranges::find(cases, name, &Field::label);
  const auto index = found == cases.end() && name == "err" ? 1 : uint32_t(found - cases.begin());
  const bool hasPayload = value.contains("value") && !value["value"].is_null();
  return {index, hasPayload ? &value["value"] : nullptr};
}

uint32_t flagsOf(const TypeBody &body, const Json &value) {
  uint32_t bits = 0;
  for (size_t i = 0; i < body.fields.size(); ++i)
    for (const Json &name : value["value"])
      bits |= uint32_t(name.get<std::string>() == body.fields[i].label) << i;
  return bits;
}

/// Of a record in the order of its fields, or of a tuple.
std::vector<Json> membersOf(const Json &value) {
  std::vector<Json> members;
  for (const Json &member : value["value"])
    members.push_back(member.contains("name") && member.contains("value") &&
                              member["value"].is_object()
                          ? member["value"]
                          : member);
  return members;
}

/// The elements of a list, or of a map, which is a list of pairs.
std::vector<Field> elementOf(const TypeBody &body) {
  std::vector<Field> fields;
  if (body.key)
    fields.push_back({{}, body.key});
  fields.push_back({{}, body.element});
  return fields;
}

bool isVariant(const TypeBody &body) {
  return body.form == TypeForm::Variant || body.form == TypeForm::Enum ||
         body.form == TypeForm::Option || body.form == TypeForm::Result;
}

uint64_t payloadOffset(const Types &types, const TypeBody &body) {
  const std::vector<Field> cases = casesOf(body);
  uint32_t alignment = 1;
  for (const Field &variantCase : cases)
    if (variantCase.type)
      alignment = std::max(alignment, layoutOf(types, *variantCase.type).alignment);
  return alignUp(discriminantBytes(cases.size()), alignment);
}

} // namespace

std::span<uint8_t> Invocation::memory() {
  return std::get<std::shared_ptr<runtime::Memory>>(*find("memory:"))->bytes();
}

void Invocation::write(uint32_t address, uint64_t bits, uint32_t bytes) {
  std::memcpy(memory().data() + address, &bits, bytes);
}

uint64_t Invocation::read(uint32_t address, uint32_t bytes) {
  uint64_t bits = 0;
  std::memcpy(&bits, memory().data() + address, bytes);
  return bits;
}

void Invocation::setMayLeave(bool may) {
  if (function.hasMayLeave)
    runtime::setGlobal(*std::get<std::shared_ptr<runtime::Global>>(*find("may-leave:")), may);
}

Status Invocation::call(const char *prefix, Slots &slots) {
  auto callee = std::get<std::shared_ptr<runtime::Function>>(*find(prefix));
  slots.resize(std::max(callee->type.params.size(), callee->type.results.size()));
  W2N_CHECK(runtime::call(*callee, slots));
  slots.resize(callee->type.results.size());
  return {};
}

Result<uint32_t> Invocation::allocate(uint32_t alignment, uint32_t bytes) {
  Slots slots = {0, 0, alignment, bytes};
  setMayLeave(false);
  W2N_CHECK(call("realloc:", slots));
  setMayLeave(true);
  const auto address = uint32_t(slots[0]);
  if (address % alignment != 0)
    return trap("realloc return: result not aligned");
  if (uint64_t(address) + bytes > memory().size())
    return trap("realloc return: beyond end of memory");
  return address;
}

Result<std::pair<uint32_t, uint32_t>> Invocation::storeString(const std::string &text) {
  const std::vector<uint32_t> characters = charactersOf(text);
  std::string bytes = text;
  uint32_t units = uint32_t(text.size()), alignment = 1;
  const bool isWide = std::ranges::any_of(characters, [](uint32_t c) { return c >= 0x100; });
  if (function.encoding == CanonOption::Utf16 ||
      (function.encoding == CanonOption::Latin1Utf16 && isWide)) {
    bytes = encodeUtf16(characters);
    units = uint32_t(bytes.size() / 2);
    alignment = 2;
    if (function.encoding == CanonOption::Latin1Utf16)
      units |= utf16Tag;
  } else if (function.encoding == CanonOption::Latin1Utf16) {
    bytes.assign(characters.begin(), characters.end());
    units = uint32_t(bytes.size());
    alignment = 2;
  }
  W2N_TRY(address, allocate(alignment, uint32_t(bytes.size())));
  std::ranges::copy(bytes, memory().begin() + address);
  return std::pair(address, units);
}

Result<std::pair<uint32_t, uint32_t>> Invocation::storeList(const std::vector<Field> &element,
                                                            const Json &values) {
  const Layout layout = layoutOfFields(types, element);
  W2N_TRY(address, allocate(layout.alignment, uint32_t(layout.bytes * values.size())));
  for (size_t i = 0; i < values.size(); ++i)
    W2N_CHECK(storeFields(element,
                          element.size() == 1 ? std::vector<Json>{values[i]} : membersOf(values[i]),
                          uint32_t(address + i * layout.bytes)));
  return std::pair(address, uint32_t(values.size()));
}

Status Invocation::storeFields(std::span<const Field> fields, const std::vector<Json> &values,
                               uint32_t address) {
  uint64_t offset = 0;
  for (size_t i = 0; i < fields.size(); ++i) {
    const Layout layout = layoutOf(types, *fields[i].type);
    offset = alignUp(offset, layout.alignment);
    W2N_CHECK(store(*fields[i].type, values[i], uint32_t(address + offset)));
    offset += layout.bytes;
  }
  return {};
}

Status Invocation::store(ValueType type, const Json &value, uint32_t address) {
  const TypeBody *body = bodyOf(types, type);
  const std::optional<Primitive> primitive = primitiveOf(types, type);
  const auto storePair = [&](const Result<std::pair<uint32_t, uint32_t>> &pair) -> Status {
    if (!pair)
      return std::unexpected(pair.error());
    write(address, pair->first, 4);
    write(address + 4, pair->second, 4);
    return {};
  };
  if (primitive == Primitive::String)
    return storePair(storeString(value["value"]));
  if (primitive) {
    write(address, bitsOf(value), uint32_t(layoutOf(types, type).bytes));
    return {};
  }
  if (body->form == TypeForm::List || body->form == TypeForm::Map)
    return storePair(storeList(elementOf(*body), value["value"]));
  if (body->form == TypeForm::Record || body->form == TypeForm::Tuple)
    return storeFields(body->fields, membersOf(value), address);
  if (body->form == TypeForm::Flags) {
    write(address, flagsOf(*body, value), uint32_t(body->bytes));
    return {};
  }
  if (isVariant(*body)) {
    const auto [index, payload] = caseOf(*body, value);
    const std::vector<Field> cases = casesOf(*body);
    write(address, index, discriminantBytes(cases.size()));
    if (payload && cases[index].type)
      return store(*cases[index].type, *payload, uint32_t(address + payloadOffset(types, *body)));
    return {};
  }
  return trap("values of type " + describe(types, type) + " cannot be given from outside");
}

Status Invocation::lower(ValueType type, const Json &value, Slots &slots) {
  const TypeBody *body = bodyOf(types, type);
  const std::optional<Primitive> primitive = primitiveOf(types, type);
  const auto lowerPair = [&](const Result<std::pair<uint32_t, uint32_t>> &pair) -> Status {
    if (!pair)
      return std::unexpected(pair.error());
    slots.insert(slots.end(), {pair->first, pair->second});
    return {};
  };
  if (primitive == Primitive::String)
    return lowerPair(storeString(value["value"]));
  if (primitive) {
    const bool is64 = layoutOf(types, type).bytes == 8;
    slots.push_back(is64 ? bitsOf(value) : uint32_t(bitsOf(value)));
    return {};
  }
  if (body->form == TypeForm::List || body->form == TypeForm::Map)
    return lowerPair(storeList(elementOf(*body), value["value"]));
  if (body->form == TypeForm::Record || body->form == TypeForm::Tuple) {
    const std::vector<Json> members = membersOf(value);
    for (size_t i = 0; i < members.size(); ++i)
      W2N_CHECK(lower(*body->fields[i].type, members[i], slots));
    return {};
  }
  if (body->form == TypeForm::Flags) {
    slots.push_back(flagsOf(*body, value));
    return {};
  }
  if (isVariant(*body)) {
    const size_t end = slots.size() + body->flat.size();
    const auto [index, payload] = caseOf(*body, value);
    const std::vector<Field> cases = casesOf(*body);
    slots.push_back(index);
    if (payload && cases[index].type)
      W2N_CHECK(lower(*cases[index].type, *payload, slots));
    slots.resize(end);
    return {};
  }
  return trap("values of type " + describe(types, type) + " cannot be given from outside");
}

Result<Json> Invocation::scalar(ValueType type, uint64_t bits) const {
  const Primitive primitive = *primitiveOf(types, type);
  const auto made = [&](Json value) {
    return Json{{"type", nameOf(primitive)}, {"value", std::move(value)}};
  };
  switch (primitive) {
  case Primitive::Bool:
    return made(uint32_t(bits) != 0);
  case Primitive::S8:
    return made(std::to_string(int8_t(bits)));
  case Primitive::S16:
    return made(std::to_string(int16_t(bits)));
  case Primitive::S32:
    return made(std::to_string(int32_t(bits)));
  case Primitive::S64:
    return made(std::to_string(int64_t(bits)));
  case Primitive::U8:
    return made(std::to_string(uint8_t(bits)));
  case Primitive::U16:
    return made(std::to_string(uint16_t(bits)));
  case Primitive::Char: {
    const auto value = uint32_t(bits);
    if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
      return trap("invalid `char` bit pattern");
    return made(value);
  }
  case Primitive::U32:
  case Primitive::F32:
    return made(std::to_string(uint32_t(bits)));
  default:
    return made(std::to_string(bits));
  }
}

Result<Json> Invocation::liftString(uint32_t address, uint32_t length) {
  const bool isTagged = function.encoding == CanonOption::Latin1Utf16 && (length & utf16Tag);
  const bool isUtf16 = function.encoding == CanonOption::Utf16 || isTagged;
  const uint64_t count = isTagged ? length ^ utf16Tag : length;
  const uint64_t bytes = isUtf16 ? 2 * count : count;
  if (function.encoding != CanonOption::Utf8 && address % 2 != 0)
    return trap("unaligned pointer");
  if (address + bytes > memory().size())
    return trap("string pointer/length out of bounds of memory");
  const std::span<const uint8_t> content = memory().subspan(address, bytes);
  std::string text;
  if (function.encoding == CanonOption::Utf8) {
    for (std::span<const uint8_t> rest = content; !rest.empty();) {
      const Utf8Sequence sequence = firstUtf8Sequence(rest);
      if (sequence.kind == Utf8Sequence::Kind::Truncated)
        return trap("incomplete utf-8 byte sequence");
      if (sequence.kind == Utf8Sequence::Kind::IllFormed)
        return trap("invalid utf-8 sequence");
      rest = rest.subspan(sequence.bytes);
    }
    text.assign(content.begin(), content.end());
  } else if (isUtf16) {
    for (size_t i = 0; i < content.size(); i += 2) {
      uint32_t c = content[i] | content[i + 1] << 8;
      if (c >= 0xd800 && c < 0xe000) {
        const bool hasSecond = i + 3 < content.size();
        const uint32_t second = hasSecond ? content[i + 2] | content[i + 3] << 8 : 0;
        if (c >= 0xdc00 || second < 0xdc00 || second >= 0xe000)
          return trap("unpaired surrogate");
        c = 0x10000 + ((c - 0xd800) << 10) + (second - 0xdc00);
        i += 2;
      }
      appendUtf8(text, c);
    }
  } else {
    for (const uint8_t c : content)
      appendUtf8(text, c);
  }
  return Json{{"type", "string"}, {"value", text}};
}

Result<Json> Invocation::lift(ValueType type, std::span<const runtime::Slot> &slots) {
  const runtime::Slot first = slots[0];
  slots = slots.subspan(1);
  if (primitiveOf(types, type))
    return scalar(type, first);
  const TypeBody &body = *bodyOf(types, type);
  if (body.form == TypeForm::Own) {
    Slots taken = {first};
    W2N_CHECK(call("take-own:", taken));
    return Json{{"type", "own"}, {"value", std::to_string(uint32_t(taken[0]))}};
  }
  if (body.form == TypeForm::Flags) {
    Json names = Json::array();
    for (size_t i = 0; i < body.fields.size(); ++i)
      if (first >> i & 1)
        names.push_back(body.fields[i].label);
    return Json{{"type", "flags"}, {"value", names}};
  }
  if (body.form == TypeForm::Enum || body.form == TypeForm::Variant ||
      body.form == TypeForm::Result) {
    const std::vector<Field> cases = casesOf(body);
    if (uint32_t(first) >= cases.size())
      return trap("invalid variant discriminant");
    return Json{{"type", nameOf(body.form)}, {"case", cases[uint32_t(first)].label}};
  }
  return trap("results of type " + describe(types, type) + " cannot be read");
}

Result<Json> Invocation::loadFields(const TypeBody &body, uint32_t address) {
  Json values = Json::array();
  uint64_t offset = 0;
  for (const Field &field : body.fields) {
    const Layout layout = layoutOf(types, *field.type);
    offset = alignUp(offset, layout.alignment);
    W2N_TRY(value, load(*field.type, uint32_t(address + offset)));
    offset += layout.bytes;
    if (body.form == TypeForm::Record)
      values.push_back(Json{{"name", field.label}, {"value", value}});
    else
      values.push_back(value);
  }
  return Json{{"type", nameOf(body.form)}, {"value", values}};
}

Result<Json> Invocation::loadVariant(const TypeBody &body, uint32_t address) {
  const std::vector<Field> cases = casesOf(body);
  const auto index = uint32_t(read(address, discriminantBytes(cases.size())));
  if (index >= cases.size())
    return trap("invalid variant discriminant");
  Json payload;
  if (cases[index].type) {
    W2N_TRY(value, load(*cases[index].type, uint32_t(address + payloadOffset(types, body))));
    payload = std::move(value);
  }
  if (body.form == TypeForm::Option)
    return Json{{"type", "option"}, {"value", payload}};
  Json made = {{"type", nameOf(body.form)}, {"case", cases[index].label}};
  if (!payload.is_null())
    made["value"] = payload;
  return made;
}

Result<Json> Invocation::load(ValueType type, uint32_t address) {
  if (primitiveOf(types, type) == Primitive::String)
    return liftString(uint32_t(read(address, 4)), uint32_t(read(address + 4, 4)));
  const TypeBody *body = bodyOf(types, type);
  if (body && body->form == TypeForm::List) {
    const auto begin = uint32_t(read(address, 4)), length = uint32_t(read(address + 4, 4));
    const Layout layout = layoutOf(types, *body->element);
    if (begin % layout.alignment != 0)
      return trap("unaligned pointer");
    if (begin + length * layout.bytes > memory().size())
      return trap("list pointer/length out of bounds of memory");
    Json values = Json::array();
    for (uint64_t i = 0; i < length; ++i) {
      W2N_TRY(value, load(*body->element, uint32_t(begin + i * layout.bytes)));
      values.push_back(value);
    }
    return Json{{"type", "list"}, {"value", values}};
  }
  if (body && (body->form == TypeForm::Record || body->form == TypeForm::Tuple))
    return loadFields(*body, address);
  if (body && isVariant(*body))
    return loadVariant(*body, address);
  const uint64_t bits = read(address, uint32_t(layoutOf(types, type).bytes));
  const runtime::Slot slot[] = {bits};
  std::span<const runtime::Slot> slots = slot;
  return lift(type, slots);
}

Result<Json> Invocation::run(const Json &arguments) {
  const TypeBody &type = types[function.type];
  Slots slots;
  if (flatParams(types, type).size() > maxFlat) {
    const Layout layout = layoutOfFields(types, type.fields);
    W2N_TRY(address, allocate(layout.alignment, uint32_t(layout.bytes)));
    W2N_CHECK(storeFields(type.fields, arguments, address));
    slots = {address};
  } else {
    for (size_t i = 0; i < type.fields.size(); ++i)
      W2N_CHECK(lower(*type.fields[i].type, arguments[i], slots));
  }
  W2N_CHECK(call("func:", slots));
  const Slots returned = slots;
  Json result;
  if (type.element) {
    std::span<const runtime::Slot> left = returned;
    const auto address = uint32_t(returned[0]);
    const bool isInMemory = flatResult(types, type).size() > 1;
    const Layout layout = layoutOf(types, *type.element);
    if (isInMemory && address % layout.alignment != 0)
      return trap("unaligned pointer");
    if (isInMemory && address + layout.bytes > memory().size())
      return trap("pointer out of bounds of memory");
    W2N_TRY(value, isInMemory ? load(*type.element, address) : lift(*type.element, left));
    result = std::move(value);
  }
  if (function.hasPostReturn) {
    slots = returned;
    setMayLeave(false);
    W2N_CHECK(call("post-return:", slots));
    setMayLeave(true);
  }
  return result;
}

} // namespace w2n::component
