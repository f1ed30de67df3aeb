// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Limits of the control group that this process is in (cgroup-v2.rst and cgroup-v1/ of the kernel's
// documents), which containers have instead of smaller machines. Every group above it counts too.
#pragma once

#include <cstdint>
#include <string>

namespace w2n {

/// The places where the system tells: others in tests.
struct ControlGroupFiles {
  std::string membership = "/proc/self/cgroup";
  std::string root = "/sys/fs/cgroup";
};

/// Threads that can run at the same time: the processors that this process may use, but no more
/// than its groups' quota of processor time is worth, rounded up. At least 1.
unsigned usableProcessors(const ControlGroupFiles &files = {});

/// Bytes that its groups leave to this process; UINT64_MAX if nothing limits it. What a group has
/// in the page cache and could drop counts as free.
uint64_t memoryLeftByGroups(const ControlGroupFiles &files = {});

} // namespace w2n
