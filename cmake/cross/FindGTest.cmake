# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# GoogleTest from its sources (Debian's googletest).
if(NOT TARGET GTest::gtest_main)
  add_subdirectory(/usr/src/googletest/googletest ${CMAKE_BINARY_DIR}/googletest EXCLUDE_FROM_ALL)
endif()
set(GTest_FOUND TRUE)
