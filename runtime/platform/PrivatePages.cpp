// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/platform/PrivatePages.h"

#include <atomic>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace w2n::platform {

namespace {

// From the kernel's uapi/linux/fs.h, which older systems' headers do not have.
struct ScanArgument {
  uint64_t bytes = sizeof(ScanArgument);
  uint64_t flags = 0;
  uint64_t begin = 0, end = 0;
  uint64_t walkEnd = 0;
  uint64_t regions = 0, regionCount = 0;
  uint64_t maxPages = 0;
  uint64_t invertedCategories = 0, categories = 0, anyOfCategories = 0, returnedCategories = 0;
};
struct ScanRegion {
  uint64_t begin, end, categories;
};
constexpr uint64_t pageIsFile = 1 << 2, pageIsPresent = 1 << 3, pageIsSwapped = 1 << 4,
                   pageIsZero = 1 << 5;

/// Whether the kernel may merge this process's pages (KSM, since Linux 6.4).
bool pagesMayBeMerged() {
  constexpr int getMemoryMerge = 68; // PR_GET_MEMORY_MERGE
  return prctl(getMemoryMerge, 0, 0, 0, 0) > 0;
}

/// The process's page map, opened at its first use, and who opened it: a forked child that used its
/// parent's would see the parent's pages.
std::atomic<uint64_t> pageMap = 0;

uint64_t pack(pid_t process, int descriptor) {
  return uint64_t(uint32_t(process)) << 32 | uint32_t(descriptor);
}

/// -1 if there is none.
int pageMapDescriptor() {
  const pid_t self = getpid();
  uint64_t known = pageMap.load();
  if (known >> 32 == uint32_t(self))
    return int(uint32_t(known));
  const int opened = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (opened < 0)
    return -1;
  if (!pageMap.compare_exchange_strong(known, pack(self, opened))) {
    close(opened);
    return int(uint32_t(known));
  }
  if (known != 0)
    close(int(uint32_t(known)));
  return opened;
}

} // namespace

std::optional<PrivatePages> findPrivatePages(uint8_t *begin, uint64_t bytes, uint64_t maxPages,
                                             std::span<AddressRange> ranges) {
  constexpr size_t maxRegions = 64;
  ScanRegion regions[maxRegions];
  const int descriptor = pageMapDescriptor();
  if (descriptor < 0 || pagesMayBeMerged())
    return std::nullopt;
  ScanArgument scan;
  scan.begin = reinterpret_cast<uint64_t>(begin);
  scan.end = scan.begin + bytes;
  scan.regions = reinterpret_cast<uint64_t>(regions);
  scan.regionCount = ranges.size() < maxRegions ? ranges.size() : maxRegions;
  scan.maxPages = maxPages;
  // Neither the file's own pages nor the system's one page of zeros, which reading maps.
  scan.invertedCategories = scan.categories = pageIsFile | pageIsZero;
  scan.anyOfCategories = pageIsPresent | pageIsSwapped;
  scan.returnedCategories = pageIsPresent;
  const int found = ioctl(descriptor, _IOWR('f', 16, ScanArgument), &scan);
  if (found < 0)
    return std::nullopt;
  for (int i = 0; i < found; ++i)
    ranges[size_t(i)] = {reinterpret_cast<uint8_t *>(regions[i].begin),
                         regions[i].end - regions[i].begin};
  return PrivatePages{size_t(found), reinterpret_cast<uint8_t *>(scan.walkEnd)};
}

} // namespace w2n::platform
