#include "runtime/wasi/IoVectors.h"

#include "lib/support/Error.h"

namespace w2n::wasi {

WasiResult<IoVectors> IoVectors::read(GuestMemory memory, GuestPointer<IoVector> list,
                                      uint32_t count) {
  W2N_TRY(guestVectors, memory.view(list, count));
  IoVectors result;
  for (uint32_t index = 0; index < count && result.used < most; ++index) {
    IoVector vector = guestVectors.load(index);
    W2N_TRY(buffer, memory.buffer(vector.buffer, vector.bytes));
    if (!buffer.empty())
      result.vectors[result.used++] = {buffer.data(), buffer.size()};
  }
  return result;
}

} // namespace w2n::wasi
