// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/ServeOptions.h"

#include "lib/support/ControlGroup.h"
#include "lib/support/Error.h"
#include "runtime/cache/Settings.h"
#include "tools/wasm2native/Duration.h"
#include "tools/wasm2native/WasiOptions.h"

#include <charconv>

namespace w2n::tool {

namespace {

template <typename T> using OrText = std::expected<T, std::string>;

OrText<void> readSize(const CommandLine &line, const char *option, uint64_t &value) {
  if (!line.has(option))
    return {};
  auto bytes = cache::parseSize(line.value(option), ("--" + std::string(option)).c_str());
  if (!bytes)
    return std::unexpected(bytes.error().text);
  value = *bytes;
  return {};
}

OrText<void> readCount(const CommandLine &line, const char *option, uint32_t least,
                       uint32_t &value) {
  if (!line.has(option))
    return {};
  const std::string text = line.value(option);
  const char *textEnd = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), textEnd, value);
  if (error != std::errc() || end != textEnd || value < least)
    return std::unexpected("--" + std::string(option) + " is '" + text + "', must be a number" +
                           (least ? " from " + std::to_string(least) + " on" : ""));
  return {};
}

OrText<void> readTime(const CommandLine &line, const char *option,
                      std::chrono::nanoseconds &value) {
  if (!line.has(option))
    return {};
  const auto time = parseDuration(line.value(option));
  if (!time)
    return std::unexpected("--" + std::string(option) + " is " + time.error());
  value = *time;
  return {};
}

OrText<RouteFile> parseRoute(const std::string &text) {
  const size_t equals = text.find('=');
  if (!text.starts_with('/') || equals == text.npos || equals + 1 == text.size())
    return std::unexpected("--route is '" + text + "', must be /PATH=FILE");
  std::string path = text.substr(0, equals);
  while (path.ends_with('/'))
    path.pop_back();
  return RouteFile{path, text.substr(equals + 1)};
}

OrText<void> readRoutes(const CommandLine &line, ServeRequest &request) {
  for (const std::string &text : line.values("route")) {
    W2N_TRY(route, parseRoute(text));
    request.routes.push_back(route);
  }
  if (line.positional().size() > 1)
    return std::unexpected("one FILE is served at /; others need --route /PATH=FILE");
  if (!line.positional().empty())
    request.routes.push_back({"", line.positional()[0]});
  if (request.routes.empty())
    return std::unexpected("no input file");
  for (size_t i = 0; i < request.routes.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (request.routes[i].path == request.routes[j].path)
        return std::unexpected("two files for the path '" + request.routes[i].path + "/'");
  return {};
}

/// Reads the options of TLS, and where to listen.
OrText<void> readAddresses(const CommandLine &line, ServeRequest &request) {
  using Use = serve::Listener::Use;
  for (const auto &[option, file] : {std::pair("certificate", &request.tls.certificateFile),
                                     std::pair("key", &request.tls.keyFile)})
    if (line.has(option) && (*file = line.value(option)).empty())
      return std::unexpected("--" + std::string(option) + " names no file");
  if (request.tls.certificateFile.empty() != request.tls.keyFile.empty())
    return std::unexpected("--certificate and --key are given together");
  constexpr std::pair<std::string_view, Use> schemes[] = {{"http://", Use::Plain},
                                                          {"https://", Use::Tls}};
  for (const std::string &text : line.values("addr")) {
    ServeAddress address = {text, request.defaultUse()};
    for (const auto &[scheme, use] : schemes)
      if (text.starts_with(scheme))
        address = {text.substr(scheme.size()), use};
    if (address.use == Use::Tls && request.tls.keyFile.empty())
      return std::unexpected("--addr is '" + text + "', needs --certificate and --key");
    request.addresses.push_back(std::move(address));
  }
  request.adminAddresses = line.values("admin-addr");
  return {};
}

OrText<void> readLimits(const CommandLine &line, ServeRequest &request) {
  serve::ServerOptions &server = request.server;
  runtime::InstanceLimits &limits = request.application.instance.limits;
  uint64_t maxHeadBytes = server.limits.maxHeadBytes;
  const std::pair<const char *, uint64_t &> sizes[] = {
      {"max-memory", limits.maxMemoryBytes},
      {"max-table-elements", limits.maxTableElements},
      {"max-heap", limits.maxHeapBytes},
      {"max-stack", limits.maxStackBytes},
      {"max-host-memory", limits.maxHostBytes},
      {"max-body", server.limits.maxBodyBytes},
      {"max-header", maxHeadBytes}};
  for (const auto &[option, value] : sizes)
    W2N_CHECK(readSize(line, option, value));
  constexpr uint64_t greatestHeadBytes = 1 << 20;
  if (maxHeadBytes > greatestHeadBytes)
    return std::unexpected("--max-header is " + std::to_string(maxHeadBytes) + ", most is 1M");
  server.limits.maxHeadBytes = uint32_t(maxHeadBytes);
  const std::tuple<const char *, uint32_t, uint32_t &> counts[] = {
      {"threads", 1, server.threads},
      {"max-instances", 1, server.maxInstances},
      {"max-queue", 0, server.maxWaiting},
      {"max-connections", 1, server.maxConnections},
      {"max-streams", 1, server.maxStreams}};
  for (const auto &[option, least, value] : counts)
    W2N_CHECK(readCount(line, option, least, value));
  const std::pair<const char *, std::chrono::nanoseconds &> times[] = {
      {"timeout", server.requestTimeout},
      {"idle-timeout", server.idleTimeout},
      {"header-timeout", server.headTimeout},
      {"send-timeout", server.sendTimeout},
      {"drain-timeout", request.drainTimeout}};
  for (const auto &[option, value] : times)
    W2N_CHECK(readTime(line, option, value));
  if (line.has("fuel")) {
    uint32_t fuel = 0;
    W2N_CHECK(readCount(line, "fuel", 0, fuel));
    request.application.instance.fuel = fuel;
    request.compile.meter = W2N_METER_FUEL;
  }
  return {};
}

} // namespace

std::expected<ServeRequest, std::string> readServeRequest(const CommandLine &line) {
  constexpr Choice<LogFormat> formats[] = {
      {"text", LogFormat::Text}, {"json", LogFormat::Json}, {"none", LogFormat::None}};
  ServeRequest request;
  W2N_CHECK(readRoutes(line, request));
  W2N_TRY(compile, readCodegenOptions(line));
  request.compile = compile;
  W2N_TRY(cache, readCacheOptions(line));
  request.cache = std::move(cache);
  W2N_CHECK(readAddresses(line, request));
  request.server.threads = usableProcessors();
  W2N_CHECK(readLimits(line, request));
  W2N_TRY(log, choose(line, "log", LogFormat::Text, formats));
  request.log = log;
  W2N_TRY(wasi, readWasiOptions(line));
  request.application.wasi = std::move(wasi);
  // Standard streams of guests are the server's to decide on.
  request.application.wasi.standardInput = -1;
  request.application.wasi.raiseBrokenPipe = false;
  return request;
}

} // namespace w2n::tool
