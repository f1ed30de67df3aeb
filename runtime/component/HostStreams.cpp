// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/HostStreams.h"

namespace w2n::runtime {

Status HostCopy::run(bool isWriter) {
  hasMoved = hasEnded = false;
  W2N_CHECK(tasks.transfer(stream, *this, isWriter));
  if (!hasMoved)
    W2N_CHECK(tasks.waitUntil([this] { return hasMoved; }));
  withdraw();
  return {};
}

Result<size_t> ByteReader::read(std::span<uint8_t> bytes) {
  passOn();
  if (!stream)
    return size_t(0);
  HostCopy copy(tasks, *stream);
  copy.countsUnflushed = true;
  copy.buffer.bytes = bytes.data();
  copy.buffer.length = uint32_t(std::min<size_t>(bytes.size(), CopyBuffer::maxElements));
  // A writer of nothing wants to know whether something reads.
  while (copy.buffer.progress == 0 && !copy.isDropped())
    W2N_CHECK(copy.run(/*isWriter=*/false));
  hasUnflushed = copy.buffer.progress > 0;
  return copy.buffer.progress;
}

void ByteReader::drop() {
  passOn();
  if (stream)
    std::exchange(stream, nullptr)->drop();
}

} // namespace w2n::runtime
