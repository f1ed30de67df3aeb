// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Errors are values. Whatever can fail because of its input or its environment returns Result<T>;
// the two macros below hand an error to the caller. Only tools/ prints them.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>

namespace w2n {

enum class ErrorKind : uint8_t {
  Malformed,   ///< bytes that are not what they claim to be (the specification's "malformed")
  Invalid,     ///< decodes, but breaks a validation rule (the specification's "invalid")
  Unsupported, ///< valid, but uses a feature that this build does not have
  Limit,       ///< larger than an implementation limit
  Io,          ///< a file or the operating system said no
  Link,        ///< instantiation: an import is missing or of another type (the specification's
               ///< "unlinkable")
  Trap,        ///< wasm trapped; `code` is the artifact::TrapKind, `notes` the backtrace
  Exit,        ///< the program asked to end; `code` is its exit status
  Internal,    ///< our bug, noticed in time
  Interrupted, ///< wasm was stopped from outside; `code` and `notes` as for Trap
};

/// An error. `text` starts in lower case, says found and wanted, and has no final period.
struct Error {
  ErrorKind kind = ErrorKind::Internal;
  /// Byte offset in the input, or `noOffset`.
  uint64_t offset = noOffset;
  std::string text = {};
  /// Further lines (a backtrace), each ending in a newline; usually empty.
  std::string notes = {};
  uint32_t code = 0;
  /// The runtime's details of a trap (runtime/core/TrapDetails.h): its frames, and an uncaught
  /// exception, so that a host function that returns this error throws it again.
  std::shared_ptr<void> exception = nullptr;

  static constexpr uint64_t noOffset = ~uint64_t(0);
};

template <typename T> using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string text,
                                   uint64_t offset = Error::noOffset) {
  return std::unexpected(Error{kind, offset, std::move(text), {}, 0});
}

#define W2N_CONCAT2(a, b) a##b
#define W2N_CONCAT(a, b) W2N_CONCAT2(a, b)

/// Declares `name` with the value of `expression`, or returns its error.
#define W2N_TRY(name, expression)                                                                  \
  auto W2N_CONCAT(w2nResult, __LINE__) = (expression);                                             \
  if (!W2N_CONCAT(w2nResult, __LINE__)) [[unlikely]]                                               \
    return std::unexpected(std::move(W2N_CONCAT(w2nResult, __LINE__)).error());                    \
  auto name = std::move(*W2N_CONCAT(w2nResult, __LINE__))

/// Returns the error of `expression`, if it has one; its value is not wanted.
#define W2N_CHECK(expression)                                                                      \
  do {                                                                                             \
    if (auto w2nStatus = (expression); !w2nStatus) [[unlikely]]                                    \
      return std::unexpected(std::move(w2nStatus).error());                                        \
  } while (false)

} // namespace w2n
