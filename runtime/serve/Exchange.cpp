// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/serve/Exchange.h"

#include <ctime>

namespace w2n::serve {

namespace {

struct ReasonRow {
  unsigned status;
  std::string_view text;
};
// RFC 9110, section 15.
constexpr ReasonRow reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

/// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second.
std::string_view dateText() {
  thread_local time_t made = 0;
  thread_local char text[32];
  const time_t now = time(nullptr);
  if (now != made) {
    tm parts;
    gmtime_r(&now, &parts);
    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made = now;
  }
  return text;
}

bool hasNoBody(unsigned status) { return status == 204 || status == 304; }

} // namespace

std::string_view reasonOf(unsigned status) {
  for (const ReasonRow &row : reasons)
    if (row.status == status)
      return row.text;
  return "";
}

unsigned statusOf(http::Failure failure) {
  switch (failure) {
  case http::Failure::HttpRequestBodySize:
    return 413;
  case http::Failure::HttpRequestUriTooLong:
    return 414;
  case http::Failure::HttpRequestDenied:
    return 403;
  case http::Failure::ConnectionTimeout:
  case http::Failure::ConnectionReadTimeout:
  case http::Failure::HttpResponseTimeout:
  case http::Failure::DnsTimeout:
    return 504;
  case http::Failure::InternalError:
    return 500;
  default:
    return 502;
  }
}

std::shared_ptr<http::BodyWriter> Exchange::respond(http::ResponseHead response,
                                                    std::optional<uint64_t> length) {
  if (sentStatus != 0 || isLost())
    return nullptr;
  const http::DeclaredLength declared = http::declaredLength(response.fields);
  const bool isToHead = head.method == "HEAD";
  const bool isWithoutBody = isToHead || hasNoBody(response.status);
  // A client that takes another length for the body's would read the next answer wrongly.
  if (!declared.isValid || (!isWithoutBody && declared.bytes && declared.bytes != length)) {
    respondWith(500, "the application answered with a wrong length");
    return nullptr;
  }
  sentStatus = response.status;
  if (isWithoutBody && !isToHead && declared.bytes)
    closes = true;
  if (!http::findField(response.fields, "date"))
    response.fields.push_back({"date", std::string(dateText())});
  if (!isWithoutBody && length && !declared.bytes)
    response.fields.push_back({"content-length", std::to_string(*length)});
  return begin({std::move(response), !isWithoutBody, length});
}

std::shared_ptr<http::BodyWriter> Http1Exchange::begin(Answer answer) {
  // After the head of the answer there is no other.
  if (reader)
    reader->sendsContinue = false;
  std::string text = "HTTP/1.1 " + std::to_string(answer.head.status) + " ";
  text.append(reasonOf(answer.head.status)).append("\r\n").append(http::textOf(answer.head.fields));
  http::Framing framing = http::Framing::Length;
  if (!answer.carriesBody)
    framing = http::Framing::None;
  else if (!answer.length)
    framing = head.version >= 11 ? http::Framing::Chunked : http::Framing::UntilClose;
  if (framing == http::Framing::Chunked)
    text += "transfer-encoding: chunked\r\n";
  if (closes || framing == http::Framing::UntilClose)
    text += "connection: close\r\n";
  text += "\r\n";
  wire.send(text);
  writer = std::make_shared<http::WireWriter>(wire, framing, answer.length.value_or(0));
  return writer;
}

void Exchange::respondWith(http::Failure failure) {
  respondWith(statusOf(failure), "the application answered with an error");
}

void Exchange::respondWith(unsigned status, std::string_view text) {
  const std::string line = std::string(text) + "\n";
  auto body = respond({status, {{"content-type", "text/plain; charset=utf-8"}}}, line.size());
  if (!body)
    return;
  body->write({reinterpret_cast<const uint8_t *>(line.data()), line.size()});
  body->finish({});
}

} // namespace w2n::serve
