// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/Version.h"

#include <gtest/gtest.h>

namespace w2n::component {
namespace {

Version version(const std::string &text) { return parseVersion("a:b/c@" + text).version; }

TEST(ComponentVersions, AreSplitFromNames) {
  const VersionedName parsed = parseVersion("wasi:io/streams@0.2.12-rc.1+build");
  EXPECT_EQ(parsed.name, "wasi:io/streams");
  EXPECT_EQ(parsed.version, (Version{true, 0, 2, 12, "-rc.1"}));
  for (const char *name :
       {"a:b/c", "a:b/c@1", "a:b/c@1.2", "a:b/c@1.2.x", "a:b/c@99999999999999999999.0.0"})
    EXPECT_EQ(parseVersion(name).name, name);
}

TEST(ComponentVersions, AreCompatibleBehindTheFirstPartThatIsNotZero) {
  EXPECT_TRUE(isCompatible(version("1.2.3"), version("1.0.0")));
  EXPECT_FALSE(isCompatible(version("1.2.3"), version("2.2.3")));
  EXPECT_TRUE(isCompatible(version("0.2.12"), version("0.2.0")));
  EXPECT_FALSE(isCompatible(version("0.2.12"), version("0.3.0")));
  EXPECT_TRUE(isCompatible(version("0.0.1"), version("0.0.1")));
  EXPECT_FALSE(isCompatible(version("0.0.1"), version("0.0.2")));
  EXPECT_FALSE(isCompatible(version("0.2.0"), version("0.2.0-rc.1")));
  EXPECT_FALSE(isCompatible(version("0.2.0"), {}));
  EXPECT_TRUE(isCompatible({}, {}));
}

TEST(ComponentVersions, PreReleasesComeBeforeReleases) {
  EXPECT_LT(version("0.2.0-rc.1"), version("0.2.0"));
  EXPECT_LT(version("0.2.9"), version("0.2.10"));
  EXPECT_LT(version("0.2.0-rc.2"), version("0.2.0-rc.10"));
  EXPECT_LT(version("0.2.0-2"), version("0.2.0-10"));
}

TEST(ComponentVersions, HaveTheOrderOfSemanticVersions) {
  const char *const ordered[] = {"0.9.9",        "1.0.0-1",       "1.0.0-alpha", "1.0.0-alpha.1",
                                 "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0",       "1.0.1",
                                 "1.2.0",        "1.10.0",        "2.0.0"};
  for (size_t i = 0; i < std::size(ordered); ++i)
    for (size_t j = 0; j < std::size(ordered); ++j)
      EXPECT_EQ(precedes(ordered[i], ordered[j]), i < j) << ordered[i] << " " << ordered[j];
  EXPECT_FALSE(precedes("1.0.0+a", "1.0.0+b"));
}

} // namespace
} // namespace w2n::component
