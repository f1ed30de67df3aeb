// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/IoVectors.h"

#include "lib/support/Error.h"
#include "runtime/core/Pieces.h"

#include <algorithm>

namespace w2n::wasi {

IoVectors::IoVectors(GuestMemory memory, GuestPointer<IoVector> list, uint32_t count,
                     Errno &failure) {
  if (failure != Errno::Success)
    return;
  if (Outcome outcome = read(memory, list, count); !outcome)
    failure = outcome.error();
}

Outcome IoVectors::read(GuestMemory memory, GuestPointer<IoVector> list, uint32_t count) {
  W2N_TRY(guestVectors, memory.array(list, count));
  for (uint32_t index = 0; index < count && used < maxCount; ++index) {
    // A list may have half a billion empty buffers.
    if (index % runtime::pieceElements == 0 && runtime::isInterrupted())
      return std::unexpected(Errno::Intr);
    IoVector vector = guestVectors.load(index);
    W2N_TRY(buffer, memory.buffer(vector.buffer, vector.bytes));
    if (!buffer.empty())
      vectors[used++] = {buffer.data(), buffer.size()};
  }
  return {};
}

IoVectors::IoVectors(const IoVectors &whole, uint64_t maxBytes) {
  for (; used < whole.used && maxBytes != 0; ++used) {
    vectors[used] = whole.vectors[used];
    vectors[used].iov_len = std::min<uint64_t>(vectors[used].iov_len, maxBytes);
    maxBytes -= vectors[used].iov_len;
  }
}

uint64_t IoVectors::totalBytes() const {
  uint64_t bytes = 0;
  for (int index = 0; index < used; ++index)
    bytes += vectors[index].iov_len;
  return bytes;
}

} // namespace w2n::wasi
