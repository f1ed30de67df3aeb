// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Damaged texts end in an error or in packages that print and parse again.
#include "lib/wit/Print.h"
#include "test/unit/wit/Sample.h"

#include <gtest/gtest.h>

namespace w2n::wit {

namespace {

void check(std::string text) {
  auto packages = parsePackages("a.wit", text);
  if (!packages) {
    EXPECT_TRUE(packages.error().text.starts_with("a.wit:")) << packages.error().text;
    return;
  }
  const std::string once = printPackages(*packages);
  auto again = parsePackages("again.wit", once);
  ASSERT_TRUE(again) << again.error().text << "\n" << text << "\n" << once;
  EXPECT_EQ(printPackages(*again), once);
}

} // namespace

TEST(WitDamage, EveryCut) {
  const std::string text = sampleText;
  for (size_t i = 0; i < text.size(); ++i)
    check(text.substr(0, i));
}

TEST(WitDamage, EveryByteRemovedOrReplaced) {
  const std::string text = sampleText;
  for (size_t i = 0; i < text.size(); ++i) {
    check(text.substr(0, i) + text.substr(i + 1));
    // In turn, as all at each place would take long.
    constexpr std::string_view replacements = "a}<;\"/\n%";
    std::string replaced = text;
    replaced[i] = replacements[i % replacements.size()];
    check(replaced);
    std::string flipped = text;
    flipped[i] = char(flipped[i] ^ (1 << (i % 8)));
    check(flipped);
  }
}

} // namespace w2n::wit
