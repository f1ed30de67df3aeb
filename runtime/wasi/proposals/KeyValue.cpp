// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/proposals/KeyValue.h"

#include "runtime/core/Interrupt.h"

#include <algorithm>

namespace w2n::wasi::proposals {

namespace {

/// The most of all values that one call returns together.
constexpr uint64_t maxBatchBytes = 16 << 20;

template <typename T> using Stored = std::expected<T, StoreError>;

std::unexpected<StoreError> other(std::string text) {
  return std::unexpected(StoreError{StoreError::Other{std::move(text)}});
}
std::unexpected<StoreError> tooLong(const char *what, uint64_t bytes, uint64_t maxBytes) {
  return other(std::string(what) + " has " + std::to_string(bytes) + " bytes, at most " +
               std::to_string(maxBytes) + " are possible");
}

template <typename T> Stored<T> stored(BucketResult<T> result) {
  if (!result)
    return other(std::move(result.error()));
  return Stored<T>(std::move(result).value());
}
Stored<void> stored(BucketResult<void> result) {
  return result ? Stored<void>() : other(std::move(result.error()));
}

/// The result for the guest, unless it is interrupted, which may be why something failed.
template <typename T> StoreResult<T> finished(Stored<T> result) {
  if (!result && runtime::isInterrupted())
    return p2::interrupted();
  return StoreResult<T>(std::in_place, std::move(result));
}

Stored<void> checkKey(const Bucket &bucket, std::string_view key) {
  const uint64_t most = bucket.limits.max_key_bytes;
  return key.size() <= most ? Stored<void>() : tooLong("the key", key.size(), most);
}

Stored<std::optional<Value>> read(Bucket &bucket, std::string_view key) {
  W2N_CHECK(checkKey(bucket, key));
  std::optional<Value> value;
  uint64_t bytes = 0;
  W2N_CHECK(stored(bucket.get(key, [&](std::string_view found) {
    bytes = found.size();
    if (bytes <= bucket.limits.max_value_bytes)
      value.emplace(found.begin(), found.end());
  })));
  // Others may have put a longer one there.
  if (bytes > bucket.limits.max_value_bytes)
    return tooLong("the value", bytes, bucket.limits.max_value_bytes);
  return value;
}

Stored<void> write(Bucket &bucket, std::string_view key, std::span<const uint8_t> value) {
  W2N_CHECK(checkKey(bucket, key));
  if (value.size() > bucket.limits.max_value_bytes)
    return tooLong("the value", value.size(), bucket.limits.max_value_bytes);
  return stored(bucket.set(key, value));
}

Stored<void> erase(Bucket &bucket, std::string_view key) {
  W2N_CHECK(checkKey(bucket, key));
  return stored(bucket.remove(key));
}

Stored<bool> find(Bucket &bucket, std::string_view key) {
  W2N_CHECK(checkKey(bucket, key));
  return stored(bucket.exists(key));
}

Stored<KeyResponse> list(Bucket &bucket, uint64_t position) {
  KeyResponse response;
  W2N_TRY(next, stored(bucket.list(position, [&response](std::string_view key) {
            response.keys.emplace_back(key);
          })));
  if (next != 0)
    response.cursor = next;
  return response;
}

Stored<uint64_t> add(Bucket &bucket, std::string_view key, uint64_t delta) {
  W2N_CHECK(checkKey(bucket, key));
  return stored(bucket.increment(key, delta));
}

/// Does `work` with each entry, up to the first that fails.
Stored<void> forEach(const auto &entries, auto work) {
  for (const auto &entry : entries) {
    if (runtime::isInterrupted())
      return other("interrupted");
    W2N_CHECK(work(entry));
  }
  return {};
}

using Entries = std::vector<std::optional<KeyAndValue>>;

Stored<Entries> readAll(Bucket &bucket, const std::vector<std::string_view> &keys) {
  Entries entries;
  uint64_t bytes = 0;
  W2N_CHECK(forEach(keys, [&](std::string_view key) -> Stored<void> {
    W2N_TRY(value, read(bucket, key));
    auto &entry = entries.emplace_back();
    if (value) {
      bytes += key.size() + value->size();
      entry.emplace(key, std::move(*value));
    }
    return bytes <= maxBatchBytes ? Stored<void>()
                                  : tooLong("what is asked for", bytes, maxBatchBytes);
  }));
  return entries;
}

} // namespace

std::expected<std::unique_ptr<BucketHandle>, StoreError> openStore(p2::State &state,
                                                                   std::string_view identifier) {
  const auto &buckets = state.wasi->buckets();
  const auto found = std::ranges::find(buckets, identifier, &NamedBucket::name);
  if (found == buckets.end())
    return std::unexpected(StoreError{StoreError::NoSuchStore()});
  return std::make_unique<BucketHandle>(found->bucket);
}

StoreResult<std::optional<Value>> getValue(p2::State &, BucketHandle &self, std::string_view key) {
  return finished(read(*self.bucket, key));
}

StoreResult<void> setValue(p2::State &, BucketHandle &self, std::string_view key,
                           std::span<const uint8_t> value) {
  return finished(write(*self.bucket, key, value));
}

StoreResult<void> deleteKey(p2::State &, BucketHandle &self, std::string_view key) {
  return finished(erase(*self.bucket, key));
}

StoreResult<bool> keyExists(p2::State &, BucketHandle &self, std::string_view key) {
  return finished(find(*self.bucket, key));
}

StoreResult<KeyResponse> listKeys(p2::State &, BucketHandle &self, std::optional<uint64_t> cursor) {
  return finished(list(*self.bucket, cursor.value_or(0)));
}

StoreResult<uint64_t> incrementValue(p2::State &, BucketHandle &bucket, std::string_view key,
                                     uint64_t delta) {
  return finished(add(*bucket.bucket, key, delta));
}

StoreResult<std::vector<std::optional<KeyAndValue>>>
getMany(p2::State &, BucketHandle &bucket, const std::vector<std::string_view> &keys) {
  return finished(readAll(*bucket.bucket, keys));
}

StoreResult<void>
setMany(p2::State &, BucketHandle &bucket,
        const std::vector<std::tuple<std::string_view, std::span<const uint8_t>>> &keyValues) {
  return finished(forEach(keyValues, [&](const auto &entry) {
    return write(*bucket.bucket, std::get<0>(entry), std::get<1>(entry));
  }));
}

StoreResult<void> deleteMany(p2::State &, BucketHandle &bucket,
                             const std::vector<std::string_view> &keys) {
  return finished(forEach(keys, [&](std::string_view key) { return erase(*bucket.bucket, key); }));
}

} // namespace w2n::wasi::proposals
