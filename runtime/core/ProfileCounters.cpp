// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/ProfileCounters.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>

namespace w2n::runtime {

using artifact::Metadata;
using artifact::ProfileRecord;

namespace {

/// 2 GiB of them: more than a module that the compiler takes can have.
constexpr uint64_t maxCounters = 1 << 28;

void addTo(std::vector<uint64_t> &sums, uint64_t *counters) {
  for (size_t i = 0; i < sums.size(); ++i)
    sums[i] += std::atomic_ref(counters[i]).load(std::memory_order_relaxed);
}

} // namespace

Result<std::unique_ptr<ProfileCounters>> ProfileCounters::create(const Metadata &metadata) {
  if (!(metadata.header().flags & artifact::flagProfiles))
    return std::unique_ptr<ProfileCounters>();
  uint64_t count = 0;
  for (const ProfileRecord &record : metadata.profile()) {
    const uint64_t end = uint64_t(record.firstCounter) + record.counters;
    if (end > maxCounters || metadata.string(record.name).empty())
      return fail(ErrorKind::Malformed, "metadata: the profile of a function is damaged",
                  metadata.fileOffset());
    count = std::max(count, end);
  }
  return std::unique_ptr<ProfileCounters>(new ProfileCounters(metadata, count));
}

Result<ProfileCounters::Block> ProfileCounters::makeBlock() {
  auto *counters = static_cast<uint64_t *>(std::calloc(std::max<size_t>(count, 1), 8));
  if (!counters)
    return fail(ErrorKind::Limit,
                "no memory for the " + std::to_string(count) + " counters of a profile");
  Block block;
  block.owner = this;
  block.counters = counters;
  std::lock_guard lock(mutex);
  blocks.insert(counters);
  return block;
}

ProfileCounters::Block::~Block() {
  if (owner)
    owner->retire(counters);
}

void ProfileCounters::retire(uint64_t *counters) {
  {
    std::lock_guard lock(mutex);
    blocks.erase(counters);
    ended.resize(count);
    addTo(ended, counters);
  }
  std::free(counters);
}

artifact::Profile ProfileCounters::collect() const {
  std::vector<uint64_t> sums;
  {
    std::lock_guard lock(mutex);
    sums = ended;
    sums.resize(count);
    for (uint64_t *block : blocks)
      addTo(sums, block);
  }
  artifact::Profile profile;
  for (const ProfileRecord &record : metadata.profile())
    profile.add(metadata.string(record.name), record.hash,
                std::span(sums).subspan(record.firstCounter, record.counters));
  return profile;
}

} // namespace w2n::runtime
