// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A store in a folder of its own.
#pragma once

#include "runtime/cache/Store.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace w2n::test {

inline constexpr uint64_t plentyBytes = 1 << 30;

inline std::vector<uint8_t> someBytes(size_t count, uint8_t seed = 1) {
  std::vector<uint8_t> bytes(count);
  for (size_t i = 0; i < count; ++i)
    bytes[i] = uint8_t(seed + i * 7);
  return bytes;
}

inline cache::Key keyNamed(const std::string &name) { return hashOf(name); }

/// Removed with everything in it.
class TestFolder {
public:
  TestFolder() {
    char name[] = "/tmp/w2n-cache-XXXXXX";
    path = mkdtemp(name);
  }
  ~TestFolder() { std::filesystem::remove_all(path); }
  std::string path;
};

class TestStore : public TestFolder {
public:
  explicit TestStore(uint64_t limit = plentyBytes) : limit(limit) { open(); }
  void open() {
    auto opened = cache::Store::open(path, limit);
    if (!opened)
      ADD_FAILURE() << opened.error().text;
    else
      store = std::move(*opened);
  }
  cache::Store *operator->() { return store.get(); }
  cache::Store &operator*() { return *store; }

  void insert(const std::string &name, std::span<const uint8_t> bytes) {
    const auto lock = store->lock(keyNamed(name), cache::defaultLongestWait);
    const auto inserted = store->insert(keyNamed(name), bytes);
    EXPECT_TRUE(inserted) << inserted.error().text;
  }
  bool has(const std::string &name) {
    auto found = store->find(keyNamed(name));
    return found && *found;
  }
  std::string file(const std::string &name, const char *end) const {
    return path + "/entries/" + hexOf(keyNamed(name)) + end;
  }
  /// As if it was last used, or changed, so long ago.
  static void age(const std::string &file, int seconds) {
    struct timespec now, times[2];
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= seconds;
    times[0] = times[1] = now;
    EXPECT_EQ(utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  }

private:
  uint64_t limit;
  std::unique_ptr<cache::Store> store;
};

inline void writeFile(const std::string &path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

} // namespace w2n::test
