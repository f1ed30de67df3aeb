// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The limit of what a guest may add to the file system. What counts is growth: the bytes by which a
// call makes a regular file larger, and 4 KiB for each entry made, so that empty files are not
// free. Nothing is given back for what is removed or cut off: the file may have been there before,
// or have had fewer bytes on the disk than its size says. So the limit holds whatever a guest does.
#pragma once

#include "runtime/wasi/Errno.h"

#include <algorithm>
#include <mutex>
#include <optional>

namespace w2n::wasi {

/// Threads: any. With a limit, calls that may make a file larger take turns.
class Quota {
public:
  static constexpr uint64_t entryBytes = 4096;

  explicit Quota(std::optional<uint64_t> bytes)
      : limited(bytes.has_value()), left(bytes.value_or(0)) {}

  /// Runs `change`, which may make the file `host` as large as `endBytes(its size)`, if what that
  /// adds is left; takes what it has added. Returns what `change` does. Errors: Dquot, and then
  /// `change` has not run.
  template <typename End, typename Change>
  auto grow(int host, End endBytes, Change change) -> decltype(change()) {
    if (!limited || !regularBytes(host))
      return change();
    std::lock_guard guard(lock);
    const uint64_t before = regularBytes(host).value_or(0), end = endBytes(before);
    if (end > before && end - before > left)
      return std::unexpected(Errno::Dquot);
    auto result = change();
    const uint64_t after = regularBytes(host).value_or(0);
    left -= std::min(left, after - std::min(before, after));
    return result;
  }

  /// Runs `change` while no file grows: for what decides where a write goes.
  template <typename Change> auto exclusive(Change change) -> decltype(change()) {
    if (!limited)
      return change();
    std::lock_guard guard(lock);
    return change();
  }

  bool isLimited() const { return limited; }
  uint64_t remaining() const { return left; }
  void restore(uint64_t bytes) { left = bytes; }

  /// Runs `make`, which makes an entry if it succeeds. Errors: Dquot, and then it has not run.
  template <typename Make> auto makeEntry(Make make) -> decltype(make()) {
    if (!limited)
      return make();
    std::lock_guard guard(lock);
    if (left < entryBytes)
      return std::unexpected(Errno::Dquot);
    auto result = make();
    if (result)
      left -= entryBytes;
    return result;
  }

private:
  /// The size of a regular file; nullopt for everything else, which takes no room.
  static std::optional<uint64_t> regularBytes(int host);

  const bool limited;
  std::mutex lock;
  uint64_t left;
};

} // namespace w2n::wasi
