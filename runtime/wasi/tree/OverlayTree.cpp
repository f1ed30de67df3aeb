// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/tree/OverlayTree.h"

#include "lib/support/Error.h"
#include "runtime/core/Interrupt.h"

#include <algorithm>
#include <climits>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <vector>

namespace w2n::wasi {

namespace {

constexpr std::string_view whiteoutPrefix = ".wh.";
// A copy that is not complete yet.
constexpr const char *copyName = ".wh..w2n-copy";
constexpr size_t copyBytes = 256 << 10;
// Directories in directories, of which a copy needs a stack frame each.
constexpr unsigned maxDepth = 256;

struct OverlayTree final : Tree {
  std::mutex lock;
};

bool isHidden(std::string_view name) { return name.starts_with(whiteoutPrefix); }

/// Errors: NoEnt and others.
bool has(Node *directory, const std::string &name) {
  return directory && directory->find(name).has_value();
}

/// A node of either layer or both. What is at a path is one object as long as it is in use, so that
/// whoever has it open sees it change layers.
class OverlayNode final : public Node {
public:
  OverlayNode(std::shared_ptr<Tree> tree, mode_t type, NodeHandle lower, NodeHandle upper,
              std::shared_ptr<OverlayNode> parent, std::string name)
      : Node(std::move(tree), type), lower(std::move(lower)), upper(std::move(upper)),
        parent(std::move(parent)), name(std::move(name)), inode(inodeOf()) {}
  /// Frees the directories above one after the other: a path may be longer than the stack.
  ~OverlayNode() override {
    while (parent && parent.use_count() == 1) {
      auto next = std::move(parent->parent);
      parent = std::move(next);
    }
  }

  WasiResult<struct stat> status() override {
    const Lock guard(*this);
    W2N_TRY(status, top().status());
    status.st_dev = tree->device;
    status.st_ino = inode;
    // The name was removed, but not from the lower layer.
    if (isRemoved && !upper && status.st_nlink > 0)
      status.st_nlink = isDirectory() ? 0 : status.st_nlink - 1;
    return status;
  }
  Outcome setTimes(const timespec (&times)[2]) override {
    const Lock guard(*this);
    W2N_CHECK(copyUp());
    return upper->setTimes(times);
  }
  Outcome open(bool reads, bool writes) override {
    const Lock guard(*this);
    if (writes)
      W2N_CHECK(copyUp());
    return top().open(reads, writes);
  }
  Outcome sync() override {
    const Lock guard(*this);
    return upper ? upper->sync() : Outcome();
  }

  WasiResult<size_t> read(std::span<uint8_t> to, uint64_t offset) override {
    return present()->read(to, offset);
  }
  WasiResult<size_t> write(std::span<const uint8_t> from, uint64_t offset) override {
    {
      const Lock guard(*this);
      W2N_CHECK(copyUp());
    }
    return present()->write(from, offset);
  }
  Outcome resize(uint64_t bytes) override {
    const Lock guard(*this);
    W2N_CHECK(copyUp());
    return upper->resize(bytes);
  }
  Outcome allocate(uint64_t offset, uint64_t bytes) override {
    const Lock guard(*this);
    W2N_CHECK(copyUp());
    return upper->allocate(offset, bytes);
  }
  WasiResult<std::string> target() override { return present()->target(); }

  WasiResult<NodeHandle> find(const std::string &child) override {
    const Lock guard(*this);
    W2N_TRY(found, childAt(child));
    return NodeHandle(found);
  }
  WasiResult<NodeHandle> make(const std::string &child, const NewNode &what) override;
  Outcome remove(const std::string &child, bool directory) override;
  Outcome rename(const std::string &child, Node &to, const std::string &newName) override;
  Outcome link(const std::string &child, Node &node) override;
  Outcome list(int64_t from, const EntryVisitor &visit) override;

private:
  using Child = std::shared_ptr<OverlayNode>;
  struct Lock {
    explicit Lock(OverlayNode &node) : guard(static_cast<OverlayTree &>(*node.tree).lock) {}
    std::lock_guard<std::mutex> guard;
  };

  NodeHandle present() {
    const Lock guard(*this);
    return upper ? upper : lower;
  }

  // The rest needs the lock.

  Node &top() { return upper ? *upper : *lower; }

  /// Numbers of the layers do not mix.
  uint64_t inodeOf() {
    const auto status = top().status();
    return (status ? status->st_ino : 0) | (lower ? 0 : uint64_t(1) << 63);
  }

  static std::string whiteoutOf(const std::string &child) {
    return std::string(whiteoutPrefix) + child;
  }
  bool isWhitedOut(const std::string &child) { return has(upper.get(), whiteoutOf(child)); }
  /// The lower layer's node at a name; null if none shows, or on an error.
  NodeHandle lowerAt(const std::string &child) {
    if (!lower || isWhitedOut(child))
      return nullptr;
    return lower->find(child).value_or(nullptr);
  }

  WasiResult<Child> childAt(const std::string &child);
  /// Errors: Exist, Inval for a name that guests cannot use, NoEnt in a directory that was removed.
  Outcome checkNew(const std::string &child);
  Outcome checkName(const std::string &child) {
    // A whiteout needs room for its prefix.
    if (child.size() + whiteoutPrefix.size() > NAME_MAX)
      return std::unexpected(Errno::NameTooLong);
    return isHidden(child) ? Outcome(std::unexpected(Errno::Inval)) : Outcome();
  }

  /// Gives the node, and the directories above it, a place in the upper layer.
  Outcome copyUp();
  Outcome copyWithoutName();
  /// A copy in a directory of the upper layer, at `copyName`.
  WasiResult<NodeHandle> copyTo(Node &directory);
  Outcome copyContents(Node &to);
  /// The same with all that is in a directory, which has nothing of the lower layer afterwards.
  Outcome copyUpWhole(unsigned depth);
  WasiResult<std::vector<std::string>> names();
  WasiResult<bool> isEmpty();

  using LayerVisitor = std::function<bool(const std::string &child, int64_t next)>;
  /// Visits the names of one of the layers that are not hidden, until `visit` is false.
  static Outcome visitLayer(Node &layer, int64_t from, const LayerVisitor &visit);

  /// Hides what the lower layer has at `child`, if it has something.
  Outcome hide(const std::string &child);
  /// Removes what the upper layer has there, which is to be a directory without visible entries.
  Outcome removeUpper(const std::string &child, OverlayNode &node);
  Outcome checkReplacing(OverlayNode &moved, OverlayNode &replaced);
  /// Whether this directory is `node` or lies in it.
  bool isWithin(const OverlayNode &node) const {
    const OverlayNode *at = this;
    while (at && at != &node)
      at = at->parent.get();
    return at != nullptr;
  }
  void forget(const std::string &child, OverlayNode &node) {
    children.erase(child);
    node.isRemoved = true;
  }

  NodeHandle lower, upper;
  std::shared_ptr<OverlayNode> parent;
  std::string name;
  bool isRemoved = false;
  /// The children that are in use, and some that were.
  std::map<std::string, std::weak_ptr<OverlayNode>> children;
  size_t sweepAt = 64;
  const uint64_t inode;
};

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

Outcome OverlayNode::copyUp() {
  if (upper)
    return {};
  if (isRemoved)
    return copyWithoutName();
  // The root has an upper node, so the directories above end there.
  std::vector<OverlayNode *> missing;
  for (OverlayNode *at = this; !at->upper; at = at->parent.get())
    missing.push_back(at);
  while (!missing.empty()) {
    OverlayNode &node = *missing.back();
    missing.pop_back();
    Node &directory = *node.parent->upper;
    W2N_TRY(made, node.copyTo(directory));
    if (const Outcome renamed = directory.rename(copyName, directory, node.name); !renamed) {
      (void)directory.remove(copyName, node.isDirectory());
      return renamed;
    }
    node.upper = std::move(made);
  }
  return {};
}

// It has no name any more, but those who have it open may go on changing it.
Outcome OverlayNode::copyWithoutName() {
  OverlayNode *root = this;
  while (root->parent)
    root = root->parent.get();
  W2N_TRY(made, copyTo(*root->upper));
  W2N_CHECK(root->upper->remove(copyName, isDirectory()));
  upper = std::move(made);
  return {};
}

WasiResult<NodeHandle> OverlayNode::copyTo(Node &directory) {
  W2N_TRY(status, lower->status());
  std::string text;
  if (isLink()) {
    W2N_TRY(linkTarget, lower->target());
    text = std::move(linkTarget);
  } else if (!isFile() && !isDirectory()) {
    return std::unexpected(Errno::Acces);
  }
  // A copy that was left there is not complete.
  if (const auto old = directory.find(copyName))
    W2N_CHECK(directory.remove(copyName, (*old)->isDirectory()));
  W2N_TRY(made, directory.make(copyName, {type, status.st_mode & 0777, text}));
  Outcome copied = isFile() ? copyContents(*made) : Outcome();
  if (copied) {
    const timespec times[2] = {status.st_atim, status.st_mtim};
    copied = made->setTimes(times);
  }
  if (!copied) {
    (void)directory.remove(copyName, isDirectory());
    return std::unexpected(copied.error());
  }
  return made;
}

Outcome OverlayNode::copyContents(Node &to) {
  W2N_CHECK(to.open(/*reads=*/false, /*writes=*/true));
  std::vector<uint8_t> buffer(copyBytes);
  for (uint64_t offset = 0;;) {
    if (runtime::isInterrupted())
      return std::unexpected(Errno::Intr);
    W2N_TRY(bytes, lower->read(buffer, offset));
    if (bytes == 0)
      return {};
    for (size_t done = 0; done < bytes;) {
      W2N_TRY(written, to.write(std::span(buffer).subspan(done, bytes - done), offset + done));
      if (written == 0)
        return std::unexpected(Errno::Io);
      done += written;
    }
    offset += bytes;
  }
}

Outcome OverlayNode::copyUpWhole(unsigned depth) {
  if (depth > maxDepth)
    return std::unexpected(Errno::NameTooLong);
  W2N_CHECK(copyUp());
  if (!isDirectory() || !lower)
    return {};
  W2N_TRY(all, names());
  for (const std::string &child : all) {
    W2N_TRY(node, childAt(child));
    W2N_CHECK(node->copyUpWhole(depth + 1));
  }
  lower = nullptr;
  return {};
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

} // namespace

NodeHandle makeOverlayTree(NodeHandle lower, NodeHandle upper) {
  return std::make_shared<OverlayNode>(std::make_shared<OverlayTree>(), S_IFDIR, std::move(lower),
                                       std::move(upper), nullptr, "");
}

} // namespace w2n::wasi
