// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Writes the body of a function in WebAssembly.
#pragma once

#include "lib/support/ByteWriter.h"
#include "lib/wasm/Types.h"

#include <vector>

namespace w2n::compiler {

/// The type of a function from and to values of type i32.
inline wasm::FunctionType i32Function(unsigned params, unsigned results) {
  return {std::vector<wasm::ValueType>(params, wasm::ValueType::i32()),
          std::vector<wasm::ValueType>(results, wasm::ValueType::i32())};
}

/// Opcodes of one byte that adapters use (core specification, section 5.4).
enum class Op : uint8_t {
  Unreachable = 0x00,
  Return = 0x0f,
  Drop = 0x1a,
  Select = 0x1b,
  I32Eqz = 0x45,
  RefIsNull = 0xd1,
  I32Eq = 0x46,
  I32Ne = 0x47,
  I32LtU = 0x49,
  I32GtU = 0x4b,
  I32LeU = 0x4d,
  I32GeU = 0x4f,
  I64Eqz = 0x50,
  I64Ne = 0x52,
  I64GtU = 0x56,
  I32Add = 0x6a,
  I32Sub = 0x6b,
  I32Mul = 0x6c,
  I32And = 0x71,
  I32Or = 0x72,
  I32Xor = 0x73,
  I32Shl = 0x74,
  I32ShrU = 0x76,
  I64Add = 0x7c,
  I64Mul = 0x7e,
  I64And = 0x83,
  I64Or = 0x84,
  I64Shl = 0x86,
  I32WrapI64 = 0xa7,
  I64ExtendI32U = 0xad,
  I32ReinterpretF32 = 0xbc,
  I64ReinterpretF64 = 0xbd,
  F32ReinterpretI32 = 0xbe,
  F64ReinterpretI64 = 0xbf,
  I32Extend8S = 0xc0,
  I32Extend16S = 0xc1,
  // Loads and stores, with their natural alignment.
  I32Load = 0x28,
  I64Load = 0x29,
  F32Load = 0x2a,
  F64Load = 0x2b,
  I32Load8S = 0x2c,
  I32Load8U = 0x2d,
  I32Load16S = 0x2e,
  I32Load16U = 0x2f,
  I32Store = 0x36,
  I64Store = 0x37,
  F32Store = 0x38,
  F64Store = 0x39,
  I32Store8 = 0x3a,
  I32Store16 = 0x3b,
};

/// The body of a function, locals first, without its size.
struct EmittedBody {
  std::vector<uint8_t> bytes;
  /// Offsets of the branches that are hardly ever taken, ascending.
  std::vector<uint32_t> unlikely = {};
};

class CodeEmitter {
public:
  explicit CodeEmitter(const wasm::FunctionType &type) : localCount(uint32_t(type.params.size())) {}

  uint32_t newLocal(wasm::ValueKind kind = wasm::ValueKind::I32) {
    locals.push_back(kind);
    return localCount++;
  }
  void op(Op opcode) { code.writeByte(uint8_t(opcode)); }
  void i32(uint32_t value) {
    code.writeByte(0x41);
    code.writeSigned(int32_t(value));
  }
  void i64(uint64_t value) {
    code.writeByte(0x42);
    code.writeSigned(int64_t(value));
  }
  void get(uint32_t local) { indexed(0x20, local); }
  void set(uint32_t local) { indexed(0x21, local); }
  void tee(uint32_t local) { indexed(0x22, local); }
  void getGlobal(uint32_t global) { indexed(0x23, global); }
  void setGlobal(uint32_t global) { indexed(0x24, global); }
  void call(uint32_t function) { indexed(0x10, function); }
  void callIndirect(uint32_t type, uint32_t table) {
    indexed(0x11, type);
    code.writeUnsigned(table);
  }
  void getElement(uint32_t table) { indexed(0x25, table); }
  void block() { structured(0x02); }
  void loop() { structured(0x03); }
  void iff() { structured(0x04); }
  /// An `if` whose condition hardly ever holds.
  void ifUnlikely() {
    unlikely.push_back(uint32_t(codeBytes()));
    iff();
  }
  void otherwise() { code.writeByte(0x05); }
  void end() { code.writeByte(0x0b); }
  void br(uint32_t label) { indexed(0x0c, label); }
  void brIf(uint32_t label) { indexed(0x0d, label); }
  void memorySize(uint32_t memory) { indexed(0x3f, memory); }
  void memoryGrow(uint32_t memory) { indexed(0x40, memory); }
  /// A load or store at the address on the stack.
  void access(Op opcode, uint32_t memory, uint64_t offset);
  void memoryCopy(uint32_t to, uint32_t from);
  /// Bytes of instructions so far.
  size_t codeBytes() const { return code.written().size(); }
  EmittedBody take();

private:
  void indexed(uint8_t opcode, uint32_t index) {
    code.writeByte(opcode);
    code.writeUnsigned(index);
  }
  void structured(uint8_t opcode) {
    constexpr uint8_t noResult = 0x40;
    code.writeByte(opcode);
    code.writeByte(noResult);
  }

  uint32_t localCount;
  std::vector<wasm::ValueKind> locals;
  ByteWriter code;
  std::vector<uint32_t> unlikely;
};

} // namespace w2n::compiler
