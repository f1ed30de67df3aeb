// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Profiles: adding them up, and their text.
#include "lib/artifact/Profile.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using artifact::Profile;

Result<Profile> parse(std::string_view text) {
  return Profile::parse({reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

TEST(Profile, AddsCountsOfTheSameFunction) {
  Profile profile;
  const uint64_t few[] = {1, UINT64_MAX - 1}, many[] = {2, 5}, other[] = {9};
  EXPECT_TRUE(profile.add("f", 7, few));
  EXPECT_TRUE(profile.add("f", 7, many));
  EXPECT_TRUE(profile.add("f", 8, other));
  EXPECT_FALSE(profile.add("f", 7, other));
  const auto &versions = profile.functions().at("f");
  EXPECT_EQ(versions.at(7), (Profile::Counts{3, UINT64_MAX}));
  EXPECT_EQ(versions.at(8), Profile::Counts{9});
}

TEST(Profile, IsTheSameAfterItsText) {
  Profile profile;
  const uint64_t counts[] = {3, 0, UINT64_MAX};
  profile.add("name with spaces", UINT64_MAX, counts);
  profile.add("a", 1, {});
  const auto read = parse(profile.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->functions(), profile.functions());
  EXPECT_EQ(read->text(), profile.text());
}

TEST(Profile, ReadsWhatOthersWrite) {
  const auto read = parse("# comment\r\n:ir\r\n\r\nf\r\n0x10\r\n1\r\n4");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->functions().at("f").at(16), Profile::Counts{4});
  EXPECT_TRUE(parse("")->functions().empty());
}

TEST(Profile, NamesTheLineOfWhatIsWrong) {
  const std::pair<const char *, const char *> cases[] = {
      {"f\n1\n0\n", "line 1: a profile must begin with ':ir', found 'f'"},
      {":ir\n:entry_first\n", "line 2: a profile of this kind cannot be used: ':entry_first'"},
      {":ir\nf\n", "line 2: the text ends before the hash of a function"},
      {":ir\nf\n1\n-1\n", "line 4: expected the number of its counters, found '-1'"},
      {":ir\nf\n1\n99999999999999999999\n",
       "line 4: expected the number of its counters, found '99999999999999999999'"},
      {":ir\nf\n1\n18446744073709551615\n1\n",
       "line 5: the text ends before the value of a counter"}};
  for (const auto &[text, message] : cases) {
    const auto read = parse(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().text, message);
    EXPECT_EQ(read.error().kind, ErrorKind::Malformed);
  }
}

} // namespace
} // namespace w2n::test
