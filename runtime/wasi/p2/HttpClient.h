// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Requests that guests make: to the hosts that rules allow, by HTTP/1.1, with TLS and without.
#pragma once

#include "runtime/http/Codec.h"
#include "runtime/http/Tls.h"
#include "runtime/wasi/Network.h"
#include "runtime/wasi/p2/Http.h"

#include <algorithm>
#include <mutex>

namespace w2n::wasi::p2 {

class HttpClient {
public:
  struct Options {
    /// To where requests may go.
    std::vector<NetworkRule> hosts;
    /// The limits of responses.
    http::ParserLimits limits = {.maxHeadBytes = 64 << 10, .maxBodyBytes = UINT64_MAX};
    /// At a time, of all guests that share the client.
    uint32_t maxConnections = 1024;
  };

  /// Opens the library of HTTP. Errors: Unsupported.
  static Result<std::shared_ptr<HttpClient>> create(Options options);

  /// Begins an exchange, which goes on when its response is waited for. Threads: any.
  std::expected<std::shared_ptr<HttpExchange>, http::Failure>
  start(State &state, OutgoingRequest &request, const RequestOptions *options);

  /// Certificates and rules of connections with TLS, made when they are used; null without TLS.
  const http::TlsContext *tls();

  const http::Codec &codec;
  const http::ParserLimits limits;
  const NetworkPolicy policy;
  const std::shared_ptr<OpenFiles> connections;

private:
  std::once_flag madeTls;
  std::shared_ptr<const http::TlsContext> tlsContext;

  /// Names tell servers of names something, so only those are looked up that a rule has.
  static bool allowsAll(const std::vector<NetworkRule> &hosts) {
    return std::ranges::any_of(
        hosts, [](const NetworkRule &rule) { return rule.name.empty() && !rule.address; });
  }
  HttpClient(const http::Codec &codec, Options options)
      : codec(codec), limits(options.limits),
        policy({.connect = options.hosts, .listen = {}, .lookUp = allowsAll(options.hosts)}),
        connections(std::make_shared<OpenFiles>(options.maxConnections)) {}
};

} // namespace w2n::wasi::p2
