// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native completion: what a shell needs to complete command lines, from the tables that the
// help is made from.
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/Subcommands.h"

#include <cstdio>
#include <cstring>

namespace w2n::tool {

namespace {

constexpr OptionRow completionRows[] = {
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example completionExamples[] = {
    {"source <(wasm2native completion bash)", "for this shell"},
    {"wasm2native completion fish > ~/.config/fish/completions/wasm2native.fish", "for good"},
};

bool isCompile(const Subcommand &subcommand) { return &subcommand == &subcommands().front(); }

bool takesFile(const OptionRow &row) {
  return row.argument && (strstr(row.argument, "FILE") || strstr(row.argument, "FOLDER") ||
                          strstr(row.argument, "HOST["));
}

std::string commandWords() {
  std::string words, separator;
  for (const Subcommand &subcommand : subcommands()) {
    words += separator + std::string(subcommand.word);
    separator = " ";
  }
  return words;
}

/// The words that may follow a subcommand besides options and files.
std::string wordsAfter(const Subcommand &subcommand) {
  return subcommand.spec == &helpSpec ? commandWords() : subcommand.spec->words;
}

/// `text` inside single quotes, for bash and zsh; `special` get a backslash.
std::string quoted(std::string_view text, std::string_view special = "") {
  std::string result = "'";
  for (char letter : text) {
    if (special.find(letter) != special.npos)
      result += '\\';
    result += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  }
  return result + "'";
}

// bash

std::string bashCase(const Subcommand &subcommand) {
  std::string options;
  for (const OptionRow *row : subcommand.spec->rows())
    for (const std::string &name : namesOf(*row))
      options += options.empty() ? name : " " + name;
  const std::string word = isCompile(subcommand) ? "*" : std::string(subcommand.word);
  return "  " + word + ")\n    options=" + quoted(options) +
         " words=" + quoted(wordsAfter(subcommand)) + " ;;\n";
}

std::string bashScript() {
  std::string text = "# bash completion for wasm2native\n"
                     "_wasm2native() {\n"
                     "  local current=${COMP_WORDS[COMP_CWORD]} options words\n"
                     "  case ${COMP_WORDS[1]} in\n";
  for (const Subcommand &subcommand : subcommands().subspan(1))
    text += bashCase(subcommand);
  text += bashCase(subcommands().front());
  return text +
         "  esac\n"
         "  ((COMP_CWORD > 1)) || words=" +
         quoted(commandWords()) +
         "\n"
         "  if [[ $current == -* ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
         "  else\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\"; compgen -f -- "
         "\"$current\")\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _wasm2native wasm2native\n";
}

// zsh

std::string zshOption(const OptionRow &row, const std::string &name) {
  const bool isOptional = row.argument && row.argument[0] == '[';
  std::string text = "*" + name;
  if (row.argument)
    text += isOptional ? "=-" : name.starts_with("--") ? "=" : "+";
  std::string help;
  for (char letter : std::string_view(row.help))
    help += std::strchr("[]:\\", letter) ? std::string("\\") + letter : std::string(1, letter);
  text += "[" + help + "]";
  if (row.argument)
    text += std::string(isOptional ? "::" : ":") + "value:" + (takesFile(row) ? "_files" : " ");
  return "      " + quoted(text) + " \\\n";
}

std::string zshCase(const Subcommand &subcommand) {
  const std::string word = isCompile(subcommand) ? "*" : std::string(subcommand.word);
  std::string text = "  " + word + ")\n    _arguments \\\n";
  for (const OptionRow *row : subcommand.spec->rows())
    for (const std::string &name : namesOf(*row))
      text += zshOption(*row, name);
  const std::string words = wordsAfter(subcommand);
  text += "      " + quoted(words.empty() ? "*:file:_files" : "*:word:(" + words + ")") + " ;;\n";
  return text;
}

std::string zshScript() {
  std::string text = "#compdef wasm2native\n"
                     "_wasm2native() {\n"
                     "  local -a commands=(\n";
  for (const Subcommand &subcommand : subcommands())
    text += "    " +
            quoted(std::string(subcommand.word) + ":" + std::string(subcommand.spec->summary)) +
            "\n";
  text += "  )\n"
          "  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
          "    _describe command commands\n"
          "    _files\n"
          "    return\n"
          "  fi\n"
          "  case $words[2] in\n";
  for (const Subcommand &subcommand : subcommands().subspan(1))
    text += zshCase(subcommand);
  return text + zshCase(subcommands().front()) + "  esac\n}\n_wasm2native \"$@\"\n";
}

// fish

std::string fishQuoted(std::string_view text) {
  std::string result = "'";
  for (char letter : text)
    result += std::strchr("\\'", letter) ? std::string("\\") + letter : std::string(1, letter);
  return result + "'";
}

std::string fishOptions(const Subcommand &subcommand) {
  std::string others;
  for (const Subcommand &other : subcommands().subspan(1))
    others += " " + std::string(other.word);
  const std::string condition = isCompile(subcommand)
                                    ? "not __fish_seen_subcommand_from" + others
                                    : "__fish_seen_subcommand_from " + std::string(subcommand.word);
  std::string text;
  for (const OptionRow *row : subcommand.spec->rows()) {
    text += "complete -c wasm2native -n " + fishQuoted(condition);
    for (const std::string &name : namesOf(*row))
      text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (row->argument && row->argument[0] != '[')
      text += takesFile(*row) ? " -r -F" : " -x";
    text += " -d " + fishQuoted(row->help) + "\n";
  }
  if (const std::string words = wordsAfter(subcommand); !words.empty())
    text += "complete -c wasm2native -f -n " + fishQuoted(condition) + " -a " + fishQuoted(words) +
            "\n";
  return text;
}

std::string fishScript() {
  std::string text = "# fish completion for wasm2native\n";
  for (const Subcommand &subcommand : subcommands())
    text += "complete -c wasm2native -n __fish_use_subcommand -a " + std::string(subcommand.word) +
            " -d " + fishQuoted(subcommand.spec->summary) + "\n";
  for (const Subcommand &subcommand : subcommands())
    text += fishOptions(subcommand);
  return text;
}

constexpr Choice<std::string (*)()> shells[] = {
    {"bash", bashScript}, {"zsh", zshScript}, {"fish", fishScript}};

} // namespace

constinit const CommandSpec completionSpec = {
    .name = "wasm2native completion",
    .usage = "[OPTION...] bash|zsh|fish",
    .summary = "Prints a script by which a shell completes command lines.",
    .options = completionRows,
    .sharedOptions = {},
    .words = "bash zsh fish",
    .examples = completionExamples};

int completionMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(completionSpec, arguments);
  if (!line)
    return usageError(completionSpec, line.error());
  if (line->has("help"))
    return printHelp(completionSpec);
  if (line->positional().size() == 1)
    for (const auto &shell : shells)
      if (line->positional()[0] == shell.text)
        return fputs(shell.value().c_str(), stdout) < 0;
  return usageError(completionSpec, "one of bash, zsh and fish is needed");
}

} // namespace w2n::tool
