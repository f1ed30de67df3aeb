// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Work whose amount a guest decides, done in pieces: between two of them the thread looks whether
// it has been interrupted, so that a deadline ends the filling of gigabytes as it ends a loop.
#pragma once

#include "runtime/core/Interrupt.h"

#include <algorithm>
#include <cstdint>

namespace w2n::runtime {

enum class Direction { Up, Down };

/// A fraction of a millisecond each, page faults included.
inline constexpr uint64_t pieceBytes = 1 << 20, pieceElements = 1 << 14;

/// Calls `work(first, count)` for pieces of at most `pieceCount` bytes or elements, in the order of
/// `direction`, until the thread is interrupted; the guest is then left by the crossing. Returns
/// whether all of it was done.
template <typename Work>
bool inPieces(uint64_t count, uint64_t pieceCount, Work work, Direction direction = Direction::Up) {
  if (count <= pieceCount) [[likely]] {
    work(uint64_t(0), count);
    return true;
  }
  for (uint64_t done = 0, piece; done < count; done += piece) {
    if (isInterrupted())
      return false;
    piece = std::min(pieceCount, count - done);
    work(direction == Direction::Up ? done : count - done - piece, piece);
  }
  return true;
}

} // namespace w2n::runtime
