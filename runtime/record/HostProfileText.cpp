// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A host profile as text: for people, for flame graphs, for speedscope.
#include "runtime/record/HostProfile.h"

#include "runtime/record/Json.h"

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

/// The name of a frame in a line of stacks: what separates frames is replaced.
std::string foldable(std::string name) {
  for (char &letter : name)
    if (letter == ';' || letter == ' ' || uint8_t(letter) < 0x20)
      letter = '_';
  return name;
}

} // namespace

std::string HostProfile::functionName(uint32_t index) const {
  if (index == artifact::noIndex)
    return "the host";
  if (module && index < module->metadata().functions().size())
    if (const auto name = module->metadata().string(module->metadata().functions()[index].name);
        !name.empty())
      return std::string(name.substr(0, 200));
  return "wasm-function[" + std::to_string(index) + "]";
}

std::string HostProfile::frameName(const Node &node) const {
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
  std::string text;
  for (const Node &node : nodes) {
    if (node.ns == 0)
      continue;
    std::vector<std::string> frames;
    for (const Node *frame = &node; frame != nodes.data(); frame = &nodes[frame->parent])
      frames.push_back(foldable(frameName(*frame)));
    if (frames.empty())
      frames.push_back("(start)");
    for (size_t i = frames.size(); i-- > 0;)
      text.append(frames[i]).append(i > 0 ? ";" : " ");
    text.append(std::to_string(node.ns)).append("\n");
  }
  return text;
}

std::string HostProfile::speedscope(const std::string &name) const {
  // A frame for each function, then each stack as a list of frames from the outermost on.
  std::map<std::pair<uint32_t, bool>, size_t> frameIndex;
  std::string frames, samples, weights;
  uint64_t total = 0;
  const auto indexOf = [&](const Node &node) {
    const auto [entry, isNew] =
        frameIndex.try_emplace({node.function, node.isHost}, frameIndex.size());
    if (isNew)
      frames.append(frames.empty() ? "" : ",")
          .append("{\"name\":" + jsonText(frameName(node)))
          .append(node.isHost ? ",\"file\":\"host\"}" : ",\"file\":\"guest\"}");
    return entry->second;
  };
  for (const Node &node : nodes) {
    if (node.ns == 0)
      continue;
    std::vector<size_t> stack;
    for (const Node *frame = &node; frame != nodes.data(); frame = &nodes[frame->parent])
      stack.push_back(indexOf(*frame));
    samples.append(samples.empty() ? "[" : ",[");
    for (size_t i = stack.size(); i-- > 0;)
      samples.append(std::to_string(stack[i])).append(i > 0 ? "," : "");
    samples += "]";
    weights.append(weights.empty() ? "" : ",").append(std::to_string(node.ns));
    total += node.ns;
  }
  return "{\"$schema\":\"https://www.speedscope.app/"
         "file-format-schema.json\",\"shared\":{\"frames\":[" +
         frames + "]},\"profiles\":[{\"type\":\"sampled\",\"name\":" + jsonText(name) +
         ",\"unit\":\"nanoseconds\",\"startValue\":0,\"endValue\":" + std::to_string(total) +
         ",\"samples\":[" + samples + "],\"weights\":[" + weights +
         "]}],\"exporter\":\"wasm2native\"}\n";
}

} // namespace w2n::record
