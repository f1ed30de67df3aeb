#include "lib/wasm/FeatureGate.h"

namespace w2n::wasm {

Feature featureOf(ValueType type) {
  if (type.kind == ValueKind::V128)
    return Feature::Simd;
  if (!type.isRef())
    return Feature::Mvp;
  if (type.heap == HeapKind::Exn || type.heap == HeapKind::NoExn)
    return Feature::ExceptionHandling;
  const bool isPlain = type == ValueType::funcref() || type == ValueType::externref();
  return isPlain ? Feature::ReferenceTypes : Feature::FunctionReferences;
}

Status FeatureGate::allow(Feature feature, uint64_t offset) const {
  if (allowed.has(feature))
    return {};
  return fail(ErrorKind::Unsupported,
              "the " + std::string(featureInfos()[size_t(feature)].name) +
                  " proposal is used here and is not allowed",
              offset);
}

Status FeatureGate::allow(std::span<const ValueType> types, uint64_t offset) const {
  for (ValueType type : types)
    W2N_CHECK(allow(featureOf(type), offset));
  return {};
}

Status FeatureGate::allow(const FunctionType &type, uint64_t offset) const {
  W2N_CHECK(allow(type.params, offset));
  W2N_CHECK(allow(type.results, offset));
  return type.results.size() > 1 ? allow(Feature::MultiValue, offset) : Status();
}

// A second one, and one of anything but funcref, came with references.
Status FeatureGate::allow(const TableType &type, size_t before, uint64_t offset) const {
  if (before != 0 || type.element != ValueType::funcref())
    W2N_CHECK(allow(Feature::ReferenceTypes, offset));
  if (type.element != ValueType::funcref())
    W2N_CHECK(allow(featureOf(type.element), offset));
  return type.limits.is64 ? allow(Feature::Memory64, offset) : Status();
}

Status FeatureGate::allow(const MemoryType &type, size_t before, uint64_t offset) const {
  if (before != 0)
    W2N_CHECK(allow(Feature::MultiMemory, offset));
  if (type.limits.is64)
    W2N_CHECK(allow(Feature::Memory64, offset));
  if (type.limits.shared)
    W2N_CHECK(allow(Feature::Threads, offset));
  return type.pageSizeLog2 != 16 ? allow(Feature::CustomPageSizes, offset) : Status();
}

Status FeatureGate::allowTags(uint64_t offset) const {
  if (allowed.has(Feature::LegacyExceptions))
    return {};
  return allow(Feature::ExceptionHandling, offset);
}

} // namespace w2n::wasm
