#include "runtime/core/ExceptionHeap.h"

#include <algorithm>
#include <new>

namespace w2n::runtime {

namespace {

using artifact::Exception;

uintptr_t addressOf(const Exception *exception) { return reinterpret_cast<uintptr_t>(exception); }

uint64_t bytesOf(const Exception *exception) {
  return sizeof(Exception) + 8ull * exception->payloadSlots;
}

std::span<const uint64_t> payloadOf(Exception *exception) {
  return {exception->payload(), exception->payloadSlots};
}

/// The exceptions that have been found, by address.
class Marker {
public:
  explicit Marker(const std::vector<Exception *> &sorted) : sorted(sorted), marked(sorted.size()) {}

  void mark(size_t index) {
    if (!marked[index]) {
      marked[index] = true;
      pending.push_back(index);
    }
  }
  void markFrom(std::span<const uint64_t> words) {
    if (sorted.empty())
      return;
    const uintptr_t begin = addressOf(sorted.front());
    const uintptr_t end = addressOf(sorted.back()) + bytesOf(sorted.back());
    for (uint64_t word : words)
      if (word >= begin && word <= end)
        markAddress(word);
  }
  void finish() {
    while (!pending.empty()) {
      const size_t index = pending.back();
      pending.pop_back();
      markFrom(payloadOf(sorted[index]));
    }
  }
  bool isMarked(size_t index) const { return marked[index]; }

private:
  void markAddress(uintptr_t address) {
    const auto next = std::upper_bound(
        sorted.begin(), sorted.end(), address,
        [](uintptr_t value, const Exception *exception) { return value < addressOf(exception); });
    // Optimized code may have kept a pointer into the payload only.
    Exception *exception = *(next - 1);
    if (address - addressOf(exception) <= bytesOf(exception))
      mark(size_t(next - 1 - sorted.begin()));
  }

  const std::vector<Exception *> &sorted;
  std::vector<bool> marked;
  std::vector<size_t> pending;
};

} // namespace

ExceptionHeap::~ExceptionHeap() {
  for (Exception *exception : exceptions)
    ::operator delete(exception);
}

Exception *ExceptionHeap::make(uint32_t payloadSlots) {
  void *memory = ::operator new(sizeof(Exception) + 8ull * payloadSlots);
  auto *exception = new (memory) Exception{nullptr, nullptr, payloadSlots, 0};
  std::fill_n(exception->payload(), payloadSlots, 0);
  exceptions.push_back(exception);
  return exception;
}

void ExceptionHeap::collect(const ExceptionRoots &roots) {
  std::sort(exceptions.begin(), exceptions.end());
  Marker marker(exceptions);
  for (std::span<const uint64_t> words : roots)
    marker.markFrom(words);
  for (size_t i = 0; i < exceptions.size(); ++i)
    if (exceptions[i]->holders != 0)
      marker.mark(i);
  marker.finish();
  size_t kept = 0;
  for (size_t i = 0; i < exceptions.size(); ++i) {
    if (marker.isMarked(i))
      exceptions[kept++] = exceptions[i];
    else
      ::operator delete(exceptions[i]);
  }
  exceptions.resize(kept);
  capacity = std::max(leastCapacity, 2 * kept);
}

void ExceptionHeap::absorb(ExceptionHeap &other) {
  exceptions.insert(exceptions.end(), other.exceptions.begin(), other.exceptions.end());
  capacity = std::max(capacity, 2 * exceptions.size());
  other.exceptions.clear();
}

} // namespace w2n::runtime
