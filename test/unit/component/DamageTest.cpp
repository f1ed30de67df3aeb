// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Damaged components end in a component or an error, whatever the damage; the sanitizers watch.
#include "test/unit/component/Sample.h"

#include <gtest/gtest.h>
#include <random>

namespace w2n::test {
namespace {

/// Whether the component is refused; then with a message and an offset in the file.
bool isRefused(const std::vector<uint8_t> &bytes, size_t size) {
  const std::optional<Error> error = outcome(bytes, size);
  if (!error)
    return false;
  EXPECT_FALSE(error->text.empty());
  EXPECT_LE(error->offset, size) << error->text;
  EXPECT_TRUE(error->kind == ErrorKind::Malformed || error->kind == ErrorKind::Invalid ||
              error->kind == ErrorKind::Unsupported || error->kind == ErrorKind::Limit)
      << error->text;
  return true;
}

bool isRefused(const std::vector<uint8_t> &bytes) { return isRefused(bytes, bytes.size()); }

TEST(ComponentDamage, StartsFromAComponentThatIsValid) {
  const std::optional<Error> error = outcome(sampleComponent());
  EXPECT_FALSE(error) << error->text << " at " << error->offset;
}

TEST(ComponentDamage, TruncationIsAnErrorUnlessASectionEndsThere) {
  const std::vector<uint8_t> bytes = sampleComponent();
  size_t accepted = 0;
  for (size_t size = 0; size < bytes.size(); ++size)
    accepted += !isRefused(bytes, size);
  EXPECT_GT(accepted, 10u);
  EXPECT_LT(accepted, 60u);
}

TEST(ComponentDamage, FlippingBitsIsSurvived) {
  const std::vector<uint8_t> bytes = sampleComponent();
  size_t refused = 0;
  for (size_t at = 0; at < bytes.size(); ++at)
    for (const unsigned flip : {1, 4, 128}) {
      std::vector<uint8_t> damaged = bytes;
      damaged[at] ^= uint8_t(flip);
      refused += isRefused(damaged);
    }
  EXPECT_GT(refused, bytes.size());
}

TEST(ComponentDamage, ExtremeNumbersAnywhereAreSurvived) {
  const std::vector<uint8_t> bytes = sampleComponent();
  for (const uint64_t number : {uint64_t(UINT32_MAX), uint64_t(1'000'000)}) {
    ByteWriter leb;
    leb.writeUnsigned(number);
    for (size_t at = 0; at < bytes.size(); ++at) {
      std::vector<uint8_t> damaged(bytes.begin(), bytes.begin() + ptrdiff_t(at));
      damaged.insert(damaged.end(), leb.written().begin(), leb.written().end());
      damaged.insert(damaged.end(), bytes.begin() + ptrdiff_t(at) + 1, bytes.end());
      isRefused(damaged);
    }
  }
}

TEST(ComponentDamage, RemovingAndDoublingPiecesIsSurvived) {
  const std::vector<uint8_t> bytes = sampleComponent();
  std::mt19937 random(1);
  for (int i = 0; i < 1'500; ++i) {
    const size_t begin = 8 + random() % (bytes.size() - 8);
    const size_t end = std::min<size_t>(begin + random() % 20, bytes.size());
    std::vector<uint8_t> damaged = bytes;
    if (i % 2)
      damaged.erase(damaged.begin() + ptrdiff_t(begin), damaged.begin() + ptrdiff_t(end));
    else
      damaged.insert(damaged.begin() + ptrdiff_t(8 + random() % (bytes.size() - 8)),
                     bytes.begin() + ptrdiff_t(begin), bytes.begin() + ptrdiff_t(end));
    isRefused(damaged);
  }
}

} // namespace
} // namespace w2n::test
