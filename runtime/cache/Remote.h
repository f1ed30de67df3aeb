// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The second level of the cache: objects behind HTTP, which many machines share. It may be slow,
// gone, or lie: whatever it does costs at most its time limit, and after a failure it is left alone
// for a while, by other processes too.
#pragma once

#include "runtime/cache/RemoteFormat.h"
#include "runtime/cache/Store.h"
#include "runtime/signing/Signature.h"

#include <mutex>

namespace w2n::cache {

/// When a remote may be asked again, and how often it failed before.
struct RemoteRest {
  int64_t untilNs = 0, failureCount = 0;
};

struct RemoteOptions {
  std::string url;   ///< the objects' names follow after a slash
  std::string token; ///< for "Authorization: Bearer"; empty: none
  /// Keys of which one must have signed what is fetched. Null: the remote itself is trusted.
  std::shared_ptr<const signing::TrustedKeys> trusted;
  bool mayWrite = false;
  /// The longest that a fetch may take, with all attempts; and the same for storing.
  std::chrono::milliseconds timeout{5000};
};

/// Threads: any, for every member.
class Remote {
public:
  /// `store` keeps when the remote failed; it outlives this.
  Remote(Store &store, RemoteOptions options);

  const RemoteOptions &options() const { return given; }

  /// The artifact of `key`, of at most `maxBytes`, verified; nullopt if there is none, or the
  /// remote is left alone. Errors: Io: the remote cannot be reached, or not in time; Malformed,
  /// Limit, Invalid: what it sent is not to be used; Unsupported: libwasm2native-remote.so is not
  /// there.
  Result<std::optional<RemoteArtifact>> fetch(const Key &key, uint64_t maxBytes);

  enum class Existing : bool { Keep, Replace };
  /// Stores an artifact under `key`, unless there is one that is to be kept. Errors: Io,
  /// Unsupported.
  Status store(const Key &key, std::span<const uint8_t> artifact, const std::string &signature,
               Existing existing = Existing::Keep);

private:
  using Clock = std::chrono::steady_clock;
  RemoteRest rest();
  bool isLeftAlone();
  void noteOutcome(bool isGood);
  /// The body of an answer.
  struct Answer {
    std::vector<uint8_t> bytes;
    uint64_t maxBytes;
  };
  Result<uint32_t> request(const char *method, const Key &key, std::span<const uint8_t> body,
                           Answer &answer, Clock::time_point deadline);
  Result<std::optional<RemoteArtifact>> get(const Key &key, uint64_t maxBytes);
  Status put(const Key &key, std::span<const uint8_t> artifact, const std::string &signature,
             Existing existing);

  Store &local;
  RemoteOptions given;
  std::mutex mutex;   ///< of what follows
  RemoteRest ownRest; ///< also where the store cannot be written
};

/// "http://cache:8080/ac" without a slash at its end. Errors: Invalid.
Result<std::string> parseRemoteUrl(const std::string &url);

} // namespace w2n::cache
