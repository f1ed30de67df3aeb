// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// cxxopts reports a bad command line by throwing; this is the one file that is built with
// exceptions, and none leaves it.
#include "tools/wasm2native/CommandLine.h"

#include "tools/wasm2native/Diagnostics.h"

#include <cstdio>
#include <cstring>

// No regular expressions (milliseconds to construct), and option values may contain commas.
#define CXXOPTS_NO_REGEX
#define CXXOPTS_NO_RTTI
#define CXXOPTS_VECTOR_DELIMITER '\0'
#include <cxxopts.hpp>

namespace w2n::tool {

namespace {

void addOptions(cxxopts::Options &options, std::vector<std::string> &groups,
                std::span<const OptionRow> rows) {
  for (const OptionRow &row : rows) {
    if (std::find(groups.begin(), groups.end(), row.group) == groups.end())
      groups.push_back(row.group);
    auto value = row.argument ? std::shared_ptr<cxxopts::Value>(cxxopts::value<std::string>())
                              : cxxopts::value<bool>();
    if (row.argument && row.argument[0] == '[')
      value->implicit_value("");
    options.add_options(row.group)(row.names, row.help, value, row.argument ? row.argument : "");
  }
}

cxxopts::Options makeOptions(const CommandSpec &spec, std::vector<std::string> &groups) {
  cxxopts::Options options(spec.name, spec.summary);
  options.custom_help(spec.usage);
  options.set_width(100);
  addOptions(options, groups, spec.options);
  addOptions(options, groups, spec.sharedOptions);
  addOptions(options, groups, spec.furtherOptions);
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
  for (auto rows : {spec.options, spec.sharedOptions, spec.furtherOptions})
    for (const OptionRow &row : rows)
      for (std::string_view names = row.names; !names.empty();) {
        size_t comma = std::min(names.find(','), names.size());
        if (names.substr(0, comma) == name)
          return &row;
        names.remove_prefix(std::min(comma + 1, names.size()));
      }
  return nullptr;
}

} // namespace

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
    // "--name=value", "-O3" and flags are one argument; "--name value" and "-O 3" are two.
    std::string_view name = argument.substr(argument.starts_with("--") ? 2 : 1);
    const OptionRow *row = findRow(spec, name);
    if (row && row->argument)
      ++count;
  }
  return std::min(count, arguments.size());
}

std::string helpText(const CommandSpec &spec) {
  std::vector<std::string> groups;
  return makeOptions(spec, groups).help(groups) + spec.epilogue;
}

int usageError(const CommandSpec &spec, const std::string &text) {
  fprintf(stderr, "wasm2native: error: %s\nTry '%s --help'.\n", printable(text, "\n").c_str(),
          spec.name);
  return 2;
}

} // namespace w2n::tool
