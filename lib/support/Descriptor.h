// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A file descriptor that is closed with its owner.
#pragma once

#include <unistd.h>
#include <utility>

namespace w2n {

class Descriptor {
public:
  Descriptor() = default;
  explicit Descriptor(int number) : number(number) {}
  Descriptor(Descriptor &&other) noexcept : number(std::exchange(other.number, -1)) {}
  Descriptor &operator=(Descriptor &&other) noexcept {
    std::swap(number, other.number);
    return *this;
  }
  ~Descriptor() {
    if (number >= 0)
      close(number);
  }

  int get() const { return number; }
  int release() { return std::exchange(number, -1); }
  explicit operator bool() const { return number >= 0; }

private:
  int number = -1;
};

} // namespace w2n
