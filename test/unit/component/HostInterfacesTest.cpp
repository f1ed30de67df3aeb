// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/HostInterfaces.h"

#include <gtest/gtest.h>

namespace w2n::runtime {
namespace {

HostComponentFunction anyFunction() {
  return {[](HostCall &) -> Status { return {}; }};
}

TEST(HostInterfaces, FunctionsAreFoundForCompatibleVersions) {
  HostInterfaces interfaces;
  ASSERT_TRUE(interfaces.define("wasi:io/streams@0.2.12", "read", anyFunction()));
  EXPECT_TRUE(interfaces.findFunction("wasi:io/streams@0.2.0", "read"));
  EXPECT_TRUE(interfaces.hasInterface("wasi:io/streams@0.2.0"));
  EXPECT_FALSE(interfaces.findFunction("wasi:io/streams@0.3.0", "read"));
  EXPECT_FALSE(interfaces.findFunction("wasi:io/streams", "read"));
  EXPECT_FALSE(interfaces.findFunction("wasi:io/streams@0.2.0", "write"));
  EXPECT_FALSE(interfaces.hasInterface("wasi:io/poll@0.2.0"));
}

TEST(HostInterfaces, TheVersionAskedForComesFirstThenTheLatest) {
  HostInterfaces interfaces;
  for (const char *name : {"a:b/c@1.0.0", "a:b/c@1.10.0", "a:b/c@1.9.0"})
    ASSERT_TRUE(interfaces.define(name, "f", anyFunction()));
  const auto *oldest = interfaces.findFunction("a:b/c@1.0.0", "f");
  const auto *latest = interfaces.findFunction("a:b/c@1.2.0", "f");
  EXPECT_NE(oldest, latest);
  EXPECT_EQ(latest, interfaces.findFunction("a:b/c@1.10.0", "f"));
}

TEST(HostInterfaces, NothingIsDefinedTwice) {
  HostInterfaces interfaces;
  ASSERT_TRUE(interfaces.define("", "f", anyFunction()));
  const Status again = interfaces.define("", "f", anyFunction());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().text, "\"f\" is already defined");
  const HostResource resource{"a:b/c", "r"};
  ASSERT_TRUE(interfaces.shareResource(resource));
  EXPECT_FALSE(interfaces.defineResource(HostResource{"a:b/c", "r"}));
  EXPECT_EQ(interfaces.findResource("a:b/c", "r"), &resource);
}

TEST(HostInterfaces, TrapsHaveTheWordsOfTheCanonicalAbi) {
  EXPECT_EQ(canonTrap(component::CanonTrap::UnknownHandle, 7).error().text,
            "unknown handle index 7");
  EXPECT_EQ(canonTrap(component::CanonTrap(1000)).error().text, "unknown reason 1000");
}

} // namespace
} // namespace w2n::runtime
