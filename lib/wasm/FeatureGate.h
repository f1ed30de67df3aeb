// Which feature a declaration needs, and whether the module may use it.
#pragma once

#include "lib/wasm/Features.h"
#include "lib/wasm/Types.h"

namespace w2n::wasm {

Feature featureOf(ValueType type);

/// Refuses with Unsupported what is not in a set, saying which feature is used at `offset`.
class FeatureGate {
public:
  explicit FeatureGate(FeatureSet allowed) : allowed(allowed) {}

  Status allow(Feature feature, uint64_t offset) const;
  Status allow(std::span<const ValueType> types, uint64_t offset) const;
  Status allow(const FunctionType &type, uint64_t offset) const;
  /// `before`: how many tables or memories the module already has.
  Status allow(const TableType &type, size_t before, uint64_t offset) const;
  Status allow(const MemoryType &type, size_t before, uint64_t offset) const;
  /// Of either form of exceptions.
  Status allowTags(uint64_t offset) const;

private:
  FeatureSet allowed;
};

} // namespace w2n::wasm
