// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/link/BuiltinsArchive.h"

// Defined in BuiltinsArchive.S, which includes the files.
extern "C" {
extern const uint8_t w2nBuiltins_x86_64[], w2nBuiltinsEnd_x86_64[];
extern const uint8_t w2nBuiltins_aarch64[], w2nBuiltinsEnd_aarch64[];
extern const uint8_t w2nBuiltins_riscv64[], w2nBuiltinsEnd_riscv64[];
}

namespace w2n::compiler {

std::span<const uint8_t> builtinsArchive(std::string_view targetName) {
  struct Archive {
    std::string_view target;
    const uint8_t *begin, *end;
  };
  static const Archive archives[] = {
      {"x86_64", w2nBuiltins_x86_64, w2nBuiltinsEnd_x86_64},
      {"aarch64", w2nBuiltins_aarch64, w2nBuiltinsEnd_aarch64},
      {"riscv64", w2nBuiltins_riscv64, w2nBuiltinsEnd_riscv64},
  };
  for (const Archive &archive : archives)
    if (archive.target == targetName)
      return {archive.begin, archive.end};
  return {};
}

} // namespace w2n::compiler
