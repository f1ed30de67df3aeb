// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A lock of one key, between processes and threads. The kernel releases it when its holder ends,
// however that comes, so that whoever waits takes over. Only the cache's owner can open its file
// and lock it; and no one can hold up others for longer than they are ready to wait.
#pragma once

#include "lib/support/Descriptor.h"

#include <chrono>
#include <optional>
#include <string>

namespace w2n::cache {

class KeyLock {
public:
  static constexpr std::chrono::milliseconds noWait{0};

  /// Takes the lock `name` in the folder of locks; nullopt if another still holds it after
  /// `longest`. Where the file system cannot lock or nothing can be written, the result holds
  /// nothing, and several may do the same work: slower, not wrong. Threads: any.
  static std::optional<KeyLock> take(int folder, const std::string &name,
                                     std::chrono::milliseconds longest);

  KeyLock(KeyLock &&) = default;
  KeyLock &operator=(KeyLock &&) = delete;
  /// Removes the lock's file, then unlocks.
  ~KeyLock();

  bool isHeld() const { return bool(file); }

private:
  KeyLock(int folder, std::string name, Descriptor file)
      : folder(folder), name(std::move(name)), file(std::move(file)) {}

  int folder;
  std::string name;
  Descriptor file;
};

} // namespace w2n::cache
