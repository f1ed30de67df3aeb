// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/component/JsonValues.h"

#include <algorithm>
#include <bit>

namespace w2n::component {

namespace {

/// The bits of a number, a boolean or a character.
uint64_t bitsOf(const Json &value) {
  const Json &content = value["value"];
  if (content.is_boolean())
    return content.get<bool>();
  const std::string text = content.is_string() ? content.get<std::string>() : content.dump();
  return text.starts_with('-') ? uint64_t(strtoll(text.c_str(), nullptr, 10))
                               : strtoull(text.c_str(), nullptr, 10);
}

/// The value of a record's member, which has a name beside it, or of a tuple's.
const Json &memberOf(const Json &member) {
  const bool isNamed =
      member.contains("name") && member.contains("value") && member["value"].is_object();
  return isNamed ? member["value"] : member;
}

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

Status listFromJson(const Types &types, const TypeBody &body, const Json &items,
                    runtime::ValueArena &arena, Value &list) {
  W2N_TRY(values, arena.allocate<Value>(items.size()));
  for (size_t i = 0; i < items.size(); ++i) {
    if (body.key) {
      TypeBody pair;
      pair.form = TypeForm::Tuple;
      pair.fields = {{{}, body.key}, {{}, body.element}};
      values[i].kind = W2N_COMPONENT_TUPLE;
      W2N_CHECK(listFromJson(types, pair, items[i]["value"], arena, values[i]));
      continue;
    }
    const ValueType type = body.element ? *body.element : *body.fields[i].type;
    W2N_TRY(value, fromJson(types, type, memberOf(items[i]), arena));
    values[i] = value;
  }
  list.of.list = {values.data(), values.size()};
  return {};
}

Json scalarToJson(const Value &value) {
  switch (value.kind) {
  case W2N_COMPONENT_BOOL:
    return value.of.boolean;
  case W2N_COMPONENT_S8:
    return std::to_string(value.of.s8);
  case W2N_COMPONENT_S16:
    return std::to_string(value.of.s16);
  case W2N_COMPONENT_S32:
    return std::to_string(value.of.s32);
  case W2N_COMPONENT_S64:
    return std::to_string(value.of.s64);
  case W2N_COMPONENT_U8:
    return std::to_string(value.of.u8);
  case W2N_COMPONENT_U16:
    return std::to_string(value.of.u16);
  case W2N_COMPONENT_CHAR:
    return value.of.character;
  case W2N_COMPONENT_U32:
  case W2N_COMPONENT_F32:
    return std::to_string(value.of.u32);
  case W2N_COMPONENT_STRING:
    return std::string(value.of.string.data, value.of.string.bytes);
  case W2N_COMPONENT_OWN:
    return std::to_string(value.of.resource.representation);
  default:
    return std::to_string(value.of.u64);
  }
}

/// The elements of an array as values.
std::vector<Value> itemsOf(const Types &types, const TypeBody &body, const Value &value) {
  if (value.kind != W2N_COMPONENT_ARRAY)
    return {value.of.list.items, value.of.list.items + value.of.list.count};
  std::vector<Value> items(value.of.array.count);
  const size_t bytes = layoutOf(types, *body.element).bytes;
  for (size_t i = 0; i < items.size(); ++i) {
    items[i].kind = value.element;
    std::memcpy(&items[i].of, static_cast<const uint8_t *>(value.of.array.data) + i * bytes, bytes);
  }
  return items;
}

Json variantToJson(const Types &types, const TypeBody &body, const Value &value) {
  const std::vector<Field> cases = casesOf(body);
  Json payload;
  const bool hasPayload = cases[value.index].type.has_value();
  if (hasPayload)
    payload = toJson(types, *cases[value.index].type, *value.of.payload);
  if (body.form == TypeForm::Option)
    return Json{{"type", "option"}, {"value", payload}};
  Json made = {{"type", nameOf(body.form)}, {"case", cases[value.index].label}};
  if (hasPayload)
    made["value"] = payload;
  return made;
}

} // namespace

Result<Value> fromJson(const Types &types, ValueType type, const Json &json,
                       runtime::ValueArena &arena) {
  const auto kind = runtime::kindOf(types, type);
  if (!kind)
    return runtime::cannotPass(types, type);
  Value value = {};
  value.kind = *kind;
  if (*kind == W2N_COMPONENT_STRING) {
    const auto &text = json["value"].get_ref<const std::string &>();
    value.of.string = {text.data(), text.size()};
    return value;
  }
  if (runtime::primitiveOf(types, type)) {
    value.of.u64 = bitsOf(json);
    return value;
  }
  const TypeBody &body = types[type.type];
  switch (*kind) {
  case W2N_COMPONENT_LIST:
  case W2N_COMPONENT_RECORD:
  case W2N_COMPONENT_TUPLE:
    W2N_CHECK(listFromJson(types, body, json["value"], arena, value));
    return value;
  case W2N_COMPONENT_FLAGS:
    for (size_t i = 0; i < body.fields.size(); ++i)
      for (const Json &name : json["value"])
        value.of.flags |= uint32_t(name.get<std::string>() == body.fields[i].label) << i;
    return value;
  case W2N_COMPONENT_OWN:
  case W2N_COMPONENT_BORROW:
    return runtime::cannotPass(types, type);
  default: {
    const auto [index, payload] = caseOf(body, json);
    value.index = index;
    const std::vector<Field> cases = casesOf(body);
    if (payload && cases[index].type) {
      W2N_TRY(kept, arena.allocate<Value>(1));
      W2N_TRY(made, fromJson(types, *cases[index].type, *payload, arena));
      kept[0] = made;
      value.of.payload = kept.data();
    }
    return value;
  }
  }
}

Json toJson(const Types &types, ValueType type, const Value &value) {
  if (const auto primitive = runtime::primitiveOf(types, type))
    return Json{{"type", nameOf(*primitive)}, {"value", scalarToJson(value)}};
  const TypeBody &body = types[type.type];
  Json values = Json::array();
  switch (value.kind) {
  case W2N_COMPONENT_OWN:
    return Json{{"type", "own"}, {"value", scalarToJson(value)}};
  case W2N_COMPONENT_FLAGS:
    for (size_t i = 0; i < body.fields.size(); ++i)
      if (value.of.flags >> i & 1)
        values.push_back(body.fields[i].label);
    return Json{{"type", "flags"}, {"value", values}};
  case W2N_COMPONENT_RECORD:
  case W2N_COMPONENT_TUPLE:
    for (size_t i = 0; i < body.fields.size(); ++i) {
      Json member = toJson(types, *body.fields[i].type, value.of.list.items[i]);
      values.push_back(body.form == TypeForm::Record
                           ? Json{{"name", body.fields[i].label}, {"value", member}}
                           : member);
    }
    return Json{{"type", nameOf(body.form)}, {"value", values}};
  case W2N_COMPONENT_LIST:
  case W2N_COMPONENT_ARRAY:
    for (const Value &item : itemsOf(types, body, value))
      values.push_back(toJson(types, *body.element, item));
    return Json{{"type", "list"}, {"value", values}};
  default:
    return variantToJson(types, body, value);
  }
}

} // namespace w2n::component
