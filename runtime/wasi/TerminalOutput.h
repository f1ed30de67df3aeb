// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A guest's output to a terminal. What a terminal takes for commands (it can be made to answer as
// if the user had typed, to rewrite what the user has read, or to set its title and clipboard) is
// shown instead of obeyed.
#pragma once

#include "runtime/wasi/Errno.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <sys/uio.h>

namespace w2n::wasi {

/// Text for a terminal, in which every sequence of bytes is a whole character of UTF-8 that is no
/// control but \b, \t, \n or \r.
///
/// - Other control characters of ASCII are shown as their symbols (ESC as U+241B).
/// - Those of the second half, U+0080 to U+009F, and bytes that are no UTF-8, are shown as U+FFFD.
///   So no byte from 0x80 to 0x9f stands alone, which a terminal might take for one of the former.
/// - A character whose bytes are not all there waits for the next call.
class TerminalFilter {
public:
  static constexpr size_t maxInputBytes = 1024;
  /// Three for each byte of a call, and for each of those that waited.
  using Output = std::array<uint8_t, 3 * (maxInputBytes + 3)>;

  /// Puts what may be shown of `input`, at most `maxInputBytes`, in `output`; returns that part.
  std::span<const uint8_t> filter(std::span<const uint8_t> input, Output &output);

private:
  std::array<uint8_t, 4> window = {};
  uint8_t windowBytes = 0;
};

/// A standard stream that is a terminal. Threads: any.
class TerminalOutput {
public:
  /// Streams with the same `turn` write one after the other, so that no character of one is in the
  /// middle of another's.
  explicit TerminalOutput(std::mutex &turn) : turn(turn) {}

  /// Writes what may be shown of the guest's bytes. Returns how many of those are dealt with.
  /// Errors: the system's, and then there were none.
  WasiResult<ssize_t> write(int host, std::span<const iovec> vectors);

private:
  Outcome writePart(int host, std::span<const uint8_t> bytes);

  std::mutex &turn;
  TerminalFilter filter;
};

} // namespace w2n::wasi
