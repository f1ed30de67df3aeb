// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// HTTP/1.1 by Boost.Beast's parser, which sees only bytes. On top of what it refuses are messages
// that two servers might read differently (RFC 9112, section 11.2): spaces around names, a length
// beside chunks, a transfer coding other than chunked, no host or two.
#include "runtime/http/Codec.h"
#include "runtime/http/Host.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace w2n::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;
using beast::http::error;

std::string toString(beast::string_view text) { return {text.data(), text.size()}; }

struct FailureRow {
  error reason;
  unsigned status;
};
constexpr FailureRow failures[] = {
    {error::header_limit, 431},
    {error::body_limit, 413},
    {error::bad_version, 505},
};

template <bool isRequest>
class BeastParser final : public Parser, private beast::http::basic_parser<isRequest> {
  using Base = beast::http::basic_parser<isRequest>;

public:
  BeastParser(const ParserLimits &limits, bool hasNoBody) {
    this->header_limit(limits.maxHeadBytes);
    headBytesLeft = extensionBytesLeft = maxLineBytes = limits.maxHeadBytes;
    this->body_limit(limits.maxBodyBytes);
    this->eager(false);
    if (hasNoBody)
      this->skip(true);
  }

  size_t put(std::span<const uint8_t> bytes, std::vector<uint8_t> &body) override {
    size_t used = 0;
    received = &body;
    // One empty line before a request is skipped (RFC 9112, section 2.2).
    if (isRequest && !hasBegun && !bytes.empty()) {
      if (bytes[0] == '\r' && bytes.size() < 2)
        return 0;
      if (bytes[0] == '\r' && bytes[1] == '\n')
        used = 2;
      hasBegun = true;
    }
    // The parser does not see the end of a part without being called for the next one.
    while (used < bytes.size() && (current == State::Head || current == State::Body)) {
      const State before = current;
      error_code failed;
      const size_t count =
          Base::put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), failed);
      used += count;
      // Beast bounds lines that are not complete yet, and takes any number of those that are.
      if (before == State::Head && !takeHeadBytes(bytes.subspan(used - count, count)))
        break;
      if (failed && failed != error::need_more)
        fail(failed);
      else if (Base::is_done())
        current = State::Done;
      else if (Base::is_header_done())
        current = State::Body;
      if (current == State::Body && before == State::Head && !checkHead())
        break;
      if (before == State::Head && current != State::Head) {
        if (current == State::Done)
          checkHead();
        break;
      }
      if (failed == error::need_more || count == 0) {
        // Beast takes a chunk's line, and all trailers, once they are complete.
        if (current == State::Body && bytes.size() - used > maxLineBytes)
          refuse(400, "a chunk's line or trailers are too long");
        break;
      }
    }
    received = nullptr;
    return used;
  }

  void putEnd() override {
    error_code failed;
    if (current == State::Body && Base::need_eof())
      Base::put_eof(failed);
    else if (current != State::Done)
      failed = error::partial_message;
    if (failed)
      fail(failed);
    else
      current = State::Done;
  }

  State state() const override { return current; }
  RequestHead &request() override { return requestHead; }
  ResponseHead &response() override { return responseHead; }
  bool keepsAlive() const override { return current != State::Failed && Base::keep_alive(); }
  std::optional<uint64_t> contentLength() const override {
    const auto length = Base::content_length();
    return length ? std::optional<uint64_t>(*length) : std::nullopt;
  }
  bool wantsContinue() const override {
    const std::string *expected = findField(requestHead.fields, "expect");
    return expected && isSameName(*expected, "100-continue");
  }
  const Fields &trailers() const override { return trailing; }
  unsigned failureStatus() const override { return status; }
  const char *failureText() const override { return text.c_str(); }

private:
  Fields &fields() { return isRequest ? requestHead.fields : responseHead.fields; }

  void fail(error_code reason) {
    current = State::Failed;
    text = reason.message();
    status = 400;
    for (const FailureRow &row : failures)
      if (reason == row.reason)
        status = row.status;
  }
  bool refuse(unsigned newStatus, const char *why) {
    current = State::Failed;
    status = newStatus;
    text = why;
    return false;
  }

  bool takeHeadBytes(std::span<const uint8_t> bytes) {
    if (bytes.size() > headBytesLeft)
      return refuse(431, "header limit exceeded");
    headBytesLeft -= bytes.size();
    // Beast joins lines that are folded, which others take for fields of their own.
    for (const uint8_t byte : bytes) {
      if (isRequest && lastHeadByte == '\n' && (byte == ' ' || byte == '\t'))
        return refuse(400, "a folded line");
      lastHeadByte = byte;
    }
    return true;
  }

  /// Refuses what Beast lets through.
  bool checkHead() {
    size_t hosts = 0, lengths = 0;
    const std::string *coding = nullptr;
    for (const Field &field : fields()) {
      if (!isFieldName(field.name) || !isFieldValue(field.value))
        return refuse(400, "bad field");
      hosts += isSameName(field.name, "host");
      lengths += isSameName(field.name, "content-length");
      if (isSameName(field.name, "transfer-encoding")) {
        if (coding)
          return refuse(400, "several transfer codings");
        coding = &field.value;
      }
    }
    if (lengths > 1 || (lengths == 1 && coding) || !declaredLength(fields()).isValid)
      return refuse(400, "several lengths");
    if (coding && !isSameName(*coding, "chunked"))
      return refuse(501, "unknown transfer coding");
    if constexpr (isRequest) {
      if (hosts > 1 || (hosts == 0 && requestHead.version == 11))
        return refuse(400, "a request has one host");
      if (const std::string *host = findField(fields(), "host"); host && !isHost(*host))
        return refuse(400, "a bad host");
      if (coding && requestHead.version < 11)
        return refuse(400, "chunks in HTTP/1.0");
    }
    return true;
  }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code &) override {
    requestHead.method = toString(method);
    requestHead.target = toString(target);
    requestHead.version = unsigned(version);
  }
  void on_response_impl(int code, beast::string_view, int, error_code &) override {
    responseHead.status = unsigned(code);
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code &) override {
    Fields &to = current == State::Head ? fields() : trailing;
    to.push_back({toString(name), toString(value)});
  }
  void on_header_impl(error_code &) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t> &, error_code &) override {}
  std::size_t on_body_impl(beast::string_view bytes, error_code &) override {
    received->insert(received->end(), bytes.begin(), bytes.end());
    return bytes.size();
  }
  /// Extensions are bounded in all: a few bytes of a body can have any number of them.
  void on_chunk_header_impl(std::uint64_t, beast::string_view extensions,
                            error_code &failed) override {
    if (extensions.size() > extensionBytesLeft)
      failed = error::bad_chunk_extension;
    else
      extensionBytesLeft -= extensions.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code &) override {
    received->insert(received->end(), bytes.begin(), bytes.end());
    return bytes.size();
  }
  void on_finish_impl(error_code &) override {}

  State current = State::Head;
  RequestHead requestHead;
  ResponseHead responseHead;
  Fields trailing;
  std::vector<uint8_t> *received = nullptr;
  size_t headBytesLeft = 0, extensionBytesLeft = 0, maxLineBytes = 0;
  uint8_t lastHeadByte = 0;
  bool hasBegun = false;
  unsigned status = 0;
  std::string text;
};

std::unique_ptr<Parser> parseRequest(const ParserLimits &limits) {
  return std::make_unique<BeastParser<true>>(limits, false);
}
std::unique_ptr<Parser> parseResponse(const ParserLimits &limits, bool isToHead) {
  return std::make_unique<BeastParser<false>>(limits, isToHead);
}

} // namespace

} // namespace w2n::http

extern "C" [[gnu::visibility("default")]] const w2n::http::Codec w2nHttpCodec;
const w2n::http::Codec w2nHttpCodec = {w2n::http::Codec::currentVersion, w2n::http::parseRequest,
                                       w2n::http::parseResponse, W2N_MAKE_HTTP2};
