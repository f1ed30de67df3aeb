// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:http of 0.3. A message is a head and a body, which is a connection's or a guest's; what a
// field may be is as in 0.2.
#pragma once

#include "runtime/wasi/p2/Http.h"
#include "runtime/wasi/p3/ByteStreams.h"
#include "runtime/wasi/p3/Codes.h"

namespace w2n::wasi::p3 {

using HttpCode = p2::ErrorCode;
using p2::FieldEntry;
using p2::OrNothing;

namespace detail {
inline constexpr auto headerLabels = std::to_array<std::string_view>(
    {"invalid-syntax", "forbidden", "immutable", "size-exceeded", "other"});
inline constexpr auto optionLabels =
    std::to_array<std::string_view>({"not-supported", "immutable", "other"});
} // namespace detail
using HeaderCode = Code<detail::headerLabels>;
using OptionCode = Code<detail::optionLabels>;
template <typename T> using OrHeaderCode = std::expected<T, HeaderCode>;

class Fields final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "fields"};
  explicit Fields(std::shared_ptr<p2::FieldList> list) : inner(std::move(list)) {}
  p2::HttpFields inner;
};

using Trailers = std::expected<std::optional<std::unique_ptr<Fields>>, HttpCode>;
using HttpEnd = FutureEnd<Ended<HttpCode>>;

class RequestOptions final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "request-options"};
  p2::RequestOptions inner;
  bool isImmutable = false;
};

struct Timeouts {
  std::optional<uint64_t> connectNs, firstByteNs;
};

/// The body of a message: of a connection, or of a guest.
struct Body {
  Body() = default;
  Body(Body &&) = default;
  Body &operator=(Body &&) = default;
  ~Body();

  std::shared_ptr<http::BodyReader> reader;
  std::optional<StreamEnd<uint8_t>> contents;
  std::optional<FutureEnd<Trailers>> trailers;
  /// Says to the guest how sending it ended.
  std::optional<HttpEnd> sent;
};

class Request final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "request"};
  std::string method = "GET";
  std::optional<std::string> pathWithQuery, authority;
  std::optional<p2::Scheme> scheme;
  std::shared_ptr<p2::FieldList> headers;
  std::optional<Timeouts> options;
  Body body;
};

class Response final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:http/types", "response"};
  uint16_t status = 200;
  std::shared_ptr<p2::FieldList> headers;
  Body body;
};

/// Makes a connection's body one that can be sent by another.
Status passOn(State &state, HostTasks &tasks, Body &body);
/// Sends a body of a guest, with its trailers, as the guest writes it. In a task. Why it failed, or
/// nothing. Errors: those that end the guest.
Result<std::optional<HttpCode>> sendWhole(State &state, HostTasks &tasks, http::BodyWriter &writer,
                                          Body &body, std::optional<uint64_t> declared);
/// Tells the guest how sending its message ended.
Status tellSent(State &state, HostTasks &tasks, Body &body, std::optional<HttpCode> failed);
/// Sends a response of the guest: its head, then its body as the guest writes it. In a task.
/// Errors: those that end the guest.
Status sendResponse(State &state, HostTasks &tasks, p2::HttpResponder &responder,
                    Response &response);

// Fields (HttpFields.cpp).
std::unique_ptr<Fields> fieldsNew(State &);
Result<OrHeaderCode<std::unique_ptr<Fields>>> fieldsFromList(State &,
                                                             std::vector<FieldEntry> entries);
std::vector<std::vector<uint8_t>> fieldsGet(State &, Fields &self, std::string_view name);
bool fieldsHas(State &, Fields &self, std::string_view name);
Result<OrHeaderCode<void>> fieldsSet(State &, Fields &self, std::string_view name,
                                     std::vector<std::vector<uint8_t>> value);
OrHeaderCode<void> fieldsDelete(State &, Fields &self, std::string_view name);
OrHeaderCode<std::vector<std::vector<uint8_t>>> fieldsGetAndDelete(State &, Fields &self,
                                                                   std::string_view name);
Result<OrHeaderCode<void>> fieldsAppend(State &, Fields &self, std::string_view name,
                                        p2::Bytes value);
std::vector<FieldEntry> fieldsCopyAll(State &, Fields &self);
std::unique_ptr<Fields> fieldsClone(State &, Fields &self);

// Messages (HttpMessages.cpp).
using Contents = std::optional<StreamEnd<uint8_t>>;
using Consumed = std::tuple<StreamEnd<uint8_t>, FutureEnd<Trailers>>;
Result<std::tuple<std::unique_ptr<Request>, HttpEnd>>
requestNew(State &, HostTasks &, std::unique_ptr<Fields> headers, Contents contents,
           FutureEnd<Trailers> trailers, std::optional<std::unique_ptr<RequestOptions>> options);
p2::Method requestMethod(State &, Request &self);
OrNothing requestSetMethod(State &, Request &self, p2::Method method);
std::optional<std::string> requestPath(State &, Request &self);
OrNothing requestSetPath(State &, Request &self, std::optional<std::string> path);
std::optional<p2::Scheme> requestScheme(State &, Request &self);
OrNothing requestSetScheme(State &, Request &self, std::optional<p2::Scheme> scheme);
std::optional<std::string> requestAuthority(State &, Request &self);
OrNothing requestSetAuthority(State &, Request &self, std::optional<std::string> authority);
std::optional<std::unique_ptr<RequestOptions>> requestOptions(State &, Request &self);
std::unique_ptr<Fields> requestHeaders(State &, Request &self);
Result<Consumed> requestConsume(State &, HostTasks &, std::unique_ptr<Request> request,
                                HttpEnd result);

std::unique_ptr<RequestOptions> optionsNew(State &);
std::optional<uint64_t> optionsConnect(State &, RequestOptions &self);
std::optional<uint64_t> optionsFirstByte(State &, RequestOptions &self);
std::optional<uint64_t> optionsBetweenBytes(State &, RequestOptions &self);
using OrOptionCode = std::expected<void, OptionCode>;
OrOptionCode optionsSetConnect(State &, RequestOptions &self, std::optional<uint64_t> duration);
OrOptionCode optionsSetFirstByte(State &, RequestOptions &self, std::optional<uint64_t> duration);
OrOptionCode optionsSetBetweenBytes(State &, RequestOptions &self,
                                    std::optional<uint64_t> duration);
std::unique_ptr<RequestOptions> optionsClone(State &, RequestOptions &self);

Result<std::tuple<std::unique_ptr<Response>, HttpEnd>> responseNew(State &, HostTasks &,
                                                                   std::unique_ptr<Fields> headers,
                                                                   Contents contents,
                                                                   FutureEnd<Trailers> trailers);
uint16_t responseStatus(State &, Response &self);
OrNothing responseSetStatus(State &, Response &self, uint16_t status);
std::unique_ptr<Fields> responseHeaders(State &, Response &self);
Result<Consumed> responseConsume(State &, HostTasks &, std::unique_ptr<Response> response,
                                 HttpEnd result);

// Requests of guests (HttpClient.cpp).
Result<std::expected<std::unique_ptr<Response>, HttpCode>> send(State &, HostTasks &,
                                                                std::unique_ptr<Request> request);

} // namespace w2n::wasi::p3
