// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/tree/TreePaths.h"

#include "lib/support/Error.h"

#include <algorithm>
#include <fcntl.h>
#include <vector>

namespace w2n::wasi {

namespace {

// As PathResolver.cpp has it.
constexpr unsigned maxLinks = 40;

bool onlySlashes(const std::string &text) { return text.find_first_not_of('/') == text.npos; }

/// One walk: what is left of the path, and the directories from the root of the walk to where it
/// is.
class TreeWalk {
public:
  TreeWalk(NodeHandle root, std::string path, int flags)
      : above{std::move(root)}, rest(std::move(path)), flags(flags) {}

  /// The node, whatever it is, or a file that was made.
  WasiResult<NodeHandle> run() {
    if (rest.empty())
      return std::unexpected(Errno::NoEnt);
    while (true) {
      if (atStart && rest.starts_with('/'))
        return std::unexpected(Errno::NotCapable);
      atStart = false;
      rest.erase(0, rest.find_first_not_of('/'));
      if (rest.empty())
        return here();
      const size_t end = std::min(rest.find('/'), rest.size());
      const std::string name = rest.substr(0, end);
      rest.erase(0, end);
      if (name == ".")
        continue;
      if (name == "..") {
        if (above.size() == 1)
          return std::unexpected(Errno::NotCapable);
        above.pop_back();
        continue;
      }
      if (name.size() > NAME_MAX)
        return std::unexpected(Errno::NameTooLong);
      W2N_TRY(last, onlySlashes(rest) ? enterLast(name) : enter(name));
      if (last)
        return last;
    }
  }
  /// Whether the path ended in a name that was not there, and is now a file.
  bool hasMade() const { return made; }

private:
  const NodeHandle &here() const { return above.back(); }

  WasiResult<NodeHandle> enter(const std::string &name) {
    W2N_TRY(next, here()->find(name));
    if (next->isLink())
      return follow(*next);
    if (!next->isDirectory())
      return std::unexpected(Errno::NotDir);
    above.push_back(std::move(next));
    return nullptr;
  }

  /// The node at the last name, or null if that was a link, whose target is now what is left.
  WasiResult<NodeHandle> enterLast(const std::string &name) {
    const bool mustBeDirectory = !rest.empty();
    if (mustBeDirectory && (flags & O_CREAT))
      return std::unexpected(Errno::IsDir);
    auto found = here()->find(name);
    if (!found && found.error() == Errno::NoEnt && (flags & O_CREAT))
      return make(name);
    W2N_CHECK(found);
    if ((flags & O_CREAT) && (flags & O_EXCL))
      return std::unexpected(Errno::Exist);
    if ((*found)->isLink() && (mustBeDirectory || !(flags & O_NOFOLLOW)))
      return follow(**found);
    if (mustBeDirectory && !(*found)->isDirectory())
      return std::unexpected(Errno::NotDir);
    return found;
  }

  WasiResult<NodeHandle> make(const std::string &name) {
    auto node = here()->make(name, {});
    // Another thread was faster.
    if (!node && node.error() == Errno::Exist && !(flags & O_EXCL))
      return here()->find(name);
    made = node.has_value();
    return node;
  }

  WasiResult<NodeHandle> follow(Node &link) {
    W2N_TRY(target, link.target());
    if (++links > maxLinks)
      return std::unexpected(Errno::Loop);
    if (target.empty())
      return std::unexpected(Errno::NoEnt);
    if (target.size() + rest.size() >= 2 * PATH_MAX)
      return std::unexpected(Errno::NameTooLong);
    rest.insert(0, target);
    atStart = true;
    return nullptr;
  }

  std::vector<NodeHandle> above;
  std::string rest;
  const int flags;
  unsigned links = 0;
  bool made = false;
  /// `rest` begins a path or a link's target, where a slash would mean the host's root.
  bool atStart = true;
};

bool writes(int flags) { return (flags & O_ACCMODE) != O_RDONLY; }

/// Refuses what openat(2) refuses of a node that is there.
Outcome checkOpening(const Node &node, int flags) {
  if (node.isLink())
    return std::unexpected(flags & O_DIRECTORY ? Errno::NotDir : Errno::Loop);
  if (node.isDirectory()) {
    if (flags & O_CREAT)
      return std::unexpected(flags & O_EXCL ? Errno::Exist : Errno::IsDir);
    if (writes(flags) || (flags & O_TRUNC))
      return std::unexpected(Errno::IsDir);
    return {};
  }
  if (flags & O_DIRECTORY)
    return std::unexpected(Errno::NotDir);
  // Devices and pipes of a host's directory are not for guests.
  if (!node.isFile())
    return std::unexpected(Errno::Acces);
  return {};
}

Outcome orError(int result) {
  if (result != 0)
    return systemError();
  return {};
}

} // namespace

WasiResult<NodeHandle> openInTree(const NodeHandle &directory, const char *path, int flags) {
  if (!*path)
    return std::unexpected(Errno::NoEnt);
  if ((flags & O_CREAT) && (flags & O_DIRECTORY))
    return std::unexpected(Errno::Inval);
  TreeWalk walk(directory, path, flags);
  W2N_TRY(node, walk.run());
  if (walk.hasMade()) {
    W2N_CHECK(node->open(/*reads=*/true, writes(flags)));
    return node;
  }
  W2N_CHECK(checkOpening(*node, flags));
  W2N_CHECK(node->open((flags & O_ACCMODE) != O_WRONLY, writes(flags) || (flags & O_TRUNC)));
  if (flags & O_TRUNC)
    W2N_CHECK(node->resize(0));
  return node;
}

WasiResult<NodeHandle> findInTree(const NodeHandle &directory, const char *path, int linkFlag) {
  return TreeWalk(directory, path, linkFlag).run();
}

WasiResult<Entry> entryInTree(const NodeHandle &directory, const char *path, Errno dotError) {
  const std::string_view whole(path);
  const size_t end = whole.find_last_not_of('/');
  if (end == whole.npos)
    return std::unexpected(whole.empty() ? Errno::NoEnt : Errno::NotCapable);
  const size_t slash = whole.find_last_of('/', end);
  const size_t begin = slash == whole.npos ? 0 : slash + 1;
  const std::string_view name = whole.substr(begin, end + 1 - begin);
  const std::string parent = begin == 0 ? "." : std::string(whole.substr(0, begin));
  if (name == "." || name == "..") {
    W2N_CHECK(findInTree(directory, path, 0));
    return std::unexpected(dotError);
  }
  if (name.size() > NAME_MAX)
    return std::unexpected(Errno::NameTooLong);
  W2N_TRY(node, findInTree(directory, parent.c_str(), 0));
  if (!node->isDirectory())
    return std::unexpected(Errno::NotDir);
  Entry entry;
  entry.node = std::move(node);
  entry.mustBeDirectory = end + 1 != whole.size();
  *std::ranges::copy(name, entry.name).out = 0;
  return entry;
}

WasiResult<struct stat> statusOfEntry(const Entry &entry) {
  if (entry.node) {
    W2N_TRY(found, entry.node->find(entry.name));
    return found->status();
  }
  struct stat status;
  W2N_CHECK(orError(fstatat(entry.directory, entry.name, &status, AT_SYMLINK_NOFOLLOW)));
  return status;
}

Outcome makeDirectoryAt(const Entry &entry) {
  if (!entry.node)
    return orError(mkdirat(entry.directory, entry.name, 0777));
  W2N_CHECK(entry.node->make(entry.name, {.type = S_IFDIR, .permissions = 0777, .target = {}}));
  return {};
}

Outcome makeLinkAt(const Entry &entry, const char *target) {
  if (!entry.node)
    return orError(symlinkat(target, entry.directory, entry.name));
  if (!*target)
    return std::unexpected(Errno::NoEnt);
  W2N_CHECK(entry.node->make(entry.name, {.type = S_IFLNK, .permissions = 0777, .target = target}));
  return {};
}

Outcome removeEntry(const Entry &entry, bool directory) {
  if (entry.node)
    return entry.node->remove(entry.name, directory);
  return orError(unlinkat(entry.directory, entry.name, directory ? AT_REMOVEDIR : 0));
}

namespace {
/// Whether both are of the same file system: the host's, which tells itself, or the same tree.
bool areTogether(const Entry &from, const Entry &to) {
  return (from.node ? from.node->tree : nullptr) == (to.node ? to.node->tree : nullptr);
}
} // namespace

Outcome renameEntry(const Entry &from, const Entry &to) {
  if (!areTogether(from, to))
    return std::unexpected(Errno::Xdev);
  if (from.node)
    return from.node->rename(from.name, *to.node, to.name);
  return orError(renameat(from.directory, from.name, to.directory, to.name));
}

Outcome linkEntry(const Entry &from, const Entry &to) {
  if (!areTogether(from, to))
    return std::unexpected(Errno::Xdev);
  if (!from.node)
    return orError(linkat(from.directory, from.name, to.directory, to.name, /*flags=*/0));
  W2N_TRY(node, from.node->find(from.name));
  if (node->isDirectory())
    return std::unexpected(to.node->find(to.name) ? Errno::Exist : Errno::Perm);
  return to.node->link(to.name, *node);
}

} // namespace w2n::wasi
