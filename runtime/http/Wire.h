// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The bytes of a connection, and a message's body among them. Nothing here waits.
#pragma once

#include "runtime/http/Codec.h"
#include "runtime/http/Tls.h"

namespace w2n::http {

/// A socket that does not block, with what was received and not yet used, and what is not yet sent.
class Wire {
public:
  /// Borrows `descriptor`. Bytes go through `tls`, if there is one.
  explicit Wire(int descriptor, std::unique_ptr<TlsSession> tls = nullptr)
      : socket(descriptor), session(std::move(tls)) {
    // A client has something to say at once.
    if (session)
      session->takeSealed(sealed);
  }

  /// Goes on with the handshake of TLS. Done, Wait, End or Failed.
  Progress shakeHands();
  /// Null without TLS.
  const TlsSession *tls() const { return session.get(); }
  /// Speaks as one speaks without TLS, to a client that has begun so.
  void dropTls() {
    session = nullptr;
    hasEnded = false;
  }

  /// Receives until there is more input. Done: there is. End: the other side sends nothing any
  /// more.
  Progress fill();
  std::span<const uint8_t> input() const { return std::span(received).subspan(used); }
  void consume(size_t bytes);

  void send(std::span<const uint8_t> bytes) { kept.insert(kept.end(), bytes.begin(), bytes.end()); }
  void send(std::string_view text) { kept.insert(kept.end(), text.begin(), text.end()); }
  /// Sends what is kept. Done, Wait or Failed.
  Progress drain();
  size_t keptBytes() const { return kept.size() - sent + sealed.size() - sealedSent; }
  /// Sends what is kept, as far as it goes, and then the end of all bytes.
  void close();

  int descriptor() const { return socket; }
  uint64_t receivedBytes = 0, sentBytes = 0;

private:
  bool unseal(std::span<const uint8_t> bytes);
  Progress sendFrom(std::vector<uint8_t> &bytes, size_t &position);

  const int socket;
  std::unique_ptr<TlsSession> session;
  /// Bytes that are not yet sent are `kept` as the protocol has them, or `sealed` by TLS.
  std::vector<uint8_t> received, kept, sealed;
  size_t used = 0, sent = 0, sealedSent = 0;
  bool hasEnded = false;
};

/// The body of a message that `parser` reads.
class WireReader final : public BodyReader {
public:
  WireReader(Wire &wire, std::shared_ptr<Parser> parser) : wire(wire), parser(std::move(parser)) {}

  /// Gives the parser what there is, until the head is over. Done, Wait, End or Failed.
  Progress readHead();

  Progress read(std::span<uint8_t> buffer, size_t &count) override;
  bool isReady() override;
  int readDescriptor() const override { return wire.descriptor(); }
  Failure readFailure() const override { return failure; }
  const Fields &trailers() const override { return parser->trailers(); }
  /// Bytes of the body.
  uint64_t bodyBytes = 0;
  /// A client that waits before it sends the body is told once that it may.
  bool sendsContinue = false;

private:
  Progress more();

  Wire &wire;
  const std::shared_ptr<Parser> parser;
  std::vector<uint8_t> body;
  size_t bodyUsed = 0;
  Failure failure = Failure::HttpProtocolError;
};

enum class Framing : uint8_t {
  None, ///< no bytes are sent, whatever the guest writes: the answer to HEAD
  Length,
  Chunked,
  UntilClose, ///< HTTP/1.0
};

class WireWriter final : public BodyWriter {
public:
  WireWriter(Wire &wire, Framing framing, uint64_t length = 0)
      : wire(wire), framing(framing), left(length) {}

  void write(std::span<const uint8_t> bytes) override;
  void finish(const Fields &trailers) override;
  Progress drain() override { return failed ? Progress::Failed : wire.drain(); }
  size_t keptBytes() const override { return wire.keptBytes(); }
  int writeDescriptor() const override { return wire.descriptor(); }
  Failure writeFailure() const override { return Failure::ConnectionTerminated; }

  /// Whether the other side can tell where the body ends.
  bool isComplete() const { return isFinished && !failed; }
  Framing framingUsed() const { return framing; }
  uint64_t bodyBytes = 0;

private:
  Wire &wire;
  const Framing framing;
  uint64_t left;
  bool isFinished = false, failed = false;
};

/// "name: value\r\n" for each, but for those that are about the connection.
std::string textOf(const Fields &fields);

} // namespace w2n::http
