// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The library of TLS (libwasm2native-tls.so) turns the bytes of a connection into those of the
// protocol that is spoken inside, and back. It knows nothing of sockets, and is opened when
// certificates are given.
#pragma once

#include "lib/support/Error.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace w2n::http {

/// One connection. Nothing here waits.
class TlsSession {
public:
  enum class State : uint8_t {
    Handshake,
    Open,
    Closed, ///< the other side has said that it sends no more
    Failed, ///< with failureText()
  };
  /// Why a session failed.
  enum class Failure : uint8_t {
    None,
    Protocol,
    PlainHttp,   ///< a client speaks HTTP without TLS
    Certificate, ///< the server's, which this side does not trust
    Alert,       ///< the other side has said so
  };

  virtual ~TlsSession() = default;
  /// Takes bytes that were received; what is inside goes to the end of `plain`.
  virtual State receive(std::span<const uint8_t> sealed, std::vector<uint8_t> &plain) = 0;
  /// Seals bytes, once the session is open. False if it has failed.
  virtual bool send(std::span<const uint8_t> plain) = 0;
  /// Tells the other side that no more bytes are sent.
  virtual void close() = 0;
  /// Appends what is to be sent to the other side, also after a failure.
  virtual void takeSealed(std::vector<uint8_t> &sealed) = 0;

  virtual State state() const = 0;
  /// The protocol that ALPN has chosen; empty if there was no choice.
  virtual std::string_view protocol() const = 0;
  virtual Failure failure() const = 0;
  virtual const char *failureText() const = 0;
};

/// Certificates and rules of many sessions. Threads: any.
class TlsContext {
public:
  virtual ~TlsContext() = default;
  /// `host`: of a client, the name or address that the server's certificate has to be of; empty for
  /// a server. Null if there is no memory.
  virtual std::unique_ptr<TlsSession> start(const std::string &host) const = 0;
};

struct TlsServerOptions {
  /// PEM: the server's certificate, then those that lead to its issuer; the key without a
  /// passphrase.
  std::string certificateFile, keyFile;
  /// Besides HTTP/1.1.
  bool offersHttp2 = false;
};

/// The functions that the library exports, as w2nTlsLibrary.
struct TlsLibrary {
  static constexpr uint32_t currentVersion = 1;

  uint32_t version;
  /// Reads the files. Errors: Io, with the file's name.
  Result<std::shared_ptr<const TlsContext>> (*makeServer)(const TlsServerOptions &options);
  /// Trusts the issuers that the system trusts, speaks HTTP/1.1. Errors: Io.
  Result<std::shared_ptr<const TlsContext>> (*makeClient)();
};

} // namespace w2n::http
