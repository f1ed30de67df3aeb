// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/StackTree.h"

#include "runtime/record/Json.h"

namespace w2n::record {

namespace {

constexpr size_t maxNodes = 1 << 20;
constexpr size_t maxNameBytes = 200;

/// The name of a frame in a line of stacks: what separates frames is replaced.
std::string foldable(std::string name) {
  for (char &letter : name)
    if (letter == ';' || letter == ' ' || uint8_t(letter) < 0x20)
      letter = '_';
  return name;
}

} // namespace

std::string guestFrameName(const runtime::Module *module, uint32_t index) {
  if (module && index < module->metadata().functions().size())
    if (const auto name = module->metadata().string(module->metadata().functions()[index].name);
        !name.empty())
      return std::string(name.substr(0, maxNameBytes));
  return "wasm-function[" + std::to_string(index) + "]";
}

uint32_t StackTree::nodeOf(uint32_t parent, uint32_t function, bool isHost) {
  const std::pair<uint64_t, bool> key = {uint64_t(parent) << 32 | function, isHost};
  if (const auto found = children.find(key); found != children.end())
    return found->second;
  if (nodes.size() >= maxNodes)
    return 0;
  const auto node = uint32_t(nodes.size());
  nodes.push_back({parent, function, isHost, 0});
  children.emplace(key, node);
  return node;
}

std::string StackTree::folded(const FrameName &nameOf) const {
  std::string text;
  for (const Node &node : nodes) {
    if (node.weight == 0)
      continue;
    std::vector<std::string> frames;
    for (const Node *frame = &node; frame != nodes.data(); frame = &nodes[frame->parent])
      frames.push_back(foldable(nameOf(*frame)));
    if (frames.empty())
      frames.push_back("(start)");
    for (size_t i = frames.size(); i-- > 0;)
      text.append(frames[i]).append(i > 0 ? ";" : " ");
    text.append(std::to_string(node.weight)).append("\n");
  }
  return text;
}

std::string StackTree::speedscope(const std::string &name, const char *unit,
                                  const FrameName &nameOf) const {
  // A frame for each function, then each stack as a list of frames from the outermost on.
  std::map<std::pair<uint32_t, bool>, size_t> frameIndex;
  std::string frames, samples, weights;
  uint64_t total = 0;
  const auto indexOf = [&](const Node &node) {
    const auto [entry, isNew] =
        frameIndex.try_emplace({node.function, node.isHost}, frameIndex.size());
    if (isNew)
      frames.append(frames.empty() ? "" : ",")
          .append("{\"name\":" + jsonText(nameOf(node)))
          .append(node.isHost ? ",\"file\":\"host\"}" : ",\"file\":\"guest\"}");
    return entry->second;
  };
  for (const Node &node : nodes) {
    if (node.weight == 0)
      continue;
    std::vector<size_t> stack;
    for (const Node *frame = &node; frame != nodes.data(); frame = &nodes[frame->parent])
      stack.push_back(indexOf(*frame));
    samples.append(samples.empty() ? "[" : ",[");
    for (size_t i = stack.size(); i-- > 0;)
      samples.append(std::to_string(stack[i])).append(i > 0 ? "," : "");
    samples += "]";
    weights.append(weights.empty() ? "" : ",").append(std::to_string(node.weight));
    total += node.weight;
  }
  return "{\"$schema\":\"https://www.speedscope.app/"
         "file-format-schema.json\",\"shared\":{\"frames\":[" +
         frames + "]},\"profiles\":[{\"type\":\"sampled\",\"name\":" + jsonText(name) +
         ",\"unit\":\"" + unit + "\",\"startValue\":0,\"endValue\":" + std::to_string(total) +
         ",\"samples\":[" + samples + "],\"weights\":[" + weights +
         "]}],\"exporter\":\"wasm2native\"}\n";
}

} // namespace w2n::record
