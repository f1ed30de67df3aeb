// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/ControlGroup.h"

#include "lib/support/File.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <sched.h>
#include <string_view>
#include <thread>

namespace w2n {

namespace {

constexpr uint64_t unlimited = UINT64_MAX;

std::string textIn(const std::string &path) {
  const auto bytes = readFile(path);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "";
}

/// The number at the beginning of `text`; nullopt if there is none ("max", "-1").
std::optional<uint64_t> numberAt(std::string_view text) {
  uint64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc())
    return std::nullopt;
  return number;
}

/// The number after `label` in a file of many lines, 0 if there is none.
uint64_t numberAfter(const std::string &text, const std::string &label) {
  const size_t at = ("\n" + text).find("\n" + label + " ");
  return at == text.npos
             ? 0
             : numberAt(std::string_view(text).substr(at + label.size() + 1)).value_or(0);
}

/// The path of the group in the hierarchy of `controller`; version 2 has one, without a name.
std::optional<std::string> groupOf(const std::string &membership, std::string_view controller) {
  // Lines are "4:cpu,cpuacct:/path" and "0::/path".
  for (size_t begin = 0; begin < membership.size();) {
    const size_t end = std::min(membership.find('\n', begin), membership.size());
    const std::string_view line = std::string_view(membership).substr(begin, end - begin);
    begin = end + 1;
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos)
      continue;
    const std::string list = "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
    if (list.find("," + std::string(controller) + ",") != list.npos)
      return std::string(line.substr(second + 1));
  }
  return std::nullopt;
}

/// Calls `visit` with the folder of the group in `hierarchy`, and of each above it. In a container
/// the path may be of another namespace, and only the root be there.
void forEachGroup(const std::string &hierarchy, std::string group,
                  const std::function<void(const std::string &)> &visit) {
  while (group.size() > 1) {
    visit(hierarchy + group + "/");
    group.resize(group.rfind('/'));
  }
  visit(hierarchy + "/");
}

struct Hierarchies {
  std::string membership, root;
  /// Visits the groups of version 2, and of version 1 with the same controller.
  void visit(const std::string &controller, const std::function<void(const std::string &)> &v2,
             const std::function<void(const std::string &)> &v1) const {
    // Without /proc, the root of what can be seen is what there is to know.
    if (membership.empty())
      v2(root + "/");
    if (const auto group = groupOf(membership, ""))
      forEachGroup(root, *group, v2);
    if (const auto group = groupOf(membership, controller))
      forEachGroup(root + "/" + controller, *group, v1);
  }
};

uint64_t leftOf(std::optional<uint64_t> maxBytes, std::optional<uint64_t> usedBytes,
                uint64_t droppable) {
  if (!maxBytes)
    return unlimited;
  const uint64_t used = usedBytes.value_or(0);
  return *maxBytes - std::min(*maxBytes, used - std::min(used, droppable));
}

} // namespace

unsigned usableProcessors(const ControlGroupFiles &files) {
  cpu_set_t set;
  uint64_t count = std::max(1u, std::thread::hardware_concurrency());
  if (sched_getaffinity(0, sizeof(set), &set) == 0)
    count = std::max(1, CPU_COUNT(&set));
  const auto limit = [&count](std::optional<uint64_t> quota, std::optional<uint64_t> period) {
    if (quota && period && *period != 0)
      count = std::clamp<uint64_t>((*quota + *period - 1) / *period, 1, count);
  };
  Hierarchies{textIn(files.membership), files.root}.visit(
      "cpu",
      [&](const std::string &group) {
        // "200000 100000", or "max 100000".
        const std::string text = textIn(group + "cpu.max");
        limit(numberAt(text), numberAt(std::string_view(text).substr(
                                  std::min(text.find(' '), text.size() - 1) + 1)));
      },
      [&](const std::string &group) {
        limit(numberAt(textIn(group + "cpu.cfs_quota_us")),
              numberAt(textIn(group + "cpu.cfs_period_us")));
      });
  return unsigned(count);
}

uint64_t memoryLeftByGroups(const ControlGroupFiles &files) {
  uint64_t left = unlimited;
  Hierarchies{textIn(files.membership), files.root}.visit(
      "memory",
      [&](const std::string &group) {
        left = std::min(left, leftOf(numberAt(textIn(group + "memory.max")),
                                     numberAt(textIn(group + "memory.current")),
                                     numberAfter(textIn(group + "memory.stat"), "inactive_file")));
      },
      [&](const std::string &group) {
        // Without a limit it is the largest number of pages.
        constexpr uint64_t none = uint64_t(1) << 62;
        auto maxBytes = numberAt(textIn(group + "memory.limit_in_bytes"));
        if (maxBytes && *maxBytes >= none)
          maxBytes.reset();
        left = std::min(left,
                        leftOf(maxBytes, numberAt(textIn(group + "memory.usage_in_bytes")),
                               numberAfter(textIn(group + "memory.stat"), "total_inactive_file")));
      });
  return left;
}

} // namespace w2n
