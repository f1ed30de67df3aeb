// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The proposals that a module may use.
#pragma once

#include "lib/support/Error.h"

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

namespace w2n::wasm {

enum class Feature : uint8_t {
#define WASM_FEATURE(name, text, standard, description) name,
#include "lib/wasm/Features.def"
};

/// The first version of the core specification that includes a feature; Proposal is none yet.
enum class Standard : uint8_t { Mvp, Wasm2, Wasm3, Proposal };

/// A row of Features.def.
struct FeatureInfo {
  std::string_view name;
  Standard standard;
  std::string_view description;
};

/// All rows, in the order of the enumerators.
std::span<const FeatureInfo> featureInfos();

class FeatureSet {
public:
  constexpr FeatureSet() = default;
  /// Everything that is supported.
  static FeatureSet all() { return upTo(Standard::Proposal); }
  static FeatureSet upTo(Standard standard);

  bool has(Feature feature) const { return bits >> unsigned(feature) & 1; }
  void set(Feature feature, bool allowed);
  void add(Feature feature) { bits |= uint64_t(1) << unsigned(feature); }
  void add(FeatureSet more) { bits |= more.bits; }
  /// The features of `needed` that are not in this.
  FeatureSet missing(FeatureSet needed) const { return FeatureSet(needed.bits & ~bits); }
  bool empty() const { return bits == 0; }
  /// The first in the order of the enumerators; there must be one.
  Feature first() const { return Feature(std::countr_zero(bits)); }

private:
  constexpr explicit FeatureSet(uint64_t bits) : bits(bits) {}
  uint64_t bits = 0;
};

/// Reads a list such as "wasm2,+memory64,-bulk-memory", from left to right: "mvp", "wasm2", "wasm3"
/// and "all" stand for sets, and what comes before the first word is all. Errors: Invalid.
Result<FeatureSet> parseFeatures(std::string_view list);

} // namespace w2n::wasm
