// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Components for tests, and their outcome.
#pragma once

#include "lib/component/ValidateComponent.h"
#include "lib/support/ByteWriter.h"

#include <algorithm>

namespace w2n::test {

/// A component with most kinds of definitions.
std::vector<uint8_t> sampleComponent();

/// The sections of a component, one after the other.
class ComponentBuilder {
public:
  ComponentBuilder() {
    constexpr uint8_t preamble[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
    out.writeBytes(preamble);
  }
  ComponentBuilder &section(uint8_t id, std::span<const uint8_t> contents) {
    out.writeByte(id);
    out.writeSized(contents);
    return *this;
  }
  ComponentBuilder &section(uint8_t id, std::initializer_list<uint8_t> contents) {
    return section(id, std::span(contents.begin(), contents.size()));
  }
  std::vector<uint8_t> take() { return out.take(); }

private:
  ByteWriter out;
};

/// The outcome of decoding and validating the first `size` bytes: an error, or nothing.
inline std::optional<Error> outcome(const std::vector<uint8_t> &bytes, size_t size) {
  // A copy that ends where the allocation does, so that reading past it is noticed.
  const auto copy = std::make_unique<uint8_t[]>(size);
  std::copy_n(bytes.begin(), size, copy.get());
  auto decoded = component::decodeComponent({copy.get(), size});
  if (!decoded)
    return decoded.error();
  component::Types types;
  auto valid = component::validateComponent(*decoded, types);
  return valid ? std::nullopt : std::optional(valid.error());
}

inline std::optional<Error> outcome(const std::vector<uint8_t> &bytes) {
  return outcome(bytes, bytes.size());
}

} // namespace w2n::test
