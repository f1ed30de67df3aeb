// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The cost of throwing, and of a try when nothing is thrown: nanoseconds a turn, one line
// each.
#include <cstdio>
#include <time.h>

namespace {

double now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return double(time.tv_sec) * 1e9 + double(time.tv_nsec);
}

[[gnu::noinline]] int down(int depth, int n) {
  if (depth == 0) {
    if (n >= 0)
      throw n;
    return n;
  }
  // Read after the call, so that the recursion is no loop.
  volatile int after = depth;
  return down(depth - 1, n) + after;
}

[[gnu::noinline]] int leaf(int n) {
  if (n < 0)
    throw n;
  return n * 3 + 1;
}

template <typename Turn> void measure(const char *name, int turns, Turn turn) {
  const double begin = now();
  long sum = 0;
  for (int i = 0; i < turns; ++i)
    sum += turn(i);
  std::printf("%s %.2f %ld\n", name, (now() - begin) / turns, sum);
}

int acrossFrames(int depth, int n) {
  try {
    return down(depth, n);
  } catch (int value) {
    return value;
  }
}

} // namespace

int main() {
  measure("throw-across-1-frame", 200'000, [](int i) { return acrossFrames(0, i); });
  measure("throw-across-10-frames", 200'000, [](int i) { return acrossFrames(9, i); });
  measure("throw-across-100-frames", 20'000, [](int i) { return acrossFrames(99, i); });
  measure("call-in-try", 200'000'000, [](int i) {
    try {
      return leaf(i);
    } catch (int value) {
      return value;
    }
  });
  measure("call", 200'000'000, [](int i) { return leaf(i); });
}
