// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "utils/bench/start/Floors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::bench {

namespace {

constexpr size_t reservedBytes = size_t(12) << 30;

int imageFile() {
  static const int file = [] {
    const int made = memfd_create("image", MFD_CLOEXEC);
    if (made < 0 || ftruncate(made, imageBytes) != 0)
      _exit(1);
    return made;
  }();
  return file;
}

void read(const void *address) { (void)*static_cast<const volatile uint8_t *>(address); }

} // namespace

void mapArtifact(const std::string &path, size_t codeBytes) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat attributes;
  fstat(file, &attributes);
  const auto bytes = size_t(attributes.st_size);
  auto *mapped = static_cast<uint8_t *>(mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0));
  const size_t code = (bytes - codeBytes) / pageBytes * pageBytes;
  mmap(mapped + code, codeBytes, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file, off_t(code));
  read(mapped);
  read(mapped + code);
  munmap(mapped, bytes);
  close(file);
}

uint64_t readArtifact(const std::string &path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat attributes;
  fstat(file, &attributes);
  const auto bytes = size_t(attributes.st_size);
  auto *mapped = static_cast<uint64_t *>(mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0));
  uint64_t sum = 0;
  for (size_t i = 0; i < bytes / 8; ++i)
    sum += mapped[i];
  munmap(mapped, bytes);
  close(file);
  return sum;
}

FloorMemory::FloorMemory()
    : base(static_cast<uint8_t *>(mmap(nullptr, reservedBytes, PROT_NONE,
                                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {
  mprotect(base, memoryBytes, PROT_READ | PROT_WRITE);
  mmap(base + imageAddress, imageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
       imageFile(), 0);
}

FloorMemory::~FloorMemory() { munmap(base, reservedBytes); }

void FloorMemory::touch(size_t pages) {
  volatile uint8_t *address = base + imageAddress;
  for (; pages > 0; --pages, address += 9 * pageBytes)
    *address = uint8_t(pages);
}

void FloorMemory::reset() { madvise(base, memoryBytes, MADV_DONTNEED); }

} // namespace w2n::bench
