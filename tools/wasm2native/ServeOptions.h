// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The options of `serve`, understood.
#pragma once

#include "runtime/serve/Server.h"
#include "runtime/wasi/p2/HttpClient.h"
#include "tools/wasm2native/CacheOptions.h"
#include "tools/wasm2native/CodegenOptions.h"
#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

enum class LogFormat : uint8_t { None, Text, Json };

struct RouteFile {
  std::string path, file;
};

struct ServeAddress {
  std::string text; ///< HOST:PORT or unix:PATH
  serve::Listener::Use use = serve::Listener::Use::Plain;
};

struct ServeRequest {
  /// How addresses are used that do not say it.
  serve::Listener::Use defaultUse() const {
    return tls.keyFile.empty() ? serve::Listener::Use::Plain : serve::Listener::Use::Tls;
  }

  std::vector<RouteFile> routes;
  /// None: what systemd has given, or the default.
  std::vector<ServeAddress> addresses;
  std::vector<std::string> adminAddresses;
  /// Empty without TLS.
  http::TlsServerOptions tls;
  serve::ServerOptions server;
  serve::ApplicationOptions application;
  w2n_compile_options compile;
  CacheChoice cache;
  LogFormat log = LogFormat::Text;
  std::chrono::nanoseconds drainTimeout = std::chrono::seconds(30);
};

/// Errors: for usageError.
std::expected<ServeRequest, std::string> readServeRequest(const CommandLine &line);

} // namespace w2n::tool
