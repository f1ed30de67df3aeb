// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/CompileWatchdog.h"

#include <future>
#include <gtest/gtest.h>

using namespace w2n;
using namespace w2n::cache;

TEST(CompileWatchdog, TellsOfAStepThatDoesNotEnd) {
  std::promise<Error> told;
  const CompileWatchdog watchdog({.maxTimeMs = 1},
                                 [&told](const Error &error) { told.set_value(error); });
  const Error error = told.get_future().get();
  EXPECT_EQ(error.kind, ErrorKind::Limit);
  EXPECT_NE(error.text.find("--max-compile-time"), std::string::npos);
}

TEST(CompileWatchdog, IsQuietWithinTheLimits) {
  bool isTold = false;
  {
    const CompileWatchdog watchdog({.maxTimeMs = 1'000'000}, [&](const Error &) { isTold = true; });
    const CompileWatchdog withoutLimits({}, [&](const Error &) { isTold = true; });
  }
  EXPECT_FALSE(isTold);
}
