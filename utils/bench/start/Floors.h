// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The time that the operating system alone takes for the same work: the floors that starting is
// measured against. They use raw system calls, nothing of the runtime.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace w2n::bench {

inline constexpr size_t pageBytes = 4096;
inline constexpr size_t memoryBytes = 10 << 20, imageBytes = 32 << 10, imageAddress = 16384;

/// Opens and maps a file, and `codeBytes` of it once more with execute permission; reads a byte of
/// each; undoes it.
void mapArtifact(const std::string &path, size_t codeBytes);
/// Reads all of a file through a mapping.
uint64_t readArtifact(const std::string &path);

/// A memory as an instance needs it: 8 GiB of addresses, 10 MiB of them accessible, an image mapped
/// copy-on-write.
class FloorMemory {
public:
  FloorMemory();
  ~FloorMemory();
  /// Writes to pages where utils/bench/start/module.wat does.
  void touch(size_t pages);
  /// Back to the initial contents with the one call that does it.
  void reset();

private:
  uint8_t *base;
};

} // namespace w2n::bench
