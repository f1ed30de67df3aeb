// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native objdump: the machine code of an artifact, function by function.
#include "lib/artifact/Metadata.h"
#include "lib/support/File.h"
#include "runtime/cache/CompilerLibrary.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/ElfSymbols.h"
#include "tools/wasm2native/FileKind.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/Subcommands.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <map>

namespace w2n::tool {

namespace {

constexpr OptionRow objdumpRows[] = {
    {"f,function", "NAME",
     "only functions of this name, or of this number in the module; again for more", "Output"},
    {"no-bytes", nullptr, "leave out the bytes of instructions", "Output"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example objdumpExamples[] = {
    {"wasm2native objdump mod.so | less", "everything"},
    {"wasm2native objdump -f fib mod.so", "one function"},
};

/// A function of the module in a slice.
struct Origin {
  uint32_t index, slice;
};

class Dump {
public:
  Dump(std::span<const uint8_t> file, artifact::Metadata metadata, bool showsBytes)
      : file(file), metadata(metadata), showsBytes(showsBytes), symbols(codeSymbolsOf(file)) {
    for (uint32_t slice = 0; slice < metadata.slices().size(); ++slice)
      if (this->metadata.useSlice(slice))
        noteOrigins(slice);
  }

  /// Prints the functions that `wanted` names, all if it is empty. Errors: Invalid if there is
  /// none; those of the compiler library.
  Status print(const std::vector<std::string> &wanted) {
    bool isAny = false;
    for (const CodeSymbol &symbol : symbols) {
      if (!isWanted(symbol, wanted))
        continue;
      isAny = true;
      W2N_CHECK(printFunction(symbol));
    }
    return isAny ? Status() : fail(ErrorKind::Invalid, "no such function");
  }

private:
  void noteOrigins(uint32_t slice) {
    const auto codes = metadata.codes();
    for (uint32_t i = metadata.header().importedFunctions; i < codes.size(); ++i)
      for (artifact::ImageOffset code : {codes[i].code, codes[i].tailCode})
        if (code != 0)
          origins.try_emplace(metadata.fileOffset() + uint64_t(int64_t(code)), Origin{i, slice});
  }

  const Origin *originOf(const CodeSymbol &symbol) const {
    const auto found = origins.find(symbol.begin);
    return found == origins.end() ? nullptr : &found->second;
  }

  bool isWanted(const CodeSymbol &symbol, const std::vector<std::string> &wanted) const {
    const Origin *origin = originOf(symbol);
    return wanted.empty() || std::ranges::any_of(wanted, [&](const std::string &name) {
             return symbol.name == name || (origin && std::to_string(origin->index) == name);
           });
  }

  Status printFunction(const CodeSymbol &symbol) {
    const Origin *origin = originOf(symbol);
    const uint32_t slice = origin ? origin->slice : sliceAt(symbol.begin);
    printf("\n%s", printable(symbol.name).c_str());
    if (origin)
      printf(" (wasm-function[%" PRIu32 "])", origin->index);
    printf(": %" PRIu64 " bytes", symbol.bytes);
    if (metadata.slices().size() > 1 && slice < metadata.slices().size())
      printf(", for %s", printable(metadata.string(metadata.slices()[slice].cpu)).c_str());
    printf("\n");
    const std::string target(metadata.string(metadata.header().targetTriple));
    const std::string features =
        slice < metadata.slices().size()
            ? std::string(metadata.string(metadata.slices()[slice].features))
            : "";
    const w2n_disassembly request = {.target = target.c_str(),
                                     .features = features.c_str(),
                                     .code = file.data() + symbol.begin,
                                     .code_bytes = symbol.bytes,
                                     .address = symbol.begin,
                                     .instruction = printInstruction,
                                     .name = nameAt,
                                     .user = this};
    return compiler.disassemble(request);
  }

  /// The slice that has code at `address`; that of thunks and the like.
  uint32_t sliceAt(uint64_t address) const {
    const auto slices = metadata.slices();
    const auto begin = [&](artifact::ImageOffset offset) {
      return metadata.fileOffset() + uint64_t(int64_t(offset));
    };
    for (uint32_t i = 0; i < slices.size(); ++i)
      if (address >= begin(slices[i].codeBegin) && address < begin(slices[i].codeEnd))
        return i;
    return slices.size() == 1 ? 0 : artifact::noIndex;
  }

  static void printInstruction(void *user, uint64_t address, size_t bytes, const char *text) {
    const Dump &dump = *static_cast<const Dump *>(user);
    std::string hexadecimal;
    for (size_t i = 0; dump.showsBytes && i < bytes; ++i) {
      char byte[4];
      snprintf(byte, sizeof(byte), "%02x ", dump.file[address + i]);
      hexadecimal += byte;
    }
    printf("%8" PRIx64 ":%s%-*s%s\n", address, dump.showsBytes ? "  " : "",
           dump.showsBytes ? 30 : 0, hexadecimal.c_str(), printable(text, "\t").c_str());
  }

  static const char *nameAt(void *user, uint64_t address) {
    Dump &dump = *static_cast<Dump *>(user);
    const auto found = std::ranges::lower_bound(dump.symbols, address, {}, &CodeSymbol::begin);
    if (found == dump.symbols.end() || found->begin != address)
      return nullptr;
    dump.nameText = printable(found->name);
    return dump.nameText.c_str();
  }

  std::span<const uint8_t> file;
  artifact::Metadata metadata;
  const bool showsBytes;
  const std::vector<CodeSymbol> symbols;
  std::map<uint64_t, Origin> origins; ///< by place in the file
  cache::CompilerLibrary compiler;
  std::string nameText;
};

Status dumpFile(const std::string &path, const CommandLine &line) {
  W2N_TRY(bytes, readFile(path));
  if (fileKindOf(bytes) == FileKind::Wasm)
    return fail(ErrorKind::Invalid, "a WebAssembly module, which has no machine code yet; "
                                    "'wasm2native " +
                                        path + "' compiles it");
  if (fileKindOf(bytes) != FileKind::Elf)
    return wrongFile(bytes, "not a compiled artifact");
  W2N_TRY(metadata, artifact::Metadata::read(bytes));
  return Dump(bytes, metadata, !line.has("no-bytes")).print(line.values("function"));
}

} // namespace

constinit const CommandSpec objdumpSpec = {
    .name = "wasm2native objdump",
    .usage = "[OPTION...] FILE.so",
    .summary = "Shows the machine code of a compiled artifact, function by function.",
    .options = objdumpRows,
    .sharedOptions = {},
    .examples = objdumpExamples};

int objdumpMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(objdumpSpec, arguments);
  if (!line)
    return usageError(objdumpSpec, line.error());
  if (line->has("help"))
    return printHelp(objdumpSpec);
  if (line->positional().size() != 1)
    return usageError(objdumpSpec,
                      line->positional().empty() ? "no input file" : "more than one input file");
  const std::string &path = line->positional()[0];
  auto done = dumpFile(path, *line);
  return done ? 0 : reportError(path, done.error());
}

} // namespace w2n::tool
