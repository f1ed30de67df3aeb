// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Stacks of functions of a guest and its host with a weight each, as a tree, and the files of them
// that tools for flame graphs read.
#pragma once

#include "runtime/core/Module.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace w2n::record {

class StackTree {
public:
  /// A frame of a stack, with the frames below it; the first is none.
  struct Node {
    uint32_t parent = 0;
    uint32_t function = 0; ///< of the guest; or of the host, an import
    bool isHost = false;
    uint64_t weight = 0; ///< of the frame itself
  };
  using FrameName = std::function<std::string(const Node &node)>;

  /// The node of a frame above `parent`; 0 if there are too many, so that no guest fills the host's
  /// memory.
  uint32_t nodeOf(uint32_t parent, uint32_t function, bool isHost);
  void add(uint32_t node, uint64_t weight) { nodes[node].weight += weight; }

  /// One line for each stack: frames from the outermost on with ';' between, a space, its weight.
  std::string folded(const FrameName &nameOf) const;
  /// The file format of speedscope (https://www.speedscope.app), a profile of weighted stacks.
  /// `unit` is one of that format.
  std::string speedscope(const std::string &name, const char *unit, const FrameName &nameOf) const;

private:
  std::vector<Node> nodes = {{}};
  std::map<std::pair<uint64_t, bool>, uint32_t> children;
};

/// The name of function `index` of `module`, which may be null, for a frame.
std::string guestFrameName(const runtime::Module *module, uint32_t index);

} // namespace w2n::record
