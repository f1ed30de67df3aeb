// A lock of one key, between processes and threads. The kernel releases it when its holder ends,
// however that comes, so that whoever waits takes over.
#pragma once

#include "lib/support/Descriptor.h"

#include <optional>
#include <string>

namespace w2n::cache {

class KeyLock {
public:
  enum class Wait { Yes, No };

  /// Takes the lock `name` in the folder of locks; nullopt if another holds it and there is no
  /// waiting. Where the file system cannot lock or nothing can be written, the result holds
  /// nothing, and several may do the same work: slower, not wrong. Threads: any.
  static std::optional<KeyLock> take(int folder, const std::string &name, Wait wait);

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
