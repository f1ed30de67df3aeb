// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/artifact/DebugSections.h"

#include "lib/artifact/DebugLines.h"

#include <cstring>
#include <elf.h>
#include <optional>

namespace w2n::artifact {

namespace {

template <typename T> std::optional<T> copyOf(std::span<const uint8_t> bytes, uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T))
    return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

/// Nothing if it is not in the file.
std::span<const uint8_t> contentsOf(std::span<const uint8_t> file, const Elf64_Shdr &section) {
  if (section.sh_type != SHT_PROGBITS && section.sh_type != SHT_STRTAB)
    return {};
  if (section.sh_offset > file.size() || section.sh_size > file.size() - section.sh_offset)
    return {};
  return file.subspan(section.sh_offset, section.sh_size);
}

std::string_view nameAt(std::span<const uint8_t> names, uint64_t offset) {
  if (offset >= names.size())
    return {};
  const auto *begin = reinterpret_cast<const char *>(names.data()) + offset;
  return {begin, strnlen(begin, names.size() - offset)};
}

void moveWord(std::span<uint8_t> section, uint64_t offset, uint64_t bias) {
  uint64_t address;
  std::memcpy(&address, section.data() + offset, sizeof(address));
  address += bias;
  std::memcpy(section.data() + offset, &address, sizeof(address));
}

/// Contributions of units: a length, a version, the sizes of addresses and of segments, addresses.
void moveAddresses(std::span<uint8_t> section, uint64_t bias) {
  constexpr uint64_t lengthBytes = 4, headerBytes = 8;
  for (uint64_t at = 0;;) {
    const auto length = copyOf<uint32_t>(section, at);
    const auto kind = copyOf<uint32_t>(section, at + lengthBytes);
    constexpr uint32_t version5With64BitAddresses = 5 | 8u << 16;
    if (!length || !kind || *kind != version5With64BitAddresses)
      return;
    const uint64_t end = at + lengthBytes + *length;
    if (end > section.size() || end < at + headerBytes)
      return;
    for (at += headerBytes; end - at >= sizeof(uint64_t); at += sizeof(uint64_t))
      moveWord(section, at, bias);
    at = end;
  }
}

} // namespace

std::vector<DebugSection> debugSectionsOf(std::span<const uint8_t> file) {
  constexpr std::string_view prefix = ".debug_";
  std::vector<DebugSection> found;
  const auto header = copyOf<Elf64_Ehdr>(file, 0);
  if (!header || header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shstrndx >= header->e_shnum)
    return found;
  auto sectionAt = [&](uint32_t index) {
    return copyOf<Elf64_Shdr>(file, header->e_shoff + index * sizeof(Elf64_Shdr));
  };
  const auto strings = sectionAt(header->e_shstrndx);
  if (!strings)
    return found;
  const std::span<const uint8_t> names = contentsOf(file, *strings);
  for (uint32_t i = 0; i < header->e_shnum; ++i) {
    const auto section = sectionAt(i);
    if (!section)
      return found;
    const std::string_view name = nameAt(names, section->sh_name);
    const std::span<const uint8_t> contents = contentsOf(file, *section);
    if (name.starts_with(prefix) && !contents.empty())
      found.push_back({name, contents});
  }
  return found;
}

void moveCode(std::string_view name, std::span<uint8_t> section, uint64_t bias) {
  if (name == ".debug_addr")
    moveAddresses(section, bias);
  if (name == ".debug_line")
    visitLineAddresses(section, [&](uint64_t offset) { moveWord(section, offset, bias); });
}

} // namespace w2n::artifact
