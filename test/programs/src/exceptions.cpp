// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// C++ exceptions: types, destructors, rethrowing, throwing across many frames and through calls by
// pointer.
//
// EXCEPTIONS: standard
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

struct Failure {
  int code;
  char text[24];
};

struct Tracer {
  explicit Tracer(const char *name) : name(name) { std::printf("+%s ", name); }
  ~Tracer() { std::printf("-%s ", name); }
  const char *name;
};

struct Counted {
  static int alive;
  int value;
  explicit Counted(int value) : value(value) { ++alive; }
  Counted(const Counted &other) : value(other.value) { ++alive; }
  ~Counted() { --alive; }
};
int Counted::alive = 0;

[[gnu::noinline]] int classify(int n) {
  Tracer tracer("classify");
  switch (n % 5) {
  case 0:
    throw n;
  case 1: {
    Failure failure{n, "failure"};
    throw failure;
  }
  case 2:
    throw 2.5 * n;
  case 3:
    throw Counted(n);
  }
  return n;
}

[[gnu::noinline]] int deep(int depth, int n) {
  Counted here(depth);
  double before = depth * 1.5;
  if (depth == 0)
    return classify(n);
  int below = deep(depth - 1, n);
  return below + int(before) + here.value;
}

int handle(int depth, int n) {
  try {
    Tracer tracer("handle");
    return deep(depth, n);
  } catch (int value) {
    std::printf("int %d\n", value);
    return 1;
  } catch (const Failure &failure) {
    std::printf("Failure %d %s\n", failure.code, failure.text);
    return 2;
  } catch (Counted &counted) {
    std::printf("Counted %d\n", counted.value);
    return 3;
  } catch (...) {
    std::printf("something else\n");
    return 4;
  }
}

int again(int n) {
  try {
    try {
      Tracer tracer("inner");
      throw Counted(n);
    } catch (Counted &counted) {
      counted.value += 1000;
      throw;
    } catch (...) {
      return -1;
    }
  } catch (const Counted &counted) {
    return counted.value;
  }
}

/// A value that has been written before the throw is seen in the handler.
int locals(int when) {
  int step = 0, sum = 0;
  for (int i = 0; i < 10; ++i) {
    try {
      step = i * 2;
      if (i == when)
        throw i;
      step = i * 2 + 1;
      sum += classify(4 + 5 * i) + step;
    } catch (int value) {
      sum += 10000 * value + step;
    }
  }
  return sum;
}

int twice(int n) {
  try {
    throw n;
  } catch (int first) {
    try {
      throw Failure{first + 1, "second"};
    } catch (const Failure &second) {
      return first * 100 + second.code;
    }
  }
}

using Function = int (*)(int);
int byPointer(int n) {
  static const Function functions[] = {classify, again, twice, locals};
  try {
    return functions[n % 4](n);
  } catch (...) {
    return -n;
  }
}

struct Base {
  virtual ~Base() = default;
  virtual int run(int n) = 0;
};
struct Thrower : Base {
  int run(int n) override {
    if (n > 2)
      throw n * 7;
    return n;
  }
};

int virtualCall(Base &base, int n) {
  try {
    return base.run(n);
  } catch (int value) {
    return -value;
  }
}

} // namespace

int main() {
  for (int n = 0; n < 10; ++n)
    std::printf("-> %d\n", handle(n * n, n));
  std::printf("again %d\n", again(5));
  for (int when = 0; when < 4; ++when)
    std::printf("locals %d\n", locals(when * 3));
  std::printf("twice %d\n", twice(3));
  for (int n = 0; n < 12; ++n)
    std::printf("pointer %d\n", byPointer(n));
  Thrower thrower;
  for (int n = 0; n < 5; ++n)
    std::printf("virtual %d\n", virtualCall(thrower, n));
  uint64_t sum = 0;
  for (int i = 0; i < 200000; ++i) {
    try {
      if (i % 3 != 0)
        throw i;
      sum += 1;
    } catch (int value) {
      sum = sum * 31 + uint64_t(value);
    }
  }
  std::printf("loop %llu, alive %d\n", (unsigned long long)sum, Counted::alive);
}
