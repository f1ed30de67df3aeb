// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The guest's clocks: the host's, or one that stands still, or none.
#pragma once

#include "runtime/wasi/Errno.h"

#include <array>
#include <atomic>
#include <ctime>
#include <memory>
#include <optional>

namespace w2n::wasi {

class Chaos;

enum class ClockMode : uint8_t {
  Host,
  Frozen, ///< stands still, and moves only while the guest sleeps, which takes no time
  None,
};

struct ClockOptions {
  ClockMode mode = ClockMode::Host;
  /// Nanoseconds since 1970, where a frozen clock begins. Its other clocks begin at 0.
  uint64_t frozenNs = 0;
};

inline uint64_t toNs(const timespec &time) {
  return uint64_t(time.tv_sec) * 1'000'000'000 + uint64_t(time.tv_nsec);
}
inline timespec fromNs(uint64_t ns) {
  return {time_t(ns / 1'000'000'000), long(ns % 1'000'000'000)};
}

/// The state of the guest's clocks, for another process that goes on with it.
struct SavedClocks {
  /// The times of clocks other than the time of day, by their number; 0 where there are none.
  std::array<uint64_t, 4> ns = {};
  uint64_t sleptNs = 0;
};

/// Clocks by their WASI number: 0 is the time of day. Threads: any.
class Clocks {
public:
  /// `chaos`: what makes clocks jump; null for none.
  explicit Clocks(ClockOptions options, std::shared_ptr<Chaos> chaos = nullptr)
      : options(options), chaos(std::move(chaos)) {}

  /// Nanoseconds. Errors: Inval (no such clock), NotCapable (the guest has none), the system's.
  WasiResult<uint64_t> readNs(uint32_t clock) const;
  /// The same errors.
  WasiResult<uint64_t> resolutionNs(uint32_t clock) const;

  bool isFrozen() const { return options.mode == ClockMode::Frozen; }
  /// Moves a frozen clock.
  void advance(uint64_t ns);

  /// The times of files tell what the host's clock says: with a frozen clock no file is later than
  /// that, and without a clock all are from 1970. Nanoseconds; nullopt if there is no such limit.
  std::optional<uint64_t> latestFileTimeNs() const;

  SavedClocks save() const;
  /// Goes on where another process was. The time of day is the host's all the same.
  void restore(const SavedClocks &saved);

private:
  uint64_t aheadNs() const;

  const ClockOptions options;
  const std::shared_ptr<Chaos> chaos;
  std::atomic<uint64_t> sleptNs = 0;
  /// The difference to the host's clocks, modulo 2^64: set before the guest runs.
  std::array<uint64_t, 4> continuedNs = {};
};

} // namespace w2n::wasi
