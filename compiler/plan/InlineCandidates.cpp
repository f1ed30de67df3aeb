// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/plan/InlineCandidates.h"

#include "lib/wasm/Instruction.h"

namespace w2n::compiler {

namespace {

/// Bytes of wasm; an instruction takes two or three. compiler-rt's __multi3 has 117.
constexpr size_t maxBytes = 120;
constexpr unsigned maxCalls = 2;

bool isCandidate(wasm::Bytes code) {
  if (code.size() > maxBytes)
    return false;
  unsigned calls = 0;
  ByteReader reader(code);
  wasm::Instruction instruction;
  while (!reader.atEnd()) {
    if (!wasm::decodeInstruction(reader, instruction))
      break; // Cannot happen: validated.
    switch (instruction.opcode) {
    case wasm::Opcode::Loop:
    case wasm::Opcode::Try:
    case wasm::Opcode::TryTable:
      return false;
    case wasm::Opcode::Call:
    case wasm::Opcode::CallIndirect:
    case wasm::Opcode::CallRef:
      ++calls;
      break;
    default: // Nothing else stands in the way.
      break;
    }
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
