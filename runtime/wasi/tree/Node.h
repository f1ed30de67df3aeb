// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Trees of files that are no directory of the host: in memory, from an archive, layered, or behind
// the embedder's callbacks. A tree is made of nodes, as a file system is made of inodes; paths,
// links that lead out, positions and rights are the business of those who use nodes (TreePaths.h,
// OpenNode.h), so every kind of tree has the same.
#pragma once

#include "runtime/wasi/Errno.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace w2n::wasi {

/// The common part of the nodes of one tree.
class Tree {
public:
  Tree();
  virtual ~Tree() = default;
  Tree(const Tree &) = delete;
  Tree &operator=(const Tree &) = delete;

  /// The number by which guests tell the tree from others and from the host's devices.
  const dev_t device;
};

class Node;
using NodeHandle = std::shared_ptr<Node>;

/// An entry of a directory, as long as the call that lists it.
struct ListedEntry {
  std::string_view name;
  uint64_t inode;
  mode_t type; ///< S_IFREG, S_IFDIR or S_IFLNK
  /// The position to read on from after this entry; neither 0 nor one of the two least numbers.
  int64_t next;
};
/// Returns whether it wants more.
using EntryVisitor = std::function<bool(const ListedEntry &)>;

/// A node to make at a name.
struct NewNode {
  mode_t type = S_IFREG; ///< S_IFREG, S_IFDIR or S_IFLNK
  mode_t permissions = 0666;
  std::string_view target; ///< of a link
};

/// A file, a directory or a link. Names that directories are given are single components of 1 to
/// 255 bytes, neither "." nor "..", and sizes and offsets fit an off_t. What a node has no override
/// for fails as it does on a read-only file system. Threads: any.
class Node : public std::enable_shared_from_this<Node> {
public:
  Node(std::shared_ptr<Tree> tree, mode_t type) : tree(std::move(tree)), type(type) {}
  virtual ~Node() = default;
  Node(const Node &) = delete;
  Node &operator=(const Node &) = delete;

  bool isDirectory() const { return S_ISDIR(type); }
  bool isFile() const { return S_ISREG(type); }
  bool isLink() const { return S_ISLNK(type); }

  virtual WasiResult<struct stat> status() = 0;
  /// As utimensat(2) takes times, UTIME_NOW and UTIME_OMIT included.
  virtual Outcome setTimes(const timespec (&times)[2]);
  /// Called before a file is read or written through a descriptor: permissions are checked here.
  virtual Outcome open(bool reads, bool writes);
  virtual Outcome sync();

  // Files.

  /// How many bytes from `offset` on are in `to`; 0 at the end.
  virtual WasiResult<size_t> read(std::span<uint8_t> to, uint64_t offset);
  /// How many bytes of `from` were written at `offset`; what lies between the end and `offset`
  /// becomes zero.
  virtual WasiResult<size_t> write(std::span<const uint8_t> from, uint64_t offset);
  virtual Outcome resize(uint64_t bytes);
  /// Makes room for so many bytes from `offset` on, and the file as large (fallocate(2)). Without
  /// an override the file becomes as large, no more.
  virtual Outcome allocate(uint64_t offset, uint64_t bytes);

  // Links.

  virtual WasiResult<std::string> target();

  // Directories.

  virtual WasiResult<NodeHandle> find(const std::string &name);
  /// Errors: Exist, if there is something of any kind.
  virtual WasiResult<NodeHandle> make(const std::string &name, const NewNode &what);
  /// Removes an empty directory, or what is none. Errors: IsDir, NotDir, NotEmpty.
  virtual Outcome remove(const std::string &name, bool directory);
  /// Moves an entry of this directory to `to`, one of the same tree, as rename(2) does.
  virtual Outcome rename(const std::string &name, Node &to, const std::string &newName);
  /// Gives `node`, one of the same tree that is no directory, another name.
  virtual Outcome link(const std::string &name, Node &node);
  /// Visits the entries from the position `from` on, 0 for the first; "." and ".." are none.
  /// Positions stay what they are while entries come and go.
  virtual Outcome list(int64_t from, const EntryVisitor &visit);

  const std::shared_ptr<Tree> tree;
  const mode_t type; ///< S_IFREG, S_IFDIR or S_IFLNK
};

/// The time that is set: `time` itself, now, or what there is.
timespec timeAfter(const timespec &time, const timespec &before);
timespec presentTime();

} // namespace w2n::wasi
