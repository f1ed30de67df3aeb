// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/ValueArena.h"

#include <algorithm>

namespace w2n::runtime {

Result<uint8_t *> ValueArena::allocateBytes(size_t count, size_t each) {
  if (count > bytesLeft / each)
    return fail(ErrorKind::Limit, "value is too large");
  if (count == 0)
    return nullptr;
  const size_t bytes = (count * each + alignment - 1) / alignment * alignment;
  if (bytes > blockBytes / 4) {
    bytesLeft -= std::min(bytes, bytesLeft);
    large.push_back(std::make_unique<uint8_t[]>(bytes));
    return large.back().get();
  }
  if (used + bytes > blockBytes) {
    if (bytesLeft < blockBytes)
      return fail(ErrorKind::Limit, "value is too large");
    bytesLeft -= blockBytes;
    blocks.push_back(std::make_unique<uint8_t[]>(blockBytes));
    used = 0;
  }
  uint8_t *const place = blocks.back().get() + used;
  used += bytes;
  return place;
}

} // namespace w2n::runtime
