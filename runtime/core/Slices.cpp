// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Slices.h"

namespace w2n::runtime {

Status checkFeatures(std::string_view features, const FeatureQuery &query) {
  while (!features.empty()) {
    const size_t comma = features.find(',');
    const std::string_view name = features.substr(0, comma);
    features = comma == std::string_view::npos ? std::string_view() : features.substr(comma + 1);
    const FeatureState state = name.empty() ? FeatureState::Present : query(name);
    if (state != FeatureState::Present)
      return fail(ErrorKind::Unsupported,
                  "module needs the processor feature \"" + std::string(name) +
                      (state == FeatureState::Missing ? "\", which this machine does not have"
                                                      : "\", which this runtime does not know"));
  }
  return {};
}

namespace {

Result<uint32_t> findSlice(const artifact::Metadata &metadata, std::string_view wanted,
                           const FeatureQuery &query) {
  std::string names;
  for (uint32_t i = 0; i < metadata.slices().size(); ++i) {
    const artifact::SliceRecord &slice = metadata.slices()[i];
    const std::string_view cpu = metadata.string(slice.cpu);
    names += (names.empty() ? "" : ", ") + std::string(cpu);
    if (cpu != wanted)
      continue;
    W2N_CHECK(checkFeatures(metadata.string(slice.features), query));
    return i;
  }
  return fail(ErrorKind::Unsupported,
              "module has no code for the CPU '" + std::string(wanted) + "', only for " + names);
}

} // namespace

Result<uint32_t> chooseSlice(const artifact::Metadata &metadata, std::string_view wanted,
                             const FeatureQuery &query) {
  if (!wanted.empty())
    return findSlice(metadata, wanted, query);
  const auto slices = metadata.slices();
  for (uint32_t i = uint32_t(slices.size()); i-- > 1;)
    if (checkFeatures(metadata.string(slices[i].features), query))
      return i;
  W2N_CHECK(checkFeatures(metadata.string(slices[0].features), query));
  return 0;
}

} // namespace w2n::runtime
