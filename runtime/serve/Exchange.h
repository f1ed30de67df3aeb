// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// One request and its answer, as applications see them.
#pragma once

#include "runtime/http/Wire.h"
#include "runtime/wasi/p2/Http.h"

namespace w2n::serve {

/// The ends of the connection that a request came by.
struct Peer {
  std::string remoteAddress, localAddress, localPort;
};

class Exchange final : public wasi::p2::HttpResponder {
public:
  Exchange(http::Wire &wire, http::RequestHead head, std::shared_ptr<http::WireReader> body,
           const Peer &peer, std::string routePath)
      : head(std::move(head)), body(std::move(body)), peer(peer), routePath(std::move(routePath)),
        wire(wire) {}

  std::shared_ptr<http::BodyWriter> respond(http::ResponseHead response,
                                            std::optional<uint64_t> length) override;
  void respondWith(http::Failure failure) override;
  /// An answer of the server's own, if there is none yet: a line of text.
  void respondWith(unsigned status, std::string_view text);

  /// The status that was sent; 0 before that.
  unsigned status() const { return sentStatus; }
  /// Whether the answer is there, and its end: if not, the connection has to end.
  bool isComplete() const { return writer && writer->isComplete(); }
  uint64_t bodyBytes() const { return writer ? writer->bodyBytes : 0; }
  /// Whether the connection can go on after the answer.
  bool closesConnection() const {
    return closes || (writer && writer->framingUsed() == http::Framing::UntilClose);
  }

  const http::RequestHead head;
  const std::shared_ptr<http::WireReader> body;
  const Peer &peer;
  /// The route's path, which the request's begins with; "" for all.
  const std::string routePath;
  /// Says "connection: close" in the answer.
  bool closes = false;

private:
  http::Wire &wire;
  unsigned sentStatus = 0;
  std::shared_ptr<http::WireWriter> writer;
};

/// "Not Found"; "" if there is no text for it.
std::string_view reasonOf(unsigned status);
/// The status that says it.
unsigned statusOf(http::Failure failure);

} // namespace w2n::serve
