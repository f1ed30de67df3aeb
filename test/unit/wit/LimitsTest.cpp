// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/Limits.h"
#include "test/unit/wit/Sample.h"

#include <gtest/gtest.h>

namespace w2n::wit {

namespace {

std::string repeat(const std::string &text, size_t count) {
  std::string all;
  while (count-- > 0)
    all += text;
  return all;
}

void expectLimit(const std::string &text, const char *words) {
  auto packages = parsePackages("a.wit", "package a:b; " + text);
  ASSERT_FALSE(packages) << words;
  EXPECT_EQ(packages.error().kind, ErrorKind::Limit);
  EXPECT_TRUE(packages.error().text.contains(words)) << packages.error().text;
}

std::string number(size_t i) { return std::to_string(i); }

} // namespace

TEST(WitLimits, TypesAsTheyAreWritten) {
  const size_t depth = 100'000;
  expectLimit("interface i { type t = " + repeat("list<", depth) + "u8" + repeat(">", depth) +
                  "; }",
              "types are nested deeper than 100");
}

// In both orders: what is resolved first must not matter.
TEST(WitLimits, TypesThatReferToEachOther) {
  std::string upwards, downwards;
  for (size_t i = 1; i < 10'000; ++i) {
    const std::string line = "type t" + number(i) + " = option<t" + number(i - 1) + ">; ";
    upwards += line;
    downwards = line + downwards;
  }
  for (const std::string &lines : {upwards, downwards})
    expectLimit("interface i { type t0 = u8; " + lines + "}",
                "types refer to each other deeper than 200");
}

TEST(WitLimits, InterfacesThatUseEachOther) {
  std::string upwards, downwards;
  for (size_t i = 1; i < 10'000; ++i) {
    const std::string line = "interface i" + number(i) + " { use i" + number(i - 1) + ".{t}; } ";
    upwards += line;
    downwards = line + downwards;
  }
  for (const std::string &lines : {upwards, downwards})
    expectLimit("interface i0 { type t = u8; } " + lines, "interfaces use each other too deeply");
}

TEST(WitLimits, WorldsThatDouble) {
  std::string worlds = "world w0 { import f: func(); } ";
  for (size_t i = 1; i < 100; ++i)
    worlds += "world w" + number(i) + " { include w" + number(i - 1) + "; include w" +
              number(i - 1) + " with { f as f" + number(i) + " } } ";
  // They double until names conflict or until there are too many; both end in an error.
  EXPECT_FALSE(parsePackages("a.wit", "package a:b; " + worlds));
}

TEST(WitLimits, ManyWorldsOfManyInterfaces) {
  std::string text = "world all { ";
  for (size_t i = 0; i < 1500; ++i)
    text += "import i" + number(i) + "; ";
  text += "} ";
  for (size_t i = 0; i < 1500; ++i)
    text += "interface i" + number(i) + " {} world w" + number(i) + " { include all; } ";
  expectLimit(text, "worlds have more than 1000000 imports and exports together");
}

TEST(WitLimits, FlagsAndSizes) {
  std::string labels;
  for (size_t i = 0; i < 33; ++i)
    labels += "label" + number(i) + ", ";
  expectLimit("interface i { flags f { " + labels + "} }", "flags have 33 labels, most is 32");
  expectLimit(std::string(limits::fileBytes, ' '), "bytes, most is 16777216");
}

} // namespace w2n::wit
