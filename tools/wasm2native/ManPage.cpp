// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/ManPage.h"

#include <algorithm>
#include <cctype>

namespace w2n::tool {

namespace {

/// `text` as it is: hyphens that can be copied, no line that begins with a request (groff(7)).
std::string literal(std::string_view text) {
  std::string result;
  for (char letter : text) {
    const bool beginsLine = result.empty() || result.ends_with('\n');
    if (beginsLine && (letter == '.' || letter == '\''))
      result += "\\&";
    if (letter == '\\')
      result += "\\e";
    else if (letter == '-')
      result += "\\-";
    else
      result += letter;
  }
  return result;
}

std::string bold(std::string_view text) { return "\\fB" + literal(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + literal(text) + "\\fR"; }

std::string pageName(const Subcommand &subcommand) {
  const bool isWhole = &subcommand == &subcommands().front();
  return "wasm2native" + (isWhole ? "" : "-" + std::string(subcommand.word));
}

std::string upperCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return char(std::toupper(letter)); });
  return text;
}

std::string optionEntry(const OptionRow &row) {
  std::string text = ".TP\n", separator;
  for (const std::string &name : namesOf(row)) {
    text += separator + bold(name);
    separator = ", ";
  }
  // An optional argument follows an equals sign: "--preinit[=EXPORT]".
  if (row.argument && row.argument[0] == '[')
    text += "[=" + italic(std::string_view(row.argument).substr(1));
  else if (row.argument)
    text += " " + italic(row.argument);
  return text + "\n" + literal(row.help) + "\n";
}

/// In groups, which come in the order of their first options.
std::string optionsSection(const CommandSpec &spec) {
  std::vector<std::string_view> groups;
  const auto rows = spec.rows();
  for (const OptionRow *row : rows)
    if (std::find(groups.begin(), groups.end(), row->group) == groups.end())
      groups.push_back(row->group);
  std::string text = ".SH OPTIONS\n";
  for (std::string_view group : groups) {
    text += ".SS " + literal(group) + "\n";
    for (const OptionRow *row : rows)
      if (row->group == group)
        text += optionEntry(*row);
  }
  return text;
}

std::string commandsSection() {
  std::string text = ".SH COMMANDS\n";
  for (const Subcommand &subcommand : subcommands().subspan(1))
    text += ".TP\n" + bold(subcommand.word) + "\n" + literal(subcommand.spec->summary) + "\n";
  return text;
}

std::string examplesSection(const CommandSpec &spec) {
  std::string text = spec.examples.empty() ? "" : ".SH EXAMPLES\n";
  for (const Example &example : spec.examples)
    text += ".TP\n" + bold(example.command) + "\n" + literal(example.meaning) + "\n";
  return text;
}

std::string seeAlsoSection(const Subcommand &subcommand) {
  std::string text, separator;
  for (const Subcommand &other : subcommands()) {
    if (&other == &subcommand)
      continue;
    text += separator + bold(pageName(other)) + "(1)";
    separator = ", ";
  }
  return ".SH SEE ALSO\n" + text + "\n";
}

} // namespace

std::string manPage(const Subcommand &subcommand) {
  const CommandSpec &spec = *subcommand.spec;
  const std::string name = pageName(subcommand);
  std::string text =
      ".TH " + literal(upperCase(name)) + " 1 \"\" \"wasm2native " W2N_VERSION "\"\n";
  text += ".SH NAME\n" + literal(name) + " \\- " + literal(spec.summary) + "\n";
  text += ".SH SYNOPSIS\n.nf\n" + bold(spec.name) + " " + literal(spec.usage) + "\n.fi\n";
  if (&subcommand == &subcommands().front())
    text += commandsSection();
  text += optionsSection(spec);
  if (*spec.epilogue)
    text += ".SH NOTES\n.nf\n" + literal(std::string_view(spec.epilogue).substr(1)) + ".fi\n";
  return text + examplesSection(spec) + seeAlsoSection(subcommand);
}

} // namespace w2n::tool
