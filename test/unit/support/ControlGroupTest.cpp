// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Limits of control groups, in folders that look like the system's.
#include "lib/support/ControlGroup.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sched.h>

namespace w2n::test {
namespace {

constexpr uint64_t mebibyte = 1 << 20;

class ControlGroups : public ::testing::Test {
protected:
  ControlGroups() {
    char name[] = "/tmp/w2n-cgroup-XXXXXX";
    folder = mkdtemp(name);
  }
  ~ControlGroups() override { std::filesystem::remove_all(folder); }
  void write(const std::string &name, const std::string &text) {
    const std::filesystem::path path = folder + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text << "\n";
  }
  ControlGroupFiles files() const { return {folder + "/membership", folder + "/cgroup"}; }
  std::string folder;
};

unsigned allProcessors() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? unsigned(CPU_COUNT(&set)) : 1;
}

TEST_F(ControlGroups, LimitNothingWhereTheyAreMissing) {
  EXPECT_EQ(usableProcessors(files()), allProcessors());
  EXPECT_EQ(memoryLeftByGroups(files()), UINT64_MAX);
  write("membership", "0::/a");
  write("cgroup/a/cpu.max", "max 100000");
  write("cgroup/a/memory.max", "max");
  EXPECT_EQ(usableProcessors(files()), allProcessors());
  EXPECT_EQ(memoryLeftByGroups(files()), UINT64_MAX);
}

TEST_F(ControlGroups, OfVersion2CountWithThoseAbove) {
  write("membership", "0::/outer/inner");
  write("cgroup/outer/inner/cpu.max", "max 100000");
  write("cgroup/outer/cpu.max", "50000 100000");
  write("cgroup/outer/inner/memory.max", std::to_string(512 * mebibyte));
  write("cgroup/outer/inner/memory.current", std::to_string(300 * mebibyte));
  write("cgroup/outer/inner/memory.stat",
        "anon 1\ninactive_file " + std::to_string(100 * mebibyte));
  EXPECT_EQ(usableProcessors(files()), 1u);
  EXPECT_EQ(memoryLeftByGroups(files()), 312 * mebibyte);
  write("cgroup/outer/memory.max", std::to_string(64 * mebibyte));
  write("cgroup/outer/memory.current", std::to_string(80 * mebibyte));
  EXPECT_EQ(memoryLeftByGroups(files()), 0u);
}

TEST_F(ControlGroups, OfVersion2InAContainerAreAtTheRoot) {
  write("membership", "0::/../of/another/namespace");
  write("cgroup/cpu.max", "10000 100000");
  write("cgroup/memory.max", std::to_string(mebibyte));
  EXPECT_EQ(usableProcessors(files()), 1u);
  EXPECT_EQ(memoryLeftByGroups(files()), mebibyte);
}

TEST_F(ControlGroups, OfVersion1HaveAHierarchyForEachController) {
  write("membership", "9:memory:/m\n4:cpu,cpuacct:/c\n1:name=systemd:/s");
  write("cgroup/cpu/c/cpu.cfs_quota_us", "100000");
  write("cgroup/cpu/c/cpu.cfs_period_us", "100000");
  write("cgroup/memory/m/memory.limit_in_bytes", std::to_string(256 * mebibyte));
  write("cgroup/memory/m/memory.usage_in_bytes", std::to_string(56 * mebibyte));
  EXPECT_EQ(usableProcessors(files()), 1u);
  EXPECT_EQ(memoryLeftByGroups(files()), 200 * mebibyte);
  write("cgroup/cpu/c/cpu.cfs_quota_us", "-1");
  write("cgroup/memory/m/memory.limit_in_bytes", "9223372036854771712");
  EXPECT_EQ(usableProcessors(files()), allProcessors());
  EXPECT_EQ(memoryLeftByGroups(files()), UINT64_MAX);
}

} // namespace
} // namespace w2n::test
