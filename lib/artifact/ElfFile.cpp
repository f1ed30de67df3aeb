// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/artifact/ElfFile.h"

#include "lib/artifact/Format.h"
#include "lib/support/Range.h"

#include <cstring>
#include <elf.h>
#include <optional>

namespace w2n::artifact {

namespace {

std::unexpected<Error> malformed(std::string text, uint64_t offset) {
  return fail(ErrorKind::Malformed, std::move(text), offset);
}

/// Copies a T out of `file`; false if it does not fit there.
template <typename T> bool readAt(std::span<const uint8_t> file, uint64_t offset, T &value) {
  if (!isInside(offset, sizeof(T), file.size()))
    return false;
  std::memcpy(&value, file.data() + offset, sizeof(T));
  return true;
}

Result<Elf64_Ehdr> readFileHeader(std::span<const uint8_t> file) {
  Elf64_Ehdr header;
  if (!readAt(file, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return malformed("not a compiled module: no ELF header", 0);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return malformed("not a compiled module: not a 64-bit little-endian ELF file", EI_CLASS);
  if (header.e_type != ET_DYN)
    return malformed("ELF type is " + std::to_string(header.e_type) +
                         ", wanted a shared object (3)",
                     offsetof(Elf64_Ehdr, e_type));
  if (header.e_phentsize != sizeof(Elf64_Phdr))
    return malformed("ELF program header entries have " + std::to_string(header.e_phentsize) +
                         " bytes, wanted 56",
                     offsetof(Elf64_Ehdr, e_phentsize));
  return header;
}

Status addLoad(ElfFile &elf, const Elf64_Phdr &header, uint64_t offset, uint64_t fileBytes) {
  if (!isInside(header.p_offset, header.p_filesz, fileBytes))
    return malformed("segment lies outside the file", offset);
  if (header.p_offset != header.p_vaddr)
    return malformed("segment is not at its own file offset", offset);
  if (!(header.p_flags & PF_X))
    return {};
  if (elf.text.bytes != 0)
    return malformed("more than one executable segment", offset);
  if (header.p_filesz == 0 || header.p_memsz != header.p_filesz)
    return malformed("executable segment is empty or larger than its bytes", offset);
  elf.text = {header.p_offset, header.p_filesz};
  return {};
}

constexpr uint64_t alignUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

/// The descriptor of our note among those of a PT_NOTE at `range`; nullopt if it is not there.
std::optional<FileRange> findNote(std::span<const uint8_t> file, FileRange range, uint64_t align) {
  // Name and descriptor are padded to 4 bytes, or to 8 in a segment that is aligned to 8 (gABI,
  // "Note Section").
  const uint64_t padding = align == 8 ? 8 : 4;
  auto bytes = file.subspan(range.offset, range.bytes);
  for (uint64_t at = 0;;) {
    Elf64_Nhdr note;
    if (!readAt(bytes, at, note))
      return std::nullopt;
    const uint64_t name = at + sizeof(note);
    const uint64_t descriptor = alignUp(name + note.n_namesz, padding);
    if (!isInside(descriptor, note.n_descsz, bytes.size()))
      return std::nullopt;
    if (note.n_type == noteType && note.n_namesz == sizeof(noteOwner) &&
        std::memcmp(bytes.data() + name, noteOwner, sizeof(noteOwner)) == 0)
      return FileRange{range.offset + descriptor, note.n_descsz};
    at = alignUp(descriptor + note.n_descsz, padding);
  }
}

} // namespace

Result<ElfFile> readElfFile(std::span<const uint8_t> file) {
  W2N_TRY(header, readFileHeader(file));
  ElfFile elf;
  elf.machine = header.e_machine;
  std::optional<FileRange> note;
  for (uint32_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    // e_phnum and the entry's size are 16 bits wide, so only e_phoff can overflow.
    const uint64_t offset = header.e_phoff + uint64_t(i) * sizeof(segment);
    if (offset < header.e_phoff || !readAt(file, offset, segment))
      return malformed("program headers lie outside the file",
                       std::min<uint64_t>(offset, file.size()));
    if (segment.p_type == PT_LOAD)
      W2N_CHECK(addLoad(elf, segment, offset, file.size()));
    if (segment.p_type != PT_NOTE || note)
      continue;
    if (!isInside(segment.p_offset, segment.p_filesz, file.size()))
      return malformed("note segment lies outside the file", offset);
    note = findNote(file, {segment.p_offset, segment.p_filesz}, segment.p_align);
  }
  if (!note)
    return malformed("not a compiled module: no wasm2native note", 0);
  elf.note = *note;
  return elf;
}

std::string machineName(uint32_t machine) {
  switch (machine) {
  case EM_X86_64:
    return "x86-64";
  case EM_AARCH64:
    return "aarch64";
  case EM_RISCV:
    return "riscv64";
  default:
    return "machine " + std::to_string(machine);
  }
}

} // namespace w2n::artifact
