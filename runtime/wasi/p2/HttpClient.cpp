// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// An exchange takes steps: it looks up the name, connects to one of the addresses that rules allow,
// shakes hands with TLS, sends the head, and reads that of the response. Each step goes as far as
// it can without waiting; what waits is the guest, for the descriptor that the step needs.
#include "runtime/wasi/p2/HttpClient.h"

#include "runtime/http/Library.h"
#include "runtime/http/Wire.h"
#include "runtime/wasi/p2/Network.h"

#include <charconv>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace w2n::wasi::p2 {

namespace {

using http::Failure;
using http::Progress;

struct Authority {
  std::string host;
  uint16_t port = 80;
};

std::optional<Authority> parseAuthority(std::string_view text, bool usesTls) {
  constexpr uint16_t tlsPort = 443;
  Authority authority;
  if (usesTls)
    authority.port = tlsPort;
  size_t end = text.rfind(':');
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == text.npos)
      return std::nullopt;
    authority.host = text.substr(1, close - 1);
    end = close + 1 < text.size() ? close + 1 : text.npos;
    if (end != text.npos && text[end] != ':')
      return std::nullopt;
  } else {
    authority.host = text.substr(0, end);
  }
  if (end != text.npos) {
    const char *last = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + end + 1, last, authority.port);
    if (error != std::errc() || rest != last)
      return std::nullopt;
  }
  return authority.host.empty() ? std::nullopt : std::optional(authority);
}

Failure failureOf(int error) {
  switch (error) {
  case ECONNREFUSED:
    return Failure::ConnectionRefused;
  case ETIMEDOUT:
    return Failure::ConnectionTimeout;
  case ENETUNREACH:
  case EHOSTUNREACH:
    return Failure::DestinationIpUnroutable;
  default:
    return Failure::DestinationUnavailable;
  }
}

Failure failureOf(http::TlsSession::Failure failure) {
  switch (failure) {
  case http::TlsSession::Failure::Certificate:
    return Failure::TlsCertificateError;
  case http::TlsSession::Failure::Alert:
    return Failure::TlsAlertReceived;
  case http::TlsSession::Failure::None:
    return Failure::ConnectionTerminated;
  case http::TlsSession::Failure::PlainHttp:
  case http::TlsSession::Failure::Protocol:
    return Failure::TlsProtocolError;
  }
  __builtin_unreachable();
}

struct Connection {
  Connection(Descriptor made, std::unique_ptr<http::TlsSession> tls)
      : socket(std::move(made)), wire(socket.get(), std::move(tls)) {}
  const Descriptor socket;
  http::Wire wire;
};

/// Keeps its connection, which the guest may drop the response of.
class RequestWriter final : public http::BodyWriter {
public:
  RequestWriter(std::shared_ptr<Connection> connection, http::Framing framing, uint64_t length)
      : connection(std::move(connection)), writer(this->connection->wire, framing, length) {}
  void write(std::span<const uint8_t> bytes) override { writer.write(bytes); }
  void finish(const http::Fields &trailers) override { writer.finish(trailers); }
  Progress drain() override { return writer.drain(); }
  size_t keptBytes() const override { return writer.keptBytes(); }
  int writeDescriptor() const override { return writer.writeDescriptor(); }
  Failure writeFailure() const override { return writer.writeFailure(); }

private:
  const std::shared_ptr<Connection> connection;
  http::WireWriter writer;
};

class Exchange final : public HttpExchange {
public:
  /// `tls`: null without TLS.
  Exchange(std::shared_ptr<HttpClient> client, Authority authority, const http::TlsContext *tls,
           uint64_t firstByteNs)
      : client(std::move(client)), authority(std::move(authority)), tls(tls),
        firstByteNs(firstByteNs) {}
  ~Exchange() override { client->connections->giveBack(); }

  /// Before anything else.
  std::optional<Failure> begin(OutgoingRequest &request, uint64_t deadlineNs);

  Readiness readiness() override;
  bool advance(State &state) override;
  std::expected<std::unique_ptr<IncomingResponse>, Failure> take() override;

private:
  enum class Step : uint8_t { Resolve, Connect, Handshake, Head, Ready, Failed };

  void fail(Failure why) {
    failure = why;
    step = Step::Failed;
  }
  Progress resolve();
  void connectToNext();
  Progress finishConnect(State &state);
  Progress shakeHands(State &state);
  void beginRequest(State &state);
  Progress readHead();
  uint64_t now(State &state) const { return state.wasi->clocks.readNs(1).value_or(0); }

  const std::shared_ptr<HttpClient> client;
  const Authority authority;
  const http::TlsContext *const tls;
  const uint64_t firstByteNs;
  Step step = Step::Resolve;
  Failure failure = Failure::InternalError;
  uint64_t deadlineNs = waitForever;
  std::shared_ptr<Lookup> lookup;
  std::vector<IpAddress> addresses;
  std::shared_ptr<Connection> connection;
  /// The head of the request until there is a connection.
  std::string head;
  bool isToHead = false;
  unsigned earlyResponses = 0;
  http::Framing framing = http::Framing::None;
  uint64_t length = 0;
  std::shared_ptr<OutgoingBytes> outgoing;
  std::shared_ptr<http::Parser> parser;
  std::shared_ptr<http::WireReader> reader;
};

std::optional<Failure> Exchange::begin(OutgoingRequest &request, uint64_t deadline) {
  deadlineNs = deadline;
  outgoing = request.body;
  isToHead = request.method == "HEAD";
  head = request.method + " " + request.pathWithQuery.value_or("/") +
         " HTTP/1.1\r\nhost: " + *request.authority + "\r\nconnection: close\r\n" +
         http::textOf(request.headers->fields);
  const http::DeclaredLength declared = http::declaredLength(request.headers->fields);
  if (!declared.isValid)
    return Failure::HttpRequestDenied;
  if (outgoing && outgoing->declaredBytes) {
    framing = http::Framing::Length;
    length = *outgoing->declaredBytes;
  } else if (outgoing) {
    framing = http::Framing::Chunked;
    head += "transfer-encoding: chunked\r\n";
  } else if (declared.bytes.value_or(0) != 0) {
    return Failure::HttpRequestDenied;
  }
  head += "\r\n";
  if (const auto address = parseIpAddress(authority.host)) {
    if (!client->policy.mayConnectTo(authority.host, *address, authority.port))
      return Failure::DestinationIpProhibited;
    addresses.push_back(*address);
    connectToNext();
    return std::nullopt;
  }
  if (!client->policy.mayLookUp(authority.host))
    return Failure::HttpRequestDenied;
  lookup = startLookup(authority.host);
  if (!lookup)
    return Failure::DnsError;
  return std::nullopt;
}

Readiness Exchange::readiness() {
  Readiness readiness = {.deadlineNs = deadlineNs};
  if (step == Step::Resolve) {
    readiness.host = descriptorOf(*lookup);
    readiness.events = POLLIN;
  } else if (step == Step::Connect) {
    readiness.host = connection->socket.get();
    readiness.events = POLLOUT;
  } else if (step == Step::Handshake || step == Step::Head) {
    readiness.host = connection->socket.get();
    readiness.events = short(POLLIN | (connection->wire.keptBytes() ? POLLOUT : 0));
  } else {
    readiness.now = true;
  }
  return readiness;
}

Progress Exchange::resolve() {
  const auto result = resultOf(*lookup);
  if (!result)
    return Progress::Wait;
  if (!*result) {
    fail(Failure::DnsError);
    return Progress::Failed;
  }
  for (const IpAddress &address : **result)
    if (client->policy.mayConnectTo(authority.host, address, authority.port))
      addresses.push_back(address);
  if (addresses.empty())
    fail((*result)->empty() ? Failure::DnsError : Failure::DestinationIpProhibited);
  else
    connectToNext();
  return Progress::Done;
}

/// The addresses are tried from the last one on.
void Exchange::connectToNext() {
  while (!addresses.empty()) {
    const IpAddress ip = addresses.back();
    addresses.pop_back();
    Descriptor socket(
        ::socket(ip.isV6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
      return fail(Failure::ConnectionLimitReached);
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const HostAddress address(SocketAddress{ip, authority.port});
    step = Step::Connect;
    if (connect(socket.get(), address.get(), address.bytes) == 0 || errno == EINPROGRESS) {
      auto session = tls ? tls->start(authority.host) : nullptr;
      if (tls && !session)
        return fail(Failure::InternalError);
      connection = std::make_shared<Connection>(std::move(socket), std::move(session));
      return;
    }
    failure = failureOf(errno);
  }
  fail(failure);
}

Progress Exchange::finishConnect(State &state) {
  if (!isDescriptorReady(connection->socket.get(), POLLOUT))
    return Progress::Wait;
  int error = 0;
  socklen_t bytes = sizeof(error);
  if (getsockopt(connection->socket.get(), SOL_SOCKET, SO_ERROR, &error, &bytes) != 0)
    error = errno;
  if (error != 0) {
    failure = failureOf(error);
    connectToNext();
    return Progress::Done;
  }
  if (tls)
    step = Step::Handshake;
  else
    beginRequest(state);
  return Progress::Done;
}

Progress Exchange::shakeHands(State &state) {
  http::Wire &wire = connection->wire;
  wire.drain();
  const Progress progress = wire.shakeHands();
  if (progress == Progress::Done)
    beginRequest(state);
  else if (progress != Progress::Wait)
    fail(failureOf(wire.tls()->failure()));
  return progress;
}

void Exchange::beginRequest(State &state) {
  step = Step::Head;
  deadlineNs = firstByteNs == waitForever ? waitForever : now(state) + firstByteNs;
  connection->wire.send(head);
  parser = client->codec.parseResponse(client->limits, isToHead);
  reader = std::make_shared<http::WireReader>(connection->wire, parser);
  if (outgoing)
    outgoing->attach(std::make_shared<RequestWriter>(connection, framing, length));
}

Progress Exchange::readHead() {
  constexpr unsigned maxEarlyResponses = 16;
  while (earlyResponses <= maxEarlyResponses) {
    if (connection->wire.drain() == Progress::Failed && connection->wire.input().empty()) {
      fail(Failure::ConnectionTerminated);
      return Progress::Failed;
    }
    const Progress progress = reader->readHead();
    if (progress == Progress::Wait)
      return progress;
    if (progress != Progress::Done) {
      fail(progress == Progress::End        ? Failure::ConnectionTerminated
           : parser->failureStatus() == 431 ? Failure::HttpResponseHeaderSectionSize
                                            : Failure::HttpProtocolError);
      return Progress::Failed;
    }
    // Responses that come before the answer are not for the guest (RFC 9110, section 15.2).
    const unsigned status = parser->response().status;
    if (status >= 200 || status == 101) {
      step = Step::Ready;
      return Progress::Done;
    }
    ++earlyResponses;
    parser = client->codec.parseResponse(client->limits, isToHead);
    reader = std::make_shared<http::WireReader>(connection->wire, parser);
  }
  fail(Failure::HttpProtocolError);
  return Progress::Failed;
}

bool Exchange::advance(State &state) {
  while (step != Step::Ready && step != Step::Failed) {
    const Progress progress = step == Step::Resolve     ? resolve()
                              : step == Step::Connect   ? finishConnect(state)
                              : step == Step::Handshake ? shakeHands(state)
                                                        : readHead();
    if (progress == Progress::Wait) {
      if (now(state) < deadlineNs)
        return false;
      fail(step == Step::Resolve ? Failure::DnsTimeout
           : step == Step::Head  ? Failure::ConnectionReadTimeout
                                 : Failure::ConnectionTimeout);
    }
  }
  return true;
}

std::expected<std::unique_ptr<IncomingResponse>, Failure> Exchange::take() {
  if (step == Step::Failed)
    return std::unexpected(failure);
  auto response = std::make_unique<IncomingResponse>();
  http::ResponseHead &got = parser->response();
  response->status = uint16_t(got.status);
  response->headers = makeFields(std::move(got.fields), /*isImmutable=*/true);
  response->body = reader;
  return response;
}

/// A body that keeps its exchange.
class ExchangeBody final : public http::BodyReader {
public:
  ExchangeBody(std::shared_ptr<HttpExchange> exchange, std::shared_ptr<http::BodyReader> body)
      : exchange(std::move(exchange)), body(std::move(body)) {}
  Progress read(std::span<uint8_t> buffer, size_t &count) override {
    return body->read(buffer, count);
  }
  bool isReady() override { return body->isReady(); }
  int readDescriptor() const override { return body->readDescriptor(); }
  Failure readFailure() const override { return body->readFailure(); }
  const http::Fields &trailers() const override { return body->trailers(); }

private:
  const std::shared_ptr<HttpExchange> exchange;
  const std::shared_ptr<http::BodyReader> body;
};

class ResponsePollable final : public Pollable {
public:
  explicit ResponsePollable(std::shared_ptr<HttpExchange> exchange)
      : exchange(std::move(exchange)) {}
  Readiness readiness(State &state) override {
    if (exchange->advance(state))
      return {.now = true};
    return exchange->readiness();
  }
  bool isReadyAfter(State &state) override { return exchange->advance(state); }

private:
  const std::shared_ptr<HttpExchange> exchange;
};

} // namespace

Result<std::shared_ptr<HttpClient>> HttpClient::create(Options options) {
  W2N_TRY(codec, http::openCodec());
  return std::shared_ptr<HttpClient>(new HttpClient(*codec, std::move(options)));
}

const http::TlsContext *HttpClient::tls() {
  std::call_once(madeTls, [this] {
    const auto library = http::openTls();
    if (auto made = library ? (*library)->makeClient() : std::unexpected(library.error()))
      tlsContext = std::move(*made);
  });
  return tlsContext.get();
}

std::expected<std::shared_ptr<HttpExchange>, Failure>
HttpClient::start(State &state, OutgoingRequest &request, const RequestOptions *options) {
  if (!request.authority)
    return std::unexpected(Failure::HttpRequestUriInvalid);
  // HTTP, HTTPS, or what nobody here speaks.
  const size_t scheme = request.scheme ? request.scheme->value.index() : 0;
  const bool usesTls = scheme == 1;
  const auto authority = parseAuthority(*request.authority, usesTls);
  if (!authority || scheme > 1)
    return std::unexpected(Failure::HttpRequestUriInvalid);
  const http::TlsContext *const context = usesTls ? tls() : nullptr;
  if (usesTls && !context)
    return std::unexpected(Failure::TlsProtocolError);
  if (!connections->take())
    return std::unexpected(Failure::ConnectionLimitReached);
  const uint64_t firstByteNs =
      options && options->firstByteNs ? *options->firstByteNs : waitForever;
  auto exchange = std::make_shared<Exchange>(state.httpClient, *authority, context, firstByteNs);
  uint64_t deadlineNs = waitForever;
  if (options && options->connectNs) {
    const uint64_t now = state.wasi->clocks.readNs(1).value_or(0);
    deadlineNs = *options->connectNs > waitForever - now ? waitForever : now + *options->connectNs;
  }
  if (const auto failure = exchange->begin(request, deadlineNs))
    return std::unexpected(*failure);
  return exchange;
}

Result<std::expected<std::unique_ptr<FutureIncomingResponse>, ErrorCode>>
outgoingHandle(State &state, std::unique_ptr<OutgoingRequest> request,
               std::optional<std::unique_ptr<RequestOptions>> options) {
  using Made = std::expected<std::unique_ptr<FutureIncomingResponse>, ErrorCode>;
  if (!state.httpClient)
    return Made(std::unexpected(errorCodeOf(Failure::HttpRequestDenied)));
  const RequestOptions *given = options ? options->get() : nullptr;
  auto exchange = state.httpClient->start(state, *request, given);
  if (!exchange)
    return Made(std::unexpected(errorCodeOf(exchange.error())));
  return Made(std::make_unique<FutureIncomingResponse>(std::move(*exchange)));
}

std::unique_ptr<Pollable> futureResponseSubscribe(State &, FutureIncomingResponse &self) {
  return std::make_unique<ResponsePollable>(self.exchange);
}

std::optional<std::expected<Response, runtime::Unit>>
futureResponseGet(State &state, FutureIncomingResponse &self) {
  using Got = std::expected<Response, runtime::Unit>;
  if (self.isTaken)
    return Got(std::unexpected(runtime::Unit()));
  if (!self.exchange->advance(state))
    return std::nullopt;
  self.isTaken = true;
  auto response = self.exchange->take();
  if (!response)
    return Got(Response(std::unexpected(errorCodeOf(response.error()))));
  (*response)->body = std::make_shared<ExchangeBody>(self.exchange, std::move((*response)->body));
  return Got(Response(std::move(*response)));
}

} // namespace w2n::wasi::p2
