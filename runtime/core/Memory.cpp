// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Memory.h"

#include "runtime/core/Extern.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>

namespace w2n::runtime {

namespace {

constexpr uint64_t gib = uint64_t(1) << 30;
constexpr uint64_t addressable32 = 4 * gib;
/// The size that a 64-bit memory without a maximum may grow to.
constexpr uint64_t unlimited64 = 64 * gib;

/// The number of pages that its addresses can reach; with 32-bit addresses, their count fits in 32
/// bits.
uint64_t addressablePagesOf(const wasm::MemoryType &type) {
  return type.limits.is64 ? UINT64_MAX >> type.pageSizeLog2
                          : std::min<uint64_t>(UINT32_MAX, addressable32 >> type.pageSizeLog2);
}

/// The size in bytes that a memory of `type` may have if nothing but its type limits it.
uint64_t declaredLimit(const wasm::MemoryType &type) {
  const uint64_t addressable = type.limits.is64 ? unlimited64 : addressable32;
  const uint64_t addressablePages =
      std::min(addressable >> type.pageSizeLog2, addressablePagesOf(type)) -
      type.neverHasLastPage();
  const uint64_t minBytes = type.limits.min << type.pageSizeLog2;
  const uint64_t maxPages = std::min(type.limits.max.value_or(addressablePages), addressablePages);
  return std::max(maxPages << type.pageSizeLog2, minBytes);
}

std::unexpected<Error> noRoom(uint64_t bytes, const char *advice) {
  return fail(ErrorKind::Limit, "cannot reserve " + std::to_string(bytes) +
                                    " bytes of address space for a memory" + advice);
}

} // namespace

Status Memory::reserveAddresses(Reserve reserve, uint64_t maxBytes) {
  const uint64_t minBytes = type.limits.min << type.pageSizeLog2;
  growthLimit = std::min(declaredLimit(type), maxBytes);
  if (growthLimit > artifact::maxMemoryBytes)
    return noRoom(growthLimit, "");
  const bool needsGuards = reserve == Reserve::Full && type.hasGuardPages();
  // All code compares addresses of memories without guard pages, also where they are imported.
  if (type.hasGuardPages()) {
    const uint64_t wanted =
        type.limits.is64 ? platform::roundUpToPage(growthLimit) : artifact::addressableBytes32;
    addresses = GuardedPlaces::reserve(1, wanted, fullGuards);
    if (!addresses && needsGuards && !type.limits.is64)
      return noRoom(GuardedPlaces::reservedBytes(1, wanted, fullGuards),
                    "; compile with --bounds-checks=explicit to need less");
  }
  hasFullGuards = needsGuards || addresses;
  const Guards guards = needsGuards ? fullGuards : smallGuards;
  while (!addresses) {
    const uint64_t bytes = platform::roundUpToPage(growthLimit);
    addresses = GuardedPlaces::reserve(1, bytes, guards);
    if (!addresses && growthLimit == minBytes)
      return noRoom(GuardedPlaces::reservedBytes(1, bytes, guards), "");
    if (!addresses)
      growthLimit = std::max(growthLimit / 2, minBytes);
  }
  return {};
}

Status Memory::reserveIn(AddressPlan &plan, uint64_t maxBytes) {
  growthLimit = std::min(declaredLimit(type), maxBytes);
  if (growthLimit > artifact::maxMemoryBytes)
    return noRoom(growthLimit, "");
  hasFullGuards = type.hasGuardPages();
  const uint64_t bytes = hasFullGuards && !type.limits.is64 ? artifact::addressableBytes32
                                                            : platform::roundUpToPage(growthLimit);
  W2N_TRY(reserved,
          GuardedPlaces::reserveIn(plan, bytes, hasFullGuards ? fullGuards : smallGuards));
  addresses = std::move(reserved);
  return {};
}

namespace {

/// Checks the types that embedders make, as decoding has checked those of modules.
Status checkType(const wasm::MemoryType &type, uint64_t maxBytes) {
  const uint64_t addressablePages = addressablePagesOf(type);
  if (type.limits.min > addressablePages)
    return fail(ErrorKind::Limit, "memory has " + std::to_string(type.limits.min) +
                                      " pages, most is " + std::to_string(addressablePages));
  if (type.limits.max && *type.limits.max < type.limits.min)
    return fail(ErrorKind::Invalid, "memory has a maximum of " + std::to_string(*type.limits.max) +
                                        " pages, below its minimum of " +
                                        std::to_string(type.limits.min));
  if (type.limits.min > maxBytes >> type.pageSizeLog2)
    return fail(ErrorKind::Limit, "memory has " + std::to_string(type.limits.min) + " pages of " +
                                      std::to_string(uint64_t(1) << type.pageSizeLog2) +
                                      " bytes, the limit is " + std::to_string(maxBytes) +
                                      " bytes");
  return {};
}

} // namespace

Result<std::unique_ptr<Memory>> Memory::create(const wasm::MemoryType &type, Reserve reserve,
                                               uint64_t maxBytes, artifact::MemoryRecord *record,
                                               AddressPlan *plan) {
  std::unique_ptr<Memory> memory(new Memory(type));
  memory->record = record ? record : &memory->ownRecord;
  W2N_CHECK(checkType(type, maxBytes));
  W2N_CHECK(plan ? memory->reserveIn(*plan, maxBytes)
                 : memory->reserveAddresses(reserve, maxBytes));
  const uint64_t bytes = type.limits.min << type.pageSizeLog2;
  uint8_t *const base = memory->addresses.at(0);
  if (!platform::commit(base, platform::roundUpToPage(bytes)))
    return fail(ErrorKind::Limit,
                "the system has no room for a memory of " + std::to_string(bytes) + " bytes");
  *memory->record = {base, bytes};
  memory->addresses.allowFaults(memory.get());
  return memory;
}

Result<std::unique_ptr<Memory>> Memory::place(const wasm::MemoryType &type, uint8_t *base,
                                              uint64_t maxBytes, artifact::MemoryRecord *record) {
  W2N_CHECK(checkType(type, maxBytes));
  std::unique_ptr<Memory> memory(new Memory(type));
  memory->hasFullGuards = type.hasGuardPages();
  memory->growthLimit = std::min(declaredLimit(type), maxBytes);
  memory->record = record;
  *record = {base, type.limits.min << type.pageSizeLog2};
  return memory;
}

namespace {

/// The offsets in a memory between which a run of the image is mapped. Where pages are larger than
/// what artifacts align to, a run may begin or end within one, or lie differently in file and
/// memory.
struct MappedPart {
  uint64_t begin, end;
};

MappedPart mappedPartOf(const artifact::ImageRecord &image, uint64_t pageBytes) {
  const uint64_t imageEnd = image.memoryOffset + image.bytes;
  const uint64_t begin = (image.memoryOffset + pageBytes - 1) & ~(pageBytes - 1);
  const uint64_t end = imageEnd & ~(pageBytes - 1);
  if (begin >= end || (image.memoryOffset - image.fileOffset) % pageBytes != 0)
    return {imageEnd, imageEnd};
  return {begin, end};
}

uint64_t inFile(const artifact::ImageRecord &image, uint64_t memoryOffset) {
  return image.fileOffset + (memoryOffset - image.memoryOffset);
}

} // namespace

Status Memory::mapImage(uint8_t *base, platform::FilePart file, const artifact::ImageRecord &image,
                        uint64_t pageBytes) {
  const auto [begin, end] = mappedPartOf(image, pageBytes);
  if (begin != end && !platform::mapFile(base + begin, end - begin, platform::Access::CopyOnWrite,
                                         file.descriptor, file.offset + inFile(image, begin)))
    return platform::failWithErrno("cannot map the memory image");
  return copyImageEnds(base, file, image, pageBytes);
}

Status Memory::copyImageEnds(uint8_t *base, platform::FilePart file,
                             const artifact::ImageRecord &image, uint64_t pageBytes) {
  const auto [begin, end] = mappedPartOf(image, pageBytes);
  if (!platform::readFile(base + image.memoryOffset, begin - image.memoryOffset, file.descriptor,
                          file.offset + image.fileOffset) ||
      !platform::readFile(base + end, image.memoryOffset + image.bytes - end, file.descriptor,
                          file.offset + inFile(image, end)))
    return platform::failWithErrno("cannot read the memory image");
  return {};
}

int64_t Memory::grow(uint64_t deltaPages) {
  std::lock_guard lock(growing);
  const uint64_t oldBytes = record->bytes;
  const uint64_t oldPages = pages();
  if (deltaPages > (growthLimit - oldBytes) >> type.pageSizeLog2)
    return -1;
  const uint64_t newBytes = oldBytes + (deltaPages << type.pageSizeLog2);
  const uint64_t committed = platform::roundUpToPage(oldBytes);
  if (!platform::commit(record->base + committed, platform::roundUpToPage(newBytes) - committed))
    return -1;
  std::atomic_ref(record->bytes).store(newBytes);
  return int64_t(oldPages);
}

Result<std::shared_ptr<Memory>> makeMemory(wasm::MemoryType type, bool guard, uint64_t maxBytes) {
  const auto reserve = guard ? Memory::Reserve::Full : Memory::Reserve::IfPossible;
  W2N_TRY(memory, Memory::create(type, reserve, maxBytes));
  return std::shared_ptr<Memory>(std::move(memory));
}

} // namespace w2n::runtime
