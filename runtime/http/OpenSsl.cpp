// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// TLS by OpenSSL, between buffers in memory: whatever OpenSSL wants to read or write, a connection
// only waits for bytes to come or for room to send them.
//
// Sessions are resumed by tickets alone, so that clients that come and go leave nothing behind. Of
// TLS 1.2, only what HTTP/2 allows is spoken (RFC 9113, section 9.2): ephemeral keys, authenticated
// encryption, no renegotiation.
#include "runtime/http/Tls.h"

#include <cstring>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace w2n::http {

namespace {

constexpr const char *tls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
// In the form of the wire, by preference.
constexpr std::string_view protocolsOfBoth = "\x02h2\x08http/1.1", protocolsOf11 = "\x08http/1.1";
// Most of one record.
constexpr size_t pieceBytes = 16 << 10;

struct FreeContext {
  void operator()(SSL_CTX *context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL *ssl) const { SSL_free(ssl); }
};
using ContextPointer = std::unique_ptr<SSL_CTX, FreeContext>;

/// The text of what OpenSSL reported first, which is the cause.
std::string takeErrors() {
  const unsigned long code = ERR_peek_error();
  const char *reason =
      ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason ? reason : "unknown error of TLS";
}

class OpenSslSession final : public TlsSession {
public:
  /// Takes `ssl`. Null if there is no memory.
  static std::unique_ptr<TlsSession> create(std::unique_ptr<SSL, FreeSsl> ssl) {
    BIO *input = BIO_new(BIO_s_mem()), *output = BIO_new(BIO_s_mem());
    if (!ssl || !input || !output) {
      BIO_free(input);
      BIO_free(output);
      ERR_clear_error();
      return nullptr;
    }
    // An empty buffer is no end.
    BIO_set_mem_eof_return(input, -1);
    SSL_set_bio(ssl.get(), input, output);
    return std::unique_ptr<TlsSession>(new OpenSslSession(std::move(ssl), input, output));
  }

  State receive(std::span<const uint8_t> sealed, std::vector<uint8_t> &plain) override {
    size_t written = 0;
    if (!sealed.empty() && current != State::Failed && current != State::Closed &&
        !BIO_write_ex(input, sealed.data(), sealed.size(), &written))
      fail(SSL_ERROR_SSL);
    if (current == State::Handshake)
      shakeHands();
    while (current == State::Open) {
      const size_t before = plain.size();
      size_t count = 0;
      plain.resize(before + pieceBytes);
      ERR_clear_error();
      const int result = SSL_read_ex(ssl.get(), plain.data() + before, pieceBytes, &count);
      plain.resize(before + count);
      if (result != 1 && !mayGoOn(result))
        break;
    }
    return current;
  }

  bool send(std::span<const uint8_t> plain) override {
    size_t written = 0;
    if (current != State::Open && current != State::Closed)
      return false;
    ERR_clear_error();
    // A buffer in memory takes all, at once.
    const int result = SSL_write_ex(ssl.get(), plain.data(), plain.size(), &written);
    if (result != 1)
      fail(SSL_get_error(ssl.get(), result));
    return result == 1;
  }

  void close() override {
    if (current == State::Open || current == State::Closed)
      SSL_shutdown(ssl.get());
    ERR_clear_error();
  }

  void takeSealed(std::vector<uint8_t> &sealed) override {
    while (const size_t pending = BIO_ctrl_pending(output)) {
      const size_t before = sealed.size();
      size_t count = 0;
      sealed.resize(before + pending);
      const bool isRead = BIO_read_ex(output, sealed.data() + before, pending, &count) == 1;
      sealed.resize(before + count);
      if (!isRead)
        break;
    }
  }

  State state() const override { return current; }
  std::string_view protocol() const override {
    const unsigned char *name = nullptr;
    unsigned bytes = 0;
    SSL_get0_alpn_selected(ssl.get(), &name, &bytes);
    return {reinterpret_cast<const char *>(name), bytes};
  }
  Failure failure() const override { return reason; }
  const char *failureText() const override { return text.c_str(); }

private:
  OpenSslSession(std::unique_ptr<SSL, FreeSsl> ssl, BIO *input, BIO *output)
      : ssl(std::move(ssl)), input(input), output(output) {}

  void shakeHands() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl.get());
    if (result == 1)
      current = State::Open;
    else
      mayGoOn(result);
  }

  /// After an operation that has not succeeded. False if it needs more bytes, or is the last one.
  bool mayGoOn(int result) {
    const int error = SSL_get_error(ssl.get(), result);
    if (error == SSL_ERROR_ZERO_RETURN)
      current = State::Closed;
    else if (error != SSL_ERROR_WANT_READ)
      fail(error);
    return false;
  }

  void fail(int error) {
    current = State::Failed;
    const int why = error == SSL_ERROR_SSL ? ERR_GET_REASON(ERR_peek_error()) : 0;
    reason = why == SSL_R_HTTP_REQUEST                       ? Failure::PlainHttp
             : SSL_get_verify_result(ssl.get()) != X509_V_OK ? Failure::Certificate
             : why >= SSL_AD_REASON_OFFSET                   ? Failure::Alert
                                                             : Failure::Protocol;
    text = takeErrors();
  }

  const std::unique_ptr<SSL, FreeSsl> ssl;
  // The SSL's.
  BIO *const input, *const output;
  State current = State::Handshake;
  Failure reason = Failure::None;
  std::string text;
};

class OpenSslServer final : public TlsContext {
public:
  explicit OpenSslServer(ContextPointer context) : context(std::move(context)) {}
  std::unique_ptr<TlsSession> start(const std::string &) const override {
    std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context.get()));
    if (ssl)
      SSL_set_accept_state(ssl.get());
    return OpenSslSession::create(std::move(ssl));
  }

private:
  const ContextPointer context;
};

class OpenSslClient final : public TlsContext {
public:
  explicit OpenSslClient(ContextPointer context) : context(std::move(context)) {}
  std::unique_ptr<TlsSession> start(const std::string &host) const override {
    std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context.get()));
    if (!ssl || !verify(*ssl, host)) {
      ERR_clear_error();
      return nullptr;
    }
    SSL_set_connect_state(ssl.get());
    auto session = OpenSslSession::create(std::move(ssl));
    // The client begins.
    std::vector<uint8_t> none;
    if (session)
      session->receive({}, none);
    return session;
  }

private:
  /// Addresses are not names, and are not sent (RFC 6066, section 3).
  static bool verify(SSL &ssl, const std::string &host) {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&ssl), host.c_str()))
      return true;
    return SSL_set1_host(&ssl, host.c_str()) && SSL_set_tlsext_host_name(&ssl, host.c_str());
  }

  const ContextPointer context;
};

/// A client that speaks none of our protocols is told so: its bytes might be another one's.
int chooseProtocol(SSL *, const unsigned char **chosen, unsigned char *chosenBytes,
                   const unsigned char *offered, unsigned offeredBytes, void *user) {
  const auto &protocols = *static_cast<const std::string_view *>(user);
  unsigned char *found = nullptr;
  if (SSL_select_next_proto(
          &found, chosenBytes, reinterpret_cast<const unsigned char *>(protocols.data()),
          unsigned(protocols.size()), offered, offeredBytes) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

/// Nobody is asked for a passphrase.
int noPassphrase(char *, int, int, void *) { return -1; }

std::unexpected<Error> failWith(const std::string &what) {
  return w2n::fail(ErrorKind::Io, what + ": " + takeErrors());
}

/// The settings that both sides have in common.
Result<ContextPointer> makeContext(const SSL_METHOD *method) {
  // Threads may still run when the process exits.
  OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr);
  ERR_clear_error();
  ContextPointer context(SSL_CTX_new(method));
  if (!context || !SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) ||
      !SSL_CTX_set_cipher_list(context.get(), tls12Ciphers))
    return failWith("TLS is not possible");
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  // Connections without a request keep no buffers.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

Result<std::shared_ptr<const TlsContext>> makeClient() {
  W2N_TRY(context, makeContext(TLS_client_method()));
  if (!SSL_CTX_set_default_verify_paths(context.get()) ||
      SSL_CTX_set_alpn_protos(context.get(),
                              reinterpret_cast<const unsigned char *>(protocolsOf11.data()),
                              unsigned(protocolsOf11.size())) != 0)
    return failWith("the system's certificates cannot be read");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return std::make_shared<const OpenSslClient>(std::move(context));
}

Result<std::shared_ptr<const TlsContext>> makeServer(const TlsServerOptions &options) {
  W2N_TRY(context, makeContext(TLS_server_method()));
  SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_alpn_select_cb(
      context.get(), chooseProtocol,
      const_cast<std::string_view *>(options.offersHttp2 ? &protocolsOfBoth : &protocolsOf11));
  SSL_CTX_set_default_passwd_cb(context.get(), noPassphrase);
  if (!SSL_CTX_use_certificate_chain_file(context.get(), options.certificateFile.c_str()))
    return failWith(options.certificateFile + ": no certificates in PEM");
  if (!SSL_CTX_use_PrivateKey_file(context.get(), options.keyFile.c_str(), SSL_FILETYPE_PEM))
    return failWith(options.keyFile + ": no key in PEM for " + options.certificateFile);
  return std::make_shared<const OpenSslServer>(std::move(context));
}

} // namespace

} // namespace w2n::http

extern "C" [[gnu::visibility("default")]] const w2n::http::TlsLibrary w2nTlsLibrary;
const w2n::http::TlsLibrary w2nTlsLibrary = {w2n::http::TlsLibrary::currentVersion,
                                             w2n::http::makeServer, w2n::http::makeClient};
