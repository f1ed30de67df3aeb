// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Damaged modules end in a module or an error, whatever the damage; the sanitizers watch.
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>
#include <memory>
#include <random>

namespace w2n::test {
namespace {

/// Loads a copy that ends where the allocation does, so that reading past it is noticed. Gives the
/// error's text, or nothing.
std::string outcome(const ByteVector &bytes, size_t size) {
  const auto copy = std::make_unique<uint8_t[]>(size);
  std::copy_n(bytes.begin(), size, copy.get());
  auto module = wasm::decodeModule({copy.get(), size});
  Error error;
  if (!module)
    error = module.error();
  else if (auto status = wasm::validateModule(*module); !status)
    error = status.error();
  else
    return {};
  EXPECT_FALSE(error.text.empty());
  EXPECT_TRUE(error.offset <= size || error.offset == Error::noOffset)
      << error.text << " at " << error.offset << " of " << size;
  EXPECT_TRUE(error.kind == ErrorKind::Malformed || error.kind == ErrorKind::Invalid ||
              error.kind == ErrorKind::Unsupported || error.kind == ErrorKind::Limit)
      << error.text;
  return error.text.empty() ? "no text" : error.text;
}

TEST(Damage, StartsFromModulesThatLoad) {
  EXPECT_EQ(outcome(fullModule(), fullModule().size()), "");
}

TEST(Damage, TruncationAnywhereIsAnErrorUnlessASectionEndsThere) {
  const ByteVector bytes = fullModule();
  std::vector<size_t> loads;
  for (size_t size = 0; size < bytes.size(); ++size)
    if (outcome(bytes, size).empty())
      loads.push_back(size);
  // The header, then a custom section, types, imports; from there on the function section wants its
  // bodies, until only the name section is missing.
  ASSERT_EQ(loads.size(), 5u);
}

TEST(Damage, FlippingAnyBitsIsSurvived) {
  const ByteVector bytes = fullModule();
  size_t refused = 0;
  for (size_t at = 0; at < bytes.size(); ++at)
    for (unsigned flip = 1; flip < 256; ++flip) {
      ByteVector damaged = bytes;
      damaged[at] ^= uint8_t(flip);
      refused += !outcome(damaged, damaged.size()).empty();
    }
  // Most changes matter; those to names and constants do not.
  EXPECT_GT(refused, bytes.size() * 255 / 2);
}

TEST(Damage, ExtremeNumbersAnywhereAreSurvived) {
  const ByteVector bytes = fullModule();
  const ByteVector numbers[] = {unsignedLeb(UINT32_MAX), unsignedLeb(UINT32_MAX - 1),
                                unsignedLeb(1u << 31),   unsignedLeb(UINT64_MAX),
                                unsignedLeb(1'000'000),  {0x80}};
  for (const ByteVector &number : numbers)
    for (size_t at = 0; at < bytes.size(); ++at) {
      // In place of one byte, the number; what follows moves.
      ByteVector damaged(bytes.begin(), bytes.begin() + ptrdiff_t(at));
      append(damaged, number);
      damaged.insert(damaged.end(), bytes.begin() + ptrdiff_t(at) + 1, bytes.end());
      outcome(damaged, damaged.size());
    }
}

TEST(Damage, RemovingAndDoublingPiecesIsSurvived) {
  const ByteVector bytes = fullModule();
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const size_t begin = 8 + random() % (bytes.size() - 8);
    const size_t end = std::min<size_t>(begin + random() % 20, bytes.size());
    const size_t target = 8 + random() % (bytes.size() - 8);
    ByteVector damaged = bytes;
    if (i % 2)
      damaged.erase(damaged.begin() + ptrdiff_t(begin), damaged.begin() + ptrdiff_t(end));
    else
      damaged.insert(damaged.begin() + ptrdiff_t(target), bytes.begin() + ptrdiff_t(begin),
                     bytes.begin() + ptrdiff_t(end));
    outcome(damaged, damaged.size());
  }
}

} // namespace
} // namespace w2n::test
