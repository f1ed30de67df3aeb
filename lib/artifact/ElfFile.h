// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The parts of an ELF file that the loader needs: its program headers and one note. Everything is
// copied out of the bytes, because a damaged file may place a header at any alignment.
#pragma once

#include "lib/support/Error.h"

#include <span>
#include <string_view>

namespace w2n::artifact {

/// A range of the file.
struct FileRange {
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

struct ElfFile {
  uint16_t machine = 0;
  /// The one executable PT_LOAD.
  FileRange text;
  /// The descriptor of the note that holds the metadata.
  FileRange note;
};

/// Reads ELF header and program headers of a 64-bit little-endian shared object, every PT_LOAD of
/// which has p_offset == p_vaddr, and finds the note (`noteOwner`, `noteType`). Errors: Malformed,
/// with the offset of what is wrong.
Result<ElfFile> readElfFile(std::span<const uint8_t> file);

/// "x86-64" for EM_X86_64, and so on; "machine 7" for one that we do not know.
std::string machineName(uint32_t machine);

} // namespace w2n::artifact
