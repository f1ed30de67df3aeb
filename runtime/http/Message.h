// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// HTTP messages as hosts and guests of ours see them, and how their bodies come and go.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace w2n::http {

struct Field {
  std::string name, value;
};
using Fields = std::vector<Field>;

struct RequestHead {
  std::string method, target;
  Fields fields;
  unsigned version = 11; ///< 10, 11 or 20
};

struct ResponseHead {
  unsigned status = 0;
  Fields fields;
};

/// Why an exchange failed: the cases of wasi:http's error-code, in its order.
enum class Failure : uint8_t {
  DnsTimeout,
  DnsError,
  DestinationNotFound,
  DestinationUnavailable,
  DestinationIpProhibited,
  DestinationIpUnroutable,
  ConnectionRefused,
  ConnectionTerminated,
  ConnectionTimeout,
  ConnectionReadTimeout,
  ConnectionWriteTimeout,
  ConnectionLimitReached,
  TlsProtocolError,
  TlsCertificateError,
  TlsAlertReceived,
  HttpRequestDenied,
  HttpRequestLengthRequired,
  HttpRequestBodySize,
  HttpRequestMethodInvalid,
  HttpRequestUriInvalid,
  HttpRequestUriTooLong,
  HttpRequestHeaderSectionSize,
  HttpRequestHeaderSize,
  HttpRequestTrailerSectionSize,
  HttpRequestTrailerSize,
  HttpResponseIncomplete,
  HttpResponseHeaderSectionSize,
  HttpResponseHeaderSize,
  HttpResponseBodySize,
  HttpResponseTrailerSectionSize,
  HttpResponseTrailerSize,
  HttpResponseTransferCoding,
  HttpResponseContentCoding,
  HttpResponseTimeout,
  HttpUpgradeFailed,
  HttpProtocolError,
  LoopDetected,
  ConfigurationError,
  InternalError,
};

/// The outcome of an operation that does not wait.
enum class Progress : uint8_t {
  Done,
  Wait,   ///< for the descriptor
  End,    ///< of the body
  Failed, ///< with failure()
};

/// A body that is received.
class BodyReader {
public:
  virtual ~BodyReader() = default;
  /// Done: `count` bytes, at least one.
  virtual Progress read(std::span<uint8_t> buffer, size_t &count) = 0;
  /// Whether read() would not wait.
  virtual bool isReady() = 0;
  /// Readable when read() may have more.
  virtual int readDescriptor() const = 0;
  virtual Failure readFailure() const = 0;
  /// After End.
  virtual const Fields &trailers() const = 0;
};

/// A body that is sent.
class BodyWriter {
public:
  virtual ~BodyWriter() = default;
  /// Keeps `bytes`, which drain() sends.
  virtual void write(std::span<const uint8_t> bytes) = 0;
  /// The last bytes were written; drain() sends the end.
  virtual void finish(const Fields &trailers) = 0;
  /// Done: nothing is kept any more.
  virtual Progress drain() = 0;
  virtual size_t keptBytes() const = 0;
  virtual int writeDescriptor() const = 0;
  virtual Failure writeFailure() const = 0;
};

/// Case does not matter in names of fields.
bool isSameName(std::string_view one, std::string_view other);
/// The first of its name, or null.
const std::string *findField(const Fields &fields, std::string_view name);
/// The length of a body that fields say. Not valid: more than one field, or no number of digits
/// alone, which two readers might take for different lengths.
struct DeclaredLength {
  bool isValid = true;
  std::optional<uint64_t> bytes;
};
DeclaredLength declaredLength(const Fields &fields);
bool isFieldName(std::string_view name);
bool isFieldValue(std::string_view value);
/// Fields that are about one connection, and not for guests to set.
bool isConnectionField(std::string_view name);

} // namespace w2n::http
