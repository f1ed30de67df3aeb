// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The buckets of wasi:keyvalue, in memory or behind functions (worlds.h), which libraries of ours
// or the embedder have.
#pragma once

#include "include/wasm2native/worlds.h"
#include "lib/support/Error.h"

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace w2n::wasi {

/// Errors: a text for the guest.
template <typename T> using BucketResult = std::expected<T, std::string>;

/// Threads: any.
class Bucket {
public:
  using Visitor = std::function<void(std::string_view bytes)>;

  explicit Bucket(const w2n_bucket_limits &limits) : limits(limits) {}
  virtual ~Bucket() = default;
  Bucket(const Bucket &) = delete;
  Bucket &operator=(const Bucket &) = delete;

  /// Visits the value, if there is one.
  virtual BucketResult<void> get(std::string_view key, const Visitor &visit) = 0;
  virtual BucketResult<bool> exists(std::string_view key) = 0;
  virtual BucketResult<void> set(std::string_view key, std::span<const uint8_t> value) = 0;
  virtual BucketResult<void> remove(std::string_view key) = 0;
  /// Visits some keys from `position` on; returns where they go on, 0 for the end.
  virtual BucketResult<uint64_t> list(uint64_t position, const Visitor &visit) = 0;
  virtual BucketResult<uint64_t> increment(std::string_view key, uint64_t delta) = 0;

  const w2n_bucket_limits limits;
};

/// A bucket that a guest may open.
struct NamedBucket {
  std::string name;
  std::shared_ptr<Bucket> bucket;
};

/// Zeros become the defaults.
w2n_bucket_limits completeLimits(w2n_bucket_limits limits);

std::shared_ptr<Bucket> makeMemoryBucket(const w2n_bucket_limits &limits);
std::shared_ptr<Bucket> makeFunctionBucket(const w2n_bucket &functions,
                                           const w2n_bucket_limits &limits);
/// The bucket `name` that is at `where`, as w2n_wasi_config_add_bucket has it. Errors: Invalid, Io,
/// Unsupported.
Result<std::shared_ptr<Bucket>> openBucket(const std::string &name, const std::string &where,
                                           const w2n_bucket_limits &limits);

} // namespace w2n::wasi
