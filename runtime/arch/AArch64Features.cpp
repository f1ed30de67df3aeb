// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/arch/AArch64FeatureTable.h"
#include "runtime/arch/FeatureTable.h"

#include <sys/auxv.h>

namespace w2n::runtime {

namespace {

AArch64Capabilities capabilities() { return {getauxval(AT_HWCAP), getauxval(AT_HWCAP2)}; }

} // namespace

FeatureState processorFeature(std::string_view name) {
  return featureIn(aarch64Features, name, capabilities());
}

std::string processorFeatures() { return namesIn(aarch64Features, capabilities()); }

} // namespace w2n::runtime
