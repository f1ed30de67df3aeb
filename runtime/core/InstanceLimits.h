// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Limits that an embedder sets for an instance. Nothing here costs compiled code anything: sizes
// are compared where something is made or grown.
#pragma once

#include "lib/support/Error.h"

#include "runtime/core/Thread.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace w2n::runtime {

/// For memories, tables, heaps and the host's memory the largest value is no limit.
struct InstanceLimits {
  /// The limit of each memory that the instance defines.
  uint64_t maxMemoryBytes = UINT64_MAX;
  /// The limit of each table that it defines.
  uint64_t maxTableElements = UINT64_MAX;
  /// The limit of the objects of a heap that is made for it.
  uint64_t maxHeapBytes = UINT64_MAX;
  /// The limit of the native stack, for each call from the host into the instance. More than the
  /// default is got where the thread is not already in a guest.
  uint64_t maxStackBytes = defaultStackBytes;
  /// The limit of the host's memory for what an instance makes it keep besides memories and stacks
  /// (HostBudget). Not shared: of instances that have a budget together, it is the budget's.
  uint64_t maxHostBytes = defaultHostBytes;

  static constexpr uint64_t defaultHostBytes = 256 << 20;
};

/// The rest of the host's memory for an instance, or for those of a program together: contexts,
/// elements of tables, exceptions. All that a guest can make more of is taken from one of these
/// before it is allocated, and given back when it is freed. Threads: any.
class HostBudget {
public:
  explicit HostBudget(uint64_t maxBytes) : maxBytes(maxBytes) {}
  HostBudget(const HostBudget &) = delete;
  HostBudget &operator=(const HostBudget &) = delete;

  /// False, and nothing is taken, if there is not so much left.
  bool take(uint64_t bytes) {
    uint64_t before = taken.load(std::memory_order_relaxed);
    do
      if (bytes > maxBytes - before)
        return false;
    while (!taken.compare_exchange_weak(before, before + bytes, std::memory_order_relaxed));
    return true;
  }
  void giveBack(uint64_t bytes) { taken.fetch_sub(bytes, std::memory_order_relaxed); }

  uint64_t takenBytes() const { return taken.load(std::memory_order_relaxed); }
  const uint64_t maxBytes;

private:
  std::atomic<uint64_t> taken = 0;
};

/// Counts instances that are alive. Threads: any.
class InstanceQuota {
public:
  explicit InstanceQuota(uint32_t maxAlive) : maxAlive(maxAlive) {}

  /// One of the instances; gives its place back at its end.
  class Share {
  public:
    Share() = default;
    Share(Share &&) = default;
    Share &operator=(Share &&other) noexcept {
      std::swap(quota, other.quota);
      return *this;
    }
    ~Share() {
      if (quota)
        --quota->alive;
    }

  private:
    friend class InstanceQuota;
    explicit Share(std::shared_ptr<InstanceQuota> quota) : quota(std::move(quota)) {}
    std::shared_ptr<InstanceQuota> quota;
  };

  /// Errors: Limit, if there are already so many. `quota` null is no limit.
  static Result<Share> take(const std::shared_ptr<InstanceQuota> &quota) {
    if (!quota)
      return Share();
    if (++quota->alive > quota->maxAlive) {
      --quota->alive;
      return fail(ErrorKind::Limit, "there are already " + std::to_string(quota->maxAlive) +
                                        " instances, as many as the limit allows");
    }
    return Share(quota);
  }

private:
  const uint32_t maxAlive;
  std::atomic<uint32_t> alive = 0;
};

} // namespace w2n::runtime
