// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/ErrorCodes.h"

#include <initializer_list>

namespace w2n::wasi::p2 {

namespace {
bool isAmong(Errno error, std::initializer_list<Errno> errors) {
  for (Errno each : errors)
    if (each == error)
      return true;
  return false;
}
} // namespace

FilesystemError toFilesystemError(Errno error) {
#define W2N_FILESYSTEM_ERROR(name, label, ...)                                                     \
  if (isAmong(error, {__VA_ARGS__}))                                                               \
    return FilesystemError::name;
#define W2N_NETWORK_ERROR(name, label, ...)
#include "runtime/wasi/p2/ErrorCodes.def"
  return FilesystemError::Io;
}

NetworkError toNetworkError(Errno error) {
#define W2N_FILESYSTEM_ERROR(name, label, ...)
#define W2N_NETWORK_ERROR(name, label, ...)                                                        \
  if (isAmong(error, {__VA_ARGS__}))                                                               \
    return NetworkError::name;
#include "runtime/wasi/p2/ErrorCodes.def"
  return NetworkError::Unknown;
}

} // namespace w2n::wasi::p2
