// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

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

namespace {

class WavePrinter {
public:
  explicit WavePrinter(const Types &types) : types(types) {}

  void print(ValueType type, const ComponentValue &value) {
    if (runtime::primitiveOf(types, type))
      return printScalar(value);
    const TypeBody &body = types[type.type];
    switch (value.kind) {
    case W2N_COMPONENT_LIST:
      return printList(body, value);
    case W2N_COMPONENT_ARRAY:
      return printArray(layoutOf(types, *body.element).bytes, value);
    case W2N_COMPONENT_RECORD:
      return printRecord(body, value);
    case W2N_COMPONENT_TUPLE:
      return printTuple(body.fields, value);
    case W2N_COMPONENT_FLAGS:
      return printFlags(body, value);
    case W2N_COMPONENT_OWN:
    case W2N_COMPONENT_BORROW:
      out += "resource(" + std::to_string(value.of.resource.representation) + ")";
      return;
    default:
      return printVariant(body, value);
    }
  }
  std::string take() { return std::move(out); }

private:
  template <typename T> void printFloat(T number) {
    if (std::isnan(number)) {
      out += "nan";
    } else if (std::isinf(number)) {
      out += number < 0 ? "-inf" : "inf";
    } else {
      char text[64];
      out.append(text, std::to_chars(text, text + sizeof(text), number).ptr);
    }
  }

  void printScalar(const ComponentValue &value) {
    switch (value.kind) {
    case W2N_COMPONENT_BOOL:
      out += value.of.boolean ? "true" : "false";
      return;
    case W2N_COMPONENT_S8:
      out += std::to_string(value.of.s8);
      return;
    case W2N_COMPONENT_U8:
      out += std::to_string(value.of.u8);
      return;
    case W2N_COMPONENT_S16:
      out += std::to_string(value.of.s16);
      return;
    case W2N_COMPONENT_U16:
      out += std::to_string(value.of.u16);
      return;
    case W2N_COMPONENT_S32:
      out += std::to_string(value.of.s32);
      return;
    case W2N_COMPONENT_U32:
      out += std::to_string(value.of.u32);
      return;
    case W2N_COMPONENT_S64:
      out += std::to_string(value.of.s64);
      return;
    case W2N_COMPONENT_F32:
      return printFloat(value.of.f32);
    case W2N_COMPONENT_F64:
      return printFloat(value.of.f64);
    case W2N_COMPONENT_CHAR: {
      std::string character;
      appendUtf8(character, value.of.character);
      return printQuoted(character, '\'');
    }
    case W2N_COMPONENT_STRING:
      return printQuoted({value.of.string.data, value.of.string.bytes}, '"');
    default:
      out += std::to_string(value.of.u64);
      return;
    }
  }

  /// Control characters are escaped, so that a guest cannot command the terminal.
  void printQuoted(std::string_view text, char quote) {
    out += quote;
    std::span<const uint8_t> rest(reinterpret_cast<const uint8_t *>(text.data()), text.size());
    while (!rest.empty()) {
      const std::span<const uint8_t> sequence = rest.first(firstUtf8Sequence(rest).bytes);
      rest = rest.subspan(sequence.size());
      printCharacter(sequence, quote);
    }
    out += quote;
  }

  void printCharacter(std::span<const uint8_t> sequence, char quote) {
    const char c = char(sequence[0]);
    constexpr std::string_view meanings = "\n\r\t\\", letters = "nrt\\";
    if (const size_t at = meanings.find(c); at != std::string_view::npos) {
      out += {'\\', letters[at]};
    } else if (c == quote) {
      out += {'\\', quote};
    } else if (isControl(sequence)) {
      char digits[8];
      const uint32_t number = sequence.size() == 1 ? sequence[0] : sequence[1];
      out += "\\u{" +
             std::string(digits, std::to_chars(digits, digits + sizeof(digits), number, 16).ptr) +
             "}";
    } else {
      out.append(sequence.begin(), sequence.end());
    }
  }

  template <typename Item> void printAll(char open, char close, size_t count, const Item &item) {
    out += open;
    for (size_t i = 0; i < count; ++i) {
      out += i ? ", " : "";
      item(i);
    }
    out += close;
  }

  void printTuple(std::span<const Field> fields, const ComponentValue &value) {
    printAll('(', ')', fields.size(),
             [&](size_t i) { print(*fields[i].type, value.of.list.items[i]); });
  }

  void printList(const TypeBody &body, const ComponentValue &value) {
    printAll('[', ']', value.of.list.count, [&](size_t i) {
      const Field pair[] = {{{}, body.key}, {{}, body.element}};
      if (body.key)
        printTuple(pair, value.of.list.items[i]);
      else
        print(*body.element, value.of.list.items[i]);
    });
  }

  void printArray(uint64_t elementBytes, const ComponentValue &value) {
    printAll('[', ']', value.of.array.count, [&](size_t i) {
      ComponentValue element = {};
      element.kind = value.element;
      std::memcpy(&element.of, static_cast<const uint8_t *>(value.of.array.data) + i * elementBytes,
                  elementBytes);
      printScalar(element);
    });
  }

  void printRecord(const TypeBody &body, const ComponentValue &value) {
    printAll('{', '}', body.fields.size(), [&](size_t i) {
      out += std::string(body.fields[i].label) + ": ";
      print(*body.fields[i].type, value.of.list.items[i]);
    });
  }

  void printFlags(const TypeBody &body, const ComponentValue &value) {
    std::vector<std::string_view> names;
    for (size_t i = 0; i < body.fields.size(); ++i)
      if (value.of.flags >> i & 1)
        names.push_back(body.fields[i].label);
    printAll('{', '}', names.size(), [&](size_t i) { out += names[i]; });
  }

  /// Cases that look like a keyword get a '%'.
  void printCase(const TypeBody &body, std::string_view label) {
    constexpr std::string_view keywords[] = {"true", "false", "some", "none",
                                             "ok",   "err",   "inf",  "nan"};
    const bool isOwn = body.form == TypeForm::Variant || body.form == TypeForm::Enum;
    if (isOwn && std::ranges::find(keywords, label) != std::end(keywords))
      out += '%';
    out += body.form == TypeForm::Result && label == "error" ? "err" : label;
  }

  void printVariant(const TypeBody &body, const ComponentValue &value) {
    const std::vector<Field> cases = casesOf(body);
    const Field &variantCase = cases[value.index];
    printCase(body, variantCase.label);
    if (!variantCase.type)
      return;
    out += '(';
    print(*variantCase.type, *value.of.payload);
    out += ')';
  }

  const Types &types;
  std::string out;
};

} // namespace

std::string toWave(const Types &types, ValueType type, const ComponentValue &value) {
  WavePrinter printer(types);
  printer.print(type, value);
  return printer.take();
}

} // namespace w2n::tool
