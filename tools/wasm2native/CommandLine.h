// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The options of a subcommand as a table, and what the user gave of them.
#pragma once

#include <expected>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace w2n::tool {

struct OptionRow {
  const char *names;    ///< "o,output" or "emit"; the first long name is the key of `CommandLine`
  const char *argument; ///< what its value is called in the help, "[NAME]" if it may be left out;
                        ///< null for a flag
  const char *help;
  const char *group; ///< heading in the help
};

/// A command line and what it does.
struct Example {
  const char *command, *meaning;
};

struct CommandSpec {
  const char *name;  ///< "wasm2native run"
  const char *usage; ///< what follows the name: "[OPTION...] FILE"
  const char *summary;
  std::span<const OptionRow> options;
  /// Options that several subcommands have.
  std::span<const OptionRow> sharedOptions;
  /// Options of a part that has a file of its own.
  std::span<const OptionRow> furtherOptions = {};
  /// Options about what a program may use.
  std::span<const OptionRow> limitOptions = {};
  /// Options about what looks at a run.
  std::span<const OptionRow> observerOptions = {};
  /// After the options in the help: an empty line first.
  const char *epilogue = "";
  /// For completion: what may follow besides options, with spaces between; empty if it is files.
  const char *words = "";
  /// At the end of the help and of the man page.
  std::span<const Example> examples = {};

  /// All rows, in the order of help.
  std::vector<const OptionRow *> rows() const;
};

/// The key of `CommandLine` for `row`.
std::string keyOf(const OptionRow &row);

/// "-h", "--help": the names of `row` as they are typed.
std::vector<std::string> namesOf(const OptionRow &row);

class CommandLine {
public:
  /// Parses `arguments` (without the command's name). Options and positional arguments may mix.
  /// Errors: what is wrong, for usageError.
  static std::expected<CommandLine, std::string> parse(const CommandSpec &spec,
                                                       std::span<char *const> arguments);

  bool has(const std::string &option) const { return given.contains(option); }
  /// The last value given for `option`, or `fallback`.
  std::string value(const std::string &option, const std::string &fallback = "") const;
  /// All of them, in order.
  std::vector<std::string> values(const std::string &option) const;
  const std::vector<std::string> &positional() const { return rest; }

private:
  std::map<std::string, std::vector<std::string>> given;
  std::vector<std::string> rest;
};

/// The number of `arguments` before the first that is neither an option nor an option's value.
size_t countLeadingOptions(const CommandSpec &spec, std::span<char *const> arguments);

/// `commands` is printed after the usage.
std::string helpText(const CommandSpec &spec, const std::string &commands = "");

/// Prints `text` and where to find help; returns the exit status for a bad command line.
int usageError(const CommandSpec &spec, const std::string &text);

/// A word of the command line and what it means.
template <typename T> struct Choice {
  const char *text;
  T value;
};

/// The value of `option` among `choices`. Errors: for usageError, naming the choices.
template <typename T, size_t count>
std::expected<T, std::string> choose(const CommandLine &line, const std::string &option, T fallback,
                                     const Choice<T> (&choices)[count]) {
  if (!line.has(option))
    return fallback;
  std::string text = line.value(option), words;
  for (const Choice<T> &choice : choices) {
    if (text == choice.text)
      return choice.value;
    words += words.empty() ? choice.text : std::string(", ") + choice.text;
  }
  return std::unexpected((option.size() == 1 ? "-" : "--") + option + " is '" + text +
                         "', must be one of " + words);
}

} // namespace w2n::tool
