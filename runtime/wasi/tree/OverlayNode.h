// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The nodes of overlays: what is in two layers, the upper of which takes the changes.
#pragma once

#include "lib/support/Error.h"
#include "runtime/wasi/tree/Node.h"

#include <climits>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace w2n::wasi {

/// A name with this prefix, in the upper layer, hides the rest of it in the lower layer.
inline constexpr std::string_view whiteoutPrefix = ".wh.";

/// All nodes of an overlay, which one lock guards.
struct OverlayTree final : Tree {
  std::mutex lock;
};

/// Whether guests cannot use the name.
inline bool isHidden(std::string_view name) { return name.starts_with(whiteoutPrefix); }

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
  bool isWhitedOut(const std::string &child) {
    return upper && upper->find(whiteoutOf(child)).has_value();
  }
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

} // namespace w2n::wasi
