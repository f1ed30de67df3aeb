// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// An array that grows without moving its elements: a reader that knows an index needs no lock while
// a writer appends. Elements live in chunks, each twice as large as the one before.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace w2n {

/// Threads: any number of readers, of indices that a writer has handed to them, and one writer at a
/// time. An element itself is ordinary memory: it must not be written while others read it.
template <typename T> class StableArray {
public:
  StableArray() = default;
  StableArray(StableArray &&other) noexcept { *this = static_cast<StableArray &&>(other); }
  StableArray &operator=(StableArray &&other) noexcept {
    for (size_t i = 0; i < chunks.size(); ++i)
      chunks[i].store(other.chunks[i].exchange(chunks[i].load()));
    return *this;
  }
  ~StableArray() {
    for (auto &chunk : chunks)
      delete[] chunk.load();
  }

  T &operator[](uint32_t index) { return at(index); }
  const T &operator[](uint32_t index) const { return at(index); }

  /// Makes `index`, with a default value, and all below it elements.
  void extendTo(uint32_t index) {
    for (unsigned i = 0; i <= chunkOf(index); ++i)
      if (!chunks[i].load(std::memory_order_relaxed))
        chunks[i].store(new T[size_t(firstChunk) << i](), std::memory_order_release);
  }

private:
  static constexpr uint32_t firstChunk = 64;
  /// Chunk k begins at index firstChunk * (2^k - 1).
  static unsigned chunkOf(uint32_t index) {
    return unsigned(std::bit_width(uint64_t(index) / firstChunk + 1)) - 1;
  }
  T &at(uint32_t index) const {
    const unsigned chunk = chunkOf(index);
    const uint64_t begin = firstChunk * ((uint64_t(1) << chunk) - 1);
    return chunks[chunk].load(std::memory_order_acquire)[index - begin];
  }

  std::array<std::atomic<T *>, 27> chunks = {};
};

} // namespace w2n
