// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/PublicOptions.h"

#include <gtest/gtest.h>

namespace w2n {
namespace {

/// As a program has it that was built with a later header.
struct LaterOptions {
  w2n_compile_options known;
  uint64_t unknown;
};

LaterOptions laterOptions(uint64_t unknown) {
  LaterOptions later;
  w2n_compile_options_init(&later.known);
  later.known.size = sizeof(later);
  later.known.deterministic = true;
  later.unknown = unknown;
  return later;
}

TEST(PublicOptions, NullIsTheDefault) {
  const auto options = completed(nullptr);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->level, uint32_t(W2N_LEVEL_O2));
  EXPECT_EQ(options->stop_after, uint32_t(W2N_STOP_AFTER_LINK));
  EXPECT_EQ(options->size, sizeof(w2n_compile_options));
}

TEST(PublicOptions, WithoutInitializationAreRefused) {
  const w2n_compile_options zero = {};
  EXPECT_EQ(completed(&zero).error().kind, ErrorKind::Invalid);
}

TEST(PublicOptions, OfLaterVersionsAreTakenIfNothingUnknownIsSet) {
  const LaterOptions later = laterOptions(0);
  const auto options = completed(&later.known);
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->deterministic);
  EXPECT_EQ(options->size, sizeof(w2n_compile_options));
}

TEST(PublicOptions, OfLaterVersionsAreRefusedIfSomethingUnknownIsSet) {
  const LaterOptions later = laterOptions(1);
  EXPECT_EQ(completed(&later.known).error().kind, ErrorKind::Unsupported);
}

} // namespace
} // namespace w2n
