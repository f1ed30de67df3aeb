// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// One request and its answer, as applications see them.
#pragma once

#include "runtime/http/Wire.h"
#include "runtime/wasi/p2/Http.h"

namespace w2n::serve {

/// The ends of the connection that a request came by.
struct Peer {
  std::string remoteAddress, localAddress, localPort;
  bool usesTls = false;
};

/// The answer's form on the connection is left to the class of its protocol.
class Exchange : public wasi::p2::HttpResponder {
public:
  std::shared_ptr<http::BodyWriter> respond(http::ResponseHead response,
                                            std::optional<uint64_t> length) final;
  void respondWith(http::Failure failure) final;
  /// An answer of the server's own, if there is none yet: a line of text.
  void respondWith(unsigned status, std::string_view text);

  /// The status that was sent; 0 before that, and if nobody was there to answer to.
  unsigned status() const { return sentStatus; }
  /// Whether the answer is there, and its end.
  virtual bool isComplete() const = 0;
  /// Whether it is known that nobody is there to answer to.
  virtual bool isLost() const = 0;
  /// Bytes of the bodies.
  virtual uint64_t requestBytes() const = 0;
  virtual uint64_t responseBytes() const = 0;

  const http::RequestHead head;
  const std::shared_ptr<http::BodyReader> body;
  const Peer &peer;
  /// The route's path, which the request's begins with; "" for all.
  const std::string routePath;
  /// The connection ends with the answer, if it is this exchange's alone.
  bool closes = false;

protected:
  /// An answer whose length is that of its fields, if it is known.
  struct Answer {
    http::ResponseHead head;
    bool carriesBody = true;
    std::optional<uint64_t> length;
  };

  Exchange(http::RequestHead head, std::shared_ptr<http::BodyReader> body, const Peer &peer,
           std::string routePath)
      : head(std::move(head)), body(std::move(body)), peer(peer), routePath(std::move(routePath)) {}
  /// Sends the head; called once, and not for an exchange that is lost.
  virtual std::shared_ptr<http::BodyWriter> begin(Answer answer) = 0;

private:
  unsigned sentStatus = 0;
};

class Http1Exchange final : public Exchange {
public:
  Http1Exchange(http::Wire &wire, http::RequestHead head, std::shared_ptr<http::WireReader> reader,
                const Peer &peer, std::string routePath)
      : Exchange(std::move(head), reader, peer, std::move(routePath)), wire(wire),
        reader(std::move(reader)) {}

  /// If not, the connection has to end.
  bool isComplete() const override { return writer && writer->isComplete(); }
  bool isLost() const override { return false; }
  uint64_t requestBytes() const override { return reader ? reader->bodyBytes : 0; }
  uint64_t responseBytes() const override { return writer ? writer->bodyBytes : 0; }
  /// Whether the connection can go on after the answer.
  bool closesConnection() const {
    return closes || (writer && writer->framingUsed() == http::Framing::UntilClose);
  }

private:
  std::shared_ptr<http::BodyWriter> begin(Answer answer) override;

  http::Wire &wire;
  const std::shared_ptr<http::WireReader> reader;
  std::shared_ptr<http::WireWriter> writer;
};

/// "Not Found"; "" if there is no text for it.
std::string_view reasonOf(unsigned status);
/// The status that says it.
unsigned statusOf(http::Failure failure);

} // namespace w2n::serve
