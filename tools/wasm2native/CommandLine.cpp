// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// cxxopts reports a bad command line by throwing; this is the one file that is built with
// exceptions, and none leaves it.
#include "tools/wasm2native/CommandLine.h"

#include "lib/support/Similar.h"
#include "tools/wasm2native/Diagnostics.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

// No regular expressions (milliseconds to construct), and option values may contain commas.
#define CXXOPTS_NO_REGEX
#define CXXOPTS_NO_RTTI
#define CXXOPTS_VECTOR_DELIMITER '\0'
#include <cxxopts.hpp>

namespace w2n::tool {

namespace {

/// Without hyphens: "h", "help".
std::vector<std::string_view> plainNames(const OptionRow &row) {
  std::vector<std::string_view> list;
  for (std::string_view names = row.names; !names.empty();) {
    const size_t comma = std::min(names.find(','), names.size());
    list.push_back(names.substr(0, comma));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return list;
}

/// As cxxopts wants them, which takes the first long name for the option's own only if no short one
/// is before it.
std::string longNamesFirst(const OptionRow &row) {
  std::string longNames, shortName;
  for (std::string_view name : plainNames(row))
    (name.size() > 1 ? longNames : shortName) += "," + std::string(name);
  return (longNames + shortName).substr(1);
}

void addOptions(cxxopts::Options &options, std::vector<std::string> &groups,
                std::span<const OptionRow> rows) {
  for (const OptionRow &row : rows) {
    if (std::find(groups.begin(), groups.end(), row.group) == groups.end())
      groups.push_back(row.group);
    auto value = row.argument ? std::shared_ptr<cxxopts::Value>(cxxopts::value<std::string>())
                              : cxxopts::value<bool>();
    if (row.argument && row.argument[0] == '[')
      value->implicit_value("");
    options.add_options(row.group)(longNamesFirst(row), row.help, value,
                                   row.argument ? row.argument : "");
  }
}

cxxopts::Options makeOptions(const CommandSpec &spec, std::vector<std::string> &groups,
                             const std::string &commands = "") {
  cxxopts::Options options(spec.name, spec.summary);
  options.custom_help(spec.usage + commands);
  options.set_width(100);
  addOptions(options, groups, spec.options);
  addOptions(options, groups, spec.sharedOptions);
  addOptions(options, groups, spec.furtherOptions);
  addOptions(options, groups, spec.limitOptions);
  addOptions(options, groups, spec.observerOptions);
  return options;
}

/// cxxopts' sentences in the form of ours: lower case, plain quotes.
std::string restyle(std::string text) {
  for (const char *quote : {"‘", "’"})
    for (size_t at; (at = text.find(quote)) != std::string::npos;)
      text.replace(at, std::strlen(quote), "'");
  if (!text.empty())
    text[0] = char(std::tolower(text[0]));
  return text;
}

const OptionRow *findRow(const CommandSpec &spec, std::string_view name) {
  for (const OptionRow *row : spec.rows())
    for (std::string_view each : plainNames(*row))
      if (each == name)
        return row;
  return nullptr;
}

struct PeerOption {
  std::string_view name, advice;
};

constexpr PeerOption peerOptions[] = {
#define W2N_PEER_OPTION(name, advice) {name, advice},
#include "tools/wasm2native/PeerOptions.def"
};

/// Advice about the option `name`, which does not exist, as the end of a message.
std::string adviceForOption(const CommandSpec &spec, std::string_view name) {
  for (const PeerOption &peer : peerOptions)
    if (peer.name == name)
      return "; " + std::string(peer.advice);
  std::vector<std::string_view> names;
  for (const OptionRow *row : spec.rows())
    for (std::string_view each : plainNames(*row))
      if (each.size() > 1)
        names.push_back(each);
  const std::string_view similar = closestWord(name, names);
  return similar.empty() ? "" : ", did you mean '--" + std::string(similar) + "'?";
}

/// The text between the first quotes.
std::string_view quotedIn(std::string_view text) {
  const size_t begin = text.find('\''), end = text.rfind('\'');
  return begin == text.npos || begin == end ? "" : text.substr(begin + 1, end - begin - 1);
}

} // namespace

std::vector<const OptionRow *> CommandSpec::rows() const {
  std::vector<const OptionRow *> list;
  for (auto rows : {options, sharedOptions, furtherOptions, limitOptions, observerOptions})
    for (const OptionRow &row : rows)
      list.push_back(&row);
  return list;
}

std::string keyOf(const OptionRow &row) {
  const auto names = plainNames(row);
  for (std::string_view name : names)
    if (name.size() > 1)
      return std::string(name);
  return std::string(names.front());
}

std::vector<std::string> namesOf(const OptionRow &row) {
  std::vector<std::string> list;
  for (std::string_view name : plainNames(row))
    list.push_back((name.size() > 1 ? "--" : "-") + std::string(name));
  return list;
}

std::expected<CommandLine, std::string> CommandLine::parse(const CommandSpec &spec,
                                                           std::span<char *const> arguments) {
  CommandLine line;
  std::vector<const char *> argv = {spec.name};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  try {
    std::vector<std::string> groups;
    cxxopts::Options options = makeOptions(spec, groups);
    cxxopts::ParseResult result = options.parse(int(argv.size()), argv.data());
    for (const cxxopts::KeyValue &argument : result.arguments())
      line.given[argument.key()].push_back(argument.value());
    line.rest = result.unmatched();
  } catch (const cxxopts::exceptions::no_such_option &error) {
    const std::string text = restyle(error.what());
    return std::unexpected(text + adviceForOption(spec, quotedIn(text)));
  } catch (const cxxopts::exceptions::exception &error) {
    return std::unexpected(restyle(error.what()));
  }
  return line;
}

std::string CommandLine::value(const std::string &option, const std::string &fallback) const {
  auto found = given.find(option);
  return found == given.end() ? fallback : found->second.back();
}

std::vector<std::string> CommandLine::values(const std::string &option) const {
  auto found = given.find(option);
  return found == given.end() ? std::vector<std::string>() : found->second;
}

size_t countLeadingOptions(const CommandSpec &spec, std::span<char *const> arguments) {
  size_t count = 0;
  while (count < arguments.size()) {
    std::string_view argument = arguments[count];
    if (!argument.starts_with('-') || argument == "-")
      break;
    ++count;
    if (argument == "--")
      break;
    // "--name=value", "-O3", flags and what may be without a value are one argument; "--name value"
    // and "-O 3" are two.
    std::string_view name = argument.substr(argument.starts_with("--") ? 2 : 1);
    const OptionRow *row = findRow(spec, name);
    if (row && row->argument && row->argument[0] != '[')
      ++count;
  }
  return std::min(count, arguments.size());
}

std::string helpText(const CommandSpec &spec, const std::string &commands) {
  std::vector<std::string> groups;
  std::string text = makeOptions(spec, groups, commands).help(groups) + spec.epilogue;
  if (!spec.examples.empty())
    text += "\nExamples:\n";
  size_t columns = 0;
  for (const Example &example : spec.examples)
    columns = std::max(columns, std::strlen(example.command));
  for (const Example &example : spec.examples) {
    std::string command = example.command;
    command.resize(columns, ' ');
    text += "  " + command + "  # " + example.meaning + "\n";
  }
  return text;
}

int usageError(const CommandSpec &spec, const std::string &text) {
  fprintf(stderr, "wasm2native: error: %s\nTry '%s --help'.\n", printable(text, "\n").c_str(),
          spec.name);
  return 2;
}

} // namespace w2n::tool
