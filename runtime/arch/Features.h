// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The features of this machine's processor, by LLVM's names. Each processor has a file
// that knows how to ask it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace w2n::runtime {

enum class FeatureState : uint8_t {
  Present,
  Missing, ///< or not enabled by the operating system
  Unknown  ///< nothing is known of a feature with this name
};

/// Asks the processor or the system, never a list of processors' names: what a virtual machine
/// masks is missing. Threads: any.
FeatureState processorFeature(std::string_view name);

/// The names of all features that are present, comma-separated, in an order that does not change:
/// what an artifact for this machine may need. Threads: any.
std::string processorFeatures();

} // namespace w2n::runtime
