// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/Bucket.h"

#include <charconv>
#include <map>
#include <mutex>

namespace w2n::wasi {

namespace {

constexpr size_t keysAtATime = 1000;
/// The cost of an entry besides its bytes, for the limit.
constexpr uint64_t entryBytes = 160;

class MemoryBucket final : public Bucket {
public:
  using Bucket::Bucket;

  BucketResult<void> get(std::string_view key, const Visitor &visit) override {
    const std::lock_guard guard(lock);
    if (const auto found = entries.find(key); found != entries.end())
      visit(found->second.value);
    return {};
  }
  BucketResult<bool> exists(std::string_view key) override {
    const std::lock_guard guard(lock);
    return entries.contains(key);
  }
  BucketResult<void> set(std::string_view key, std::span<const uint8_t> value) override {
    const std::lock_guard guard(lock);
    return setNow(key, {reinterpret_cast<const char *>(value.data()), value.size()});
  }
  BucketResult<void> remove(std::string_view key) override {
    const std::lock_guard guard(lock);
    const auto found = entries.find(key);
    if (found == entries.end())
      return {};
    usedBytes -= entryBytes + key.size() + found->second.value.size();
    keysByNumber.erase(found->second.number);
    entries.erase(found);
    return {};
  }
  BucketResult<uint64_t> list(uint64_t position, const Visitor &visit) override {
    const std::lock_guard guard(lock);
    auto next = keysByNumber.upper_bound(position);
    uint64_t last = 0;
    for (size_t count = 0; count < keysAtATime && next != keysByNumber.end(); ++count, ++next) {
      visit(next->second);
      last = next->first;
    }
    return next == keysByNumber.end() ? 0 : last;
  }
  BucketResult<uint64_t> increment(std::string_view key, uint64_t delta) override {
    const std::lock_guard guard(lock);
    uint64_t number = 0;
    if (const auto found = entries.find(key); found != entries.end()) {
      const std::string &text = found->second.value;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size())
        return std::unexpected("the value is no number");
    }
    if (__builtin_add_overflow(number, delta, &number))
      return std::unexpected("the number would be too large");
    W2N_CHECK(setNow(key, std::to_string(number)));
    return number;
  }

private:
  struct Entry {
    std::string value;
    uint64_t number; ///< in the order in which keys were set first
  };

  // Needs the lock.
  BucketResult<void> setNow(std::string_view key, std::string_view value) {
    const auto found = entries.find(key);
    const bool isNew = found == entries.end();
    const uint64_t before = isNew ? 0 : found->second.value.size();
    const uint64_t after = value.size() + (isNew ? entryBytes + key.size() : 0);
    if (isNew && entries.size() >= limits.max_keys)
      return std::unexpected("the bucket has as many keys as it may have");
    if (usedBytes - before + after > limits.max_bytes)
      return std::unexpected("the bucket is full");
    usedBytes += after - before;
    if (!isNew) {
      found->second.value = value;
      return {};
    }
    const auto added = entries.emplace(std::string(key), Entry{std::string(value), ++lastNumber});
    keysByNumber.emplace(lastNumber, added.first->first);
    return {};
  }

  std::mutex lock;
  std::map<std::string, Entry, std::less<>> entries;
  std::map<uint64_t, std::string_view> keysByNumber; ///< of `entries`, whose nodes stay
  uint64_t lastNumber = 0, usedBytes = 0;
};

} // namespace

std::shared_ptr<Bucket> makeMemoryBucket(const w2n_bucket_limits &limits) {
  return std::make_shared<MemoryBucket>(limits);
}

} // namespace w2n::wasi
