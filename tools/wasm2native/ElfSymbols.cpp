// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/ElfSymbols.h"

#include "lib/artifact/ElfFile.h"
#include "lib/support/Range.h"

#include <algorithm>
#include <cstring>
#include <elf.h>

namespace w2n::tool {

namespace {

template <typename T> bool readAt(std::span<const uint8_t> file, uint64_t offset, T &value) {
  if (!isInside(offset, sizeof(T), file.size()))
    return false;
  std::memcpy(&value, file.data() + offset, sizeof(T));
  return true;
}

/// Section `index`, which lies inside the file.
bool readSection(std::span<const uint8_t> file, const Elf64_Ehdr &header, uint32_t index,
                 Elf64_Shdr &section) {
  // No overflow: a 16-bit index times 64 bytes.
  return index < header.e_shnum && header.e_shentsize == sizeof(Elf64_Shdr) &&
         header.e_shoff <= file.size() &&
         readAt(file, header.e_shoff + uint64_t(index) * sizeof(Elf64_Shdr), section) &&
         isInside(section.sh_offset, section.sh_size, file.size());
}

/// The text at `offset` of a string table, up to its NUL.
std::string_view stringAt(std::span<const uint8_t> table, uint64_t offset) {
  if (offset >= table.size())
    return {};
  const auto *text = reinterpret_cast<const char *>(table.data()) + offset;
  return {text, strnlen(text, table.size() - offset)};
}

void addSymbols(std::span<const uint8_t> file, const Elf64_Shdr &section,
                std::span<const uint8_t> names, std::vector<CodeSymbol> &symbols) {
  for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= section.sh_size; at += sizeof(Elf64_Sym)) {
    Elf64_Sym symbol;
    if (readAt(file, section.sh_offset + at, symbol) && ELF64_ST_TYPE(symbol.st_info) == STT_FUNC &&
        symbol.st_size != 0 && isInside(symbol.st_value, symbol.st_size, file.size()))
      symbols.push_back({symbol.st_value, symbol.st_size, stringAt(names, symbol.st_name)});
  }
}

} // namespace

std::vector<CodeSymbol> codeSymbolsOf(std::span<const uint8_t> file) {
  std::vector<CodeSymbol> symbols;
  Elf64_Ehdr header;
  if (!readAt(file, 0, header))
    return symbols;
  for (uint32_t i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section, strings;
    if (!readSection(file, header, i, section) || section.sh_type != SHT_SYMTAB ||
        !readSection(file, header, section.sh_link, strings))
      continue;
    addSymbols(file, section, file.subspan(strings.sh_offset, strings.sh_size), symbols);
    break;
  }
  std::ranges::stable_sort(symbols, {}, &CodeSymbol::begin);
  const auto same = std::ranges::unique(symbols, {}, &CodeSymbol::begin);
  symbols.erase(same.begin(), same.end());
  // In a damaged table every symbol may reach over all others: their sum stays the file's size.
  for (size_t i = 0; i + 1 < symbols.size(); ++i)
    symbols[i].bytes = std::min(symbols[i].bytes, symbols[i + 1].begin - symbols[i].begin);
  return symbols;
}

} // namespace w2n::tool
