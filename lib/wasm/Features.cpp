// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/Features.h"

namespace w2n::wasm {

namespace {

constexpr FeatureInfo featureTable[] = {
#define WASM_FEATURE(name, text, standard, description) {text, Standard::standard, description},
#include "lib/wasm/Features.def"
};
static_assert(std::size(featureTable) <= 64, "a FeatureSet has one bit for each feature");

struct Preset {
  std::string_view name;
  Standard standard;
};
constexpr Preset presets[] = {{"mvp", Standard::Mvp},
                              {"wasm2", Standard::Wasm2},
                              {"wasm3", Standard::Wasm3},
                              {"all", Standard::Proposal}};

/// Applies one word of a list.
Status applyWord(std::string_view word, FeatureSet &features) {
  for (const Preset &preset : presets)
    if (word == preset.name) {
      features = FeatureSet::upTo(preset.standard);
      return {};
    }
  const bool add = word.starts_with('+');
  if (!add && !word.starts_with('-'))
    return fail(ErrorKind::Invalid, "'" + std::string(word) +
                                        "' is none of mvp, wasm2, wasm3, all, +FEATURE, -FEATURE");
  // Every module is of the first row.
  for (size_t i = 1; i < std::size(featureTable); ++i)
    if (word.substr(1) == featureTable[i].name) {
      features.set(Feature(i), add);
      return {};
    }
  return fail(ErrorKind::Invalid, "unknown feature '" + std::string(word.substr(1)) + "'");
}

} // namespace

std::span<const FeatureInfo> featureInfos() { return featureTable; }

FeatureSet FeatureSet::upTo(Standard standard) {
  FeatureSet features;
  for (size_t i = 0; i < std::size(featureTable); ++i)
    features.set(Feature(i), featureTable[i].standard <= standard);
  return features;
}

void FeatureSet::set(Feature feature, bool allowed) {
  const uint64_t bit = uint64_t(1) << unsigned(feature);
  bits = allowed ? bits | bit : bits & ~bit;
}

Result<FeatureSet> parseFeatures(std::string_view list) {
  FeatureSet features = FeatureSet::all();
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    W2N_CHECK(applyWord(list.substr(0, comma), features));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return features;
}

} // namespace w2n::wasm
