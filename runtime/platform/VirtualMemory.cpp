// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/platform/VirtualMemory.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

namespace w2n::platform {

size_t pageBytes() {
  static const size_t bytes = size_t(sysconf(_SC_PAGESIZE));
  return bytes;
}

uint8_t *reserve(uint64_t bytes) {
  // Taken together, so that both are there at the same time.
  if (bytes > UINT64_MAX - headroomBytes)
    return nullptr;
  void *address = mmap(nullptr, bytes + headroomBytes, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (address == MAP_FAILED)
    return nullptr;
  munmap(static_cast<uint8_t *>(address) + bytes, headroomBytes);
  return static_cast<uint8_t *>(address);
}

uint8_t *reserveAt(uintptr_t address, uint64_t bytes) {
  void *const wanted = reinterpret_cast<void *>(address);
  void *found = mmap(wanted, bytes, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (found == MAP_FAILED)
    return nullptr;
  // Before Linux 4.17 the address is a wish.
  if (found != wanted) {
    munmap(found, bytes);
    return nullptr;
  }
  return static_cast<uint8_t *>(found);
}

/// Makes committed pages inaccessible without a mapping of their own. Emulators accept every advice
/// and follow none, so that a second one, which must fail there, tells.
static bool installGuard(uint8_t *address, uint64_t bytes) {
  constexpr int guardInstall = 102, populateRead = 22; // MADV_GUARD_INSTALL, MADV_POPULATE_READ
  return madvise(address, bytes, guardInstall) == 0 && madvise(address, bytes, populateRead) != 0;
}

bool makeStack(uint8_t *address, uint64_t guardBytes, uint64_t bytes) {
  if (commit(address, guardBytes + bytes) && installGuard(address, guardBytes)) {
    // A stack of which a few pages are used is not to become a huge page.
    madvise(address, guardBytes + bytes, MADV_NOHUGEPAGE);
    return true;
  }
  return decommit(address, guardBytes) && commit(address + guardBytes, bytes);
}

uint8_t *reserveStack(uint64_t guardBytes, uint64_t bytes) {
  uint8_t *stack = reserve(guardBytes + bytes);
  if (!stack || makeStack(stack, guardBytes, bytes))
    return stack;
  release(stack, guardBytes + bytes);
  return nullptr;
}

/// Whether so many bytes could be had now.
static bool canMap(uint64_t bytes) {
  void *address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED)
    return false;
  munmap(address, bytes);
  return true;
}

/// The room that the last look at the system found beyond the headroom, less what was granted
/// since. Callers that want little want it often, and share a look.
static std::atomic<int64_t> roomLeft = 0;

bool hasRoom(uint64_t bytes) {
  constexpr uint64_t bytesOfALook = 1 << 20;
  if (bytes > UINT64_MAX - headroomBytes - bytesOfALook)
    return false;
  if (bytes < bytesOfALook &&
      roomLeft.fetch_sub(int64_t(bytes), std::memory_order_relaxed) >= int64_t(bytes))
    return true;
  const bool isThere = canMap(bytes + bytesOfALook + headroomBytes);
  roomLeft.store(isThere ? bytesOfALook : 0, std::memory_order_relaxed);
  return isThere;
}

uint8_t *enlarge(uint8_t *address, uint64_t bytes, uint64_t newBytes) {
  if (!hasRoom(newBytes - bytes))
    return nullptr;
  void *moved = mremap(address, bytes, newBytes, MREMAP_MAYMOVE);
  return moved == MAP_FAILED ? nullptr : static_cast<uint8_t *>(moved);
}

bool commit(uint8_t *address, uint64_t bytes) {
  return bytes == 0 || mprotect(address, bytes, PROT_READ | PROT_WRITE) == 0;
}

bool decommit(uint8_t *address, uint64_t bytes) {
  return bytes == 0 ||
         mmap(address, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
              -1, 0) != MAP_FAILED;
}

bool discard(uint8_t *address, uint64_t bytes) {
  return bytes == 0 || madvise(address, bytes, MADV_DONTNEED) == 0;
}

void release(uint8_t *address, uint64_t bytes) {
  if (address)
    munmap(address, bytes);
}

/// The protection of artifacts' code. All of it marks where indirect branches may lead, and AArch64
/// has the processor look: a page's code can be entered elsewhere only in order or by a return.
static int codeProtection() {
#ifdef __aarch64__
  constexpr unsigned long hasBti = 1ul << 17; // HWCAP2_BTI
  constexpr int protBti = 0x10;
  if (getauxval(AT_HWCAP2) & hasBti)
    return PROT_READ | PROT_EXEC | protBti;
#endif
  return PROT_READ | PROT_EXEC;
}

// Files are mapped below all that the system places itself, where possible: perf takes the lowest
// mapping of a file for its beginning when it unwinds, and memories have parts of the file, too.

/// A random address between 64 and 512 GiB, where systems place nothing; 0 if there are no random
/// numbers. Above are heaps of Go.
static uintptr_t lowAddress() {
  constexpr uintptr_t begin = uintptr_t(1) << 36, end = uintptr_t(1) << 39;
  uint64_t number;
  if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
    return 0;
  return begin + number % ((end - begin) / pageBytes()) * pageBytes();
}

/// An address to ask for, for a mapping of `bytes`: those of a process share page tables.
static uintptr_t nextLowAddress(uint64_t bytes) {
  static const uintptr_t first = lowAddress();
  static std::atomic<uint64_t> taken = 0;
  return first ? first + taken.fetch_add(roundUpToPage(bytes), std::memory_order_relaxed) : 0;
}

uint8_t *mapFile(uint8_t *address, uint64_t bytes, Access access, int descriptor, uint64_t offset) {
  const int protection = access == Access::ReadOnly      ? PROT_READ
                         : access == Access::ReadExecute ? codeProtection()
                                                         : PROT_READ | PROT_WRITE;
  const int flags = address ? MAP_PRIVATE | MAP_FIXED : MAP_PRIVATE;
  // The system takes the address if nothing is there.
  void *wanted = address ? address : reinterpret_cast<void *>(nextLowAddress(bytes));
  void *mapped = mmap(wanted, bytes, protection, flags, descriptor, off_t(offset));
  return mapped == MAP_FAILED ? nullptr : static_cast<uint8_t *>(mapped);
}

bool readFile(uint8_t *address, uint64_t bytes, int descriptor, uint64_t offset) {
  while (bytes != 0) {
    const ssize_t count = pread(descriptor, address, bytes, off_t(offset));
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0) {
      errno = count == 0 ? EIO : errno;
      return false;
    }
    address += count;
    offset += uint64_t(count);
    bytes -= uint64_t(count);
  }
  return true;
}

int makeMemoryFile(const char *name, std::span<const uint8_t> bytes) {
  const int file = memfd_create(name, MFD_CLOEXEC);
  while (file >= 0 && !bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      const int reason = errno;
      close(file);
      errno = reason;
      return -1;
    }
    bytes = bytes.subspan(written < 0 ? 0 : size_t(written));
  }
  return file;
}

std::unexpected<Error> failWithErrno(std::string what) {
  return fail(ErrorKind::Io, std::move(what) + ": " + std::strerror(errno));
}

} // namespace w2n::platform
