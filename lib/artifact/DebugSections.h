// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The sections with DWARF of artifacts that were compiled with -g. The loader needs none of them;
// they are for debuggers and for lines in messages.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace w2n::artifact {

struct DebugSection {
  std::string_view name; ///< in the file: ".debug_info"
  std::span<const uint8_t> bytes;
};

/// The sections of the ELF file `file`, in its order; none if its section headers are damaged.
std::vector<DebugSection> debugSectionsOf(std::span<const uint8_t> file);

/// Adds `bias` to the addresses in a copy of the section called `name`, so that the code is where
/// it is in a process. Addresses are in ".debug_addr" and in ".debug_line"; others refer to them.
/// What is damaged stays as it is from there on.
void moveCode(std::string_view name, std::span<uint8_t> section, uint64_t bias);

} // namespace w2n::artifact
