// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/InstancePool.h"

#include "runtime/core/Memory.h"
#include "runtime/core/StoreHeap.h"
#include "runtime/core/ValueTypes.h"
#include "runtime/platform/PrivatePages.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace w2n::runtime {

namespace {

bool fitsInPool(const artifact::MemoryRecordInfo &memory) {
  return (memory.flags & (artifact::limitIs64 | artifact::limitShared)) == 0;
}

/// Whether compiled code compares every address in `memory`, and it never needs much.
bool isSmall(const artifact::MemoryRecordInfo &memory) {
  constexpr uint64_t maxBytes = 16 << 20;
  return !memoryTypeOf(memory).hasGuardPages() && memory.flags & artifact::limitHasMax &&
         memory.max <= maxBytes;
}

uint64_t bytesOf(const artifact::MemoryRecordInfo &memory) {
  return memory.min << memory.pageSizeLog2;
}

/// The first size of the greatest memory of `module` that a slot has.
uint64_t initialMemoryBytes(const Module &module) {
  uint64_t bytes = 0;
  const uint32_t first = module.metadata().header().importedMemories;
  for (const artifact::MemoryRecordInfo &memory : module.metadata().memories().subspan(first))
    if (fitsInPool(memory))
      bytes = std::max(bytes, bytesOf(memory));
  return bytes;
}

/// Writes the initial contents of the `bytes` bytes at `address` of a memory of the module to `to`.
void restore(const Module &module, uint32_t memory, uint8_t *to, uint64_t address, uint64_t bytes) {
  const uint64_t end = address + bytes;
  uint64_t done = address;
  for (const artifact::ImageRecord &image : module.metadata().images()) {
    const uint64_t begin = std::max(done, image.memoryOffset);
    const uint64_t imageEnd = std::min(end, image.memoryOffset + image.bytes);
    if (image.memory != memory || begin >= imageEnd)
      continue;
    std::memset(to + (done - address), 0, begin - done);
    std::memcpy(to + (begin - address),
                module.file().data() + image.fileOffset + (begin - image.memoryOffset),
                imageEnd - begin);
    done = imageEnd;
  }
  std::memset(to + (done - address), 0, end - done);
}

} // namespace

PoolSlot::~PoolSlot() {
  if (pool)
    pool->release(index, *module);
}

std::span<PooledMemory> PoolSlot::memories() const { return pool->slots[index].memories; }

const PooledMemory *PoolSlot::findMemory(uint32_t memory) const {
  const auto places = memories();
  const auto found = std::ranges::find(places, memory, &PooledMemory::index);
  return found == places.end() ? nullptr : &*found;
}

uint64_t *PoolSlot::takeElements(uint64_t count) {
  InstancePool::Slot &slot = pool->slots[index];
  if (count > pool->config.maxTableElements - slot.usedElements)
    return nullptr;
  auto *elements = reinterpret_cast<uint64_t *>(pool->tablesOf(index)) + slot.usedElements;
  slot.usedElements += count;
  return elements;
}

std::shared_ptr<StoreHeap> &PoolSlot::heap() { return pool->slots[index].heap; }

ContextBlock &PoolSlot::context() { return pool->slots[index].context; }

uint64_t InstancePool::tableBytes() const {
  return platform::roundUpToPage(std::max<uint64_t>(config.maxTableElements, 1) * sizeof(uint64_t));
}

uint64_t InstancePool::smallBytes() const {
  return platform::roundUpToPage(std::max<uint64_t>(config.smallMemoryBytes, 1));
}

Result<std::shared_ptr<InstancePool>> InstancePool::create(const Options &options) {
  // So that no product below overflows.
  constexpr uint64_t maxElements = uint64_t(1) << 32, maxSmallBytes = uint64_t(1) << 32;
  constexpr uint32_t maxSlots = 1 << 20;
  if (options.slots == 0 || options.slots > maxSlots)
    return fail(ErrorKind::Invalid, "a pool of " + std::to_string(options.slots) +
                                        " slots, must be 1 to " + std::to_string(maxSlots));
  if (options.maxTableElements > maxElements)
    return fail(ErrorKind::Invalid, "a pool for tables of " +
                                        std::to_string(options.maxTableElements) +
                                        " elements, most is " + std::to_string(maxElements));
  if (options.smallMemoryBytes > maxSmallBytes)
    return fail(ErrorKind::Invalid, "a pool with room for " +
                                        std::to_string(options.smallMemoryBytes) +
                                        " bytes of memories with small pages, most is " +
                                        std::to_string(maxSmallBytes));
  std::shared_ptr<InstancePool> pool(new InstancePool(options));
  constexpr uint64_t memoryBytes = artifact::addressableBytes32;
  pool->memories = GuardedPlaces::reserve(options.slots, memoryBytes, fullGuards);
  if (pool->memories)
    pool->tables = GuardedPlaces::reserve(options.slots, pool->tableBytes(), {});
  if (pool->tables)
    pool->smallMemories = GuardedPlaces::reserve(options.slots, pool->smallBytes(), {});
  if (!pool->smallMemories) {
    const uint64_t bytes = GuardedPlaces::reservedBytes(options.slots, memoryBytes, fullGuards) +
                           GuardedPlaces::reservedBytes(options.slots, pool->tableBytes(), {}) +
                           GuardedPlaces::reservedBytes(options.slots, pool->smallBytes(), {});
    return fail(ErrorKind::Limit, "cannot reserve " + std::to_string(bytes) +
                                      " bytes of address space for a pool of " +
                                      std::to_string(options.slots) + " slots");
  }
  pool->memories.allowFaults(pool.get());
  pool->slots.resize(options.slots);
  pool->usableSlots = options.slots;
  for (uint32_t i = options.slots; i > 0; --i)
    pool->cold.push_back(i - 1);
  return pool;
}

Result<uint32_t> InstancePool::takeFree(uint64_t moduleSerial, bool wait) {
  std::unique_lock guard(lock);
  if (wait)
    freed.wait(guard, [this] { return !warm.empty() || !cold.empty() || usableSlots == 0; });
  auto takeLast = [](std::vector<uint32_t> &indices) {
    const uint32_t index = indices.back();
    indices.pop_back();
    return index;
  };
  auto found = warm.find(moduleSerial);
  if (found == warm.end() && !cold.empty())
    return takeLast(cold);
  if (found == warm.end())
    found = warm.begin();
  if (found == warm.end())
    return fail(ErrorKind::Limit,
                "all " + std::to_string(usableSlots) + " slots of the pool are in use");
  const uint32_t index = takeLast(found->second);
  if (found->second.empty())
    warm.erase(found);
  return index;
}

void InstancePool::giveBack(uint32_t index, bool isUsable) {
  std::lock_guard guard(lock);
  if (isUsable) {
    const uint64_t serial = slots[index].moduleSerial;
    (serial == 0 ? cold : warm[serial]).push_back(index);
    freed.notify_one();
  } else if (--usableSlots == 0) {
    freed.notify_all();
  }
}

Result<PoolSlot> InstancePool::acquire(std::shared_ptr<const Module> module, bool wait) {
  if (initialMemoryBytes(*module) > config.maxMemoryBytes)
    return fail(ErrorKind::Limit, "memory has " + std::to_string(initialMemoryBytes(*module)) +
                                      " bytes, the pool's limit is " +
                                      std::to_string(config.maxMemoryBytes));
  W2N_TRY(index, takeFree(module->serial(), wait));
  if (slots[index].moduleSerial != module->serial()) {
    Status ready = setUp(index, *module);
    if (!ready) {
      giveBack(index, clear(index));
      return std::unexpected(std::move(ready).error());
    }
  }
  return PoolSlot(shared_from_this(), std::move(module), index);
}

bool InstancePool::clear(uint32_t index) {
  Slot &slot = slots[index];
  bool cleared = platform::decommit(tablesOf(index), tableBytes());
  for (const PooledMemory &memory : slot.memories) {
    if (memory.kind == PooledMemory::Kind::First)
      cleared = platform::decommit(memory.base, memory.accessibleBytes) && cleared;
    else if (memory.kind == PooledMemory::Kind::Small)
      cleared = platform::decommit(smallMemories.at(index), smallBytes()) && cleared;
  }
  slot = {};
  return cleared;
}

std::vector<PooledMemory> InstancePool::placesFor(uint32_t index, const Module &module) const {
  using enum PooledMemory::Kind;
  const auto all = module.metadata().memories();
  std::vector<PooledMemory> places;
  uint64_t smallCount = 0;
  for (uint32_t i = module.metadata().header().importedMemories; i < all.size(); ++i) {
    if (!fitsInPool(all[i]))
      continue;
    const uint64_t bytes = platform::roundUpToPage(bytesOf(all[i]));
    PooledMemory place{First, i, memories.at(index), config.maxMemoryBytes, bytes, bytes, {}};
    if (!places.empty() && isSmall(all[i])) {
      place.kind = Small;
      ++smallCount;
    } else if (!places.empty()) {
      place.kind = Other;
      place.addresses = GuardedPlaces::reserve(1, artifact::addressableBytes32, fullGuards);
      if (!place.addresses)
        continue;
      place.addresses.allowFaults(this);
      place.base = place.addresses.at(0);
    }
    places.push_back(std::move(place));
  }
  const uint64_t share = smallCount == 0 ? 0 : smallBytes() / smallCount / platform::pageBytes();
  uint8_t *next = smallMemories.at(index);
  for (PooledMemory &place : places)
    if (place.kind == Small) {
      place.base = std::exchange(next, next + share * platform::pageBytes());
      place.room = std::min(share * platform::pageBytes(), config.maxMemoryBytes);
    }
  std::erase_if(places, [](const PooledMemory &place) {
    return place.kind == Small && place.initialBytes > place.room;
  });
  return places;
}

namespace {

/// Makes the addresses of `memory` accessible, with what `module` says is there.
Status prepare(const PooledMemory &memory, const Module &module) {
  if (memory.kind == PooledMemory::Kind::Small) {
    restore(module, memory.index, memory.base, 0, memory.initialBytes);
    return {};
  }
  if (!platform::commit(memory.base, memory.initialBytes))
    return fail(ErrorKind::Limit, "the system has no room for a memory of " +
                                      std::to_string(memory.initialBytes) + " bytes in a pool");
  for (const artifact::ImageRecord &image : module.metadata().images())
    if (image.memory == memory.index)
      W2N_CHECK(Memory::mapImage(memory.base, module.filePart(), image));
  return {};
}

} // namespace

Status InstancePool::setUp(uint32_t index, const Module &module) {
  Slot &slot = slots[index];
  if (slot.moduleSerial != 0 && !clear(index))
    return platform::failWithErrno("cannot clear a slot of the pool");
  slot.memories = placesFor(index, module);
  const bool anySmall = std::ranges::find(slot.memories, PooledMemory::Kind::Small,
                                          &PooledMemory::kind) != slot.memories.end();
  if (!platform::commit(tablesOf(index), tableBytes()) ||
      (anySmall && !platform::commit(smallMemories.at(index), smallBytes())))
    return fail(ErrorKind::Limit, "the system has no room for the tables of a slot of a pool");
  for (const PooledMemory &memory : slot.memories)
    W2N_CHECK(prepare(memory, module));
  slot.moduleSerial = module.serial();
  return {};
}

void InstancePool::release(uint32_t index, const Module &module) {
  resetHeap(index);
  giveBack(index, reset(index, module) || clear(index));
}

namespace {

/// Finds the pages of [begin, end) that were written, at most `pagesLeft`, from which it takes
/// them, and calls `rewrite` for each run of them. Returns the address up to which it knows.
template <typename Rewrite>
uint8_t *rewritePages(uint8_t *begin, uint8_t *end, uint64_t &pagesLeft, Rewrite rewrite) {
  uint8_t *done = begin;
  while (done < end && pagesLeft > 0) {
    platform::AddressRange ranges[64];
    const auto found = platform::findPrivatePages(done, uint64_t(end - done), pagesLeft, ranges);
    if (!found || found->end <= done)
      return done;
    for (const auto &[run, bytes] : std::span(ranges).first(found->rangeCount)) {
      rewrite(run, bytes);
      pagesLeft -= bytes / platform::pageBytes();
    }
    done = found->end;
  }
  return done;
}

/// Faster than asking the system which of so few bytes were written.
constexpr uint64_t fewBytes = 16 << 10;

bool resetSmall(PooledMemory &memory, const Module &module, uint64_t residentBytes,
                uint64_t &pagesLeft) {
  const uint64_t bytes = std::exchange(memory.accessibleBytes, memory.initialBytes);
  if (bytes <= std::min(fewBytes, residentBytes)) {
    restore(module, memory.index, memory.base, 0, bytes);
    return true;
  }
  uint8_t *const end = memory.base + bytes;
  uint8_t *const rest = rewritePages(memory.base, end, pagesLeft, [&](uint8_t *run, uint64_t size) {
    restore(module, memory.index, run, uint64_t(run - memory.base), size);
  });
  if (!platform::discard(rest, uint64_t(end - rest)))
    return false;
  // All bytes are zero again: those of the image must be copied.
  const auto images = module.metadata().images();
  const bool hasImage =
      std::ranges::find(images, memory.index, &artifact::ImageRecord::memory) != images.end();
  if (hasImage && rest != end)
    restore(module, memory.index, rest, uint64_t(rest - memory.base), uint64_t(end - rest));
  return true;
}

bool resetGuarded(PooledMemory &memory, const Module &module, uint64_t &pagesLeft) {
  uint8_t *const end = memory.base + memory.initialBytes;
  if (memory.accessibleBytes > memory.initialBytes) {
    if (!platform::decommit(end, memory.accessibleBytes - memory.initialBytes))
      return false;
    memory.accessibleBytes = memory.initialBytes;
  }
  uint8_t *const rest =
      rewritePages(memory.base, end, pagesLeft, [&](uint8_t *run, uint64_t bytes) {
        restore(module, memory.index, run, uint64_t(run - memory.base), bytes);
      });
  if (!platform::discard(rest, uint64_t(end - rest)))
    return false;
  for (const artifact::ImageRecord &image : module.metadata().images())
    if (image.memory == memory.index &&
        !Memory::copyImageEnds(memory.base, module.filePart(), image))
      return false;
  return true;
}

} // namespace

bool InstancePool::reset(uint32_t index, const Module &module) {
  uint64_t pagesLeft = config.residentBytes / platform::pageBytes();
  if (!resetTables(index, pagesLeft))
    return false;
  for (PooledMemory &memory : slots[index].memories) {
    const bool isReset = memory.kind == PooledMemory::Kind::Small
                             ? resetSmall(memory, module, config.residentBytes, pagesLeft)
                             : resetGuarded(memory, module, pagesLeft);
    if (!isReset)
      return false;
  }
  return true;
}

void InstancePool::resetHeap(uint32_t index) {
  std::shared_ptr<StoreHeap> &heap = slots[index].heap;
  if (heap && (heap.use_count() > 1 || !heap->reset(config.residentBytes)))
    heap.reset();
}

bool InstancePool::resetTables(uint32_t index, uint64_t &pagesLeft) {
  Slot &slot = slots[index];
  uint8_t *const tables = tablesOf(index);
  const uint64_t bytes = std::exchange(slot.usedElements, 0) * sizeof(uint64_t);
  if (bytes <= std::min(fewBytes, config.residentBytes)) {
    std::memset(tables, 0, bytes);
    return true;
  }
  uint8_t *const end = tables + platform::roundUpToPage(bytes);
  uint8_t *const rest = rewritePages(tables, end, pagesLeft, [](uint8_t *run, uint64_t runBytes) {
    std::memset(run, 0, runBytes);
  });
  return platform::discard(rest, uint64_t(end - rest));
}

} // namespace w2n::runtime
