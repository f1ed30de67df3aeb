// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/tree/MemoryTree.h"

#include "lib/support/Error.h"
#include "runtime/core/Interrupt.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace w2n::wasi {

namespace {

constexpr uint64_t pageBytes = 4096;

/// One lock for all: the threads of one guest share it, and calls are short.
struct MemoryTree final : Tree {
  explicit MemoryTree(const MemoryTreeLimits &limits)
      : leftBytes(limits.maxBytes), leftEntries(limits.maxEntries) {}
  std::mutex lock;
  // These need the lock.
  uint64_t leftBytes, leftEntries;
  uint64_t lastInode = 0;

  bool take(uint64_t &left, uint64_t amount) {
    if (left < amount)
      return false;
    left -= amount;
    return true;
  }
};

class MemoryNode : public Node {
public:
  MemoryNode(std::shared_ptr<Tree> tree, mode_t type, mode_t permissions)
      : Node(std::move(tree), type), permissions(permissions), inode(++memory().lastInode) {}

  WasiResult<struct stat> status() override {
    std::lock_guard guard(memory().lock);
    struct stat status = {};
    status.st_dev = tree->device;
    status.st_ino = inode;
    status.st_mode = type | permissions;
    status.st_nlink = links;
    status.st_size = off_t(size());
    status.st_atim = accessed;
    status.st_mtim = modified;
    status.st_ctim = changed;
    return status;
  }
  Outcome setTimes(const timespec (&times)[2]) override {
    std::lock_guard guard(memory().lock);
    accessed = timeAfter(times[0], accessed);
    modified = timeAfter(times[1], modified);
    changed = presentTime();
    return {};
  }
  Outcome open(bool, bool) override { return {}; }

  MemoryTree &memory() { return static_cast<MemoryTree &>(*tree); }
  // The rest needs the lock.
  virtual uint64_t size() const = 0;
  void touch() { modified = changed = presentTime(); }

  const mode_t permissions;
  const uint64_t inode;
  nlink_t links = 0;
  timespec accessed = presentTime(), modified = accessed, changed = accessed;
};

class MemoryFile final : public MemoryNode {
public:
  MemoryFile(std::shared_ptr<Tree> tree, mode_t permissions)
      : MemoryNode(std::move(tree), S_IFREG, permissions) {}
  ~MemoryFile() override {
    std::lock_guard guard(memory().lock);
    memory().leftBytes += pages.size() * pageBytes;
  }

  WasiResult<size_t> read(std::span<uint8_t> to, uint64_t offset) override {
    std::lock_guard guard(memory().lock);
    if (offset >= bytes)
      return 0;
    to = to.first(std::min<uint64_t>(to.size(), bytes - offset));
    for (size_t done = 0; done < to.size();) {
      const Part part(offset + done, to.size() - done);
      if (const auto page = pages.find(part.page); page != pages.end())
        std::memcpy(to.data() + done, page->second.get() + part.offset, part.bytes);
      else
        std::memset(to.data() + done, 0, part.bytes);
      done += part.bytes;
    }
    accessed = presentTime();
    return to.size();
  }

  WasiResult<size_t> write(std::span<const uint8_t> from, uint64_t offset) override {
    std::lock_guard guard(memory().lock);
    size_t done = 0;
    while (done < from.size()) {
      const Part part(offset + done, from.size() - done);
      uint8_t *page = pageAt(part.page);
      if (!page)
        break;
      std::memcpy(page + part.offset, from.data() + done, part.bytes);
      done += part.bytes;
    }
    if (done == 0 && !from.empty())
      return std::unexpected(Errno::NoSpc);
    bytes = std::max(bytes, done == 0 ? 0 : offset + done);
    touch();
    return done;
  }

  Outcome allocate(uint64_t offset, uint64_t count) override {
    std::lock_guard guard(memory().lock);
    const uint64_t first = offset / pageBytes, end = (offset + count - 1) / pageBytes + 1;
    const auto there = std::distance(pages.lower_bound(first), pages.lower_bound(end));
    if (end - first - uint64_t(there) > memory().leftBytes / pageBytes)
      return std::unexpected(Errno::NoSpc);
    for (uint64_t number = first; number < end; ++number) {
      if (!pageAt(number))
        return std::unexpected(Errno::NoSpc);
      if (number % 256 == 255 && runtime::isInterrupted())
        return std::unexpected(Errno::Intr);
    }
    bytes = std::max(bytes, offset + count);
    touch();
    return {};
  }

  Outcome resize(uint64_t newBytes) override {
    std::lock_guard guard(memory().lock);
    if (newBytes < bytes) {
      const uint64_t kept = (newBytes + pageBytes - 1) / pageBytes;
      const auto first = pages.lower_bound(kept);
      memory().leftBytes += uint64_t(std::distance(first, pages.end())) * pageBytes;
      pages.erase(first, pages.end());
      // Bytes that are cut off do not come back when the file grows again.
      const uint64_t rest = newBytes % pageBytes;
      if (const auto last = pages.find(newBytes / pageBytes); rest != 0 && last != pages.end())
        std::memset(last->second.get() + rest, 0, pageBytes - rest);
    }
    bytes = newBytes;
    touch();
    return {};
  }

private:
  /// The part of a page at which a transfer is.
  struct Part {
    Part(uint64_t at, size_t wanted)
        : page(at / pageBytes), offset(at % pageBytes),
          bytes(std::min<size_t>(wanted, pageBytes - offset)) {}
    uint64_t page, offset;
    size_t bytes;
  };

  uint64_t size() const override { return bytes; }

  /// Null if there is no room for it.
  uint8_t *pageAt(uint64_t number) {
    const auto found = pages.lower_bound(number);
    if (found != pages.end() && found->first == number)
      return found->second.get();
    if (pages.size() % 256 == 0 && !platform::hasRoom(256 * 2 * pageBytes))
      return nullptr;
    if (!memory().take(memory().leftBytes, pageBytes))
      return nullptr;
    return pages.emplace_hint(found, number, new uint8_t[pageBytes]())->second.get();
  }

  std::map<uint64_t, std::unique_ptr<uint8_t[]>> pages;
  uint64_t bytes = 0;
};

class MemoryLink final : public MemoryNode {
public:
  MemoryLink(std::shared_ptr<Tree> tree, std::string text)
      : MemoryNode(std::move(tree), S_IFLNK, 0777), text(std::move(text)) {}
  ~MemoryLink() override {
    std::lock_guard guard(memory().lock);
    memory().leftBytes += text.size();
  }
  WasiResult<std::string> target() override { return text; }

private:
  uint64_t size() const override { return text.size(); }
  const std::string text;
};

class MemoryDirectory final : public MemoryNode {
public:
  MemoryDirectory(std::shared_ptr<Tree> tree, MemoryDirectory *parent, mode_t permissions)
      : MemoryNode(std::move(tree), S_IFDIR, permissions), parent(parent) {
    if (!parent)
      links = 2;
  }
  ~MemoryDirectory() override { clear(); }

  WasiResult<NodeHandle> find(const std::string &name) override {
    std::lock_guard guard(memory().lock);
    W2N_TRY(entry, entryOf(name));
    return NodeHandle(entry->second.node);
  }

  WasiResult<NodeHandle> make(const std::string &name, const NewNode &what) override {
    // Destroyed after the lock is free, because its destructor takes it.
    std::shared_ptr<MemoryNode> node;
    std::lock_guard guard(memory().lock);
    W2N_CHECK(checkNew(name));
    if (memory().leftEntries == 0 || !memory().take(memory().leftBytes, what.target.size()))
      return std::unexpected(Errno::NoSpc);
    if (S_ISDIR(what.type))
      node = std::make_shared<MemoryDirectory>(tree, this, what.permissions);
    else if (S_ISLNK(what.type))
      node = std::make_shared<MemoryLink>(tree, std::string(what.target));
    else
      node = std::make_shared<MemoryFile>(tree, what.permissions);
    add(name, node);
    return NodeHandle(node);
  }

  Outcome remove(const std::string &name, bool directory) override {
    std::shared_ptr<MemoryNode> removed;
    std::lock_guard guard(memory().lock);
    W2N_TRY(entry, entryOf(name));
    removed = entry->second.node;
    if (directory && !removed->isDirectory())
      return std::unexpected(Errno::NotDir);
    if (!directory && removed->isDirectory())
      return std::unexpected(Errno::IsDir);
    if (directory && !static_cast<MemoryDirectory &>(*removed).byName.empty())
      return std::unexpected(Errno::NotEmpty);
    drop(entry);
    return {};
  }

  Outcome rename(const std::string &name, Node &to, const std::string &newName) override {
    std::shared_ptr<MemoryNode> moved, replaced;
    std::lock_guard guard(memory().lock);
    auto &target = static_cast<MemoryDirectory &>(to);
    W2N_TRY(entry, entryOf(name));
    moved = entry->second.node;
    if (moved->isDirectory() && target.isWithin(*moved))
      return std::unexpected(Errno::Inval);
    if (target.isRemoved)
      return std::unexpected(Errno::NoEnt);
    if (const auto there = target.byName.find(newName); there != target.byName.end()) {
      replaced = there->second.node;
      if (replaced == moved)
        return {};
      // As rename(2) says it of a directory above.
      if (isWithin(*replaced))
        return std::unexpected(Errno::NotEmpty);
      W2N_CHECK(checkReplacing(*moved, *replaced));
      target.drop(there);
    }
    drop(entry);
    target.add(newName, moved);
    return {};
  }

  Outcome link(const std::string &name, Node &node) override {
    std::lock_guard guard(memory().lock);
    W2N_CHECK(checkNew(name));
    if (memory().leftEntries == 0)
      return std::unexpected(Errno::NoSpc);
    auto &linked = static_cast<MemoryNode &>(node);
    // A file without a name cannot get one again.
    if (linked.links == 0)
      return std::unexpected(Errno::NoEnt);
    add(name, std::static_pointer_cast<MemoryNode>(linked.shared_from_this()));
    return {};
  }

  Outcome list(int64_t from, const EntryVisitor &visit) override {
    std::lock_guard guard(memory().lock);
    if (isRemoved)
      return std::unexpected(Errno::NoEnt);
    accessed = presentTime();
    for (auto entry = inOrder.upper_bound(from); entry != inOrder.end(); ++entry) {
      const auto &[name, listed] = *entry->second;
      if (!visit({name, listed.node->inode, listed.node->type, entry->first}))
        break;
    }
    return {};
  }

private:
  struct Named {
    std::shared_ptr<MemoryNode> node;
    int64_t number; ///< in the order of making
  };
  using Names = std::unordered_map<std::string, Named>;

  uint64_t size() const override { return pageBytes; }

  WasiResult<Names::iterator> entryOf(const std::string &name) {
    const auto entry = byName.find(name);
    if (entry == byName.end())
      return std::unexpected(Errno::NoEnt);
    return entry;
  }

  Outcome checkNew(const std::string &name) {
    if (isRemoved)
      return std::unexpected(Errno::NoEnt);
    if (byName.contains(name))
      return std::unexpected(Errno::Exist);
    return {};
  }

  static Outcome checkReplacing(const MemoryNode &moved, const MemoryNode &replaced) {
    if (moved.isDirectory() != replaced.isDirectory())
      return std::unexpected(moved.isDirectory() ? Errno::NotDir : Errno::IsDir);
    if (replaced.isDirectory() && !static_cast<const MemoryDirectory &>(replaced).byName.empty())
      return std::unexpected(Errno::NotEmpty);
    return {};
  }

  /// Whether this directory is `node` or lies in it.
  bool isWithin(const MemoryNode &node) const {
    const MemoryDirectory *at = this;
    while (at && at != &node)
      at = at->parent;
    return at != nullptr;
  }

  void add(const std::string &name, const std::shared_ptr<MemoryNode> &node) {
    --memory().leftEntries;
    const auto entry = byName.emplace(name, Named{node, ++lastNumber}).first;
    inOrder.emplace(lastNumber, &*entry);
    if (node->isDirectory()) {
      ++links;
      auto &directory = static_cast<MemoryDirectory &>(*node);
      directory.links += 2;
      directory.parent = this;
      directory.isRemoved = false;
    } else {
      ++node->links;
    }
    node->changed = presentTime();
    touch();
  }

  /// The node must be kept until the lock is free.
  void drop(Names::iterator entry) {
    MemoryNode &node = *entry->second.node;
    if (node.isDirectory()) {
      --links;
      auto &directory = static_cast<MemoryDirectory &>(node);
      directory.links -= 2;
      directory.parent = nullptr;
      directory.isRemoved = true;
    } else {
      --node.links;
    }
    node.changed = presentTime();
    inOrder.erase(entry->second.number);
    byName.erase(entry);
    ++memory().leftEntries;
    touch();
  }

  /// Frees what is beneath one after the other: a tree may be deeper than the stack.
  void clear() {
    std::vector<std::shared_ptr<MemoryNode>> rest;
    auto takeAll = [&rest](MemoryDirectory &directory) {
      std::lock_guard guard(directory.memory().lock);
      directory.memory().leftEntries += directory.byName.size();
      for (auto &[name, named] : directory.byName) {
        // It may still be open, and goes on without a parent.
        if (named.node->isDirectory())
          static_cast<MemoryDirectory &>(*named.node).parent = nullptr;
        rest.push_back(std::move(named.node));
      }
      directory.inOrder.clear();
      directory.byName.clear();
    };
    takeAll(*this);
    while (!rest.empty()) {
      const auto node = std::move(rest.back());
      rest.pop_back();
      if (node->isDirectory() && node.use_count() == 1)
        takeAll(static_cast<MemoryDirectory &>(*node));
    }
  }

  MemoryDirectory *parent; ///< null for the root and for what was removed
  bool isRemoved = false;
  Names byName;
  std::map<int64_t, const Names::value_type *> inOrder;
  int64_t lastNumber = 0;
};

} // namespace

NodeHandle makeMemoryTree(const MemoryTreeLimits &limits) {
  return std::make_shared<MemoryDirectory>(std::make_shared<MemoryTree>(limits), nullptr, 0777);
}

} // namespace w2n::wasi
