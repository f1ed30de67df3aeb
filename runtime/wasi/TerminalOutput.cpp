// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/TerminalOutput.h"

#include "lib/support/Error.h"
#include "lib/support/Utf8.h"
#include "runtime/wasi/Restart.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <thread>
#include <unistd.h>

namespace w2n::wasi {

namespace {

// As much as one write(2) takes, so that the count fits 32 bits.
constexpr ssize_t maxCallBytes = 0x7ffff000;

// The time after which a stream looks whether the guest is to end.
constexpr std::chrono::milliseconds patience(20);
// The time between two looks of a stream whether it is its turn.
constexpr std::chrono::milliseconds turnInterval(1);

constexpr std::array<uint8_t, 3> replacement = {0xef, 0xbf, 0xbd}; // U+FFFD

bool isLayout(uint8_t control) {
  return control == '\b' || control == '\t' || control == '\n' || control == '\r';
}

/// The symbol of a control character of ASCII: U+2400 to U+241F, U+2421 for DEL.
std::array<uint8_t, 3> symbolOf(uint8_t control) {
  return {0xe2, 0x90, uint8_t(0x80 + (control == 0x7f ? 0x21 : control))};
}

/// Puts at `to` what is shown of a sequence of bytes; returns where that ends.
uint8_t *show(Utf8Sequence::Kind kind, std::span<const uint8_t> sequence, uint8_t *to) {
  const bool isCharacter = kind == Utf8Sequence::Kind::WellFormed;
  if (isCharacter && (!isControl(sequence) || isLayout(sequence[0])))
    return std::ranges::copy(sequence, to).out;
  const bool hasSymbol = isCharacter && sequence.size() == 1;
  return std::ranges::copy(hasSymbol ? symbolOf(sequence[0]) : replacement, to).out;
}

/// Writes all of `bytes`, also where the terminal takes only a part at a time. Errors: the system's
/// (Again only if nothing is written); Intr if the guest is to end.
Outcome writeAll(int host, std::span<const uint8_t> bytes) {
  for (bool hasBegun = false; !bytes.empty();) {
    const ssize_t written = restarted([&] { return ::write(host, bytes.data(), bytes.size()); });
    if (written >= 0) {
      bytes = bytes.subspan(size_t(written));
      hasBegun = true;
      continue;
    }
    if (errno != EAGAIN || !hasBegun)
      return systemError();
    if (runtime::isInterrupted())
      return std::unexpected(Errno::Intr);
    pollfd ready = {host, POLLOUT, 0};
    ::poll(&ready, 1, int(patience.count()));
  }
  return {};
}

} // namespace

std::span<const uint8_t> TerminalFilter::filter(std::span<const uint8_t> input, Output &output) {
  uint8_t *to = output.data();
  for (uint8_t byte : input) {
    window[windowBytes++] = byte;
    while (windowBytes != 0) {
      const std::span<const uint8_t> bytes(window.data(), windowBytes);
      const Utf8Sequence sequence = firstUtf8Sequence(bytes);
      if (sequence.kind == Utf8Sequence::Kind::Truncated)
        break;
      to = show(sequence.kind, bytes.first(sequence.bytes), to);
      std::ranges::copy(bytes.subspan(sequence.bytes), window.begin());
      windowBytes = uint8_t(windowBytes - sequence.bytes);
    }
  }
  return {output.data(), to};
}

WasiResult<ssize_t> TerminalOutput::write(int host, std::span<const iovec> vectors) {
  // A terminal may be stopped for as long as the user likes. Two streams rarely write at a time, so
  // the wait may be coarse; ThreadSanitizer does not know the function behind try_lock_for.
  std::unique_lock guard(turn, std::defer_lock);
  while (!guard.try_lock()) {
    if (runtime::isInterrupted())
      return std::unexpected(Errno::Intr);
    std::this_thread::sleep_for(turnInterval);
  }
  ssize_t done = 0;
  for (const iovec &vector : vectors) {
    std::span rest(static_cast<const uint8_t *>(vector.iov_base), vector.iov_len);
    while (!rest.empty() && done < maxCallBytes) {
      if (runtime::isInterrupted())
        return std::unexpected(Errno::Intr);
      const auto part = rest.first(
          std::min({rest.size(), TerminalFilter::maxInputBytes, size_t(maxCallBytes - done)}));
      if (Outcome written = writePart(host, part); !written)
        return done != 0 ? WasiResult<ssize_t>(done) : std::unexpected(written.error());
      done += ssize_t(part.size());
      rest = rest.subspan(part.size());
    }
  }
  return done;
}

/// All of `bytes`, or nothing of them.
Outcome TerminalOutput::writePart(int host, std::span<const uint8_t> bytes) {
  TerminalFilter after = filter;
  TerminalFilter::Output room;
  W2N_CHECK(writeAll(host, after.filter(bytes, room)));
  filter = after;
  return {};
}

} // namespace w2n::wasi
