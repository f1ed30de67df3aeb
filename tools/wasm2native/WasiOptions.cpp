// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/WasiOptions.h"
#include "runtime/record/CallText.h"

#include "lib/support/Error.h"
#include "runtime/cache/Settings.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Listen.h"
#include "tools/wasm2native/ServiceOptions.h"
#include "tools/wasm2native/TreeOptions.h"
#include "tools/wasm2native/Variables.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

namespace w2n::tool {

namespace {

template <typename T> using OrText = std::expected<T, std::string>;

std::string invalid(const std::string &option, const std::string &value, const char *wanted) {
  return "--" + option + " is '" + value + "', must be " + wanted;
}

std::string cannot(const std::string &option, const std::string &value) {
  return "--" + option + ": cannot open '" + value + "': " + strerror(errno);
}

OrText<uint64_t> readNumber(const CommandLine &line, const std::string &option) {
  const std::string text = line.value(option);
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return std::unexpected(invalid(option, text, "a number"));
  return number;
}

/// Nanoseconds of "SECONDS[.FRACTION]".
OrText<uint64_t> readSeconds(const CommandLine &line, const std::string &option) {
  constexpr uint64_t nsPerSecond = 1'000'000'000;
  const std::string text = line.value(option);
  const char *end = text.data() + text.size();
  uint64_t seconds = 0, ns = 0;
  auto [rest, error] = std::from_chars(text.data(), end, seconds);
  bool good = error == std::errc() && seconds < UINT64_MAX / nsPerSecond;
  if (good && rest != end && *rest == '.') {
    std::string fraction(rest + 1, end);
    good = !fraction.empty() && fraction.size() <= 9;
    fraction.resize(9, '0');
    auto [fractionEnd, fractionError] =
        std::from_chars(fraction.data(), fraction.data() + fraction.size(), ns);
    good &= fractionError == std::errc() && fractionEnd == fraction.data() + fraction.size();
    rest = end;
  }
  if (!good || rest != end)
    return std::unexpected(
        invalid(option, text, "seconds since 1970, with at most nine digits after a point"));
  return seconds * nsPerSecond + ns;
}

bool isDirectory(const std::string &path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// Other engines divide the names by one colon (Wasmer), or have the guest's first (WasmEdge,
/// iwasm): where the host has no directory of the name, but would have one then, says what was
/// meant.
OrText<void> checkPeersForm(const wasi::Preopen &preopen, const std::string &text) {
  if (isDirectory(preopen.hostPath))
    return {};
  const char *divider = text.find("::") == text.npos ? ":" : "::";
  const size_t at = text.find(divider);
  if (at == text.npos)
    return {};
  std::string host = text.substr(0, at), guest = text.substr(at + strlen(divider));
  if (!isDirectory(host))
    std::swap(host, guest);
  if (!isDirectory(host) || guest.empty())
    return {};
  return std::unexpected("--dir is '" + text + "', and there is no directory '" + preopen.hostPath +
                         "'; the host's name comes first: --dir " + host + "::" + guest);
}

/// HOST[::GUEST][:ro]. A host's name that ends in ":ro" can be given with a slash after it.
OrText<wasi::Preopen> parsePreopen(std::string text) {
  const std::string given = text;
  wasi::Preopen preopen;
  if (text.ends_with(":ro")) {
    preopen.readOnly = true;
    text.resize(text.size() - strlen(":ro"));
  }
  const size_t colons = text.find("::");
  preopen.hostPath = text.substr(0, colons);
  preopen.guestPath = colons == std::string::npos ? text : text.substr(colons + strlen("::"));
  if (preopen.hostPath.empty() || preopen.guestPath.empty())
    return std::unexpected(invalid("dir", text, "HOST[::GUEST][:ro]"));
  W2N_CHECK(checkPeersForm(preopen, given));
  return preopen;
}

/// The source nearer to the command line wins: the command's own variables, files, single ones.
OrText<std::vector<std::string>> readEnvironment(const CommandLine &line) {
  std::vector<std::string> variables;
  if (line.has("inherit-env"))
    for (char **variable = environ; *variable; ++variable)
      if (isVariable(*variable))
        setVariable(variables, *variable);
  for (const std::string &file : line.values("env-file"))
    W2N_CHECK(addFileOfVariables(variables, "env-file", file));
  for (const std::string &text : line.values("env")) {
    if (text.empty() || text.starts_with('='))
      return std::unexpected(invalid("env", text, "KEY=VALUE or KEY"));
    if (isVariable(text))
      setVariable(variables, text);
    // As docker does: a variable that the command lacks stays unset.
    else if (const char *value = getenv(text.c_str()))
      setVariable(variables, text + "=" + value);
  }
  return variables;
}

/// Opens the file of a standard stream; `inherited` if the option is not there.
OrText<int> openStream(const CommandLine &line, const std::string &option, int inherited,
                       int flags) {
  if (!line.has(option))
    return inherited;
  const std::string file = line.value(option);
  const int host = open(file.c_str(), flags | O_CLOEXEC | O_NOCTTY, 0666);
  if (host < 0)
    return std::unexpected(cannot(option, file));
  return host;
}

OrText<wasi::ClockOptions> readClocks(const CommandLine &line) {
  if (line.has("no-clock") && line.has("frozen-time"))
    return std::unexpected("--no-clock and --frozen-time exclude each other");
  if (line.has("no-clock"))
    return wasi::ClockOptions{wasi::ClockMode::None};
  if (!line.has("frozen-time"))
    return wasi::ClockOptions{};
  W2N_TRY(ns, readSeconds(line, "frozen-time"));
  return wasi::ClockOptions{wasi::ClockMode::Frozen, ns};
}

OrText<void> readLimits(const CommandLine &line, wasi::WasiOptions &options) {
  if (line.has("seed")) {
    W2N_TRY(seed, readNumber(line, "seed"));
    options.seed = seed;
  }
  if (line.has("chaos")) {
    W2N_TRY(seed, readNumber(line, "chaos"));
    options.chaosSeed = seed;
  }
  if (line.has("fs-quota")) {
    const std::string text = line.value("fs-quota");
    const Result<uint64_t> bytes = text == "0" ? 0 : cache::parseSize(text, "--fs-quota");
    if (!bytes)
      return std::unexpected(bytes.error().text);
    options.quotaBytes = *bytes;
  }
  if (line.has("max-open-files")) {
    W2N_TRY(count, readNumber(line, "max-open-files"));
    options.maxOpenFiles = uint32_t(std::min<uint64_t>(count, options.maxOpenFiles));
  }
  return {};
}

std::expected<std::vector<wasi::NetworkRule>, std::string>
readRules(const CommandLine &line, const char *option,
          Result<wasi::NetworkRule> parse(std::string_view)) {
  std::vector<wasi::NetworkRule> rules;
  for (const std::string &text : line.values(option)) {
    auto rule = parse(text);
    if (!rule)
      return std::unexpected(std::string("--") + option + ": " + rule.error().text);
    rules.push_back(std::move(*rule));
  }
  return rules;
}

std::expected<wasi::NetworkOptions, std::string> readNetwork(const CommandLine &line) {
  W2N_TRY(connect, readRules(line, "allow-net", wasi::parseNetworkRule));
  W2N_TRY(listen, readRules(line, "allow-listen", wasi::parseListenRule));
  return wasi::NetworkOptions{std::move(connect), std::move(listen), line.has("allow-dns")};
}

OrText<wasi::TraceSink> readTrace(const CommandLine &line) {
  constexpr Choice<bool> formats[] = {{"", false}, {"text", false}, {"json", true}};
  W2N_TRY(isJson, choose(line, "trace", false, formats));
  const bool isPrinted = line.has("trace") && !isJson;
  // Observers of the calls themselves have the texts, too.
  const bool isNoted = isJson || line.has("plugin");
  if (!isPrinted && !isNoted)
    return wasi::TraceSink();
  return [isPrinted, isNoted](std::string_view text) {
    if (isPrinted)
      writeLine(STDERR_FILENO, text);
    if (isNoted)
      record::noteCallText(text);
  };
}

} // namespace

std::expected<wasi::WasiOptions, std::string> readWasiOptions(const CommandLine &line,
                                                              bool isResumed) {
  const int writes = O_WRONLY | O_CREAT | (isResumed ? 0 : O_TRUNC);
  wasi::WasiOptions options;
  for (const std::string &text : line.values("dir")) {
    W2N_TRY(preopen, parsePreopen(text));
    W2N_TRY(opened, withArchive(std::move(preopen)));
    options.preopens.push_back(std::move(opened));
  }
  W2N_TRY(trees, readTreeOptions(line));
  options.preopens.insert(options.preopens.end(), trees.begin(), trees.end());
  if (!isResumed) {
    W2N_TRY(environment, readEnvironment(line));
    options.environment = environment;
    W2N_CHECK(readServiceOptions(line, options));
  }
  W2N_TRY(clocks, readClocks(line));
  options.clocks = clocks;
  W2N_CHECK(readLimits(line, options));
  W2N_TRY(input, openStream(line, "stdin", STDIN_FILENO, O_RDONLY));
  W2N_TRY(output, openStream(line, "stdout", STDOUT_FILENO, writes));
  W2N_TRY(error, openStream(line, "stderr", STDERR_FILENO, writes));
  options.standardInput = input;
  options.standardOutput = output;
  options.standardError = error;
  for (const std::string &address : line.values("listen")) {
    W2N_TRY(socket, listenAt(address));
    options.listeners.push_back(socket);
  }
  W2N_TRY(network, readNetwork(line));
  options.network = std::move(network);
  W2N_TRY(httpHosts, readRules(line, "allow-http", wasi::parseNetworkRule));
  options.httpHosts = std::move(httpHosts);
  // "wasm2native run yes.so | head" ends as "yes | head" does.
  options.raiseBrokenPipe = true;
  options.rawTerminal = line.has("raw-terminal");
  W2N_TRY(trace, readTrace(line));
  options.trace = std::move(trace);
  return options;
}

} // namespace w2n::tool
