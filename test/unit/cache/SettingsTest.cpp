// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The folder and the size of the cache.
#include "runtime/cache/Settings.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using cache::parseSize;
using cache::Settings;

TEST(CacheSettings, ReadsSizes) {
  EXPECT_EQ(*parseSize("1", "size"), 1u);
  EXPECT_EQ(*parseSize("3K", "size"), 3072u);
  EXPECT_EQ(*parseSize("10G", "size"), uint64_t(10) << 30);
  for (const char *wrong :
       {"", "0", "K", "-1", "1X", "1KB", " 1", "99999999999999999999", "9000000000G"})
    EXPECT_FALSE(parseSize(wrong, "size")) << wrong;
}

TEST(CacheSettings, PrefersWhatIsSaidOverTheEnvironment) {
  const char *variables[] = {"WASM2NATIVE_CACHE_DIR", "XDG_CACHE_HOME", "HOME"};
  for (const char *name : variables)
    unsetenv(name);
  EXPECT_FALSE(Settings::read());
  setenv("HOME", "/home/u", 1);
  EXPECT_EQ(Settings::read()->folder, "/home/u/.cache/wasm2native");
  setenv("XDG_CACHE_HOME", "/xdg", 1);
  EXPECT_EQ(Settings::read()->folder, "/xdg/wasm2native");
  setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(Settings::read()->folder, "/home/u/.cache/wasm2native");
  setenv("WASM2NATIVE_CACHE_DIR", "/mine", 1);
  EXPECT_EQ(Settings::read()->folder, "/mine");
  EXPECT_EQ(Settings::read("/said")->folder, "/said");
  EXPECT_EQ(Settings::read()->limitBytes, uint64_t(10) << 30);
  setenv("WASM2NATIVE_CACHE_SIZE", "5M", 1);
  EXPECT_EQ(Settings::read()->limitBytes, uint64_t(5) << 20);
  EXPECT_EQ(Settings::read("", "7M")->limitBytes, uint64_t(7) << 20);
  setenv("WASM2NATIVE_CACHE_SIZE", "much", 1);
  EXPECT_FALSE(Settings::read());
  unsetenv("WASM2NATIVE_CACHE_SIZE");
}

TEST(CacheSettings, SayHowLongToWaitForOthers) {
  setenv("HOME", "/home/u", 1);
  EXPECT_EQ(Settings::read()->longestWait, std::chrono::seconds(300));
  setenv("WASM2NATIVE_CACHE_WAIT", "0", 1);
  EXPECT_EQ(Settings::read()->longestWait, std::chrono::seconds(0));
  for (const char *wrong : {"1s", "-1", "ever", "99999999999"}) {
    setenv("WASM2NATIVE_CACHE_WAIT", wrong, 1);
    EXPECT_FALSE(Settings::read()) << wrong;
  }
  unsetenv("WASM2NATIVE_CACHE_WAIT");
}

} // namespace
} // namespace w2n::test
