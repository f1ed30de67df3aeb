// Which of LLVM's processor features the kernel reports of an AArch64 machine, and where: bits of
// AT_HWCAP and AT_HWCAP2 (Linux, Documentation/arch/arm64/elf_hwcaps.rst and
// arch/arm64/include/uapi/asm/hwcap.h, which no bit ever leaves). The kernel reports what it has
// enabled for programs, so nothing else need be asked.
#pragma once

#include <cstdint>
#include <string_view>

namespace w2n::runtime {

struct AArch64Feature {
  std::string_view name;
  uint8_t word; ///< 1: AT_HWCAP, 2: AT_HWCAP2
  uint8_t bit;
};

inline constexpr AArch64Feature aarch64Features[] = {
    {"fp-armv8", 1, 0},    {"neon", 1, 1},
    {"aes", 1, 3}, // with PMULL, bit 4, of which LLVM makes one feature
    {"sha2", 1, 6},        {"crc", 1, 7},
    {"lse", 1, 8},         {"fullfp16", 1, 10}, // vectors, bit 10; scalars, bit 9
    {"rdm", 1, 12},        {"jsconv", 1, 13},
    {"complxnum", 1, 14},  {"rcpc", 1, 15},
    {"sha3", 1, 17},       {"sm4", 1, 19},
    {"dotprod", 1, 20},    {"sve", 1, 22},
    {"fp16fml", 1, 23},    {"lse2", 1, 25},
    {"rcpc-immo", 1, 26},  {"flagm", 1, 27},
    {"sve2", 2, 1},        {"sve-aes", 2, 3}, // with PMULL of 128 bits, bit 3; AES alone is bit 2
    {"sve-bitperm", 2, 4}, {"sve-sha3", 2, 5},
    {"sve-sm4", 2, 6},     {"altnzcv", 2, 7},
    {"fptoint", 2, 8},     {"f32mm", 2, 10},
    {"f64mm", 2, 11},      {"i8mm", 2, 13},
    {"bf16", 2, 14},       {"sme", 2, 23},
    {"sme-i16i64", 2, 24}, {"sme-f64f64", 2, 25},
    {"sme-fa64", 2, 30},   {"cssc", 2, 34},
    {"sve2p1", 2, 36},     {"sme2", 2, 37},
    {"sme2p1", 2, 38},     {"mops", 2, 43},
    {"hbc", 2, 44},        {"lse128", 2, 47},
};

/// What the kernel says.
struct AArch64Capabilities {
  uint64_t hwcap, hwcap2;

  bool has(const AArch64Feature &feature) const {
    return (feature.word == 1 ? hwcap : hwcap2) >> feature.bit & 1;
  }
};

} // namespace w2n::runtime
