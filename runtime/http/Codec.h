// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The library of HTTP (libwasm2native-http.so) turns bytes of a connection into messages. It knows
// nothing of sockets, and is opened when HTTP is served or requested.
#pragma once

#include "runtime/http/Http2.h"
#include "runtime/http/Message.h"

#include <memory>
#include <optional>

namespace w2n::http {

struct ParserLimits {
  uint32_t maxHeadBytes = 16 << 10;
  uint64_t maxBodyBytes = uint64_t(16) << 20;
};

/// Reads one message of HTTP/1.1.
class Parser {
public:
  enum class State : uint8_t { Head, Body, Done, Failed };

  virtual ~Parser() = default;
  /// Takes bytes up to the end of the head, or of the message; what belongs to the body goes to the
  /// end of `body`. Returns how many were used: the caller keeps the others, and calls again with
  /// more. Uses none in the states Done and Failed.
  virtual size_t put(std::span<const uint8_t> bytes, std::vector<uint8_t> &body) = 0;
  /// No more bytes come: the end of a response that has no other.
  virtual void putEnd() = 0;
  virtual State state() const = 0;

  // From the state Body on.
  virtual RequestHead &request() = 0;
  virtual ResponseHead &response() = 0;
  /// Whether another message may follow on the connection.
  virtual bool keepsAlive() const = 0;
  virtual std::optional<uint64_t> contentLength() const = 0;
  virtual bool wantsContinue() const = 0;
  /// In the state Done.
  virtual const Fields &trailers() const = 0;

  /// In the state Failed: the status that a server answers with, and why.
  virtual unsigned failureStatus() const = 0;
  virtual const char *failureText() const = 0;
};

/// The functions that the library exports, as w2nHttpCodec.
struct Codec {
  static constexpr uint32_t currentVersion = 2;

  uint32_t version;
  std::unique_ptr<Parser> (*parseRequest)(const ParserLimits &limits);
  /// `isToHead`: to a request that has no body in its response.
  std::unique_ptr<Parser> (*parseResponse)(const ParserLimits &limits, bool isToHead);
  /// A connection to a client. Null if there is no memory. Null itself where the library has no
  /// HTTP/2.
  std::unique_ptr<Http2Session> (*makeHttp2)(const Http2Limits &limits,
                                             Http2Session::Events &events);
};

} // namespace w2n::http
