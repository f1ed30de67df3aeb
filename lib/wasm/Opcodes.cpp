// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/Opcodes.h"

#include <array>
#include <span>

namespace w2n::wasm {

namespace {

constexpr OpcodeInfo opcodeTable[] = {
#define WASM_OP(name, prefix, code, text, immediates, signature, opcodeClass, feature)             \
  {text, Immediates::immediates, signature, OpcodeClass::opcodeClass, 0, Feature::feature},
#define WASM_MEM_OP(name, prefix, code, text, immediates, signature, opcodeClass, alignLog2,       \
                    feature)                                                                       \
  {text, Immediates::immediates, signature, OpcodeClass::opcodeClass, alignLog2, Feature::feature},
#include "lib/wasm/Opcodes.def"
};

constexpr bool isSignature(std::string_view signature) {
  if (signature == "*")
    return true;
  size_t colons = 0;
  for (char letter : signature) {
    if (letter == ':')
      ++colons;
    else if (std::string_view("ilfdvpqsa").find(letter) == std::string_view::npos)
      return false;
  }
  return colons == 1;
}

static_assert(
    [] {
      for (const OpcodeInfo &info : opcodeTable)
        if (!isSignature(info.signature))
          return false;
      return true;
    }(),
    "a row of Opcodes.def has a signature that cannot be read");

/// Opcode for each byte, and for each number after the prefixes 0xFB to 0xFE; `none` where there is
/// none.
constexpr uint16_t none = 0xffff;

struct DecodeTables {
  std::array<uint16_t, 256> plain;
  std::array<uint16_t, 32> prefixedFb;
  std::array<uint16_t, 32> prefixedFc;
  std::array<uint16_t, 0x114> prefixedFd;
  std::array<uint16_t, 0x4f> prefixedFe;
};

/// The table, constant or not, for numbers after `prefix`.
constexpr auto tableOf(auto &tables, uint8_t prefix) {
  using Table = std::span<std::remove_reference_t<decltype((tables.plain[0]))>>;
  return prefix == 0xfb   ? Table(tables.prefixedFb)
         : prefix == 0xfc ? Table(tables.prefixedFc)
         : prefix == 0xfd ? Table(tables.prefixedFd)
         : prefix == 0xfe ? Table(tables.prefixedFe)
                          : Table(tables.plain);
}

constexpr DecodeTables decodeTables = [] {
  DecodeTables tables{};
  for (uint8_t prefix : {0, 0xfb, 0xfc, 0xfd, 0xfe})
    for (uint16_t &entry : tableOf(tables, prefix))
      entry = none;
#define WASM_OP(name, prefix, code, ...) tableOf(tables, prefix)[code] = uint16_t(Opcode::name);
#include "lib/wasm/Opcodes.def"
  return tables;
}();

} // namespace

const OpcodeInfo &infoOf(Opcode opcode) { return opcodeTable[size_t(opcode)]; }

std::optional<Opcode> findOpcode(uint8_t prefix, uint32_t code) {
  const auto table = tableOf(decodeTables, prefix);
  if (code >= table.size() || table[code] == none)
    return std::nullopt;
  return Opcode(table[code]);
}

} // namespace w2n::wasm
