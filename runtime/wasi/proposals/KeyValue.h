// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:keyvalue: store, atomics and batch, on the buckets that the host has granted by name. A
// batch does its entries one after the other, and ends at the first that fails.
#pragma once

#include "runtime/wasi/Bucket.h"
#include "runtime/wasi/p2/State.h"

namespace w2n::wasi::proposals {

struct StoreError {
  struct NoSuchStore {};
  struct AccessDenied {};
  struct Other {
    std::string value;
  };
  std::variant<NoSuchStore, AccessDenied, Other> value;
  static constexpr std::array<std::string_view, 3> cases = {"no-such-store", "access-denied",
                                                            "other"};
};
/// A guest that is interrupted meanwhile ends.
template <typename T> using StoreResult = Result<std::expected<T, StoreError>>;

class BucketHandle final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:keyvalue/store", "bucket"};
  explicit BucketHandle(std::shared_ptr<Bucket> bucket) : bucket(std::move(bucket)) {}

  const std::shared_ptr<Bucket> bucket;
};

struct KeyResponse {
  std::vector<std::string> keys;
  std::optional<uint64_t> cursor;
  static constexpr auto fields() {
    return std::tuple{runtime::member("keys", &KeyResponse::keys),
                      runtime::member("cursor", &KeyResponse::cursor)};
  }
};

using Value = std::vector<uint8_t>;
using KeyAndValue = std::tuple<std::string, Value>;

std::expected<std::unique_ptr<BucketHandle>, StoreError> openStore(p2::State &state,
                                                                   std::string_view identifier);
StoreResult<std::optional<Value>> getValue(p2::State &state, BucketHandle &self,
                                           std::string_view key);
StoreResult<void> setValue(p2::State &state, BucketHandle &self, std::string_view key,
                           std::span<const uint8_t> value);
StoreResult<void> deleteKey(p2::State &state, BucketHandle &self, std::string_view key);
StoreResult<bool> keyExists(p2::State &state, BucketHandle &self, std::string_view key);
StoreResult<KeyResponse> listKeys(p2::State &state, BucketHandle &self,
                                  std::optional<uint64_t> cursor);

StoreResult<uint64_t> incrementValue(p2::State &state, BucketHandle &bucket, std::string_view key,
                                     uint64_t delta);

/// All values together have a limit.
StoreResult<std::vector<std::optional<KeyAndValue>>>
getMany(p2::State &state, BucketHandle &bucket, const std::vector<std::string_view> &keys);
StoreResult<void>
setMany(p2::State &state, BucketHandle &bucket,
        const std::vector<std::tuple<std::string_view, std::span<const uint8_t>>> &keyValues);
StoreResult<void> deleteMany(p2::State &state, BucketHandle &bucket,
                             const std::vector<std::string_view> &keys);

} // namespace w2n::wasi::proposals
