// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A host profile as text.
#include "runtime/record/HostProfile.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace w2n::record {

namespace {

/// "1.23 ms": three digits and a unit.
std::string timeText(uint64_t ns) {
  constexpr std::pair<double, const char *> units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}};
  char text[32];
  for (const auto &[size, unit] : units)
    if (double(ns) >= size) {
      snprintf(text, sizeof(text), "%.3g %s", double(ns) / size, unit);
      return text;
    }
  return std::to_string(ns) + " ns";
}

} // namespace

std::string HostProfile::functionName(uint32_t index) const {
  return index == artifact::noIndex ? "the host" : guestFrameName(module.get(), index);
}

std::string HostProfile::frameName(const StackTree::Node &node) const {
  if (!node.isHost)
    return functionName(node.function);
  const auto row = rows.find(node.function);
  return row == rows.end() ? "host" : row->second.name;
}

std::string HostProfile::table() const {
  std::vector<const Row *> sorted;
  for (const auto &[index, row] : rows)
    if (row.count != 0)
      sorted.push_back(&row);
  std::ranges::stable_sort(sorted, std::greater(), &Row::ns);
  std::string text =
      "     calls      total     median        90%        99%    longest      bytes  "
      "function, and its callers\n";
  char line[256];
  for (const Row *row : sorted) {
    const auto percentile = [&](double part) {
      return timeText(std::min(row->times.percentile(part), row->greatestNs));
    };
    snprintf(line, sizeof(line), "%10" PRIu64 " %10s %10s %10s %10s %10s %10" PRIu64 "  ",
             row->count, timeText(row->ns).c_str(), percentile(0.5).c_str(),
             percentile(0.9).c_str(), percentile(0.99).c_str(), timeText(row->greatestNs).c_str(),
             row->writtenBytes);
    text.append(line).append(row->name).append("\n");
    std::vector<std::pair<uint32_t, Caller>> callers(row->callers.begin(), row->callers.end());
    std::ranges::stable_sort(callers, std::greater(),
                             [](const auto &entry) { return entry.second.ns; });
    constexpr size_t maxCallers = 5;
    for (size_t i = 0; i < std::min(callers.size(), maxCallers); ++i) {
      snprintf(line, sizeof(line), "%10" PRIu64 " %10s %*s", callers[i].second.count,
               timeText(callers[i].second.ns).c_str(), 5 * 11 + 2, "");
      text.append(line).append("  ").append(functionName(callers[i].first)).append("\n");
    }
  }
  return text;
}

std::string HostProfile::foldedStacks() const {
  return stacks.folded([this](const StackTree::Node &node) { return frameName(node); });
}

std::string HostProfile::speedscope(const std::string &name) const {
  return stacks.speedscope(name, "nanoseconds",
                           [this](const StackTree::Node &node) { return frameName(node); });
}

} // namespace w2n::record
