// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/FeatureGate.h"

#include "lib/wasm/Opcodes.h"

namespace w2n::wasm {

Status FeatureGate::allow(Feature feature, uint64_t offset) const {
  if (allowed.has(feature))
    return {};
  return fail(ErrorKind::Unsupported,
              "the " + std::string(featureInfos()[size_t(feature)].name) +
                  " proposal is used here and is not allowed",
              offset);
}

Status FeatureGate::allow(FeatureSet needs, uint64_t offset) const {
  const FeatureSet missing = allowed.missing(needs);
  return missing.empty() ? Status() : allow(missing.first(), offset);
}

Status FeatureGate::allow(const Instruction &instruction) const {
  // Both forms of exceptions have it.
  if (instruction.opcode == Opcode::Throw)
    return allowTags(instruction.offset);
  FeatureSet needs = instruction.needs;
  needs.add(infoOf(instruction.opcode).feature);
  if (instruction.opcode == Opcode::ReturnCallRef)
    needs.add(Feature::TailCall);
  return allow(needs, instruction.offset);
}

Status FeatureGate::allowTags(uint64_t offset) const {
  if (allowed.has(Feature::LegacyExceptions))
    return {};
  return allow(Feature::ExceptionHandling, offset);
}

} // namespace w2n::wasm
