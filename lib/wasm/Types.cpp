#include "lib/wasm/Types.h"

namespace w2n::wasm {

namespace {

constexpr const char *kindNames[] = {"i32", "i64", "f32", "f64", "v128", "ref", "bot"};
constexpr const char *heapNames[] = {"func",  "extern", "any",  "eq",     "i31",      "struct",
                                     "array", "exn",    "none", "nofunc", "noextern", "noexn"};

std::string listOf(const std::vector<ValueType> &types) {
  std::string text = "[";
  for (size_t i = 0; i < types.size(); ++i)
    text += (i ? " " : "") + toString(types[i]);
  return text + "]";
}

} // namespace

bool matches(ValueType found, ValueType expected) {
  if (found == expected)
    return true;
  const bool heapMatches = found.heap == expected.heap
                               ? found.typeIndex == expected.typeIndex
                               : found.heap == HeapKind::NoExn && expected.heap == HeapKind::Exn;
  return found.isRef() && expected.isRef() && heapMatches && (expected.nullable || !found.nullable);
}

std::string toString(ValueType type) {
  if (!type.isRef())
    return kindNames[size_t(type.kind)];
  std::string heap =
      type.heap == HeapKind::Index ? std::to_string(type.typeIndex) : heapNames[size_t(type.heap)];
  if (type.nullable && type.heap != HeapKind::Index)
    return heap + "ref";
  return (type.nullable ? "(ref null " : "(ref ") + heap + ")";
}

std::string toString(const FunctionType &type) {
  return listOf(type.params) + " -> " + listOf(type.results);
}

} // namespace w2n::wasm
