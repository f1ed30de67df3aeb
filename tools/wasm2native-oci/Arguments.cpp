// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-oci/Arguments.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace w2n::oci {

namespace {

/// Options before the command that take a value as a word of its own: of runc, crun, youki, ours.
constexpr std::string_view globalOptions[] = {
    "--runtime",    "--root",      "-r",     "--log",      "-l",
    "--log-format", "--log-level", "--criu", "--rootless", "--cgroup-manager"};
/// The same of `create` and `run`.
constexpr std::string_view createOptions[] = {
    "--bundle", "-b", "--console-socket", "--pid-file", "--preserve-fds",
    "--config", "-f", "--pidfd-socket"};

bool isOneOf(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

/// Goes from option to option.
class Words {
public:
  explicit Words(std::span<char *const> words) : words(words) {}

  /// The next option, and its value if it is among `withValues` or has one after '='. Nullopt at
  /// the first word that is none.
  struct Option {
    std::string_view name, value;
    size_t count; ///< words that it has
  };
  std::optional<Option> next(std::span<const std::string_view> withValues) {
    if (words.empty() || words[0][0] != '-')
      return std::nullopt;
    const std::string_view word = words[0];
    const size_t equals = word.find('=');
    Option option = {word.substr(0, equals), "", 1};
    if (equals != word.npos)
      option.value = word.substr(equals + 1);
    else if (isOneOf(word, withValues) && words.size() > 1)
      option = {word, words[1], 2};
    taken = words.first(option.count);
    words = words.subspan(option.count);
    return option;
  }
  std::span<char *const> lastWords() const { return taken; }
  std::span<char *const> rest() const { return words; }

private:
  std::span<char *const> words, taken;
};

} // namespace

Arguments readArguments(std::span<char *const> given) {
  Arguments arguments;
  Words words(given);
  while (const auto option = words.next(globalOptions)) {
    if (option->name == "--runtime") {
      arguments.runtime = option->value;
      continue;
    }
    if (option->name == "--log" || option->name == "-l")
      arguments.log = option->value;
    arguments.wantsHelp |= option->name == "--help" || option->name == "-h";
    if (option->name == "--log-format")
      arguments.isLogJson = option->value == "json";
    arguments.passed.insert(arguments.passed.end(), words.lastWords().begin(),
                            words.lastWords().end());
  }
  const auto rest = words.rest();
  arguments.passed.insert(arguments.passed.end(), rest.begin(), rest.end());
  const std::string_view command = rest.empty() ? "" : rest[0];
  arguments.makesContainer = command == "create" || command == "run";
  if (!arguments.makesContainer)
    return arguments;
  // The container's name may be before options, too.
  for (Words options(rest.subspan(1)); !options.rest().empty();) {
    const auto option = options.next(createOptions);
    if (option && (option->name == "--bundle" || option->name == "-b"))
      arguments.bundle = option->value;
    if (!option)
      options = Words(options.rest().subspan(1));
  }
  return arguments;
}

} // namespace w2n::oci
