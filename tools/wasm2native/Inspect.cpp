// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native inspect: what is in a compiled artifact, or in a WebAssembly module.
#include "lib/artifact/DebugLines.h"
#include "lib/component/PrintWorld.h"
#include "lib/component/ValidateComponent.h"
#include "lib/support/File.h"
#include "lib/wit/LoadFiles.h"
#include "lib/wit/Print.h"
#include "tools/wasm2native/CommandLine.h"
#include "tools/wasm2native/Describe.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/ElfSymbols.h"
#include "tools/wasm2native/FileKind.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/PrintJson.h"
#include "tools/wasm2native/Subcommands.h"

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>

namespace w2n::tool {

namespace {

constexpr OptionRow inspectRows[] = {
    {"json", nullptr, "print JSON", "Output"},
    {"addr", "OFFSET",
     "say which function of an artifact has code at this offset, and, with -g, of which line",
     "Output"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example inspectExamples[] = {
    {"wasm2native inspect mod.wasm", "imports, exports, memories, tables"},
    {"wasm2native inspect --json mod.so | jq .imports", "for programs"},
    {"wasm2native inspect --addr 0x1f40 mod.so", "a frame that a program has logged"},
    {"wasm2native inspect wit", "checks the WIT package of a folder and prints it"},
};
} // namespace

constinit const CommandSpec inspectSpec = {
    .name = "wasm2native inspect",
    .usage = "[OPTION...] FILE",
    .summary =
        "Shows what a compiled artifact, a WebAssembly module or a component imports, exports and "
        "needs, or a WIT package of a text or a folder with its dependencies in deps/. Several WIT "
        "files or folders are one program: the last one is the package, the others are its "
        "dependencies.",
    .options = inspectRows,
    .sharedOptions = {},
    .examples = inspectExamples};

namespace {

Result<Description> describe(std::span<const uint8_t> bytes) {
  switch (fileKindOf(bytes)) {
  case FileKind::Elf:
    return describeArtifact(bytes);
  case FileKind::Wasm:
    return describeModule(bytes);
  case FileKind::Other:
    break;
  }
  return wrongFile(bytes, "neither a WebAssembly module nor a compiled artifact");
}

/// A list of scalars or of flat objects, one row to a line.
std::string rowText(const Description &row) {
  std::string text;
  for (const auto &[key, value] : row.items()) {
    if (value == "")
      continue;
    std::string word = value.is_string() ? value.get<std::string>() : value.dump();
    text += (text.empty() ? "" : "  ") + (value.is_string() ? word : key + "=" + word);
  }
  return text;
}

/// Lines, which an artifact may have anything in.
void printWorld(std::string_view text) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    printf("%s\n", printable(std::string(text.substr(0, end))).c_str());
    text.remove_prefix(std::min(end, text.size() - 1) + 1);
  }
}

void printText(const Description &description) {
  for (const auto &[key, value] : description.items()) {
    // The kind of a component's file is what its world begins with.
    if (key == "world") {
      printWorld(value.get<std::string>());
    } else if (description["kind"] == "component" && key == "kind") {
      continue;
    } else if (value.is_array()) {
      printf("%s: %zu\n", key.c_str(), value.size());
      for (const Description &row : value)
        printf("  %s\n", printable(rowText(row)).c_str());
    } else {
      printf("%s: %s\n", key.c_str(),
             printable(value.is_string() ? value.get<std::string>() : value.dump()).c_str());
    }
  }
}

/// The world of a component. All names in it are labels: there is nothing to escape.
Result<Description> describeComponent(std::span<const uint8_t> bytes) {
  W2N_TRY(decoded, component::decodeComponent(bytes));
  component::Types types;
  W2N_TRY(type, component::validateComponent(decoded, types));
  std::string world = component::printWorld(types, type);
  if (component::isWitPackage(decoded))
    world.insert(0, "// a WIT package: interfaces without code\n");
  return Description{{"kind", "component"}, {"world", world}};
}

/// Checks WIT texts and prints them.
int inspectWit(std::span<const std::string> paths, bool asJson) {
  auto packages = wit::loadPackages(paths);
  if (!packages) {
    // The text says where, in which of several files.
    packages.error().kind = ErrorKind::Io;
    return reportError(paths.back(), packages.error());
  }
  const std::string text = wit::printPackages(*packages);
  if (asJson)
    printJson(Description{{"kind", "wit"}, {"wit", text}});
  else
    fputs(text.c_str(), stdout);
  return 0;
}

std::optional<uint64_t> readOffset(std::string_view text) {
  const bool isHexadecimal = text.starts_with("0x");
  if (isHexadecimal)
    text.remove_prefix(2);
  uint64_t offset = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), offset, isHexadecimal ? 16 : 10);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(offset)
                                                                  : std::nullopt;
}

/// Prints "divide+0x8 in shapes.c:32".
int inspectAddress(const std::string &path, std::span<const uint8_t> file, uint64_t offset) {
  const std::vector<CodeSymbol> symbols = codeSymbolsOf(file);
  const auto next = std::ranges::upper_bound(symbols, offset, {}, &CodeSymbol::begin);
  if (next == symbols.begin() || offset - (next - 1)->begin >= (next - 1)->bytes)
    return reportError(path, Error{ErrorKind::Invalid,
                                   Error::noOffset,
                                   "no function has code at offset " + std::to_string(offset),
                                   {},
                                   0});
  const CodeSymbol &symbol = *(next - 1);
  printf("%s+0x%" PRIx64, printable(symbol.name).c_str(), offset - symbol.begin);
  if (const auto line = artifact::DebugLines::of(file).at(offset))
    printf(" in %s:%" PRIu32, printable(line->file).c_str(), line->line);
  printf("\n");
  return 0;
}

} // namespace

int inspectMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(inspectSpec, arguments);
  if (!line)
    return usageError(inspectSpec, line.error());
  if (line->has("help"))
    return printHelp(inspectSpec);
  if (!line->positional().empty() && std::ranges::all_of(line->positional(), wit::isWitPath))
    return inspectWit(line->positional(), line->has("json"));
  if (line->positional().size() != 1)
    return usageError(inspectSpec,
                      line->positional().empty() ? "no input file" : "more than one input file");
  const std::string &path = line->positional()[0];
  auto bytes = readFile(path);
  if (!bytes)
    return reportError(path, bytes.error());
  if (line->has("addr")) {
    const std::optional<uint64_t> offset = readOffset(line->value("addr"));
    return offset ? inspectAddress(path, *bytes, *offset)
                  : usageError(inspectSpec, "--addr is '" + line->value("addr") +
                                                "', must be a number, such as 8000 or 0x1f40");
  }
  const bool isComponent = component::kindOf(*bytes) == component::BinaryKind::Component;
  auto description = isComponent ? describeComponent(*bytes) : describe(*bytes);
  if (!description)
    return reportError(path, description.error());
  if (line->has("json"))
    printJson(*description);
  else
    printText(*description);
  return 0;
}

} // namespace w2n::tool
