// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/checkpoint/Pages.h"

#include "lib/artifact/Checksum.h"
#include "runtime/core/Memory.h"
#include "runtime/core/StateHash.h"
#include "runtime/platform/PrivatePages.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace w2n::checkpoint {

using runtime::Memory;

namespace {

uint64_t hashOfPage(const uint8_t *page) {
  return artifact::hashBytes({page, platform::pageBytes()});
}

/// Whether a page is what a new instance has there: zeros, and nothing of the artifact's image.
bool isAsNew(const runtime::Instance &instance, uint32_t memory, uint64_t index,
             const uint8_t *page) {
  const uint64_t begin = index * platform::pageBytes(), end = begin + platform::pageBytes();
  for (const artifact::ImageRecord &image : instance.module().metadata().images())
    if (image.memory == memory && image.memoryOffset < end &&
        begin < image.memoryOffset + image.bytes)
      return false;
  return page[0] == 0 && std::memcmp(page, page + 1, platform::pageBytes() - 1) == 0;
}

bool writeAt(int file, const uint8_t *bytes, uint64_t count, uint64_t offset) {
  while (count != 0) {
    const ssize_t written = pwrite(file, bytes, count, off_t(offset));
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes += written;
    offset += uint64_t(written);
    count -= uint64_t(written);
  }
  return true;
}

} // namespace

PageFile::PageFile(Descriptor file, PageIndex index)
    : file(std::move(file)), committed(std::move(index)) {
  std::vector<uint64_t> used;
  for (const auto &ofMemory : committed)
    for (const auto &[page, saved] : ofMemory)
      used.push_back(saved.slot);
  std::sort(used.begin(), used.end());
  // A hole of a file that is damaged has no end.
  constexpr uint64_t maxSlots = uint64_t(1) << 40;
  for (const uint64_t slot : used) {
    for (; slotCount < std::min(slot, maxSlots) && freeSlots.size() <= used.size(); ++slotCount)
      freeSlots.push_back(slotCount);
    slotCount = std::max(slotCount, slot + 1);
  }
}

uint64_t PageFile::takeSlot() {
  if (freeSlots.empty())
    freeSlots.push_back(slotCount++);
  const uint64_t slot = freeSlots.back();
  freeSlots.pop_back();
  takenSlots.push_back(slot);
  return slot;
}

Status PageFile::writeRun(runtime::Instance &instance, uint32_t number, uint8_t *begin,
                          uint64_t bytes, PageIndex &next) {
  const uint64_t pageBytes = platform::pageBytes();
  const uint8_t *const base = instance.memoryAt(number).record->base;
  for (uint8_t *page = begin; page < begin + bytes; page += pageBytes) {
    const uint64_t index = uint64_t(page - base) / pageBytes;
    const uint64_t hash = hashOfPage(page);
    const auto known = committed[number].find(index);
    const bool isSaved = known != committed[number].end();
    if (isSaved ? known->second.hash == hash : isAsNew(instance, number, index, page))
      continue;
    const SavedPage saved = {takeSlot(), hash};
    next[number][index] = saved;
    if (!writeAt(file.get(), page, pageBytes, saved.slot * pageBytes))
      return platform::failWithErrno("cannot write the pages of a checkpoint");
  }
  return {};
}

Result<PageIndex> PageFile::write(runtime::Instance &instance) {
  committed.resize(runtime::memoryCount(instance));
  PageIndex next = committed;
  // Slots that were written for a checkpoint that failed.
  freeSlots.insert(freeSlots.end(), takenSlots.begin(), takenSlots.end());
  takenSlots.clear();
  for (uint32_t number = 0; number < committed.size(); ++number) {
    Memory &memory = instance.memoryAt(number);
    uint8_t *done = memory.record->base;
    uint8_t *const end = done + platform::roundUpToPage(memory.bytes().size());
    while (done < end) {
      platform::AddressRange ranges[64];
      const uint64_t left = uint64_t(end - done);
      const auto found =
          platform::findPrivatePages(done, left, left / platform::pageBytes(), ranges);
      // All may have been written where the system cannot tell.
      if (!found || found->end <= done) {
        W2N_CHECK(writeRun(instance, number, done, left, next));
        break;
      }
      for (const auto &[run, bytes] : std::span(ranges).first(found->rangeCount))
        W2N_CHECK(writeRun(instance, number, run, bytes, next));
      done = found->end;
    }
  }
  if (!takenSlots.empty() && fdatasync(file.get()) != 0)
    return platform::failWithErrno("cannot write the pages of a checkpoint");
  return next;
}

void PageFile::commit(PageIndex index) {
  for (uint32_t number = 0; number < committed.size(); ++number)
    for (const auto &[page, saved] : committed[number])
      if (index[number].at(page).slot != saved.slot)
        freeSlots.push_back(saved.slot);
  takenSlots.clear();
  committed = std::move(index);
}

Status PageFile::load(runtime::Instance &instance) const {
  const uint64_t pageBytes = platform::pageBytes();
  if (committed.size() != runtime::memoryCount(instance))
    return fail(ErrorKind::Malformed, "the checkpoint is damaged: its number of memories");
  for (uint32_t number = 0; number < committed.size(); ++number) {
    Memory &memory = instance.memoryAt(number);
    const uint64_t pages = platform::roundUpToPage(memory.bytes().size()) / pageBytes;
    for (const auto &[page, saved] : committed[number]) {
      if (page >= pages || saved.slot > uint64_t(INT64_MAX) / pageBytes)
        return fail(ErrorKind::Malformed, "the checkpoint is damaged: the place of a page");
      uint8_t *const address = memory.record->base + page * pageBytes;
      if (!platform::readFile(address, pageBytes, file.get(), saved.slot * pageBytes))
        return platform::failWithErrno("cannot read the pages of the checkpoint");
      if (hashOfPage(address) != saved.hash)
        return fail(ErrorKind::Malformed, "the checkpoint is damaged: page " +
                                              std::to_string(page) + " of memory " +
                                              std::to_string(number) + " has another hash");
    }
  }
  return {};
}

} // namespace w2n::checkpoint
