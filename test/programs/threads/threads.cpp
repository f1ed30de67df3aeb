// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// C++ threads: std::atomic of every width, a lock, a parallel sort of a vector, containers that
// threads fill.
#include "pthread_subset.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#ifndef __wasm__
#include <mutex>
#include <thread>
using Thread = std::thread;
using Mutex = std::mutex;
using Lock = std::lock_guard<std::mutex>;
#else
// Debian's libc++ for wasm has no threads.
class Thread {
public:
  template <typename Function> explicit Thread(Function function) {
    auto run = [](void *argument) -> void * {
      auto *body = static_cast<Function *>(argument);
      (*body)();
      delete body;
      return nullptr;
    };
    pthread_create(&thread, nullptr, run, new Function(std::move(function)));
  }
  void join() { pthread_join(thread, nullptr); }

private:
  pthread_t thread;
};
class Mutex {
public:
  void lock() { pthread_mutex_lock(&mutex); }
  void unlock() { pthread_mutex_unlock(&mutex); }

private:
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
};
struct Lock {
  explicit Lock(Mutex &mutex) : mutex(mutex) { mutex.lock(); }
  ~Lock() { mutex.unlock(); }
  Mutex &mutex;
};
#endif

template <typename Body> void inParallel(unsigned count, Body body) {
  std::vector<Thread> threads;
  for (unsigned i = 0; i < count; ++i)
    threads.emplace_back([=] { body(i); });
  for (Thread &thread : threads)
    thread.join();
}

template <typename T> void testAtomic(const char *name) {
  static std::atomic<T> sum{0}, greatest{0}, last{0};
  inParallel(4, [](unsigned thread) {
    for (unsigned i = 0; i < 5000; ++i) {
      T value = T(thread * 5000 + i);
      sum.fetch_add(value, std::memory_order_relaxed);
      T seen = greatest.load();
      while (seen < value && !greatest.compare_exchange_weak(seen, value))
        ;
      if (last.exchange(value) == value)
        sum.fetch_sub(0);
    }
  });
  std::printf("%s %llu %llu\n", name, (unsigned long long)std::make_unsigned_t<T>(sum.load()),
              (unsigned long long)std::make_unsigned_t<T>(greatest.load()));
}

int main() {
  testAtomic<uint8_t>("u8");
  testAtomic<int16_t>("i16");
  testAtomic<uint32_t>("u32");
  testAtomic<int64_t>("i64");

  std::vector<uint32_t> numbers(100000);
  uint32_t state = 12345;
  for (uint32_t &number : numbers)
    number = state = state * 1664525 + 1013904223;
  const size_t part = numbers.size() / 4;
  inParallel(4, [&](unsigned i) {
    std::sort(numbers.begin() + long(i * part), numbers.begin() + long((i + 1) * part));
  });
  inParallel(2, [&](unsigned i) {
    auto begin = numbers.begin() + long(2 * i * part);
    std::inplace_merge(begin, begin + long(part), begin + long(2 * part));
  });
  std::inplace_merge(numbers.begin(), numbers.begin() + long(2 * part), numbers.end());
  std::printf("sorted %d first %u last %u\n", std::is_sorted(numbers.begin(), numbers.end()),
              numbers.front(), numbers.back());

  Mutex mutex;
  std::map<std::string, unsigned> words;
  inParallel(8, [&](unsigned thread) {
    for (unsigned i = 0; i < 500; ++i) {
      std::string word = "a word that is not short: " + std::to_string((thread * 7 + i) % 97);
      Lock lock(mutex);
      ++words[word];
    }
  });
  unsigned total = 0;
  for (auto &[word, count] : words)
    total += count * unsigned(word.size());
  std::printf("words %zu total %u\n", words.size(), total);
}
