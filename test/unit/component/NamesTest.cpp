// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/Names.h"

#include <gtest/gtest.h>

namespace w2n::component {
namespace {

TEST(ComponentNames, LabelsAreWordsOfOneCase) {
  for (const char *label : {"a", "foo-bar", "HTTP-get", "a1-2b", "ABC"})
    EXPECT_TRUE(isKebab(label)) << label;
  for (const char *label : {"", "1a", "fooBar", "a--b", "-a", "a-", "a_b", "a b", "\xc3\xa4"})
    EXPECT_FALSE(isKebab(label)) << label;
}

TEST(ComponentNames, ExternNamesHaveKinds) {
  using Kind = ParsedName::Kind;
  const std::pair<const char *, Kind> names[] = {
      {"a-b", Kind::Label},          {"[constructor]a", Kind::Constructor},
      {"[method]a.b", Kind::Method}, {"[static]a.b", Kind::Static},
      {"a:b/c", Kind::Interface},    {"a:b/c@1.2.3-rc.1+build.5", Kind::Interface},
  };
  for (const auto &[name, kind] : names) {
    const auto parsed = parseExternName(name, "import", 0);
    ASSERT_TRUE(parsed) << name << ": " << parsed.error().text;
    EXPECT_EQ(parsed->kind, kind) << name;
  }
}

TEST(ComponentNames, WrongExternNamesAreRefused) {
  for (const char *name : {"", "A:b/c", "a:b", "a:b/c@", "a:b/c@1", "a:b/c@1.2", "a:b/c@01.2.3",
                           "a:b/c@1.2.3-", "a:b/c@1.2.3-01", "a:b/c@1.2.3+", "a:b/c/d", "a:b:c/d",
                           "[method]a", "[method]a.b.c", "[other]a", "url=<a>", "locked-dep=<a:b>"})
    EXPECT_FALSE(parseExternName(name, "import", 0)) << name;
}

TEST(ComponentNames, AreStronglyUnique) {
  const auto conflict = [](const char *first, const char *second) {
    UniqueNames names;
    EXPECT_TRUE(names.add(first, *parseExternName(first, "import", 0), "import", 0));
    return !names.add(second, *parseExternName(second, "import", 0), "import", 0);
  };
  EXPECT_TRUE(conflict("foo", "FOO"));
  EXPECT_TRUE(conflict("[method]a.b", "[static]a.b"));
  EXPECT_TRUE(conflict("a", "[method]a.a"));
  EXPECT_TRUE(conflict("[method]a.a", "a"));
  EXPECT_FALSE(conflict("a", "[constructor]a"));
  EXPECT_FALSE(conflict("[method]a.b", "[method]a.c"));
  EXPECT_FALSE(conflict("a:b/c@1.0.0", "a:b/c@2.0.0"));
}

} // namespace
} // namespace w2n::component
