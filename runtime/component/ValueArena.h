// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Room for the parts of dynamic values: what is given out stays where it is until all is freed at
// once. It has a limit, because lists of a guest can overlap: a few pages may be read as any number
// of values.
#pragma once

#include "lib/support/Error.h"

#include <memory>
#include <span>
#include <vector>

namespace w2n::runtime {

class ValueArena {
public:
  static constexpr size_t defaultMaxBytes = size_t(256) << 20;

  explicit ValueArena(size_t maxBytes = defaultMaxBytes) : bytesLeft(maxBytes) {}

  /// `count` objects of trivial type T, all zero. Errors: Limit.
  template <typename T> Result<std::span<T>> allocate(size_t count) {
    static_assert(alignof(T) <= alignment);
    W2N_TRY(bytes, allocateBytes(count, sizeof(T)));
    return std::span(reinterpret_cast<T *>(bytes), count);
  }

private:
  static constexpr size_t alignment = 16, blockBytes = 4096;
  Result<uint8_t *> allocateBytes(size_t count, size_t each);

  std::vector<std::unique_ptr<uint8_t[]>> blocks, large;
  size_t bytesLeft, used = blockBytes;
};

} // namespace w2n::runtime
