// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The error codes of WASI 0.2, made from the errors that all versions of WASI share.
#pragma once

#include "runtime/wasi/Errno.h"

#include <array>
#include <string_view>

namespace w2n::wasi::p2 {

enum class FilesystemError : uint8_t {
#define W2N_FILESYSTEM_ERROR(name, label, ...) name,
#define W2N_NETWORK_ERROR(name, label, ...)
#include "runtime/wasi/p2/ErrorCodes.def"
};
enum class NetworkError : uint8_t {
#define W2N_FILESYSTEM_ERROR(name, label, ...)
#define W2N_NETWORK_ERROR(name, label, ...) name,
#include "runtime/wasi/p2/ErrorCodes.def"
};

constexpr auto witCases(FilesystemError) {
  return std::to_array<std::string_view>({
#define W2N_FILESYSTEM_ERROR(name, label, ...) label,
#define W2N_NETWORK_ERROR(name, label, ...)
#include "runtime/wasi/p2/ErrorCodes.def"
  });
}
constexpr auto witCases(NetworkError) {
  return std::to_array<std::string_view>({
#define W2N_FILESYSTEM_ERROR(name, label, ...)
#define W2N_NETWORK_ERROR(name, label, ...) label,
#include "runtime/wasi/p2/ErrorCodes.def"
  });
}

FilesystemError toFilesystemError(Errno error);
NetworkError toNetworkError(Errno error);

inline std::unexpected<NetworkError> failure(NetworkError error) { return std::unexpected(error); }
/// The error of the system call that has just failed.
inline std::unexpected<NetworkError> networkFailure() {
  return failure(toNetworkError(systemError().error()));
}

} // namespace w2n::wasi::p2
