// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// LLVM's processor features that the kernel reports of an AArch64 machine, and where: bits of
// AT_HWCAP and AT_HWCAP2 (Linux, Documentation/arch/arm64/elf_hwcaps.rst and
// arch/arm64/include/uapi/asm/hwcap.h, which no bit ever leaves). The kernel reports what it has
// enabled for programs, so nothing else need be asked.
#pragma once

#include <cstdint>
#include <string_view>

namespace w2n::runtime {

struct AArch64Feature {
  std::string_view name;
  uint64_t hwcap, hwcap2; ///< the bits that must be set; LLVM makes one of what Arm has as two
};

constexpr uint64_t bit(unsigned number) { return uint64_t(1) << number; }

inline constexpr AArch64Feature aarch64Features[] = {
    {"fp-armv8", bit(0), 0},
    {"neon", bit(1), 0},
    {"aes", bit(3) | bit(4), 0},
    {"sha2", bit(6), 0},
    {"crc", bit(7), 0},
    {"lse", bit(8), 0},
    {"fullfp16", bit(9) | bit(10), 0},
    {"rdm", bit(12), 0},
    {"jsconv", bit(13), 0},
    {"complxnum", bit(14), 0},
    {"rcpc", bit(15), 0},
    {"sha3", bit(17) | bit(21), 0},
    {"sm4", bit(18) | bit(19), 0},
    {"dotprod", bit(20), 0},
    {"sve", bit(22), 0},
    {"fp16fml", bit(23), 0},
    {"lse2", bit(25), 0},
    {"rcpc-immo", bit(26), 0},
    {"flagm", bit(27), 0},
    {"sve2", 0, bit(1)},
    {"sve-aes", 0, bit(2) | bit(3)},
    {"sve-bitperm", 0, bit(4)},
    {"sve-sha3", 0, bit(5)},
    {"sve-sm4", 0, bit(6)},
    {"altnzcv", 0, bit(7)},
    {"fptoint", 0, bit(8)},
    {"f32mm", 0, bit(10)},
    {"f64mm", 0, bit(11)},
    {"i8mm", 0, bit(13)},
    {"bf16", 0, bit(14)},
    {"sme", 0, bit(23)},
    {"sme-i16i64", 0, bit(24)},
    {"sme-f64f64", 0, bit(25)},
    {"sme-fa64", 0, bit(30)},
    {"cssc", 0, bit(34)},
    {"sve2p1", 0, bit(36)},
    {"sme2", 0, bit(37)},
    {"sme2p1", 0, bit(38)},
    {"sme-b16b16", 0, bit(41)},
    {"sme-f16f16", 0, bit(42)},
    {"mops", 0, bit(43)},
    {"hbc", 0, bit(44)},
    {"sve-b16b16", 0, bit(45)},
    {"rcpc3", 0, bit(46)},
    {"lse128", 0, bit(47)},
    {"lut", 0, bit(49)},
    {"faminmax", 0, bit(50)},
    {"fp8", 0, bit(51)},
    {"fp8fma", 0, bit(52)},
    {"fp8dot4", 0, bit(53)},
    {"fp8dot2", 0, bit(54)},
};

/// The capabilities that the kernel reports.
struct AArch64Capabilities {
  uint64_t hwcap, hwcap2;

  bool has(const AArch64Feature &feature) const {
    return (hwcap & feature.hwcap) == feature.hwcap && (hwcap2 & feature.hwcap2) == feature.hwcap2;
  }
};

} // namespace w2n::runtime
