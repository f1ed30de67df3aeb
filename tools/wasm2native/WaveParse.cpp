// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/ByteReader.h"
#include "lib/support/Utf8.h"
#include "tools/wasm2native/Wave.h"
#include "tools/wasm2native/WaveLexer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace w2n::tool {

using component::Field;
using component::TypeBody;
using component::TypeForm;
using component::Types;
using component::ValueType;
using runtime::ComponentValue;
using runtime::ValueArena;

namespace {

std::span<const uint8_t> bytesOf(const std::string &text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

class WaveParser {
public:
  WaveParser(std::string_view text, const Types &types, ValueArena &arena)
      : lexer(text), types(types), arena(arena) {}

  Result<std::vector<ComponentValue>> arguments(const TypeBody &function) {
    const std::vector<Field> &params = function.fields;
    std::vector<ComponentValue> values;
    if (lexer.take('(')) {
      W2N_CHECK(items(')', [&]() -> Status {
        if (values.size() == params.size())
          return lexer.invalid("there are only " + std::to_string(params.size()) + " parameters");
        W2N_TRY(value, parse(*params[values.size()].type));
        values.push_back(value);
        return {};
      }));
    }
    if (!lexer.atEnd())
      return lexer.invalid("expected nothing more");
    for (size_t i = values.size(); i < params.size(); ++i) {
      if (!isOption(*params[i].type))
        return lexer.invalid("expected " + std::to_string(params.size()) + " arguments, found " +
                             std::to_string(values.size()));
      values.push_back(none());
    }
    return values;
  }

private:
  /// Items with commas between them, up to `close`, with or without a comma before it.
  template <typename Item> Status items(char close, const Item &item) {
    while (!lexer.take(close)) {
      W2N_CHECK(item());
      if (lexer.take(close))
        return {};
      W2N_CHECK(lexer.expect(','));
    }
    return {};
  }

  bool isOption(ValueType type) const {
    return !type.primitive && types[type.type].form == TypeForm::Option;
  }
  static ComponentValue none() {
    ComponentValue value = {};
    value.kind = W2N_COMPONENT_OPTION;
    return value;
  }

  Result<ComponentValue> parse(ValueType type) {
    const auto kind = runtime::kindOf(types, type);
    if (!kind)
      return runtime::cannotPass(types, type);
    ComponentValue value = {};
    value.kind = *kind;
    W2N_CHECK(fill(type, value));
    return value;
  }

  Status fill(ValueType type, ComponentValue &value) {
    switch (value.kind) {
    case W2N_COMPONENT_BOOL:
      return fillBool(value);
    case W2N_COMPONENT_CHAR:
      return fillChar(value);
    case W2N_COMPONENT_STRING:
      return fillString(value);
    case W2N_COMPONENT_F32:
    case W2N_COMPONENT_F64:
      return fillFloat(value);
    case W2N_COMPONENT_LIST:
      return fillList(types[type.type], value);
    case W2N_COMPONENT_TUPLE:
      return fillTuple(types[type.type].fields, value);
    case W2N_COMPONENT_RECORD:
      return fillRecord(types[type.type], value);
    case W2N_COMPONENT_VARIANT:
    case W2N_COMPONENT_ENUM:
    case W2N_COMPONENT_RESULT:
      return fillVariant(types[type.type], value);
    case W2N_COMPONENT_OPTION:
      return fillOption(types[type.type], value);
    case W2N_COMPONENT_FLAGS:
      return fillFlags(types[type.type], value);
    case W2N_COMPONENT_OWN:
    case W2N_COMPONENT_BORROW:
      return lexer.invalid("resources have no text");
    default:
      return fillInteger(value, component::layoutOf(types, type).bytes);
    }
  }

  Status fillBool(ComponentValue &value) {
    const size_t begin = lexer.offset();
    W2N_TRY(word, lexer.label());
    value.of.boolean = word == "true";
    if (word != "true" && word != "false")
      return lexer.invalidAt(begin, "expected true or false");
    return {};
  }

  Status fillInteger(ComponentValue &value, uint64_t bytes) {
    const size_t begin = lexer.offset();
    const std::string_view text = lexer.number();
    const bool isSigned = value.kind == W2N_COMPONENT_S8 || value.kind == W2N_COMPONENT_S16 ||
                          value.kind == W2N_COMPONENT_S32 || value.kind == W2N_COMPONENT_S64;
    const unsigned bits = unsigned(8 * bytes);
    const char *const end = text.data() + text.size();
    bool fits = false;
    const auto read = [&](auto &number) {
      const auto [stop, error] = std::from_chars(text.data(), end, number);
      return error == std::errc() && stop == end && !text.empty();
    };
    if (isSigned) {
      fits = read(value.of.s64) && value.of.s64 >> (bits - 1) == value.of.s64 >> 63;
    } else {
      fits = read(value.of.u64) && (bits == 64 || value.of.u64 >> bits == 0);
    }
    if (!fits)
      return lexer.invalidAt(begin, "expected " +
                                        std::string(isSigned ? "a signed" : "an unsigned") +
                                        " number of " + std::to_string(bits) + " bits");
    return {};
  }

  Status fillFloat(ComponentValue &value) {
    const size_t begin = lexer.offset();
    const std::string text(lexer.number());
    char *end = nullptr;
    const double number = strtod(text.c_str(), &end);
    const bool isHexadecimal = text.find_first_of("xX") != std::string::npos;
    if (text.empty() || *end != 0 || isHexadecimal)
      return lexer.invalidAt(begin, "expected a number");
    if (value.kind == W2N_COMPONENT_F32)
      value.of.f32 = strtof(text.c_str(), nullptr);
    else
      value.of.f64 = number;
    return {};
  }

  Status fillChar(ComponentValue &value) {
    const size_t begin = lexer.offset();
    W2N_TRY(text, lexer.quoted('\''));
    const bool isOne = !text.empty() && isUtf8(bytesOf(text)) &&
                       firstUtf8Sequence(bytesOf(text)).bytes == text.size();
    if (!isOne)
      return lexer.invalidAt(begin, "expected one character between quotes");
    const size_t count = text.size();
    uint32_t character = count == 1 ? uint8_t(text[0]) : uint8_t(text[0]) & (0xffu >> (count + 1));
    for (size_t i = 1; i < count; ++i)
      character = character << 6 | (uint8_t(text[i]) & 0x3f);
    value.of.character = character;
    return {};
  }

  Status fillString(ComponentValue &value) {
    const size_t begin = lexer.offset();
    W2N_TRY(text, lexer.quoted('"'));
    if (!isUtf8(bytesOf(text)))
      return lexer.invalidAt(begin, "a string is not UTF-8");
    W2N_TRY(kept, arena.allocate<char>(text.size()));
    std::ranges::copy(text, kept.begin());
    value.of.string = {kept.data(), kept.size()};
    return {};
  }

  Status keepItems(const std::vector<ComponentValue> &items, ComponentValue &value) {
    W2N_TRY(kept, arena.allocate<ComponentValue>(items.size()));
    std::ranges::copy(items, kept.begin());
    value.of.list = {kept.data(), kept.size()};
    return {};
  }

  Status fillList(const TypeBody &body, ComponentValue &value) {
    std::vector<ComponentValue> elements;
    W2N_CHECK(lexer.expect('['));
    W2N_CHECK(items(']', [&]() -> Status {
      ComponentValue element = {};
      if (body.key) {
        element.kind = W2N_COMPONENT_TUPLE;
        const Field pair[] = {{{}, body.key}, {{}, body.element}};
        W2N_CHECK(fillTuple(pair, element));
      } else {
        W2N_TRY(parsed, parse(*body.element));
        element = parsed;
      }
      elements.push_back(element);
      return {};
    }));
    return keepItems(elements, value);
  }

  Status fillTuple(std::span<const Field> fields, ComponentValue &value) {
    std::vector<ComponentValue> members;
    W2N_CHECK(lexer.expect('('));
    W2N_CHECK(items(')', [&]() -> Status {
      if (members.size() == fields.size())
        return lexer.invalid("a tuple has only " + std::to_string(fields.size()) + " members");
      W2N_TRY(member, parse(*fields[members.size()].type));
      members.push_back(member);
      return {};
    }));
    if (members.size() != fields.size())
      return lexer.invalid("a tuple has " + std::to_string(fields.size()) + " members, found " +
                           std::to_string(members.size()));
    return keepItems(members, value);
  }

  Result<size_t> find(const std::vector<Field> &fields, const char *what) {
    const size_t begin = lexer.offset();
    W2N_TRY(name, lexer.label());
    const auto found = std::ranges::find(fields, name, &Field::label);
    if (found == fields.end())
      return lexer.invalidAt(begin, std::string("no ") + what + " is called \"" +
                                        std::string(name) + "\"");
    return size_t(found - fields.begin());
  }

  /// Fields that are options may be left out; "{:}" is a record without any.
  Status fillRecord(const TypeBody &body, ComponentValue &value) {
    std::vector<std::optional<ComponentValue>> members(body.fields.size());
    W2N_CHECK(lexer.expect('{'));
    const bool isEmpty = lexer.take(':');
    W2N_CHECK(items('}', [&]() -> Status {
      if (isEmpty)
        return lexer.invalid("expected '}'");
      W2N_TRY(index, find(body.fields, "field"));
      if (members[index])
        return lexer.invalid("field \"" + std::string(body.fields[index].label) + "\" twice");
      W2N_CHECK(lexer.expect(':'));
      W2N_TRY(member, parse(*body.fields[index].type));
      members[index] = member;
      return {};
    }));
    std::vector<ComponentValue> all;
    for (size_t i = 0; i < members.size(); ++i) {
      if (!members[i] && !isOption(*body.fields[i].type))
        return lexer.invalid("field \"" + std::string(body.fields[i].label) + "\" is missing");
      all.push_back(members[i] ? *members[i] : none());
    }
    return keepItems(all, value);
  }

  Status fillFlags(const TypeBody &body, ComponentValue &value) {
    W2N_CHECK(lexer.expect('{'));
    return items('}', [&]() -> Status {
      W2N_TRY(index, find(body.fields, "flag"));
      value.of.flags |= 1u << index;
      return {};
    });
  }

  Status fillPayload(ValueType type, ComponentValue &value) {
    W2N_TRY(kept, arena.allocate<ComponentValue>(1));
    W2N_TRY(payload, parse(type));
    kept[0] = payload;
    value.of.payload = kept.data();
    return {};
  }

  Status fillVariant(const TypeBody &body, ComponentValue &value) {
    std::vector<Field> cases = casesOf(body);
    if (body.form == TypeForm::Result)
      cases[1].label = "err";
    W2N_TRY(index, find(cases, "case"));
    value.index = uint32_t(index);
    if (!cases[index].type)
      return {};
    W2N_CHECK(lexer.expect('('));
    W2N_CHECK(fillPayload(*cases[index].type, value));
    return lexer.expect(')');
  }

  /// The value alone is some of it.
  Status fillOption(const TypeBody &body, ComponentValue &value) {
    const size_t begin = lexer.offset();
    const auto word = lexer.label();
    if (word && *word == "none")
      return {};
    value.index = 1;
    if (word && *word == "some" && lexer.take('(')) {
      W2N_CHECK(fillPayload(*body.element, value));
      return lexer.expect(')');
    }
    lexer.returnTo(begin);
    return fillPayload(*body.element, value);
  }

  WaveLexer lexer;
  const Types &types;
  ValueArena &arena;
};

} // namespace

WaveCall splitCall(std::string_view text) {
  const size_t open = text.find('(');
  std::string_view name = text.substr(0, open);
  while (name.ends_with(' '))
    name.remove_suffix(1);
  WaveCall call{{}, name, open == std::string_view::npos ? "" : text.substr(open)};
  if (const size_t hash = name.find('#'); hash != std::string_view::npos) {
    call.interface = name.substr(0, hash);
    call.name = name.substr(hash + 1);
  }
  return call;
}

Result<std::vector<ComponentValue>> parseArguments(std::string_view text, const Types &types,
                                                   const TypeBody &function, ValueArena &arena) {
  return WaveParser(text, types, arena).arguments(function);
}

} // namespace w2n::tool
