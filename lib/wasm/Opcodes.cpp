#include "lib/wasm/Opcodes.h"

#include <iterator>

namespace w2n::wasm {

namespace {

constexpr OpcodeInfo infos[] = {
#define WASM_OP(name, prefix, code, text, immediates, signature, feature)                          \
  {text, Immediates::immediates, signature, 0, Feature::feature},
#define WASM_MEM_OP(name, prefix, code, text, immediates, signature, alignLog2, feature)           \
  {text, Immediates::immediates, signature, alignLog2, Feature::feature},
#include "lib/wasm/Opcodes.def"
};

constexpr bool isSignature(std::string_view signature) {
  if (signature == "*")
    return true;
  size_t colons = 0;
  for (char letter : signature) {
    if (letter == ':')
      ++colons;
    else if (std::string_view("ilfdvp").find(letter) == std::string_view::npos)
      return false;
  }
  return colons == 1;
}

static_assert(
    [] {
      for (const OpcodeInfo &info : infos)
        if (!isSignature(info.signature))
          return false;
      return true;
    }(),
    "a row of Opcodes.def has a signature that cannot be read");

/// Opcode for each byte, and for each number after the prefix 0xFC; `none` where there is none.
constexpr uint16_t none = 0xffff;
constexpr size_t prefixedCount = 32;

struct DecodeTables {
  uint16_t plain[256], prefixedFc[prefixedCount];
};

constexpr DecodeTables decodeTables = [] {
  DecodeTables tables{};
  for (uint16_t &entry : tables.plain)
    entry = none;
  for (uint16_t &entry : tables.prefixedFc)
    entry = none;
#define WASM_OP(name, prefix, code, text, immediates, signature, feature)                          \
  (prefix == 0 ? tables.plain[code] : tables.prefixedFc[code]) = uint16_t(Opcode::name);
#include "lib/wasm/Opcodes.def"
  return tables;
}();

} // namespace

const OpcodeInfo &infoOf(Opcode opcode) { return infos[size_t(opcode)]; }

std::optional<Opcode> findOpcode(uint8_t prefix, uint32_t code) {
  uint16_t found = none;
  if (prefix == 0 && code < 256)
    found = decodeTables.plain[code];
  else if (prefix == 0xfc && code < prefixedCount)
    found = decodeTables.prefixedFc[code];
  if (found == none)
    return std::nullopt;
  return Opcode(found);
}

const char *proposalOf(uint8_t firstByte) {
  struct Range {
    uint8_t first, last;
    const char *proposal;
  };
  // What the bytes that are not in Opcodes.def mean in WebAssembly 3.0 and in the threads proposal.
  static constexpr Range ranges[] = {
      {0x12, 0x13, "tail calls"}, {0x14, 0x15, "typed function references"},
      {0xd3, 0xd3, "gc"},         {0xd4, 0xd6, "typed function references"},
      {0xfb, 0xfb, "gc"},         {0xfd, 0xfd, "simd"},
      {0xfe, 0xfe, "threads"}};
  for (const Range &range : ranges)
    if (firstByte >= range.first && firstByte <= range.last)
      return range.proposal;
  return nullptr;
}

} // namespace w2n::wasm
