// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/tree/ArchiveTree.h"

#include "runtime/libraries/ArchiveReader.h"
#include "runtime/platform/OwnLibrary.h"
#include "runtime/wasi/Descriptor.h"
#include "runtime/wasi/Restart.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <sys/mman.h>
#include <vector>

namespace w2n::wasi {

namespace {

constexpr std::string_view suffixes[] = {".zip",     ".tar",     ".tar.gz",  ".tgz", ".tar.xz",
                                         ".tar.zst", ".tar.bz2", ".tar.lz4", ".txz"};

struct ArchiveTree final : Tree {
  /// All files, one behind the other (memfd_create(2)).
  Descriptor contents;
};

/// Immutable once the archive is read.
class ArchiveNode final : public Node {
public:
  ArchiveNode(std::shared_ptr<Tree> tree, mode_t type, uint64_t inode)
      : Node(std::move(tree), type), inode(inode) {}

  WasiResult<struct stat> status() override {
    struct stat status = {};
    status.st_dev = tree->device;
    status.st_ino = inode;
    status.st_mode = type | (isLink() ? 0777 : isDirectory() ? 0555 : 0444);
    status.st_nlink = links;
    status.st_size = off_t(isLink() ? text.size() : bytes);
    status.st_atim = status.st_mtim = status.st_ctim = modified;
    return status;
  }
  WasiResult<size_t> read(std::span<uint8_t> to, uint64_t offset) override {
    if (!isFile())
      return Node::read(to, offset);
    if (offset >= bytes)
      return 0;
    to = to.first(std::min<uint64_t>(to.size(), bytes - offset));
    const int host = static_cast<ArchiveTree &>(*tree).contents.get();
    const ssize_t got =
        restarted([&] { return pread(host, to.data(), to.size(), off_t(begin + offset)); });
    if (got < 0)
      return systemError();
    return size_t(got);
  }
  WasiResult<std::string> target() override {
    return isLink() ? WasiResult<std::string>(text) : Node::target();
  }
  WasiResult<NodeHandle> find(const std::string &name) override {
    if (!isDirectory())
      return std::unexpected(Errno::NotDir);
    const auto found = children.find(name);
    if (found == children.end())
      return std::unexpected(Errno::NoEnt);
    return NodeHandle(found->second);
  }
  // A position is how many entries come before.
  Outcome list(int64_t from, const EntryVisitor &visit) override {
    if (!isDirectory())
      return std::unexpected(Errno::NotDir);
    for (size_t at = size_t(std::max<int64_t>(from, 0)); at < order.size(); ++at) {
      const auto &[name, node] = *order[at];
      if (!visit({name, node->inode, node->type, int64_t(at + 1)}))
        break;
    }
    return {};
  }

  const uint64_t inode;
  nlink_t links = 0;
  uint64_t begin = 0, bytes = 0; ///< in the contents
  timespec modified = {};
  std::string text; ///< a link's target
  std::map<std::string, std::shared_ptr<ArchiveNode>> children;
  std::vector<const decltype(children)::value_type *> order;
};

/// Makes the tree from what the library reads.
class Builder {
public:
  Builder(std::string path, const ArchiveLimits &limits) : path(std::move(path)), limits(limits) {}

  Result<NodeHandle> run() {
    W2N_TRY(symbol, platform::symbolOfOwnLibrary(libraries::archiveLibrary,
                                                 libraries::readArchiveName, "reading archives"));
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    tree->contents = Descriptor(memfd_create("w2n-archive", MFD_CLOEXEC));
    if (!file || !tree->contents)
      return fail(ErrorKind::Io, "cannot open archive '" + path + "': " + strerror(errno));
    const libraries::ArchiveSink sink = {
        this,
        [](void *user, const libraries::ArchiveMember *member) {
          auto &self = *static_cast<Builder *>(user);
          return self.keep(self.add(*member));
        },
        [](void *user, const void *bytes, size_t count, uint64_t offset) {
          auto &self = *static_cast<Builder *>(user);
          return self.keep(self.write(bytes, count, offset));
        }};
    char error[256] = "";
    if (!reinterpret_cast<libraries::ReadArchive *>(symbol)(file.get(), &sink, error,
                                                            sizeof(error))) {
      W2N_CHECK(outcome);
      return fail(ErrorKind::Invalid, "archive '" + path + "' is damaged: " + error);
    }
    finish(*root);
    return NodeHandle(root);
  }

private:
  bool keep(Status status) {
    outcome = std::move(status);
    return outcome.has_value();
  }
  std::unexpected<Error> bad(std::string_view member, const char *what) const {
    return fail(ErrorKind::Invalid,
                "archive '" + path + "': member '" + std::string(member) + "' " + what);
  }
  std::shared_ptr<ArchiveNode> newNode(mode_t type) {
    auto node = std::make_shared<ArchiveNode>(tree, type, ++lastInode);
    node->links = S_ISDIR(type) ? 2 : 1;
    return node;
  }

  Status add(const libraries::ArchiveMember &member) {
    current = nullptr;
    name = member.path;
    if (++members > limits.maxMembers)
      return fail(ErrorKind::Limit, "archive '" + path + "' has more than " +
                                        std::to_string(limits.maxMembers) + " members");
    if (member.encrypted)
      return bad(name, "is encrypted");
    W2N_TRY(parts, partsOf(member.path));
    if (member.sameFile)
      return addName(parts, member.sameFile);
    if (!S_ISREG(member.type) && !S_ISDIR(member.type) && !S_ISLNK(member.type))
      return bad(name, "is neither file, directory nor link");
    if (S_ISDIR(member.type)) {
      W2N_TRY(directory, directoryAt(parts, parts.size()));
      directory->modified = timeOf(member);
      return {};
    }
    const std::string text = member.target ? member.target : "";
    if (S_ISLNK(member.type) && (text.empty() || text.size() >= PATH_MAX))
      return bad(name, "is a link without a target, or with one that is too long");
    auto node = newNode(member.type);
    node->modified = timeOf(member);
    node->text = text;
    W2N_CHECK(place(parts, node));
    if (!node->isFile())
      return {};
    node->begin = usedBytes;
    current = node;
    return extend(member.bytes);
  }

  static timespec timeOf(const libraries::ArchiveMember &member) {
    return {.tv_sec = time_t(std::max<int64_t>(member.modifiedS, 0)),
            .tv_nsec = long(member.modifiedNs % 1'000'000'000)};
  }

  /// The components of a member's path, without ".".
  Result<std::vector<std::string>> partsOf(std::string_view text) {
    if (text.size() >= PATH_MAX || text.starts_with('/'))
      return bad(name, text.starts_with('/') ? "has an absolute name" : "has a name too long");
    std::vector<std::string> parts;
    while (!text.empty()) {
      const size_t end = std::min(text.find('/'), text.size());
      const std::string part(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (part == "..")
        return bad(name, "has a name that leads out");
      if (part.size() > NAME_MAX)
        return bad(name, "has a name too long");
      if (!part.empty() && part != ".")
        parts.push_back(part);
    }
    return parts;
  }

  /// The directory of the first `count` parts; makes those that the archive does not name.
  Result<ArchiveNode *> directoryAt(const std::vector<std::string> &parts, size_t count) {
    ArchiveNode *at = root.get();
    for (size_t index = 0; index < count; ++index) {
      auto &child = at->children[parts[index]];
      if (!child) {
        if (lastInode >= 2 * limits.maxMembers)
          return fail(ErrorKind::Limit, "archive '" + path + "' has too many directories");
        child = newNode(S_IFDIR);
        ++at->links;
      }
      if (!child->isDirectory())
        return bad(name, "lies in what is no directory, or takes its place");
      at = child.get();
    }
    return at;
  }

  Status place(const std::vector<std::string> &parts, const std::shared_ptr<ArchiveNode> &node) {
    if (parts.empty())
      return bad(name, "has no name");
    W2N_TRY(directory, directoryAt(parts, parts.size() - 1));
    auto &there = directory->children[parts.back()];
    // Appending to a tar archive replaces a file.
    if (there && there->isDirectory())
      return bad(name, "takes a directory's place");
    there = node;
    return {};
  }

  /// Another name of a file that came before.
  Status addName(const std::vector<std::string> &parts, const char *sameFile) {
    W2N_TRY(old, partsOf(sameFile));
    std::shared_ptr<ArchiveNode> node = root;
    for (const std::string &part : old) {
      const auto found = node->children.find(part);
      if (found == node->children.end())
        return bad(name, "is another name of a file that does not come before it");
      node = found->second;
    }
    if (node->isDirectory())
      return bad(name, "is another name of a directory");
    ++node->links;
    return place(parts, node);
  }

  /// Makes the current file at least so large.
  Status extend(uint64_t bytes) {
    if (bytes <= current->bytes)
      return {};
    const uint64_t more = bytes - current->bytes;
    if (more > limits.maxBytes - usedBytes)
      return fail(ErrorKind::Limit, "archive '" + path + "' has more than " +
                                        std::to_string(limits.maxBytes) + " bytes");
    usedBytes += more;
    current->bytes = bytes;
    if (ftruncate(tree->contents.get(), off_t(usedBytes)) != 0)
      return fail(ErrorKind::Io, std::string("cannot unpack: ") + strerror(errno));
    return {};
  }

  Status write(const void *bytes, size_t count, uint64_t offset) {
    if (!current || offset > limits.maxBytes)
      return bad(name, "has bytes where it cannot");
    W2N_CHECK(extend(offset + count));
    const auto *from = static_cast<const uint8_t *>(bytes);
    for (size_t done = 0; done < count;) {
      const ssize_t written = restarted([&] {
        return pwrite(tree->contents.get(), from + done, count - done,
                      off_t(current->begin + offset + done));
      });
      if (written <= 0)
        return fail(ErrorKind::Io, std::string("cannot unpack: ") + strerror(errno));
      done += size_t(written);
    }
    return {};
  }

  void finish(ArchiveNode &directory) {
    for (const auto &entry : directory.children) {
      directory.order.push_back(&entry);
      if (entry.second->isDirectory())
        finish(*entry.second);
    }
  }

  const std::string path;
  const ArchiveLimits limits;
  Status outcome;
  std::shared_ptr<ArchiveTree> tree = std::make_shared<ArchiveTree>();
  uint64_t lastInode = 0, members = 0, usedBytes = 0;
  std::shared_ptr<ArchiveNode> root = newNode(S_IFDIR);
  /// The member that is read, and where its bytes go.
  std::string name;
  std::shared_ptr<ArchiveNode> current;
};

} // namespace

bool isArchiveName(const std::string &path) {
  struct stat status;
  return std::ranges::any_of(suffixes, [&](auto suffix) { return path.ends_with(suffix); }) &&
         !(stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode));
}

Result<NodeHandle> openArchiveTree(const std::string &path, const ArchiveLimits &limits) {
  return Builder(path, limits).run();
}

} // namespace w2n::wasi
