// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// LLVM's processor features that the kernel reports of a RISC-V machine, and where: the letters
// of AT_HWCAP, and the bits of riscv_hwprobe's key RISCV_HWPROBE_KEY_IMA_EXT_0 (Linux,
// Documentation/arch/riscv/hwprobe.rst), which kernels before 6.4 and qemu before 8.1 do not have.
// What a kernel is too old to know of is missing.
#pragma once

#include <cstdint>
#include <string_view>

namespace w2n::runtime {

struct RiscV64Feature {
  std::string_view name;
  /// It is there with all of these letters, or with all of these bits; empty is never.
  std::string_view letters;
  uint64_t bits;
  uint32_t vectorBits = 0; ///< least size of a vector register
};

/// The bits of hwprobe by their numbers.
template <typename... Numbers> constexpr uint64_t probed(Numbers... numbers) {
  return ((uint64_t(1) << numbers) | ...);
}

inline constexpr RiscV64Feature riscv64Features[] = {
    {"i", "i", 0},
    {"m", "m", 0},
    {"zmmul", "m", 0},
    {"a", "a", 0},
    {"f", "f", 0},
    {"d", "d", 0},
    {"c", "c", 0},
    {"v", "v", probed(2)},
    {"zba", "", probed(3)},
    {"zbb", "", probed(4)},
    {"zbs", "", probed(5)},
    {"zbc", "", probed(7)},
    {"zbkb", "", probed(8)},
    {"zbkc", "", probed(9)},
    {"zbkx", "", probed(10)},
    {"zknd", "", probed(11)},
    {"zkne", "", probed(12)},
    {"zknh", "", probed(13)},
    {"zksed", "", probed(14)},
    {"zksh", "", probed(15)},
    {"zvbb", "", probed(17)},
    {"zvbc", "", probed(18)},
    {"zvkb", "", probed(19)},
    {"zvkg", "", probed(20)},
    {"zvkned", "", probed(21)},
    {"zvknha", "", probed(22)},
    {"zvknhb", "", probed(23)},
    {"zvksed", "", probed(24)},
    {"zvksh", "", probed(25)},
    {"zfh", "", probed(27)},
    {"zfhmin", "", probed(28)},
    {"zvfh", "", probed(30)},
    {"zvfhmin", "", probed(31)},
    {"zfa", "", probed(32)},
    {"ztso", "", probed(33)},
    {"zacas", "", probed(34)},
    {"zicond", "", probed(35)},
    {"zve32x", "v", probed(37)},
    {"zve32f", "v", probed(38)},
    {"zve64x", "v", probed(39)},
    {"zve64f", "v", probed(40)},
    {"zve64d", "v", probed(41)},
    {"zca", "c", probed(43)},
    {"zcb", "", probed(44)},
    {"zcd", "cd", probed(45)},
    {"zawrs", "", probed(48)},
    {"zfbfmin", "", probed(52)},
    {"zvfbfmin", "", probed(53)},
    {"zvfbfwma", "", probed(54)},
    {"zaamo", "a", probed(56)},
    {"zalrsc", "a", probed(57)},
    {"zabha", "", probed(58)},
    // Names for several.
    {"b", "", probed(3, 4, 5)},
    {"zkn", "", probed(8, 9, 10, 11, 12, 13)},
    {"zks", "", probed(8, 9, 10, 14, 15)},
    {"zvkn", "", probed(19, 21, 23)},
    {"zvknc", "", probed(19, 21, 23, 18)},
    {"zvkng", "", probed(19, 21, 23, 20)},
    {"zvks", "", probed(19, 24, 25)},
    {"zvksc", "", probed(19, 24, 25, 18)},
    {"zvksg", "", probed(19, 24, 25, 20)},
    // V has registers of 128 bits at least.
    {"zvl32b", "v", probed(2), 32},
    {"zvl64b", "v", probed(2), 64},
    {"zvl128b", "v", probed(2), 128},
    {"zvl256b", "v", probed(2), 256},
    {"zvl512b", "v", probed(2), 512},
    {"zvl1024b", "v", probed(2), 1024},
};

/// The capabilities that the kernel reports.
struct RiscV64Capabilities {
  uint64_t hwcap;
  uint64_t probed;     ///< 0 without hwprobe
  uint32_t vectorBits; ///< of a vector register, 0 without V

  bool has(const RiscV64Feature &feature) const {
    uint64_t letters = 0;
    for (char letter : feature.letters)
      letters |= uint64_t(1) << (letter - 'a');
    const bool inHwcap = letters != 0 && (hwcap & letters) == letters;
    const bool isProbed = feature.bits != 0 && (probed & feature.bits) == feature.bits;
    return (inHwcap || isProbed) && vectorBits >= feature.vectorBits;
  }
};

} // namespace w2n::runtime
