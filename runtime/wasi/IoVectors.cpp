#include "runtime/wasi/IoVectors.h"

#include "lib/support/Error.h"

namespace w2n::wasi {

Outcome IoVectors::read(GuestMemory memory, GuestPointer<IoVector> list, uint32_t count) {
  W2N_TRY(guestVectors, memory.view(list, count));
  for (uint32_t index = 0; index < count && used < most; ++index) {
    IoVector vector = guestVectors.load(index);
    W2N_TRY(buffer, memory.buffer(vector.buffer, vector.bytes));
    if (!buffer.empty())
      vectors[used++] = {buffer.data(), buffer.size()};
  }
  return {};
}

uint64_t IoVectors::totalBytes() const {
  uint64_t bytes = 0;
  for (int index = 0; index < used; ++index)
    bytes += vectors[index].iov_len;
  return bytes;
}

} // namespace w2n::wasi
