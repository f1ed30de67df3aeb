// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The features that a declaration or an instruction needs, and whether the module may use them.
//
// The decoders of types and immediates collect what an encoding needs that an earlier version of
// the specification does not have (DecodeTypes.h, Instruction::needs); the rest is said here.
#pragma once

#include "lib/wasm/Instruction.h"

namespace w2n::wasm {

/// Refuses with Unsupported what is not in a set, saying which feature is used at `offset`.
class FeatureGate {
public:
  explicit FeatureGate(FeatureSet allowed) : allowed(allowed) {}

  Status allow(Feature feature, uint64_t offset) const;
  Status allow(FeatureSet needs, uint64_t offset) const;
  /// The instruction and its immediates.
  Status allow(const Instruction &instruction) const;
  /// Allows tags if either form of exceptions is in the set.
  Status allowTags(uint64_t offset) const;

private:
  FeatureSet allowed;
};

} // namespace w2n::wasm
