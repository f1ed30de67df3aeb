// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native help, and --version.
#include "tools/wasm2native/Help.h"

#include "lib/artifact/Format.h"
#include "runtime/arch/Processor.h"
#include "tools/wasm2native/LoadCompiler.h"
#include "tools/wasm2native/ManPage.h"
#include "tools/wasm2native/Subcommands.h"

#include <cstdio>

namespace w2n::tool {

namespace {

constexpr OptionRow helpRows[] = {
    {"man", nullptr, "print the source of the manual page instead", "Output"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example helpExamples[] = {
    {"wasm2native help run", "the options of run"},
    {"wasm2native help --man run | man -l -", "its manual page"},
};

/// The subcommands with their summaries, for the help of the whole command.
std::string commandsText() {
  std::string text = "\n\nCommands:";
  for (const Subcommand &subcommand : subcommands().subspan(1)) {
    std::string word(subcommand.word);
    word.resize(12, ' ');
    text += "\n  " + word + subcommand.spec->summary;
  }
  return text;
}

} // namespace

constinit const CommandSpec helpSpec = {.name = "wasm2native help",
                                        .usage = "[OPTION...] [COMMAND]",
                                        .summary = "Prints what a command is for and its options.",
                                        .options = helpRows,
                                        .sharedOptions = {},
                                        .examples = helpExamples};

int printHelp(const CommandSpec &spec) {
  const std::string text = helpText(spec, &spec == &compileSpec ? commandsText() : "");
  return fputs(text.c_str(), stdout) < 0;
}

int printVersion() {
  printf("wasm2native " W2N_VERSION "\nartifact format %u\n", artifact::formatVersion);
  auto version = compilerVersion();
  printf("compiler: %s\n", version ? version->c_str() : "not installed");
  if (auto targets = targetsOfLibrary()) {
    std::string names;
    for (char letter : *targets)
      names += letter == '\n' ? std::string(", ") : std::string(1, letter);
    printf("targets: %s\n", names.substr(0, names.find_last_not_of(", ") + 1).c_str());
  }
  printf("this machine: %s\n", runtime::architectureName);
  return 0;
}

int helpMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(helpSpec, arguments);
  if (!line)
    return usageError(helpSpec, line.error());
  if (line->has("help"))
    return printHelp(helpSpec);
  if (line->positional().size() > 1)
    return usageError(helpSpec, "more than one command");
  const Subcommand *subcommand = &subcommands().front();
  if (!line->positional().empty()) {
    const std::string &word = line->positional()[0];
    subcommand = findSubcommand(word);
    if (!subcommand)
      return usageError(helpSpec, "unknown command '" + word + "'" + adviceForCommand(word));
  }
  if (line->has("man"))
    return fputs(manPage(*subcommand).c_str(), stdout) < 0;
  return printHelp(*subcommand->spec);
}

} // namespace w2n::tool
