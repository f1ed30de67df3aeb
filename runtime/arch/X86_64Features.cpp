// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// LLVM's processor features of this x86-64 machine (Intel SDM, volume 2, CPUID; AMD APM,
// volume 3, appendix E). The C library has executed cpuid already; doing it again would cost a
// virtual machine an exit to its host, tens of microseconds, for each leaf.
#include "runtime/arch/FeatureTable.h"

#include <cpuid.h>

// The header below uses C's name, which clang knows only as an extension.
#define _Bool bool
#include <sys/platform/x86.h>
#undef _Bool

namespace w2n::runtime {

namespace {

enum Register : uint8_t { Eax, Ebx, Ecx, Edx };

/// The state that the operating system must save on a context switch before a feature may be used:
/// bits of XCR0.
enum Saved : uint32_t { None = 0, Ymm = 0x06, Zmm = 0xe6, Apx = 1 << 19 };

struct Feature {
  std::string_view name;
  unsigned leaf;
  Register where;
  uint8_t bit;
  Saved saved = None;
  uint8_t avx10 = 0; ///< the version of AVX10 that is needed
};

constexpr Feature features[] = {
    {"x87", CPUID_INDEX_1, Edx, 0},
    {"cx8", CPUID_INDEX_1, Edx, 8},
    {"cmov", CPUID_INDEX_1, Edx, 15},
    {"mmx", CPUID_INDEX_1, Edx, 23},
    {"fxsr", CPUID_INDEX_1, Edx, 24},
    {"sse", CPUID_INDEX_1, Edx, 25},
    {"sse2", CPUID_INDEX_1, Edx, 26},
    {"sse3", CPUID_INDEX_1, Ecx, 0},
    {"pclmul", CPUID_INDEX_1, Ecx, 1},
    {"ssse3", CPUID_INDEX_1, Ecx, 9},
    {"fma", CPUID_INDEX_1, Ecx, 12, Ymm},
    {"cx16", CPUID_INDEX_1, Ecx, 13},
    {"sse4.1", CPUID_INDEX_1, Ecx, 19},
    {"sse4.2", CPUID_INDEX_1, Ecx, 20},
    {"crc32", CPUID_INDEX_1, Ecx, 20},
    {"movbe", CPUID_INDEX_1, Ecx, 22},
    {"popcnt", CPUID_INDEX_1, Ecx, 23},
    {"aes", CPUID_INDEX_1, Ecx, 25},
    {"xsave", CPUID_INDEX_1, Ecx, 27},
    {"avx", CPUID_INDEX_1, Ecx, 28, Ymm},
    {"f16c", CPUID_INDEX_1, Ecx, 29, Ymm},
    {"rdrnd", CPUID_INDEX_1, Ecx, 30},
    {"fsgsbase", CPUID_INDEX_7, Ebx, 0},
    {"sgx", CPUID_INDEX_7, Ebx, 2},
    {"bmi", CPUID_INDEX_7, Ebx, 3},
    {"avx2", CPUID_INDEX_7, Ebx, 5, Ymm},
    {"bmi2", CPUID_INDEX_7, Ebx, 8},
    {"invpcid", CPUID_INDEX_7, Ebx, 10},
    {"rtm", CPUID_INDEX_7, Ebx, 11},
    {"avx512f", CPUID_INDEX_7, Ebx, 16, Zmm},
    {"avx512dq", CPUID_INDEX_7, Ebx, 17, Zmm},
    {"rdseed", CPUID_INDEX_7, Ebx, 18},
    {"adx", CPUID_INDEX_7, Ebx, 19},
    {"avx512ifma", CPUID_INDEX_7, Ebx, 21, Zmm},
    {"clflushopt", CPUID_INDEX_7, Ebx, 23},
    {"clwb", CPUID_INDEX_7, Ebx, 24},
    {"avx512cd", CPUID_INDEX_7, Ebx, 28, Zmm},
    {"sha", CPUID_INDEX_7, Ebx, 29},
    {"avx512bw", CPUID_INDEX_7, Ebx, 30, Zmm},
    {"avx512vl", CPUID_INDEX_7, Ebx, 31, Zmm},
    {"avx512vbmi", CPUID_INDEX_7, Ecx, 1, Zmm},
    {"pku", CPUID_INDEX_7, Ecx, 4},
    {"waitpkg", CPUID_INDEX_7, Ecx, 5},
    {"avx512vbmi2", CPUID_INDEX_7, Ecx, 6, Zmm},
    {"shstk", CPUID_INDEX_7, Ecx, 7},
    {"gfni", CPUID_INDEX_7, Ecx, 8},
    {"vaes", CPUID_INDEX_7, Ecx, 9, Ymm},
    {"vpclmulqdq", CPUID_INDEX_7, Ecx, 10, Ymm},
    {"avx512vnni", CPUID_INDEX_7, Ecx, 11, Zmm},
    {"avx512bitalg", CPUID_INDEX_7, Ecx, 12, Zmm},
    {"avx512vpopcntdq", CPUID_INDEX_7, Ecx, 14, Zmm},
    {"rdpid", CPUID_INDEX_7, Ecx, 22},
    {"cldemote", CPUID_INDEX_7, Ecx, 25},
    {"movdiri", CPUID_INDEX_7, Ecx, 27},
    {"movdir64b", CPUID_INDEX_7, Ecx, 28},
    {"enqcmd", CPUID_INDEX_7, Ecx, 29},
    {"uintr", CPUID_INDEX_7, Edx, 5},
    {"avx512vp2intersect", CPUID_INDEX_7, Edx, 8, Zmm},
    {"serialize", CPUID_INDEX_7, Edx, 14},
    {"tsxldtrk", CPUID_INDEX_7, Edx, 16},
    {"pconfig", CPUID_INDEX_7, Edx, 18},
    {"avx512fp16", CPUID_INDEX_7, Edx, 23, Zmm},
    {"sha512", CPUID_INDEX_7_ECX_1, Eax, 0, Ymm},
    {"sm3", CPUID_INDEX_7_ECX_1, Eax, 1, Ymm},
    {"sm4", CPUID_INDEX_7_ECX_1, Eax, 2, Ymm},
    {"raoint", CPUID_INDEX_7_ECX_1, Eax, 3},
    {"avxvnni", CPUID_INDEX_7_ECX_1, Eax, 4, Ymm},
    {"avx512bf16", CPUID_INDEX_7_ECX_1, Eax, 5, Zmm},
    {"cmpccxadd", CPUID_INDEX_7_ECX_1, Eax, 7},
    {"hreset", CPUID_INDEX_7_ECX_1, Eax, 22},
    {"avxifma", CPUID_INDEX_7_ECX_1, Eax, 23, Ymm},
    {"avxvnniint8", CPUID_INDEX_7_ECX_1, Edx, 4, Ymm},
    {"avxneconvert", CPUID_INDEX_7_ECX_1, Edx, 5, Ymm},
    {"avxvnniint16", CPUID_INDEX_7_ECX_1, Edx, 10, Ymm},
    {"prefetchi", CPUID_INDEX_7_ECX_1, Edx, 14},
    {"usermsr", CPUID_INDEX_7_ECX_1, Edx, 15},
    {"avx10.1", CPUID_INDEX_7_ECX_1, Edx, 19, Zmm, 1},
    {"avx10.2", CPUID_INDEX_7_ECX_1, Edx, 19, Zmm, 2},
    {"ccmp", CPUID_INDEX_7_ECX_1, Edx, 21, Apx},
    {"cf", CPUID_INDEX_7_ECX_1, Edx, 21, Apx},
    {"egpr", CPUID_INDEX_7_ECX_1, Edx, 21, Apx},
    {"ndd", CPUID_INDEX_7_ECX_1, Edx, 21, Apx},
    {"nf", CPUID_INDEX_7_ECX_1, Edx, 21, Apx},
    {"ppx", CPUID_INDEX_7_ECX_1, Edx, 21, Apx},
    {"push2pop2", CPUID_INDEX_7_ECX_1, Edx, 21, Apx},
    {"zu", CPUID_INDEX_7_ECX_1, Edx, 21, Apx},
    {"xsaveopt", CPUID_INDEX_D_ECX_1, Eax, 0},
    {"xsavec", CPUID_INDEX_D_ECX_1, Eax, 1},
    {"xsaves", CPUID_INDEX_D_ECX_1, Eax, 3},
    {"ptwrite", CPUID_INDEX_14_ECX_0, Ebx, 4},
    {"sahf", CPUID_INDEX_80000001, Ecx, 0},
    {"lzcnt", CPUID_INDEX_80000001, Ecx, 5},
    {"sse4a", CPUID_INDEX_80000001, Ecx, 6},
    {"prfchw", CPUID_INDEX_80000001, Ecx, 8},
    {"xop", CPUID_INDEX_80000001, Ecx, 11, Ymm},
    {"lwp", CPUID_INDEX_80000001, Ecx, 15},
    {"fma4", CPUID_INDEX_80000001, Ecx, 16, Ymm},
    {"tbm", CPUID_INDEX_80000001, Ecx, 21},
    {"mwaitx", CPUID_INDEX_80000001, Ecx, 29},
    {"64bit", CPUID_INDEX_80000001, Edx, 29},
    {"clzero", CPUID_INDEX_80000008, Ebx, 0},
    {"rdpru", CPUID_INDEX_80000008, Ebx, 4},
    {"wbnoinvd", CPUID_INDEX_80000008, Ebx, 9},
};

/// The parts of the processor's state that the operating system has enabled (XCR0).
uint32_t enabledState() {
  constexpr uint32_t osXsave = 1u << 27;
  if (!(__x86_get_cpuid_feature_leaf(CPUID_INDEX_1)->cpuid_array[Ecx] & osXsave))
    return 0;
  uint32_t low, high;
  asm("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

/// Whether a processor that has AVX10 has this version of it. All have the first; the C library
/// does not keep the leaf that tells the others.
bool hasAvx10(uint8_t version) {
  if (version <= 1)
    return true;
  constexpr unsigned avx10Leaf = 0x24;
  uint32_t eax, ebx, ecx, edx;
  return __get_cpuid_count(avx10Leaf, 0, &eax, &ebx, &ecx, &edx) && (ebx & 0xff) >= version;
}

struct Machine {
  uint32_t enabled = enabledState();

  bool has(const Feature &feature) const {
    const auto *leaf = __x86_get_cpuid_feature_leaf(feature.leaf);
    return (leaf->cpuid_array[feature.where] >> feature.bit & 1) &&
           (enabled & feature.saved) == feature.saved && hasAvx10(feature.avx10);
  }
};

} // namespace

FeatureState processorFeature(std::string_view name) {
  return featureIn(features, name, Machine());
}

std::string processorFeatures() { return namesIn(features, Machine()); }

} // namespace w2n::runtime
