// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Values.h"

#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace w2n::tool {

namespace {

std::unexpected<Error> notA(wasm::ValueType type, const std::string &text) {
  return fail(ErrorKind::Invalid, "argument '" + text + "' is not an " + toString(type));
}

Result<uint64_t> parseInteger(wasm::ValueType type, const std::string &text, unsigned bits) {
  bool negative = text.starts_with('-');
  size_t begin = negative || text.starts_with('+');
  bool hexadecimal = text.compare(begin, 2, "0x") == 0 || text.compare(begin, 2, "0X") == 0;
  const char *digits = text.c_str() + begin + (hexadecimal ? 2 : 0),
             *end = text.data() + text.size();
  uint64_t magnitude = 0;
  auto [stop, error] = std::from_chars(digits, end, magnitude, hexadecimal ? 16 : 10);
  uint64_t max = negative ? uint64_t(1) << (bits - 1) : ~uint64_t(0) >> (64 - bits);
  if (error == std::errc::result_out_of_range || (error == std::errc() && magnitude > max))
    return fail(ErrorKind::Invalid,
                "argument '" + text + "' is out of range for " + toString(type));
  if (error != std::errc() || stop != end)
    return notA(type, text);
  uint64_t value = negative ? 0 - magnitude : magnitude;
  return bits == 32 ? uint32_t(value) : value;
}

template <typename Float, typename Bits>
Result<uint64_t> parseFloat(wasm::ValueType type, const std::string &text,
                            Float (*convert)(const char *, char **)) {
  char *stop;
  Float value = convert(text.c_str(), &stop);
  // strtod skips leading space and takes nothing for zero.
  if (text.empty() || isspace(text[0]) || stop != text.c_str() + text.size())
    return notA(type, text);
  return std::bit_cast<Bits>(value);
}

/// The 128 bits as one hexadecimal number: lane 0 is at its end.
Status parseVector(const std::string &text, std::vector<uint64_t> &slots) {
  constexpr size_t digitsOfSlot = 16;
  if (!text.starts_with("0x") || text.size() == 2 || text.size() > 2 + 2 * digitsOfSlot ||
      text.find_first_not_of("0123456789abcdefABCDEF", 2) != std::string::npos)
    return fail(ErrorKind::Invalid, "argument '" + text +
                                        "' is not a v128, which is 0x and 1 to 32 hexadecimal "
                                        "digits");
  const std::string digits = std::string(2 + 2 * digitsOfSlot - text.size(), '0') + text.substr(2);
  for (size_t begin : {digitsOfSlot, size_t(0)})
    slots.push_back(strtoull(digits.substr(begin, digitsOfSlot).c_str(), nullptr, 16));
  return {};
}

std::string formatVector(std::span<const uint64_t> slots) {
  char buffer[40];
  snprintf(buffer, sizeof(buffer), "0x%016llx%016llx", static_cast<unsigned long long>(slots[1]),
           static_cast<unsigned long long>(slots[0]));
  return buffer;
}

template <typename Float> std::string formatFloat(Float value) {
  if (std::isnan(value))
    return std::signbit(value) ? "-nan" : "nan";
  char buffer[64];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, end);
}

Result<uint64_t> parseNumber(wasm::ValueType type, const std::string &text) {
  switch (type.kind) {
  case wasm::ValueKind::I32:
    return parseInteger(type, text, 32);
  case wasm::ValueKind::I64:
    return parseInteger(type, text, 64);
  case wasm::ValueKind::F32:
    return parseFloat<float, uint32_t>(type, text, strtof);
  case wasm::ValueKind::F64:
    return parseFloat<double, uint64_t>(type, text, strtod);
  case wasm::ValueKind::V128:
  case wasm::ValueKind::Ref:
  case wasm::ValueKind::Bottom:
    break;
  }
  return fail(ErrorKind::Invalid,
              "a parameter is a " + toString(type) + ", which cannot be given on the command line");
}

} // namespace

Status parseValue(wasm::ValueType type, const std::string &text, std::vector<uint64_t> &slots) {
  if (type.kind == wasm::ValueKind::V128)
    return parseVector(text, slots);
  W2N_TRY(slot, parseNumber(type, text));
  slots.push_back(slot);
  return {};
}

std::string formatValue(wasm::ValueType type, std::span<const uint64_t> slots) {
  const uint64_t slot = slots[0];
  switch (type.kind) {
  case wasm::ValueKind::I32:
    return std::to_string(int32_t(slot));
  case wasm::ValueKind::I64:
    return std::to_string(int64_t(slot));
  case wasm::ValueKind::F32:
    return formatFloat(std::bit_cast<float>(uint32_t(slot)));
  case wasm::ValueKind::F64:
    return formatFloat(std::bit_cast<double>(slot));
  case wasm::ValueKind::V128:
    return formatVector(slots);
  case wasm::ValueKind::Ref:
  case wasm::ValueKind::Bottom:
    break;
  }
  return slot == 0 ? "null" : "<" + toString(type) + ">";
}

} // namespace w2n::tool
