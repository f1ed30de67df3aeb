// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The values of wasi:http/types.
#pragma once

#include "runtime/component/CanonicalTraits.h"
#include "runtime/http/Message.h"

namespace w2n::wasi::p2 {

struct Method {
  struct Plain {};
  struct Other {
    std::string value;
  };
  std::variant<Plain, Plain, Plain, Plain, Plain, Plain, Plain, Plain, Plain, Other> value;
  static constexpr std::array<std::string_view, 10> cases = {
      "get", "head", "post", "put", "delete", "connect", "options", "trace", "patch", "other"};
};
Method methodOf(std::string_view text);
/// "GET", or what the guest has made up.
std::string toText(const Method &method);

struct Scheme {
  struct Plain {};
  struct Other {
    std::string value;
  };
  std::variant<Plain, Plain, Other> value;
  static constexpr std::array<std::string_view, 3> cases = {"HTTP", "HTTPS", "other"};
};

struct ErrorCode {
  struct Plain {};
  struct DnsError {
    std::optional<std::string> rcode;
    std::optional<uint16_t> infoCode;
    static constexpr auto fields() {
      return std::tuple(runtime::member("rcode", &DnsError::rcode),
                        runtime::member("info-code", &DnsError::infoCode));
    }
  };
  struct TlsAlert {
    std::optional<uint8_t> id;
    std::optional<std::string> message;
    static constexpr auto fields() {
      return std::tuple(runtime::member("alert-id", &TlsAlert::id),
                        runtime::member("alert-message", &TlsAlert::message));
    }
  };
  struct FieldSize {
    std::optional<std::string> name;
    std::optional<uint32_t> size;
    static constexpr auto fields() {
      return std::tuple(runtime::member("field-name", &FieldSize::name),
                        runtime::member("field-size", &FieldSize::size));
    }
  };
  template <typename T> struct With {
    T value;
  };
  using Text = With<std::optional<std::string>>;
  using Size32 = With<std::optional<uint32_t>>;
  using Size64 = With<std::optional<uint64_t>>;

  std::variant<Plain, With<DnsError>, Plain, Plain, Plain, Plain, Plain, Plain, Plain, Plain, Plain,
               Plain, Plain, Plain, With<TlsAlert>, Plain, Plain, Size64, Plain, Plain, Plain,
               Size32, With<std::optional<FieldSize>>, Size32, With<FieldSize>, Plain, Size32,
               With<FieldSize>, Size64, Size32, With<FieldSize>, Text, Text, Plain, Plain, Plain,
               Plain, Plain, Text>
      value;
  static constexpr std::array<std::string_view, 39> cases = {"DNS-timeout",
                                                             "DNS-error",
                                                             "destination-not-found",
                                                             "destination-unavailable",
                                                             "destination-IP-prohibited",
                                                             "destination-IP-unroutable",
                                                             "connection-refused",
                                                             "connection-terminated",
                                                             "connection-timeout",
                                                             "connection-read-timeout",
                                                             "connection-write-timeout",
                                                             "connection-limit-reached",
                                                             "TLS-protocol-error",
                                                             "TLS-certificate-error",
                                                             "TLS-alert-received",
                                                             "HTTP-request-denied",
                                                             "HTTP-request-length-required",
                                                             "HTTP-request-body-size",
                                                             "HTTP-request-method-invalid",
                                                             "HTTP-request-URI-invalid",
                                                             "HTTP-request-URI-too-long",
                                                             "HTTP-request-header-section-size",
                                                             "HTTP-request-header-size",
                                                             "HTTP-request-trailer-section-size",
                                                             "HTTP-request-trailer-size",
                                                             "HTTP-response-incomplete",
                                                             "HTTP-response-header-section-size",
                                                             "HTTP-response-header-size",
                                                             "HTTP-response-body-size",
                                                             "HTTP-response-trailer-section-size",
                                                             "HTTP-response-trailer-size",
                                                             "HTTP-response-transfer-coding",
                                                             "HTTP-response-content-coding",
                                                             "HTTP-response-timeout",
                                                             "HTTP-upgrade-failed",
                                                             "HTTP-protocol-error",
                                                             "loop-detected",
                                                             "configuration-error",
                                                             "internal-error"};
};
/// Without what a case may say besides.
ErrorCode errorCodeOf(http::Failure failure);
/// The case's name.
std::string_view nameOf(const ErrorCode &error);

struct HeaderError {
  struct InvalidSyntax {};
  struct Forbidden {};
  struct Immutable {};
  std::variant<InvalidSyntax, Forbidden, Immutable> value;
  static constexpr std::array<std::string_view, 3> cases = {"invalid-syntax", "forbidden",
                                                            "immutable"};
};

} // namespace w2n::wasi::p2
