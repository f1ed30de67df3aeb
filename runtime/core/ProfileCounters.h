// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The counters of a module that was compiled with --profile-generate. Each instance counts for
// itself, without synchronization; what a module counted is the sum.
#pragma once

#include "lib/artifact/Metadata.h"
#include "lib/artifact/Profile.h"
#include "lib/support/Error.h"

#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace w2n::runtime {

class ProfileCounters {
public:
  /// For the slice in use; null if the artifact does not count. Nothing is allocated yet. Errors:
  /// Malformed.
  static Result<std::unique_ptr<ProfileCounters>> create(const artifact::Metadata &metadata);

  /// The counters of an instance: what compiled code adds to. Its end adds them to the module's.
  class Block {
  public:
    Block() = default;
    Block(Block &&other) noexcept { *this = std::move(other); }
    Block &operator=(Block &&other) noexcept {
      std::swap(owner, other.owner);
      std::swap(counters, other.counters);
      return *this;
    }
    ~Block();
    uint64_t *get() const { return counters; }

  private:
    friend class ProfileCounters;
    ProfileCounters *owner = nullptr;
    uint64_t *counters = nullptr;
  };

  /// Zeros. The module must outlive the block. Errors: Limit. Threads: any.
  Result<Block> makeBlock();

  /// The counts of all instances until now, those that run included. Threads: any.
  artifact::Profile collect() const;

private:
  ProfileCounters(const artifact::Metadata &metadata, size_t count)
      : metadata(metadata), count(count) {}
  void retire(uint64_t *counters);

  const artifact::Metadata &metadata;
  const size_t count;
  mutable std::mutex mutex; // guards what follows
  std::set<uint64_t *> blocks;
  std::vector<uint64_t> ended; ///< of instances that are no more; empty before the first
};

} // namespace w2n::runtime
