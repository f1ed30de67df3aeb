// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/link/RenameSymbols.h"

#include "compiler/ir/LlvmError.h"
#include "compiler/plan/FunctionNames.h"

#include <llvm/Object/ELFObjectFile.h>

namespace w2n::compiler {

namespace {

using Elf = llvm::object::ELF64LE;
using ElfReader = llvm::object::ELFFile<Elf>;

/// The name that people get to see in place of `symbol`.
std::string shownName(llvm::StringRef symbol, const ModulePlan &plan,
                      std::span<const SliceCode> slices) {
  if (!functionIndexOf(symbol))
    return symbol.str();
  std::string name = plan.displayNameOf(symbol);
  // Every symbol has a suffix if any has: the one that it ends with is its slice's.
  for (const SliceCode &code : slices)
    if (symbol.ends_with(code.slice->symbolSuffix))
      return name + code.slice->symbolSuffix;
  return name;
}

/// Strings of an ELF string table, one after the other; the first is empty.
struct StringTable {
  std::vector<uint8_t> bytes = {0};

  uint32_t add(std::string_view text) {
    if (text.empty())
      return 0;
    const auto offset = uint32_t(bytes.size());
    bytes.insert(bytes.end(), text.begin(), text.end());
    bytes.push_back(0);
    return offset;
  }
};

/// Places of the tables that are rewritten: offsets in the file.
struct SymbolLayout {
  uint64_t headers, strings;         ///< section headers: all, and that of the names
  uint64_t symbols, symbolCount;     ///< the symbols themselves
  uint64_t stringsBegin, stringsEnd; ///< the names
  uint64_t headersBytes;
};

Result<SymbolLayout> readSymbolLayout(const ElfReader &file) {
  auto sections = file.sections();
  if (!sections)
    return std::unexpected(fromLlvm(sections.takeError()));
  SymbolLayout layout = {};
  layout.headers = file.getHeader().e_shoff;
  layout.headersBytes = sections->size() * sizeof(Elf::Shdr);
  for (const auto &section : *sections) {
    if (section.sh_type != llvm::ELF::SHT_SYMTAB)
      continue;
    const auto &strings = (*sections)[section.sh_link];
    layout.strings = layout.headers + section.sh_link * sizeof(Elf::Shdr);
    layout.symbols = section.sh_offset;
    layout.symbolCount = section.sh_size / sizeof(Elf::Sym);
    layout.stringsBegin = strings.sh_offset;
    layout.stringsEnd = strings.sh_offset + strings.sh_size;
  }
  // The names are the last thing before the section headers, so that no other offset changes.
  if (!layout.symbols || layout.headers < layout.stringsEnd ||
      layout.headers - layout.stringsEnd >= sizeof(uint64_t) ||
      layout.headers + layout.headersBytes != file.getBufSize())
    return fail(ErrorKind::Internal, "the linked file ends with something else than its symbols");
  return layout;
}

template <typename T> T *at(std::vector<uint8_t> &bytes, uint64_t offset) {
  return reinterpret_cast<T *>(bytes.data() + offset);
}

} // namespace

Status renameSymbols(std::vector<uint8_t> &elf, const ModulePlan &plan,
                     std::span<const SliceCode> slices) {
  auto file =
      ElfReader::create(llvm::StringRef(reinterpret_cast<const char *>(elf.data()), elf.size()));
  if (!file)
    return std::unexpected(fromLlvm(file.takeError()));
  W2N_TRY(layout, readSymbolLayout(*file));
  StringTable names;
  const auto *oldNames = reinterpret_cast<const char *>(elf.data() + layout.stringsBegin);
  auto *symbols = at<Elf::Sym>(elf, layout.symbols);
  for (uint64_t i = 0; i < layout.symbolCount; ++i)
    symbols[i].st_name = names.add(shownName(oldNames + symbols[i].st_name, plan, slices));
  const std::vector<uint8_t> headers(elf.begin() + ptrdiff_t(layout.headers), elf.end());
  elf.resize(layout.stringsBegin);
  elf.insert(elf.end(), names.bytes.begin(), names.bytes.end());
  elf.resize((elf.size() + 7) & ~size_t(7));
  const uint64_t newHeaders = elf.size();
  elf.insert(elf.end(), headers.begin(), headers.end());
  at<Elf::Ehdr>(elf, 0)->e_shoff = newHeaders;
  at<Elf::Shdr>(elf, newHeaders + layout.strings - layout.headers)->sh_size = names.bytes.size();
  return {};
}

} // namespace w2n::compiler
