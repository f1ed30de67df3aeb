// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Debuggers.h"

#include "lib/artifact/DebugSections.h"
#include "runtime/arch/Arch.h"
#include "runtime/core/Module.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <mutex>
#include <unistd.h>

// gdb's JIT interface (the manual of gdb, "JIT Compilation Interface"): the names and layouts are
// gdb's. It sets a breakpoint at the function, and reads the list when that is reached or when it
// attaches.
extern "C" {

struct JitCodeEntry {
  JitCodeEntry *next, *previous;
  const uint8_t *symbolFile;
  uint64_t symbolFileBytes;
};

struct JitDescriptor {
  uint32_t version;
  uint32_t action; ///< 0: none, 1: relevantEntry was added, 2: it is removed
  JitCodeEntry *relevantEntry, *firstEntry;
};

// Found by name. This library uses its own, whatever else in the process has the same names (LLVM
// does): hence the aliases, which are weak, so that a program can have both.
[[gnu::visibility("hidden")]] JitDescriptor w2nJitDescriptor = {1, 0, nullptr, nullptr};
[[gnu::noinline, gnu::visibility("hidden")]] void w2nJitRegisterCode() {
  asm volatile("" ::: "memory");
}

[[gnu::alias("w2nJitDescriptor"), gnu::weak,
  gnu::visibility("default")]] extern JitDescriptor __jit_debug_descriptor;
[[gnu::nothrow, gnu::alias("w2nJitRegisterCode"), gnu::weak, gnu::visibility("default")]] void
__jit_debug_register_code();
}

namespace w2n::runtime {

namespace {

struct Symbol {
  uint64_t address, bytes;
  std::string name;
};

/// The display name of a function, on one line: names are the module's, and may be as long as it.
std::string nameOf(const artifact::Metadata &metadata, uint32_t functionIndex) {
  constexpr size_t maxBytes = 1000;
  std::string name(metadata.string(metadata.functions()[functionIndex].name).substr(0, maxBytes));
  if (name.empty())
    return "wasm-function[" + std::to_string(functionIndex) + "]";
  std::ranges::replace_if(
      name, [](unsigned char letter) { return letter < 0x20 || letter == 0x7f; }, '_');
  return name;
}

/// The functions of `module`, by address.
std::vector<Symbol> symbolsOf(const Module &module) {
  const artifact::Metadata &metadata = module.metadata();
  const auto codes = metadata.codes();
  std::vector<Symbol> symbols;
  for (uint32_t i = metadata.header().importedFunctions; i < codes.size(); ++i) {
    const auto body = codes[i].tailCode ? codes[i].tailCode : codes[i].code;
    const auto address = reinterpret_cast<uintptr_t>(metadata.address(body));
    if (!module.containsCode(address))
      continue;
    symbols.push_back({address, 0, nameOf(metadata, i)});
  }
  std::ranges::stable_sort(symbols, {}, &Symbol::address);
  for (size_t i = 0; i < symbols.size(); ++i) {
    const uint64_t end = i + 1 < symbols.size() ? symbols[i + 1].address : module.codeRangeEnd();
    symbols[i].bytes = end - symbols[i].address;
  }
  return symbols;
}

/// An ELF file in the making: sections follow each other, then their headers.
class SymbolFile {
public:
  SymbolFile() : file(sizeof(Elf64_Ehdr)) { add("", {}); }

  Elf64_Shdr &add(const char *name, std::span<const uint8_t> contents) {
    file.resize((file.size() + 7) & ~size_t(7));
    Elf64_Shdr &section = sections.emplace_back();
    section = {};
    section.sh_name = uint32_t(names.size());
    section.sh_offset = file.size();
    section.sh_size = contents.size();
    section.sh_addralign = 8;
    names.append(name).push_back('\0');
    file.insert(file.end(), contents.begin(), contents.end());
    return section;
  }
  std::vector<uint8_t> finish() {
    add(".shstrtab", {}).sh_type = SHT_STRTAB;
    Elf64_Shdr &strings = sections.back();
    strings.sh_offset = file.size();
    strings.sh_size = names.size();
    file.insert(file.end(), names.begin(), names.end());
    file.resize((file.size() + 7) & ~size_t(7));
    writeHeader();
    const auto *begin = reinterpret_cast<const uint8_t *>(sections.data());
    file.insert(file.end(), begin, begin + sections.size() * sizeof(Elf64_Shdr));
    return std::move(file);
  }

private:
  void writeHeader() {
    Elf64_Ehdr header = {};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = uint16_t(hostElfMachine);
    header.e_version = EV_CURRENT;
    header.e_ehsize = sizeof(Elf64_Ehdr);
    header.e_shoff = file.size();
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = uint16_t(sections.size());
    header.e_shstrndx = uint16_t(sections.size() - 1);
    std::memcpy(file.data(), &header, sizeof(header));
  }

  std::vector<uint8_t> file;
  std::vector<Elf64_Shdr> sections;
  std::string names;
};

/// The section that symbols of code are in.
constexpr uint16_t textIndex = 1;

void addSymbols(SymbolFile &file, const std::vector<Symbol> &symbols) {
  std::vector<Elf64_Sym> table(1);
  std::string names(1, '\0');
  for (const Symbol &symbol : symbols) {
    Elf64_Sym entry = {};
    entry.st_name = uint32_t(names.size());
    entry.st_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC);
    entry.st_shndx = textIndex;
    entry.st_value = symbol.address;
    entry.st_size = symbol.bytes;
    table.push_back(entry);
    names.append(symbol.name).push_back('\0');
  }
  Elf64_Shdr &section = file.add(".symtab", {reinterpret_cast<const uint8_t *>(table.data()),
                                             table.size() * sizeof(Elf64_Sym)});
  section.sh_type = SHT_SYMTAB;
  section.sh_entsize = sizeof(Elf64_Sym);
  section.sh_link = textIndex + 3; // the next section
  section.sh_info = uint32_t(table.size());
  file.add(".strtab", {reinterpret_cast<const uint8_t *>(names.data()), names.size()}).sh_type =
      SHT_STRTAB;
}

/// The DWARF of an artifact, if it was compiled with -g, for the addresses of this process.
void addDwarf(SymbolFile &file, std::span<const uint8_t> artifact) {
  const auto bias = reinterpret_cast<uintptr_t>(artifact.data());
  for (const artifact::DebugSection &section : artifact::debugSectionsOf(artifact)) {
    std::vector<uint8_t> moved(section.bytes.begin(), section.bytes.end());
    artifact::moveCode(section.name, moved, bias);
    Elf64_Shdr &header = file.add(std::string(section.name).c_str(), moved);
    header.sh_type = SHT_PROGBITS;
    header.sh_addralign = 1;
  }
}

bool isSet(const char *variable) {
  const char *value = std::getenv(variable);
  return value && *value && std::strcmp(value, "0") != 0;
}

std::atomic<bool> always = false;

bool isWanted() {
  static const bool isAskedFor = isSet("WASM2NATIVE_DEBUGGER");
  // A debugger that listens has put a breakpoint there.
  return isAskedFor || always.load(std::memory_order_relaxed) ||
         isBreakpoint(reinterpret_cast<const void *>(&w2nJitRegisterCode));
}

void appendPerfMap(const Module &module) {
  static const bool isAskedFor = isSet("WASM2NATIVE_PERF_MAP");
  if (!isAskedFor)
    return;
  // The place is perf's. Others can write there, and may have put a link in our way.
  const std::string path = "/tmp/perf-" + std::to_string(getpid()) + ".map";
  const int descriptor =
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  FILE *map = descriptor < 0 ? nullptr : fdopen(descriptor, "a");
  if (!map)
    return;
  for (const Symbol &symbol : symbolsOf(module))
    std::fprintf(map, "%llx %llx %s\n", static_cast<unsigned long long>(symbol.address),
                 static_cast<unsigned long long>(symbol.bytes), symbol.name.c_str());
  std::fclose(map);
}

std::mutex &listLock() {
  static std::mutex lock;
  return lock;
}

} // namespace

std::vector<uint8_t> makeSymbolFile(const Module &module) {
  const std::vector<Symbol> symbols = symbolsOf(module);
  if (symbols.empty())
    return {};
  const artifact::Metadata &metadata = module.metadata();
  const artifact::MetadataHeader &header = metadata.header();
  SymbolFile file;
  Elf64_Shdr &text = file.add(".text", {});
  text.sh_type = SHT_NOBITS;
  text.sh_flags = SHF_ALLOC | SHF_EXECINSTR;
  text.sh_addr = module.codeRangeEnd() - metadata.textBytes();
  text.sh_size = metadata.textBytes();
  const uint8_t *unwindTable = metadata.address(header.ehFrame);
  Elf64_Shdr &unwind = file.add(".eh_frame", {unwindTable, header.ehFrameBytes});
  unwind.sh_type = SHT_PROGBITS;
  unwind.sh_flags = SHF_ALLOC;
  unwind.sh_addr = reinterpret_cast<uintptr_t>(unwindTable);
  addSymbols(file, symbols);
  addDwarf(file, module.file());
  return file.finish();
}

struct Announcement::Entry {
  std::vector<uint8_t> file;
  JitCodeEntry listed;

  explicit Entry(std::vector<uint8_t> symbolFile) : file(std::move(symbolFile)) {
    std::lock_guard lock(listLock());
    listed = {w2nJitDescriptor.firstEntry, nullptr, file.data(), file.size()};
    if (listed.next)
      listed.next->previous = &listed;
    w2nJitDescriptor.firstEntry = &listed;
    tell(/*action=*/1);
  }
  ~Entry() {
    std::lock_guard lock(listLock());
    (listed.previous ? listed.previous->next : w2nJitDescriptor.firstEntry) = listed.next;
    if (listed.next)
      listed.next->previous = listed.previous;
    tell(/*action=*/2);
  }

private:
  void tell(uint32_t action) {
    w2nJitDescriptor.relevantEntry = &listed;
    w2nJitDescriptor.action = action;
    w2nJitRegisterCode();
    w2nJitDescriptor.action = 0;
  }
};

Announcement Announcement::of(const Module &module) {
  appendPerfMap(module);
  Announcement announcement;
  if (!isWanted())
    return announcement;
  if (std::vector<uint8_t> file = makeSymbolFile(module); !file.empty())
    announcement.entry = std::make_unique<Entry>(std::move(file));
  return announcement;
}

Announcement::Announcement() = default;
Announcement::Announcement(Announcement &&) noexcept = default;
Announcement &Announcement::operator=(Announcement &&) noexcept = default;
Announcement::~Announcement() = default;

void announceAlways() { always = true; }

} // namespace w2n::runtime
