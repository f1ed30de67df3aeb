// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls on paths (PathOperations.h).
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/GuestPath.h"
#include "runtime/wasi/HostFlags.h"
#include "runtime/wasi/PathOperations.h"
#include "runtime/wasi/WasiContext.h"
#include "runtime/wasi/tree/OpenNode.h"
#include "runtime/wasi/tree/TreePaths.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace w2n::wasi {

namespace {

/// Finds the entry that `path` names in `directory`, which must stay open.
WasiResult<Entry> findEntry(WasiContext &context, const File &directory, Needs needs,
                            const GuestPath &path, Errno dotError) {
  W2N_CHECK(checkDirectory(directory, needs));
  if (directory.node)
    return entryInTree(directory.node->node, path.text(), dotError);
  return context.paths.entry(directory.host, path.text(), dotError);
}

/// Runs `make`, which makes `entry`. Trees have limits of their own.
template <typename Make> Outcome makeEntry(WasiContext &context, const Entry &entry, Make make) {
  if (context.chaos && context.chaos->diskIsFull())
    return std::unexpected(Errno::NoSpc);
  return entry.node ? make() : context.quota.makeEntry(make);
}

/// NotDir if the path ended in a slash and something else than a directory is there: the slash
/// itself never reaches the system, where it would make a link be followed.
Outcome checkSlash(const Entry &entry) {
  if (!entry.mustBeDirectory)
    return {};
  const auto status = statusOfEntry(entry);
  if (status && !S_ISDIR(status->st_mode))
    return std::unexpected(Errno::NotDir);
  return {};
}

/// The same for an entry that is about to be made and is no directory.
Outcome checkNoSlash(const Entry &entry) {
  if (!entry.mustBeDirectory)
    return {};
  return std::unexpected(statusOfEntry(entry) ? Errno::Exist : Errno::NoEnt);
}

// The accesses: a directory that does not pass them on refuses to open a file for them. Of the
// other rights it grants those that it passes on.
constexpr Rights readingRights = rights::fdRead | rights::fdReaddir;
constexpr Rights accessRights = readingRights | rights::fdWrite;
// These need a descriptor of the host's that is open for writing, but ask for no access: a guest
// that only reads may ask for them (Go's standard library does), and get a file that it cannot
// write to, or a directory.
constexpr Rights sizeRights = rights::fdAllocate | rights::fdFilestatSetSize;

struct OpenRequest {
  int hostFlags;
  /// The rights that the directory must have.
  Needs needs;
};

struct OpenFlag {
  uint32_t flag;
  int host;
  Needs needs;
};
constexpr OpenFlag openFlagTable[] = {
    {oflags::create, O_CREAT, needs::pathOpenCreate},
    {oflags::directory, O_DIRECTORY, needs::pathOpen},
    {oflags::exclusive, O_EXCL, needs::pathOpen},
    {oflags::truncate, O_TRUNC, needs::pathOpenTruncate},
};
struct FdFlag {
  uint32_t flag;
  Needs needs;
};
constexpr FdFlag fdFlagTable[] = {
    {fdflags::dsync, needs::pathOpenDsync},
    {fdflags::rsync, needs::pathOpenRsync},
    {fdflags::sync, needs::pathOpenSync},
};

WasiResult<OpenRequest> readOpenRequest(LookupFlags lookup, uint32_t openFlags, Rights base,
                                        uint32_t flags) {
  if ((openFlags & ~oflags::all) || (flags & ~fdflags::all))
    return std::unexpected(Errno::Inval);
  W2N_TRY(linkFlag, linkFlagOf(lookup));
  const bool reads = base & readingRights, writes = base & rights::fdWrite;
  OpenRequest request{O_NOCTTY | linkFlag | hostFdFlags(flags), needs::pathOpen};
  request.hostFlags |= writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
  for (const OpenFlag &row : openFlagTable)
    if (openFlags & row.flag) {
      request.hostFlags |= row.host;
      request.needs = request.needs | row.needs;
    }
  for (const FdFlag &row : fdFlagTable)
    if (flags & row.flag)
      request.needs = request.needs | row.needs;
  return request;
}

/// Devices act on the machine, whatever directory they lie in. These do nothing that the guest
/// could not do itself (null(4), random(4)).
bool isHarmlessDevice(dev_t device) {
  constexpr unsigned memoryDevices = 1,
                     harmless[] = {3 /*null*/, 5 /*zero*/, 7 /*full*/, 8 /*random*/, 9 /*urandom*/};
  return major(device) == memoryDevices &&
         std::ranges::find(harmless, minor(device)) != std::end(harmless);
}

/// Errors: Acces for what is not for guests.
Outcome checkDevice(const struct stat &status) {
  if (S_ISBLK(status.st_mode) || (S_ISCHR(status.st_mode) && !isHarmlessDevice(status.st_rdev)))
    return std::unexpected(Errno::Acces);
  return {};
}

/// Opens a file that may be made by that: with a limit, what is there already is told from what
/// takes room.
WasiResult<Descriptor> openOrMake(WasiContext &context, int directory, const char *path,
                                  int flags) {
  auto open = [&](int hostFlags) {
    return context.paths.open(directory, path, hostFlags, /*mode=*/0666);
  };
  if (!context.quota.isLimited() || !(flags & O_CREAT))
    return open(flags);
  if (!(flags & O_EXCL)) {
    auto existing = open(flags & ~O_CREAT);
    if (existing || existing.error() != Errno::NoEnt)
      return existing;
  }
  return context.quota.makeEntry([&] { return open(flags); });
}

/// A file that a call has opened, before the guest has it.
struct Opened {
  Descriptor host;
  struct stat status;
};

/// Errors: Acces for what is not for guests.
WasiResult<Opened> inspected(Descriptor host) {
  Opened opened{std::move(host), {}};
  if (fstat(opened.host.get(), &opened.status) != 0)
    return systemError();
  W2N_CHECK(checkDevice(opened.status));
  return opened;
}

/// Opens the regular file `opened` once more, for writing, so that its size can be set. False if it
/// cannot be written to, or another one is at `path` now.
bool reopenForWriting(WasiContext &context, int directory, const char *path, int flags,
                      Opened &opened) {
  constexpr int withEffect = O_CREAT | O_EXCL | O_TRUNC;
  auto host = context.paths.open(directory, path, (flags & ~withEffect) | O_RDWR);
  if (!host)
    return false;
  auto again = inspected(std::move(*host));
  if (!again || again->status.st_dev != opened.status.st_dev ||
      again->status.st_ino != opened.status.st_ino)
    return false;
  opened = std::move(*again);
  return true;
}

/// The same in a tree.
WasiResult<File> openTreeFile(WasiContext &context, const File &directory, const GuestPath &path,
                              const OpenHow &how, int hostFlags) {
  W2N_TRY(node, openInTree(directory.node->node, path.text(), hostFlags));
  const Rights granted =
      how.base & directory.inheriting & (node->isDirectory() ? directoryRights : fileRights);
  return treeFile(context, node, hostFlags, granted,
                  node->isDirectory() ? how.inheriting & directory.inheriting : 0);
}

WasiResult<size_t> readTreeLink(OpenNode &directory, const GuestPath &path,
                                std::span<uint8_t> buffer) {
  W2N_TRY(link, findInTree(directory.node, path.text(), O_NOFOLLOW));
  if (!link->isLink() || buffer.empty())
    return std::unexpected(Errno::Inval);
  W2N_TRY(target, link->target());
  const size_t bytes = std::min(target.size(), buffer.size());
  std::copy_n(target.begin(), bytes, buffer.begin());
  return bytes;
}

} // namespace

File treeFile(WasiContext &context, const std::shared_ptr<Node> &node, int hostFlags, Rights base,
              Rights inheriting) {
  const bool isDirectory = node->isDirectory();
  File file;
  file.host = context.alwaysReady.get();
  file.type = isDirectory ? FileType::Directory : FileType::RegularFile;
  file.base = base;
  file.inheriting = inheriting;
  if (isDirectory)
    file.cookies = std::make_shared<DirectoryCookies>(context.cookieBudget);
  file.node = std::make_shared<OpenNode>(node, hostFlags);
  return file;
}

Outcome checkDirectory(const File &directory, Needs needs) {
  if (directory.type != FileType::Directory)
    return std::unexpected(Errno::NotDir);
  return checkRights(directory, needs);
}

WasiResult<File> openPath(WasiContext &context, const File &directory, const GuestPath &path,
                          const OpenHow &how) {
  W2N_TRY(request, readOpenRequest(how.lookup, how.openFlags, how.base, how.fdFlags));
  W2N_CHECK(checkDirectory(directory, request.needs));
  // Guests ask for all the rights there are; they get those that the directory passes on, but an
  // access that it does not pass on is refused here rather than at the first read or write.
  if (how.base & accessRights & ~directory.inheriting)
    return std::unexpected(Errno::NotCapable);

  if ((how.openFlags & oflags::create) && context.chaos && context.chaos->diskIsFull())
    return std::unexpected(Errno::NoSpc);
  if (directory.node)
    return openTreeFile(context, directory, path, how, request.hostFlags);
  W2N_TRY(host, openOrMake(context, directory.host, path.text(), request.hostFlags));
  W2N_TRY(file, inspected(std::move(host)));
  const bool isDirectory = S_ISDIR(file.status.st_mode);
  Rights granted = how.base & directory.inheriting & (isDirectory ? directoryRights : fileRights);
  if ((granted & sizeRights) && !(how.base & rights::fdWrite) &&
      !(S_ISREG(file.status.st_mode) &&
        reopenForWriting(context, directory.host, path.text(), request.hostFlags, file)))
    granted &= ~sizeRights;
  return File{.host = file.host.get(),
              .owned = std::move(file.host),
              .narrowed = nullptr,
              .type = fileTypeOf(file.status.st_mode),
              .base = granted,
              .inheriting = isDirectory ? how.inheriting & directory.inheriting : 0,
              .preopenName = {},
              .filter = nullptr,
              .cookies =
                  isDirectory ? std::make_shared<DirectoryCookies>(context.cookieBudget) : nullptr,
              .node = nullptr,
              .chaos = nullptr};
}

Outcome createDirectory(WasiContext &context, const File &directory, const GuestPath &path) {
  W2N_TRY(entry, findEntry(context, directory, needs::pathCreateDirectory, path, Errno::Exist));
  return makeEntry(context, entry, [&] { return makeDirectoryAt(entry); });
}

Outcome removeDirectory(WasiContext &context, const File &directory, const GuestPath &path) {
  W2N_TRY(entry, findEntry(context, directory, needs::pathRemoveDirectory, path, Errno::Inval));
  return removeEntry(entry, /*directory=*/true);
}

Outcome unlinkFile(WasiContext &context, const File &directory, const GuestPath &path) {
  W2N_TRY(entry, findEntry(context, directory, needs::pathUnlinkFile, path, Errno::IsDir));
  W2N_CHECK(checkSlash(entry));
  return removeEntry(entry, /*directory=*/false);
}

Outcome renamePath(WasiContext &context, const File &oldDirectory, const GuestPath &oldPath,
                   const File &newDirectory, const GuestPath &newPath) {
  W2N_TRY(from, findEntry(context, oldDirectory, needs::pathRenameSource, oldPath, Errno::Busy));
  W2N_TRY(to, findEntry(context, newDirectory, needs::pathRenameTarget, newPath, Errno::Busy));
  // A slash after either name asks for a directory to be renamed.
  from.mustBeDirectory |= to.mustBeDirectory;
  W2N_CHECK(checkSlash(from));
  return renameEntry(from, to);
}

// A link to where no path of the guest leads is refused when it is made: other programs may follow
// it.
Outcome makeSymlink(WasiContext &context, const GuestPath &target, const File &directory,
                    const GuestPath &path) {
  W2N_TRY(entry, findEntry(context, directory, needs::pathSymlink, path, Errno::Exist));
  if (target.view().starts_with('/'))
    return std::unexpected(Errno::NotCapable);
  W2N_CHECK(checkNoSlash(entry));
  return makeEntry(context, entry, [&] { return makeLinkAt(entry, target.text()); });
}

WasiResult<size_t> readLink(WasiContext &context, const File &directory, const GuestPath &path,
                            std::span<uint8_t> buffer) {
  W2N_CHECK(checkDirectory(directory, needs::pathReadlink));
  if (directory.node)
    return readTreeLink(*directory.node, path, buffer);
  W2N_TRY(link, context.paths.open(directory.host, path.text(), O_PATH | O_NOFOLLOW));
  struct stat status;
  if (fstat(link.get(), &status) != 0)
    return systemError();
  if (!S_ISLNK(status.st_mode) || buffer.empty())
    return std::unexpected(Errno::Inval);
  const ssize_t bytes =
      readlinkat(link.get(), "", reinterpret_cast<char *>(buffer.data()), buffer.size());
  if (bytes < 0)
    return systemError();
  return size_t(bytes);
}

Outcome linkPath(WasiContext &context, const File &oldDirectory, const GuestPath &oldPath,
                 const File &newDirectory, const GuestPath &newPath) {
  W2N_TRY(from, findEntry(context, oldDirectory, needs::pathLinkSource, oldPath, Errno::Perm));
  W2N_TRY(to, findEntry(context, newDirectory, needs::pathLinkTarget, newPath, Errno::Exist));
  W2N_CHECK(checkSlash(from));
  W2N_CHECK(checkNoSlash(to));
  return makeEntry(context, to, [&] { return linkEntry(from, to); });
}

Outcome pathOpen(WasiContext &context, Fd fd, LookupFlags lookup, const GuestPath &path,
                 OpenFlags openFlags, Rights base, Rights inheriting, FdFlags flags,
                 Out<uint32_t> opened) {
  W2N_TRY(directory, context.files.find(fd));
  W2N_TRY(file, openPath(context, *directory, path, {lookup, openFlags, flags, base, inheriting}));
  W2N_TRY(number, context.files.add(std::move(file)));
  opened.store(number);
  return {};
}

Outcome pathCreateDirectory(WasiContext &context, Fd fd, const GuestPath &path) {
  W2N_TRY(directory, context.files.find(fd));
  return createDirectory(context, *directory, path);
}

Outcome pathRemoveDirectory(WasiContext &context, Fd fd, const GuestPath &path) {
  W2N_TRY(directory, context.files.find(fd));
  return removeDirectory(context, *directory, path);
}

Outcome pathUnlinkFile(WasiContext &context, Fd fd, const GuestPath &path) {
  W2N_TRY(directory, context.files.find(fd));
  return unlinkFile(context, *directory, path);
}

Outcome pathRename(WasiContext &context, Fd oldFd, const GuestPath &oldPath, Fd newFd,
                   const GuestPath &newPath) {
  W2N_TRY(from, context.files.find(oldFd));
  W2N_TRY(to, context.files.find(newFd));
  return renamePath(context, *from, oldPath, *to, newPath);
}

Outcome pathSymlink(WasiContext &context, const GuestPath &target, Fd fd, const GuestPath &path) {
  W2N_TRY(directory, context.files.find(fd));
  return makeSymlink(context, target, *directory, path);
}

Outcome pathReadlink(WasiContext &context, Fd fd, const GuestPath &path, OutText buffer,
                     Moved bytesUsed) {
  W2N_TRY(directory, context.files.find(fd));
  W2N_TRY(bytes, readLink(context, *directory, path, buffer));
  bytesUsed.store(uint32_t(bytes));
  return {};
}

// A link's target is never what gets linked: it would need a name of the host's (/proc) to say so,
// and the tests of wasi-testsuite want the flag refused.
Outcome pathLink(WasiContext &context, Fd oldFd, LookupFlags oldLookup, const GuestPath &oldPath,
                 Fd newFd, const GuestPath &newPath) {
  if (oldLookup != 0)
    return std::unexpected(Errno::Inval);
  W2N_TRY(from, context.files.find(oldFd));
  W2N_TRY(to, context.files.find(newFd));
  return linkPath(context, *from, oldPath, *to, newPath);
}

} // namespace w2n::wasi
