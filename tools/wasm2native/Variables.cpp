// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Variables.h"

#include "lib/support/File.h"

namespace w2n::tool {

bool isVariable(const std::string &text) {
  return text.find('=') != std::string::npos && !text.starts_with('=');
}

void setVariable(std::vector<std::string> &variables, const std::string &text) {
  const std::string key = text.substr(0, text.find('=') + 1);
  for (std::string &variable : variables)
    if (variable.starts_with(key)) {
      variable = text;
      return;
    }
  variables.push_back(text);
}

std::expected<void, std::string> addFileOfVariables(std::vector<std::string> &variables,
                                                    const char *option, const std::string &file) {
  auto bytes = readRegularFile(file);
  if (!bytes)
    return std::unexpected("--" + std::string(option) + ": " + bytes.error().text);
  std::string_view text(reinterpret_cast<const char *>(bytes->data()), bytes->size());
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string entry(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (entry.ends_with('\r'))
      entry.pop_back();
    if (entry.empty() || entry.starts_with('#'))
      continue;
    if (!isVariable(entry) || entry.find('\0') != std::string::npos)
      return std::unexpected("--" + std::string(option) + ": line " + std::to_string(number) +
                             " of '" + file + "' must be KEY=VALUE");
    setVariable(variables, entry);
  }
  return {};
}

} // namespace w2n::tool
