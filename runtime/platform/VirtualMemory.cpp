#include "runtime/platform/VirtualMemory.h"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace w2n::platform {

size_t pageBytes() {
  static const size_t bytes = size_t(sysconf(_SC_PAGESIZE));
  return bytes;
}

uint8_t *reserve(uint64_t bytes) {
  void *address =
      mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return address == MAP_FAILED ? nullptr : static_cast<uint8_t *>(address);
}

bool commit(uint8_t *address, uint64_t bytes) {
  return bytes == 0 || mprotect(address, bytes, PROT_READ | PROT_WRITE) == 0;
}

void release(uint8_t *address, uint64_t bytes) {
  if (address)
    munmap(address, bytes);
}

uint8_t *mapFile(uint8_t *address, uint64_t bytes, Access access, int descriptor, uint64_t offset) {
  const int protection = access == Access::ReadOnly      ? PROT_READ
                         : access == Access::ReadExecute ? PROT_READ | PROT_EXEC
                                                         : PROT_READ | PROT_WRITE;
  const int flags = address ? MAP_PRIVATE | MAP_FIXED : MAP_PRIVATE;
  void *mapped = mmap(address, bytes, protection, flags, descriptor, off_t(offset));
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

std::unexpected<Error> failWithErrno(std::string what) {
  return fail(ErrorKind::Io, std::move(what) + ": " + std::strerror(errno));
}

} // namespace w2n::platform
