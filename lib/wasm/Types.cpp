// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/Types.h"

namespace w2n::wasm {

namespace {

constexpr const char *kindNames[] = {"i32", "i64", "f32", "f64", "v128", "ref", "bot"};
constexpr const char *heapNames[] = {"func",     "extern", "any", "eq",   "i31",
                                     "struct",   "array",  "exn", "none", "nofunc",
                                     "noextern", "noexn",  "",    "bot"};
/// Nullable references have names of their own.
constexpr const char *nullableNames[] = {"funcref", "externref",   "anyref",        "eqref",
                                         "i31ref",  "structref",   "arrayref",      "exnref",
                                         "nullref", "nullfuncref", "nullexternref", "nullexnref"};

std::string listOf(const std::vector<ValueType> &types) {
  std::string text = "[";
  for (size_t i = 0; i < types.size(); ++i)
    text += (i ? " " : "") + toString(types[i]);
  return text + "]";
}

} // namespace

size_t slotsOf(std::span<const ValueType> types) {
  size_t slots = 0;
  for (ValueType type : types)
    slots += type.slots();
  return slots;
}

std::string toString(ValueType type) {
  if (!type.isRef())
    return kindNames[size_t(type.kind)];
  if (type.nullable && type.heap < HeapKind::Index)
    return nullableNames[size_t(type.heap)];
  std::string heap =
      type.heap == HeapKind::Index ? std::to_string(type.typeIndex) : heapNames[size_t(type.heap)];
  return (type.nullable ? "(ref null " : "(ref ") + heap + ")";
}

std::string toString(const FunctionType &type) {
  return listOf(type.params) + " -> " + listOf(type.results);
}

} // namespace w2n::wasm
