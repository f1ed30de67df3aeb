// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The slices of an artifact that a machine can run.
#pragma once

#include "lib/artifact/Metadata.h"
#include "runtime/arch/Features.h"

#include <functional>

namespace w2n::runtime {

/// The function that is asked for features: processorFeature, except in tests.
using FeatureQuery = std::function<FeatureState(std::string_view name)>;

/// Checks that all of `features`, LLVM's names separated by commas, are present. Errors:
/// Unsupported, naming the first that is not.
Status checkFeatures(std::string_view features, const FeatureQuery &query = processorFeature);

/// Index of the slice to use: the one for the CPU `wanted`, if it is not empty, else the last that
/// has all of its features; the order is the author's, from the least to the best. Errors:
/// Unsupported, naming what the first slice lacks, or the slices there are.
Result<uint32_t> chooseSlice(const artifact::Metadata &metadata, std::string_view wanted = {},
                             const FeatureQuery &query = processorFeature);

} // namespace w2n::runtime
