// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:http/types and wasi:http/outgoing-handler. How messages come and go is behind the interfaces
// of runtime/http/Message.h: the server's connection, or that of an outgoing request.
#pragma once

#include "runtime/wasi/p2/HttpTypes.h"
#include "runtime/wasi/p2/Streams.h"

namespace w2n::wasi::p2 {

class HttpClient;

/// The receiver of the answer to a request.
class HttpResponder {
public:
  virtual ~HttpResponder() = default;
  /// Sends the head, once. `length` is that of the body if it is known. Null if it cannot be sent.
  virtual std::shared_ptr<http::BodyWriter> respond(http::ResponseHead head,
                                                    std::optional<uint64_t> length) = 0;
  /// The guest has given an error in its place.
  virtual void respondWith(http::Failure failure) = 0;
};

/// Fields and what they may become; guests share them among handles.
struct FieldList {
  http::Fields fields;
  size_t bytes = 0;
  bool isImmutable = false;
};

class HttpFields final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "fields"};
  explicit HttpFields(std::shared_ptr<FieldList> list) : list(std::move(list)) {}
  std::shared_ptr<FieldList> list;
};

class IncomingBody final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "incoming-body"};
  explicit IncomingBody(std::shared_ptr<http::BodyReader> reader) : reader(std::move(reader)) {}
  std::shared_ptr<http::BodyReader> reader;
  bool hasStream = false;
};

class FutureTrailers final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "future-trailers"};
  explicit FutureTrailers(std::shared_ptr<http::BodyReader> reader) : reader(std::move(reader)) {}
  std::shared_ptr<http::BodyReader> reader;
  bool isTaken = false;
};

class IncomingRequest final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "incoming-request"};
  std::string method, pathWithQuery, authority;
  bool isSecure = false;
  std::shared_ptr<FieldList> headers;
  std::shared_ptr<http::BodyReader> body; ///< null once it is taken
};

class ResponseOutparam final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "response-outparam"};
  explicit ResponseOutparam(std::shared_ptr<HttpResponder> responder)
      : responder(std::move(responder)) {}
  std::shared_ptr<HttpResponder> responder;
};

/// The bytes of a body on their way out: kept until it is known where they go.
struct OutgoingBytes {
  std::shared_ptr<http::BodyWriter> writer;
  std::vector<uint8_t> early;
  std::optional<uint64_t> declaredBytes;
  uint64_t writtenBytes = 0;
  bool isFinished = false;
  /// The trailers of a body that was finished before there was a writer.
  http::Fields trailers;

  void write(std::span<const uint8_t> bytes);
  void finish(http::Fields fields);
  /// From now on bytes go there.
  void attach(std::shared_ptr<http::BodyWriter> to);
};

class OutgoingBody final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "outgoing-body"};
  explicit OutgoingBody(std::shared_ptr<OutgoingBytes> bytes) : bytes(std::move(bytes)) {}
  std::shared_ptr<OutgoingBytes> bytes;
  bool hasStream = false;
};

class OutgoingResponse final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "outgoing-response"};
  uint16_t status = 200;
  std::shared_ptr<FieldList> headers;
  std::shared_ptr<OutgoingBytes> body; ///< null if it was not asked for
};

class OutgoingRequest final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "outgoing-request"};
  std::string method = "GET";
  std::optional<std::string> pathWithQuery, authority;
  std::optional<Scheme> scheme;
  std::shared_ptr<FieldList> headers;
  std::shared_ptr<OutgoingBytes> body;
};

class RequestOptions final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "request-options"};
  std::optional<uint64_t> connectNs, firstByteNs, betweenBytesNs;
};

class IncomingResponse final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "incoming-response"};
  uint16_t status = 0;
  std::shared_ptr<FieldList> headers;
  std::shared_ptr<http::BodyReader> body;
};

/// An exchange with another server, which goes on when it is asked.
class HttpExchange {
public:
  virtual ~HttpExchange() = default;
  virtual Readiness readiness() = 0;
  /// Goes on as far as it can; whether the response's head is there, or it failed.
  virtual bool advance(State &state) = 0;
  /// After that, once.
  virtual std::expected<std::unique_ptr<IncomingResponse>, http::Failure> take() = 0;
};

class FutureIncomingResponse final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "future-incoming-response"};
  explicit FutureIncomingResponse(std::shared_ptr<HttpExchange> exchange)
      : exchange(std::move(exchange)) {}
  std::shared_ptr<HttpExchange> exchange;
  bool isTaken = false;
};

using FieldEntry = std::tuple<std::string, std::vector<uint8_t>>;
template <typename T> using OrHeaderError = std::expected<T, HeaderError>;
using OrNothing = std::expected<void, runtime::Unit>;

// Fields (HttpFields.cpp).
std::shared_ptr<FieldList> makeFields(http::Fields fields, bool isImmutable);
std::unique_ptr<HttpFields> fieldsNew(State &state);
Result<OrHeaderError<std::unique_ptr<HttpFields>>> fieldsFromList(State &state,
                                                                  std::vector<FieldEntry> entries);
std::vector<std::vector<uint8_t>> fieldsGet(State &state, HttpFields &self, std::string_view name);
bool fieldsHas(State &state, HttpFields &self, std::string_view name);
Result<OrHeaderError<void>> fieldsSet(State &state, HttpFields &self, std::string_view name,
                                      std::vector<std::vector<uint8_t>> value);
OrHeaderError<void> fieldsDelete(State &state, HttpFields &self, std::string_view name);
Result<OrHeaderError<void>> fieldsAppend(State &state, HttpFields &self, std::string_view name,
                                         Bytes value);
std::vector<FieldEntry> fieldsEntries(State &state, HttpFields &self);
std::unique_ptr<HttpFields> fieldsClone(State &state, HttpFields &self);

// Messages (HttpMessages.cpp).
std::optional<ErrorCode> httpErrorCode(State &state, IoError &err);
Method requestMethod(State &state, IncomingRequest &self);
std::optional<std::string> requestPathWithQuery(State &state, IncomingRequest &self);
std::optional<Scheme> requestScheme(State &state, IncomingRequest &self);
std::optional<std::string> requestAuthority(State &state, IncomingRequest &self);
std::unique_ptr<HttpFields> requestHeaders(State &state, IncomingRequest &self);
std::expected<std::unique_ptr<IncomingBody>, runtime::Unit> requestConsume(State &state,
                                                                           IncomingRequest &self);

std::unique_ptr<OutgoingRequest> outgoingRequestNew(State &state,
                                                    std::unique_ptr<HttpFields> headers);
std::expected<std::unique_ptr<OutgoingBody>, runtime::Unit>
outgoingRequestBody(State &state, OutgoingRequest &self);
Method outgoingMethod(State &state, OutgoingRequest &self);
OrNothing outgoingSetMethod(State &state, OutgoingRequest &self, Method method);
std::optional<std::string> outgoingPathWithQuery(State &state, OutgoingRequest &self);
OrNothing outgoingSetPathWithQuery(State &state, OutgoingRequest &self,
                                   std::optional<std::string> path);
std::optional<Scheme> outgoingScheme(State &state, OutgoingRequest &self);
OrNothing outgoingSetScheme(State &state, OutgoingRequest &self, std::optional<Scheme> scheme);
std::optional<std::string> outgoingAuthority(State &state, OutgoingRequest &self);
OrNothing outgoingSetAuthority(State &state, OutgoingRequest &self,
                               std::optional<std::string> authority);
std::unique_ptr<HttpFields> outgoingRequestHeaders(State &state, OutgoingRequest &self);

std::unique_ptr<RequestOptions> requestOptionsNew(State &state);
std::optional<uint64_t> connectTimeout(State &state, RequestOptions &self);
OrNothing setConnectTimeout(State &state, RequestOptions &self, std::optional<uint64_t> duration);
std::optional<uint64_t> firstByteTimeout(State &state, RequestOptions &self);
OrNothing setFirstByteTimeout(State &state, RequestOptions &self, std::optional<uint64_t> duration);
std::optional<uint64_t> betweenBytesTimeout(State &state, RequestOptions &self);
OrNothing setBetweenBytesTimeout(State &state, RequestOptions &self,
                                 std::optional<uint64_t> duration);

Result<void> outparamSet(State &state, std::unique_ptr<ResponseOutparam> param,
                         std::expected<std::unique_ptr<OutgoingResponse>, ErrorCode> response);
uint16_t responseStatus(State &state, IncomingResponse &self);
std::unique_ptr<HttpFields> responseHeaders(State &state, IncomingResponse &self);
std::expected<std::unique_ptr<IncomingBody>, runtime::Unit> responseConsume(State &state,
                                                                            IncomingResponse &self);
std::unique_ptr<OutgoingResponse> outgoingResponseNew(State &state,
                                                      std::unique_ptr<HttpFields> headers);
uint16_t outgoingStatus(State &state, OutgoingResponse &self);
OrNothing outgoingSetStatus(State &state, OutgoingResponse &self, uint16_t status);
std::unique_ptr<HttpFields> outgoingHeaders(State &state, OutgoingResponse &self);
std::expected<std::unique_ptr<OutgoingBody>, runtime::Unit> outgoingBody(State &state,
                                                                         OutgoingResponse &self);

// Bodies (HttpBodies.cpp).
std::expected<std::unique_ptr<InputStream>, runtime::Unit> incomingBodyStream(State &state,
                                                                              IncomingBody &self);
std::unique_ptr<FutureTrailers> incomingBodyFinish(State &state,
                                                   std::unique_ptr<IncomingBody> body);
std::unique_ptr<Pollable> trailersSubscribe(State &state, FutureTrailers &self);
using Trailers = std::expected<std::optional<std::unique_ptr<HttpFields>>, ErrorCode>;
std::optional<std::expected<Trailers, runtime::Unit>> trailersGet(State &state,
                                                                  FutureTrailers &self);
std::expected<std::unique_ptr<OutputStream>, runtime::Unit> outgoingBodyWrite(State &state,
                                                                              OutgoingBody &self);
Result<std::expected<void, ErrorCode>>
outgoingBodyFinish(State &state, std::unique_ptr<OutgoingBody> body,
                   std::optional<std::unique_ptr<HttpFields>> trailers);

// Outgoing requests (HttpClient.cpp).
Result<std::expected<std::unique_ptr<FutureIncomingResponse>, ErrorCode>>
outgoingHandle(State &state, std::unique_ptr<OutgoingRequest> request,
               std::optional<std::unique_ptr<RequestOptions>> options);
std::unique_ptr<Pollable> futureResponseSubscribe(State &state, FutureIncomingResponse &self);
using Response = std::expected<std::unique_ptr<IncomingResponse>, ErrorCode>;
std::optional<std::expected<Response, runtime::Unit>>
futureResponseGet(State &state, FutureIncomingResponse &self);

} // namespace w2n::wasi::p2
