// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/tree/OverlayTree.h"

#include "runtime/wasi/tree/OverlayNode.h"

#include <algorithm>

namespace w2n::wasi {

WasiResult<OverlayNode::Child> OverlayNode::childAt(const std::string &child) {
  if (!isDirectory())
    return std::unexpected(Errno::NotDir);
  // Entries of the lower layer do not come back in a directory that was removed.
  if (isRemoved || isHidden(child))
    return std::unexpected(Errno::NoEnt);
  if (const auto known = children.find(child); known != children.end())
    if (Child node = known->second.lock())
      return node;
  NodeHandle above;
  if (upper) {
    auto found = upper->find(child);
    if (!found && found.error() != Errno::NoEnt)
      return std::unexpected(found.error());
    above = found.value_or(nullptr);
  }
  NodeHandle below = !above || above->isDirectory() ? lowerAt(child) : nullptr;
  // Only directories are merged.
  if (above && below && !below->isDirectory())
    below = nullptr;
  if (!above && !below)
    return std::unexpected(Errno::NoEnt);
  const mode_t kind = above ? above->type : below->type;
  auto self = std::static_pointer_cast<OverlayNode>(shared_from_this());
  auto node = std::make_shared<OverlayNode>(tree, kind, std::move(below), std::move(above),
                                            std::move(self), child);
  if (children.size() >= sweepAt) {
    std::erase_if(children, [](const auto &entry) { return entry.second.expired(); });
    sweepAt = std::max<size_t>(64, 2 * children.size());
  }
  children[child] = node;
  return node;
}

Outcome OverlayNode::checkNew(const std::string &child) {
  if (isRemoved)
    return std::unexpected(Errno::NoEnt);
  W2N_CHECK(checkName(child));
  auto there = childAt(child);
  if (there)
    return std::unexpected(Errno::Exist);
  return there.error() == Errno::NoEnt ? Outcome() : Outcome(std::unexpected(there.error()));
}

WasiResult<std::vector<std::string>> OverlayNode::names() {
  std::vector<std::string> all;
  auto add = [&](const ListedEntry &entry) {
    if (!isHidden(entry.name))
      all.emplace_back(entry.name);
    return true;
  };
  if (upper)
    W2N_CHECK(upper->list(0, add));
  if (lower)
    W2N_CHECK(lower->list(0, add));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::erase_if(all, [&](const std::string &child) { return !childAt(child); });
  return all;
}

WasiResult<bool> OverlayNode::isEmpty() {
  W2N_TRY(all, names());
  return all.empty();
}

Outcome OverlayNode::hide(const std::string &child) {
  if (!lower || !lower->find(child) || isWhitedOut(child))
    return {};
  W2N_CHECK(upper->make(whiteoutOf(child), {}));
  return {};
}

Outcome OverlayNode::removeUpper(const std::string &child, OverlayNode &node) {
  if (!node.upper)
    return {};
  if (node.isDirectory()) {
    // Whiteouts are all that is left in it.
    std::vector<std::string> left;
    W2N_CHECK(node.upper->list(0, [&](const ListedEntry &entry) {
      left.emplace_back(entry.name);
      return true;
    }));
    for (const std::string &whiteout : left)
      W2N_CHECK(node.upper->remove(whiteout, false));
  }
  return upper->remove(child, node.isDirectory());
}

WasiResult<NodeHandle> OverlayNode::make(const std::string &child, const NewNode &what) {
  const Lock guard(*this);
  W2N_CHECK(checkNew(child));
  W2N_CHECK(copyUp());
  W2N_CHECK(upper->make(child, what));
  W2N_TRY(made, childAt(child));
  return NodeHandle(made);
}

Outcome OverlayNode::remove(const std::string &child, bool directory) {
  const Lock guard(*this);
  W2N_TRY(node, childAt(child));
  if (directory != node->isDirectory())
    return std::unexpected(directory ? Errno::NotDir : Errno::IsDir);
  if (directory) {
    W2N_TRY(empty, node->isEmpty());
    if (!empty)
      return std::unexpected(Errno::NotEmpty);
  }
  W2N_CHECK(copyUp());
  W2N_CHECK(hide(child));
  W2N_CHECK(removeUpper(child, *node));
  forget(child, *node);
  return {};
}

Outcome OverlayNode::checkReplacing(OverlayNode &moved, OverlayNode &replaced) {
  if (moved.isDirectory() != replaced.isDirectory())
    return std::unexpected(moved.isDirectory() ? Errno::NotDir : Errno::IsDir);
  if (!replaced.isDirectory())
    return {};
  W2N_TRY(empty, replaced.isEmpty());
  return empty ? Outcome() : Outcome(std::unexpected(Errno::NotEmpty));
}

Outcome OverlayNode::rename(const std::string &child, Node &to, const std::string &newName) {
  const Lock guard(*this);
  auto &target = static_cast<OverlayNode &>(to);
  W2N_CHECK(checkName(newName));
  W2N_TRY(moved, childAt(child));
  if (moved->isDirectory() && target.isWithin(*moved))
    return std::unexpected(Errno::Inval);
  if (target.isRemoved)
    return std::unexpected(Errno::NoEnt);
  Child replaced = target.childAt(newName).value_or(nullptr);
  if (replaced == moved)
    return {};
  // As rename(2) says it of a directory above.
  if (replaced && isWithin(*replaced))
    return std::unexpected(Errno::NotEmpty);
  if (replaced)
    W2N_CHECK(checkReplacing(*moved, *replaced));
  W2N_CHECK(moved->copyUpWhole(0));
  W2N_CHECK(target.copyUp());
  if (replaced) {
    W2N_TRY(from, moved->upper->status());
    W2N_TRY(there, replaced->top().status());
    // Two names of one file: nothing happens (rename(2)).
    if (replaced->upper && from.st_ino == there.st_ino && from.st_dev == there.st_dev)
      return {};
  }
  // An entry that is hidden before it is moved or replaced is still there, in the upper layer. A
  // directory must not be merged with what the lower layer has at its new name; a file is not.
  W2N_CHECK(hide(child));
  if (moved->isDirectory())
    W2N_CHECK(target.hide(newName));
  if (replaced && replaced->isDirectory())
    W2N_CHECK(target.removeUpper(newName, *replaced));
  W2N_CHECK(upper->rename(child, *target.upper, newName));
  if (replaced)
    target.forget(newName, *replaced);
  children.erase(child);
  moved->parent = std::static_pointer_cast<OverlayNode>(target.shared_from_this());
  moved->name = newName;
  target.children[newName] = moved;
  return {};
}

Outcome OverlayNode::link(const std::string &child, Node &node) {
  const Lock guard(*this);
  auto &linked = static_cast<OverlayNode &>(node);
  W2N_CHECK(checkNew(child));
  W2N_CHECK(copyUp());
  W2N_CHECK(linked.copyUp());
  return upper->link(child, *linked.upper);
}

// A layer is listed in parts, because one call of it may not make another while it lists.
Outcome OverlayNode::visitLayer(Node &layer, int64_t from, const LayerVisitor &visit) {
  constexpr size_t partEntries = 64;
  struct Copy {
    std::string name;
    int64_t next;
  };
  std::vector<Copy> part;
  do {
    part.clear();
    W2N_CHECK(layer.list(from, [&](const ListedEntry &entry) {
      part.push_back({std::string(entry.name), entry.next});
      return part.size() < partEntries;
    }));
    for (const Copy &entry : part) {
      if (!isHidden(entry.name) && !visit(entry.name, entry.next))
        return {};
      from = entry.next;
    }
  } while (part.size() == partEntries);
  return {};
}

// The lower layer comes first, so that an entry that is copied to the upper one meanwhile is listed
// once. Positions of the upper layer are negative: -1 is its beginning. Some systems give the last
// entry the greatest number; the two least ones are not for nodes.
Outcome OverlayNode::list(int64_t from, const EntryVisitor &visit) {
  const Lock guard(*this);
  if (isRemoved)
    return std::unexpected(Errno::NoEnt);
  bool goesOn = true;
  auto show = [&](const std::string &child, int64_t next) {
    const auto node = childAt(child);
    return goesOn = !node || visit({child, (*node)->inode, (*node)->type, next});
  };
  if (from >= 0 && lower)
    W2N_CHECK(visitLayer(*lower, from, show));
  if (!goesOn || !upper)
    return {};
  return visitLayer(*upper, from < 0 ? -1 - from : 0, [&](const std::string &child, int64_t next) {
    return (lower && lower->find(child)) || show(child, -1 - std::min(next, INT64_MAX - 2));
  });
}

NodeHandle makeOverlayTree(NodeHandle lower, NodeHandle upper) {
  return std::make_shared<OverlayNode>(std::make_shared<OverlayTree>(), S_IFDIR, std::move(lower),
                                       std::move(upper), nullptr, "");
}

} // namespace w2n::wasi
