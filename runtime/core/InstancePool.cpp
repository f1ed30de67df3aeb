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

/// The memory of `module` that lives in a slot, or noIndex.
uint32_t pooledMemory(const Module &module) {
  const artifact::MetadataHeader &header = module.metadata().header();
  const uint32_t first = header.importedMemories;
  if (first >= header.memories.count ||
      module.metadata().memories()[first].flags & (artifact::limitIs64 | artifact::limitShared))
    return artifact::noIndex;
  return first;
}

uint64_t initialMemoryBytes(const Module &module) {
  const uint32_t index = pooledMemory(module);
  if (index == artifact::noIndex)
    return 0;
  const artifact::MemoryRecordInfo &memory = module.metadata().memories()[index];
  return memory.min << memory.pageSizeLog2;
}

/// Writes the initial contents of the `bytes` bytes at `address` of the module's pooled memory to
/// `to`.
void restore(const Module &module, uint8_t *to, uint64_t address, uint64_t bytes) {
  const uint32_t memory = pooledMemory(module);
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

uint32_t PoolSlot::memoryIndex() const { return pooledMemory(*module); }

uint8_t *PoolSlot::memory() const { return pool->memoryOf(index); }

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

void PoolSlot::noteMemoryBytes(uint64_t bytes) {
  pool->slots[index].accessibleBytes = platform::roundUpToPage(bytes);
}

uint64_t InstancePool::tableBytes() const {
  return platform::roundUpToPage(std::max<uint64_t>(config.maxTableElements, 1) * sizeof(uint64_t));
}

Result<std::shared_ptr<InstancePool>> InstancePool::create(const Options &options) {
  // So that no product below overflows.
  constexpr uint64_t maxElements = uint64_t(1) << 32;
  constexpr uint32_t maxSlots = 1 << 20;
  if (options.slots == 0 || options.slots > maxSlots)
    return fail(ErrorKind::Invalid, "a pool of " + std::to_string(options.slots) +
                                        " slots, must be 1 to " + std::to_string(maxSlots));
  if (options.maxTableElements > maxElements)
    return fail(ErrorKind::Invalid, "a pool for tables of " +
                                        std::to_string(options.maxTableElements) +
                                        " elements, most is " + std::to_string(maxElements));
  std::shared_ptr<InstancePool> pool(new InstancePool(options));
  constexpr uint64_t memoryBytes = artifact::addressableBytes32;
  pool->memories = GuardedPlaces::reserve(options.slots, memoryBytes, fullGuards);
  if (pool->memories)
    pool->tables = GuardedPlaces::reserve(options.slots, pool->tableBytes(), {});
  if (!pool->tables) {
    const uint64_t bytes = GuardedPlaces::reservedBytes(options.slots, memoryBytes, fullGuards) +
                           GuardedPlaces::reservedBytes(options.slots, pool->tableBytes(), {});
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
  const bool cleared = platform::decommit(tablesOf(index), tableBytes()) &&
                       platform::decommit(memoryOf(index), slot.accessibleBytes);
  slot = {};
  return cleared;
}

Status InstancePool::setUp(uint32_t index, const Module &module) {
  Slot &slot = slots[index];
  if (slot.moduleSerial != 0 && !clear(index))
    return platform::failWithErrno("cannot clear a slot of the pool");
  const uint64_t bytes = platform::roundUpToPage(initialMemoryBytes(module));
  slot.initialBytes = slot.accessibleBytes = bytes;
  if (!platform::commit(tablesOf(index), tableBytes()) || !platform::commit(memoryOf(index), bytes))
    return fail(ErrorKind::Limit, "the system has no room for a memory of " +
                                      std::to_string(bytes) + " bytes in a pool");
  for (const artifact::ImageRecord &image : module.metadata().images())
    if (image.memory == pooledMemory(module))
      W2N_CHECK(Memory::mapImage(memoryOf(index), module.filePart(), image));
  slot.moduleSerial = module.serial();
  return {};
}

void InstancePool::release(uint32_t index, const Module &module) {
  resetHeap(index);
  giveBack(index, reset(index, module) || clear(index));
}

bool InstancePool::reset(uint32_t index, const Module &module) {
  uint64_t pagesLeft = config.residentBytes / platform::pageBytes();
  return resetTables(index, pagesLeft) && resetMemory(index, module, pagesLeft);
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

} // namespace

void InstancePool::resetHeap(uint32_t index) {
  std::shared_ptr<StoreHeap> &heap = slots[index].heap;
  if (heap && (heap.use_count() > 1 || !heap->reset(config.residentBytes)))
    heap.reset();
}

bool InstancePool::resetTables(uint32_t index, uint64_t &pagesLeft) {
  Slot &slot = slots[index];
  uint8_t *const tables = tablesOf(index);
  const uint64_t bytes = std::exchange(slot.usedElements, 0) * sizeof(uint64_t);
  // Faster than asking the system.
  constexpr uint64_t fewBytes = 16 << 10;
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

bool InstancePool::resetMemory(uint32_t index, const Module &module, uint64_t &pagesLeft) {
  Slot &slot = slots[index];
  uint8_t *const memory = memoryOf(index);
  uint8_t *const end = memory + slot.initialBytes;
  if (slot.accessibleBytes > slot.initialBytes) {
    if (!platform::decommit(end, slot.accessibleBytes - slot.initialBytes))
      return false;
    slot.accessibleBytes = slot.initialBytes;
  }
  uint8_t *const rest = rewritePages(memory, end, pagesLeft, [&](uint8_t *run, uint64_t bytes) {
    restore(module, run, uint64_t(run - memory), bytes);
  });
  if (!platform::discard(rest, uint64_t(end - rest)))
    return false;
  for (const artifact::ImageRecord &image : module.metadata().images())
    if (image.memory == pooledMemory(module) &&
        !Memory::copyImageEnds(memory, module.filePart(), image))
      return false;
  return true;
}

} // namespace w2n::runtime
