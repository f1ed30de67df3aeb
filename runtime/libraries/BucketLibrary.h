// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The interface of libwasm2native-sqlite.so and libwasm2native-redis.so, which are opened when a
// bucket of wasi:keyvalue is: each makes the functions of one. Sizes of keys and values are checked
// before these are called.
#pragma once

#include "include/wasm2native/worlds.h"

namespace w2n::libraries {

struct BucketRequest {
  const char *name;
  const char *where;
  w2n_bucket_limits limits;
  /// Waits until `descriptor` can be written to or read from, for `milliseconds` at most; gives the
  /// thread to other guests meanwhile. False if it cannot, or the guest is interrupted.
  bool (*wait)(int descriptor, bool writes, int milliseconds);
  /// Whether the guest that calls is to end.
  bool (*isInterrupted)();
};

/// False for an error, with a text in `error`, which has W2N_SERVICE_ERROR_BYTES.
using OpenBucket = bool(const BucketRequest *request, w2n_bucket *bucket, char *error);
inline constexpr const char *sqliteLibrary = "libwasm2native-sqlite.so";
inline constexpr const char *redisLibrary = "libwasm2native-redis.so";
inline constexpr const char *openBucketName = "w2n_open_bucket";

} // namespace w2n::libraries
