#include "tools/wasm2native/SandboxOptions.h"

namespace w2n::tool {

namespace {

wasi::Preopen parsePreopen(const std::string &text, bool readOnly) {
  size_t colons = text.find("::");
  if (colons == std::string::npos)
    return {text, text, readOnly};
  return {text.substr(0, colons), text.substr(colons + 2), readOnly};
}

} // namespace

std::expected<wasi::WasiOptions, std::string> readSandboxOptions(const CommandLine &line) {
  wasi::WasiOptions options;
  for (const std::string &text : line.values("dir"))
    options.preopens.push_back(parsePreopen(text, /*readOnly=*/false));
  for (const std::string &text : line.values("read-only-dir"))
    options.preopens.push_back(parsePreopen(text, /*readOnly=*/true));
  options.environment = line.values("env");
  for (const std::string &text : options.environment)
    if (text.find('=') == std::string::npos || text.starts_with('='))
      return std::unexpected("--env is '" + text + "', must be KEY=VALUE");
  return options;
}

} // namespace w2n::tool
