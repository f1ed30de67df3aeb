// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The interface of libwasm2native-remote.so, which is opened when a remote cache is used: requests
// of HTTP by libcurl, and zstd. Nothing here is believed: contents are judged by who gets them
// (runtime/cache/Remote.cpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace w2n::libraries {

/// Gets bytes in order; a call that returns false ends the work.
struct ByteSink {
  void *user;
  bool (*add)(void *user, const uint8_t *bytes, size_t count);
};

struct RemoteRequest {
  const char *method; ///< "GET", "HEAD" or "PUT"
  const char *url;
  const char *token; ///< for "Authorization: Bearer", or null
  const uint8_t *body;
  size_t bodyBytes;
  uint32_t connectMs, totalMs; ///< the longest that it may take, not 0
};

struct RemoteAnswer {
  uint32_t status; ///< 0 if there was none
  char error[256]; ///< if there was none
};

struct RemoteFunctions {
  /// Sends a request and hands the answer's body to `sink`. Redirections are not followed.
  void (*transfer)(const RemoteRequest *request, const ByteSink *sink, RemoteAnswer *answer);
  /// Both return false if the sink did, or the bytes are damaged.
  bool (*compress)(const uint8_t *bytes, size_t count, const ByteSink *sink);
  bool (*decompress)(const uint8_t *bytes, size_t count, const ByteSink *sink);
};
inline constexpr const char *remoteLibrary = "libwasm2native-remote.so";
/// A RemoteFunctions.
inline constexpr const char *remoteFunctionsName = "w2n_remote_functions";

} // namespace w2n::libraries
