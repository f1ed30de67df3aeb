// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/spec/Value.h"

#include "runtime/core/CanonicalTypes.h"

#include <algorithm>
#include <charconv>

namespace w2n::spec {

using runtime::Slot;
using wasm::HeapKind;
using wasm::ValueKind;
using wasm::ValueType;

namespace {

/// The types that scripts name and that a slot can hold.
struct TypeName {
  std::string_view text;
  ValueType type;
};
constexpr TypeName typeNames[] = {
    {"i32", ValueType::i32()},
    {"i64", ValueType::i64()},
    {"f32", ValueType::f32()},
    {"f64", ValueType::f64()},
    {"funcref", ValueType::funcref()},
    {"externref", ValueType::externref()},
    {"anyref", ValueType::reference(HeapKind::Any)},
    {"eqref", ValueType::reference(HeapKind::Eq)},
    {"i31ref", ValueType::reference(HeapKind::I31)},
    {"structref", ValueType::reference(HeapKind::Struct)},
    {"arrayref", ValueType::reference(HeapKind::Array)},
    {"exnref", ValueType::reference(HeapKind::Exn)},
    {"nullref", ValueType::reference(HeapKind::None)},
    {"nullfuncref", ValueType::reference(HeapKind::NoFunc)},
    {"nullexternref", ValueType::reference(HeapKind::NoExtern)},
    {"nullexnref", ValueType::reference(HeapKind::NoExn)},
};

/// The bits of a NaN pattern: equal under `mask`.
struct NanPattern {
  std::string_view text;
  ValueKind kind;
  uint64_t mask, bits;
};
constexpr NanPattern nanPatterns[] = {
    {"nan:canonical", ValueKind::F32, 0x7fffffff, 0x7fc00000},
    {"nan:arithmetic", ValueKind::F32, 0x7fc00000, 0x7fc00000},
    {"nan:canonical", ValueKind::F64, 0x7fffffffffffffff, 0x7ff8000000000000},
    {"nan:arithmetic", ValueKind::F64, 0x7ff8000000000000, 0x7ff8000000000000},
};

/// The notation of a vector's lanes in scripts.
struct LaneType {
  std::string_view text;
  ValueKind kind; ///< for patterns of NaNs
  unsigned bits;
};
constexpr LaneType laneTypes[] = {
    {"i8", ValueKind::I32, 8},   {"i16", ValueKind::I32, 16}, {"i32", ValueKind::I32, 32},
    {"i64", ValueKind::I64, 64}, {"f32", ValueKind::F32, 32}, {"f64", ValueKind::F64, 64},
};

/// Null if `value` is no vector.
const LaneType *findLaneType(const Json &value) {
  if (value.value("type", "") != "v128")
    return nullptr;
  auto found = std::ranges::find(laneTypes, value.value("lane_type", ""), &LaneType::text);
  return found == std::end(laneTypes) ? nullptr : found;
}

const TypeName *findType(std::string_view text) {
  auto found = std::ranges::find(typeNames, text, &TypeName::text);
  return found == std::end(typeNames) ? nullptr : found;
}

uint64_t parseNumber(const Json &value) {
  const auto &text = value.get_ref<const std::string &>();
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The bits of `slot` that are the value's.
uint64_t valueBits(ValueType type, Slot slot) {
  return type.kind == ValueKind::I32 || type.kind == ValueKind::F32 ? uint32_t(slot) : slot;
}

bool matchesNan(const std::string &pattern, ValueKind kind, uint64_t bits) {
  return std::ranges::any_of(nanPatterns, [&](const NanPattern &nan) {
    return nan.text == pattern && nan.kind == kind && (bits & nan.mask) == nan.bits;
  });
}

/// Whether there is a null that is of both types.
bool areRelated(ValueType first, ValueType second) {
  constexpr HeapKind bottoms[] = {HeapKind::None, HeapKind::NoFunc, HeapKind::NoExtern,
                                  HeapKind::NoExn};
  return std::ranges::any_of(bottoms, [&](HeapKind bottom) {
    const ValueType null = ValueType::reference(bottom, /*nullable=*/false);
    return runtime::matches(null, first) && runtime::matches(null, second);
  });
}

/// A reference of the abstract type `text`, with a value or without: any that is not null.
bool matchesReference(const Json &expected, const std::string &text, ValueType type, Slot slot) {
  if (text == "refnull")
    return slot == 0;
  const TypeName *named = findType(text);
  if (!named || !areRelated(named->type, type))
    return false;
  if (!expected.contains("value"))
    return slot != 0;
  return expected["value"] == "null" ? slot == 0 : slot == parseNumber(expected["value"]) + 1;
}

} // namespace

namespace {

/// Lanes of 64 bits or less never straddle two slots.
struct LanePlace {
  size_t slot;
  unsigned shift;
};
LanePlace placeOf(size_t lane, unsigned bits) {
  return {lane * bits / 64, unsigned(lane * bits % 64)};
}

uint64_t laneMask(unsigned bits) { return ~uint64_t(0) >> (64 - bits); }

void parseVector(const Json &lanes, unsigned bits, std::vector<Slot> &slots) {
  const size_t begin = slots.size();
  slots.resize(begin + 2);
  for (size_t i = 0; i < 128 / bits; ++i) {
    auto [slot, shift] = placeOf(i, bits);
    slots[begin + slot] |= (parseNumber(lanes[i]) & laneMask(bits)) << shift;
  }
}

bool matchesVector(const Json &lanes, const LaneType &type, Slots slots) {
  for (size_t i = 0; i < 128 / type.bits; ++i) {
    auto [slot, shift] = placeOf(i, type.bits);
    const uint64_t bits = (slots[slot] >> shift) & laneMask(type.bits);
    const auto &expected = lanes[i].get_ref<const std::string &>();
    if (expected.starts_with("nan:") ? !matchesNan(expected, type.kind, bits)
                                     : bits != (parseNumber(lanes[i]) & laneMask(type.bits)))
      return false;
  }
  return true;
}

} // namespace

Status parseArgument(const Json &value, std::vector<Slot> &slots) {
  const std::string type = value.value("type", "");
  if (const LaneType *lane = findLaneType(value)) {
    parseVector(value["value"], lane->bits, slots);
    return {};
  }
  const TypeName *named = findType(type);
  if (!named && type != "refnull")
    return fail(ErrorKind::Unsupported, "an argument of type " + type);
  if (type == "refnull" || value["value"] == "null")
    slots.push_back(0);
  else
    slots.push_back(parseNumber(value["value"]) + (named->type.isRef() ? 1 : 0));
  return {};
}

bool matches(const Json &expected, ValueType type, Slots slots) {
  const std::string text = expected.value("type", "");
  if (text == "either")
    return std::ranges::any_of(expected["values"],
                               [&](const Json &value) { return matches(value, type, slots); });
  if (type.kind == ValueKind::V128) {
    const LaneType *lane = findLaneType(expected);
    return lane && matchesVector(expected["value"], *lane, slots);
  }
  const Slot slot = slots[0];
  if (type.isRef())
    return matchesReference(expected, text, type, slot);
  const TypeName *named = findType(text);
  if (!named || named->type.kind != type.kind)
    return false;
  const uint64_t bits = valueBits(type, slot);
  const auto &value = expected["value"].get_ref<const std::string &>();
  return value.starts_with("nan:") ? matchesNan(value, type.kind, bits)
                                   : bits == parseNumber(expected["value"]);
}

std::string describeValue(ValueType type, Slots slots) {
  std::string text = toString(type) + " " + std::to_string(valueBits(type, slots[0]));
  return type.kind == ValueKind::V128 ? text + " " + std::to_string(slots[1]) : text;
}

} // namespace w2n::spec
