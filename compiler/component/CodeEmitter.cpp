// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/component/CodeEmitter.h"

#include "lib/wasm/EncodeTypes.h"

namespace w2n::compiler {

void CodeEmitter::access(Op opcode, uint32_t memory, uint64_t offset) {
  constexpr uint32_t hasMemoryIndex = 0x40;
  // Addresses are checked to be aligned, but for strings' bytes; a hint is all that it is.
  code.writeByte(uint8_t(opcode));
  code.writeUnsigned(memory != 0 ? hasMemoryIndex : 0);
  if (memory != 0)
    code.writeUnsigned(memory);
  code.writeUnsigned(offset);
}

void CodeEmitter::memoryCopy(uint32_t to, uint32_t from) {
  code.writeByte(0xfc);
  code.writeUnsigned(0x0a);
  code.writeUnsigned(to);
  code.writeUnsigned(from);
}

EmittedBody CodeEmitter::take() {
  ByteWriter body;
  body.writeUnsigned(locals.size());
  for (const wasm::ValueKind kind : locals) {
    body.writeUnsigned(1);
    wasm::encodeValueType(body, {kind});
  }
  for (uint32_t &offset : unlikely)
    offset += uint32_t(body.written().size());
  body.writeBytes(code.written());
  body.writeByte(0x0b);
  return {body.take(), std::move(unlikely)};
}

} // namespace w2n::compiler
