// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/plan/InlineCandidates.h"

#include "lib/wasm/Instruction.h"

namespace w2n::compiler {

namespace {

using wasm::OpcodeClass;

/// Bytes of wasm; an instruction takes two or three. compiler-rt's __multi3 has 117.
constexpr size_t maxBytes = 120;
constexpr unsigned maxCalls = 2;

bool isCandidate(wasm::Bytes code) {
  if (code.size() > maxBytes)
    return false;
  unsigned calls = 0;
  for (const wasm::Instruction &instruction : wasm::Instructions(code)) {
    const OpcodeClass opcodeClass = wasm::classOf(instruction.opcode);
    if (opcodeClass == OpcodeClass::Loop || opcodeClass == OpcodeClass::Try)
      return false;
    calls += opcodeClass == OpcodeClass::Call;
  }
  return calls <= maxCalls;
}

} // namespace

std::vector<bool> findInlineCandidates(const wasm::Module &module,
                                       const std::vector<bool> &hasTailEntry) {
  std::vector<bool> candidates(module.functions.size());
  for (uint32_t i = module.importedFunctions; i < module.functions.size(); ++i)
    candidates[i] = !hasTailEntry[i] && isCandidate(module.functions[i].code);
  return candidates;
}

} // namespace w2n::compiler
