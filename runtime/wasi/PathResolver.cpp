// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/PathResolver.h"

#include "lib/support/Error.h"
#include "runtime/wasi/Restart.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <vector>

namespace w2n::wasi {

namespace {

constexpr int pathOnly = O_PATH | O_CLOEXEC;
// The kernel's own limit (path_resolution(7)).
constexpr unsigned maxLinks = 40;
// openat2 gives EAGAIN when a rename anywhere raced with a `..`; a guest that renames in a loop
// must not keep us here.
constexpr unsigned maxRaces = 128;

/// Whether `path` is the name of an entry of the directory that it begins at. The system can be
/// given it as it is, as long as it does not follow the link that may be there.
bool isOneComponent(const char *path) {
  const std::string_view name(path);
  return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos;
}

bool onlySlashes(const std::string &text, size_t from) {
  return text.find_first_not_of('/', from) == std::string::npos;
}

/// One walk: what is left of the path, and the directories from the root of the walk to where it
/// is.
class Walk {
public:
  Walk(int root, std::string path, int flags, mode_t mode)
      : root(root), rest(std::move(path)), flags(flags), mode(mode) {}

  WasiResult<Descriptor> run() {
    while (true) {
      if (atStart && rest.starts_with('/'))
        return std::unexpected(Errno::NotCapable);
      atStart = false;
      rest.erase(0, rest.find_first_not_of('/'));
      if (rest.empty())
        return openHere();
      size_t end = std::min(rest.find('/'), rest.size());
      std::string name = rest.substr(0, end);
      rest.erase(0, end);
      if (name == ".")
        continue;
      if (name == "..") {
        W2N_CHECK(goUp());
        continue;
      }
      if (onlySlashes(rest, 0)) {
        W2N_TRY(opened, openLast(name));
        if (opened)
          return opened;
        continue;
      }
      W2N_CHECK(enter(name));
    }
  }

private:
  int here() const { return above.empty() ? root : above.back().get(); }

  Outcome goUp() {
    if (above.empty())
      return std::unexpected(Errno::NotCapable);
    above.pop_back();
    return {};
  }

  /// The path ended at a directory that is already open: "", ".", "a/..".
  WasiResult<Descriptor> openHere() {
    if ((flags & O_CREAT) && (flags & O_EXCL))
      return std::unexpected(Errno::Exist);
    if (flags & O_CREAT)
      return std::unexpected(Errno::IsDir);
    Descriptor opened(openat(here(), ".", flags | O_CLOEXEC));
    if (!opened)
      return systemError();
    return opened;
  }

  /// Enters the directory `name`, or puts a link's target in front of what is left.
  Outcome enter(const std::string &name) {
    Descriptor next(openat(here(), name.c_str(), pathOnly | O_NOFOLLOW));
    struct stat status;
    if (!next || fstat(next.get(), &status) != 0)
      return systemError();
    if (S_ISLNK(status.st_mode))
      return follow(next.get(), "");
    if (!S_ISDIR(status.st_mode))
      return std::unexpected(Errno::NotDir);
    above.push_back(std::move(next));
    return {};
  }

  /// Opens the last component; an empty descriptor means that it was a link, whose target is now
  /// what is left.
  WasiResult<Descriptor> openLast(const std::string &name) {
    bool mustBeDirectory = !rest.empty();
    if (mustBeDirectory && (flags & O_CREAT))
      return std::unexpected(Errno::IsDir);
    int openFlags = flags | O_NOFOLLOW | O_CLOEXEC | (mustBeDirectory ? O_DIRECTORY : 0);
    bool mayFollow = mustBeDirectory || !(flags & O_NOFOLLOW);
    Descriptor opened(restarted([&] { return openat(here(), name.c_str(), openFlags, mode); }));
    if (opened) {
      struct stat status;
      if (!(flags & O_PATH) || !mayFollow || fstat(opened.get(), &status) != 0 ||
          !S_ISLNK(status.st_mode))
        return opened;
    } else if (!mayFollow || (errno != ELOOP && errno != ENOTDIR)) {
      return systemError();
    }
    // With O_DIRECTORY a link gives ENOTDIR, as a file does: reading the link tells.
    int reason = errno;
    Outcome followed = follow(here(), name.c_str());
    if (!followed)
      return std::unexpected(followed.error() == Errno::Inval ? fromHost(reason)
                                                              : followed.error());
    return Descriptor();
  }

  Outcome follow(int directory, const char *name) {
    char target[PATH_MAX];
    ssize_t bytes = readlinkat(directory, name, target, sizeof(target));
    if (bytes < 0)
      return systemError();
    if (++links > maxLinks)
      return std::unexpected(Errno::Loop);
    if (bytes == 0)
      return std::unexpected(Errno::NoEnt);
    rest.insert(0, target, size_t(bytes));
    atStart = true;
    return {};
  }

  int root;
  std::string rest;
  int flags;
  mode_t mode;
  std::vector<Descriptor> above;
  unsigned links = 0;
  /// `rest` begins a path or a link's target, where a slash would mean the host's root.
  bool atStart = true;
};

} // namespace

WasiResult<Descriptor> PathResolver::open(int directory, const char *path, int flags, mode_t mode) {
  if (!*path)
    return std::unexpected(Errno::NoEnt);
  if (useWalk)
    return Walk(directory, path, flags, mode).run();
  // O_PATH opens a link where others fail.
  const bool failsForLinks = !(flags & O_PATH) || (flags & O_NOFOLLOW);
  if (isOneComponent(path) && failsForLinks) {
    Descriptor opened(
        restarted([&] { return openat(directory, path, flags | O_NOFOLLOW | O_CLOEXEC, mode); }));
    if (opened)
      return opened;
    // With O_DIRECTORY a link gives ENOTDIR, as a file does.
    if ((flags & O_NOFOLLOW) || (errno != ELOOP && errno != ENOTDIR))
      return systemError();
  }
  return openBeneath(directory, path, flags, mode);
}

WasiResult<Descriptor> PathResolver::openBeneath(int directory, const char *path, int flags,
                                                 mode_t mode) {
  open_how how = {};
  how.flags = uint64_t(flags | O_CLOEXEC);
  how.mode = flags & O_CREAT ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (unsigned races = 0; races < maxRaces; ++races) {
    Descriptor opened(
        int(restarted([&] { return syscall(SYS_openat2, directory, path, &how, sizeof(how)); })));
    if (opened)
      return opened;
    if (errno == EAGAIN)
      continue;
    // ENOSYS is an old kernel, EPERM a sandbox that does not know the call; the walk gives the
    // right error if it was neither.
    if (errno == ENOSYS || errno == EPERM) {
      useWalk = errno == ENOSYS;
      return Walk(directory, path, flags, mode).run();
    }
    if (errno == EXDEV)
      return std::unexpected(Errno::NotCapable);
    return systemError();
  }
  return Walk(directory, path, flags, mode).run();
}

Outcome PathResolver::status(int directory, const char *path, int linkFlag, struct stat &status) {
  if (isOneComponent(path) && !useWalk) {
    if (fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) != 0)
      return systemError();
    if (linkFlag || !S_ISLNK(status.st_mode))
      return {};
  }
  W2N_TRY(file, open(directory, path, O_PATH | linkFlag));
  if (fstat(file.get(), &status) != 0)
    return systemError();
  return {};
}

WasiResult<Entry> PathResolver::entry(int directory, const char *path, Errno dotError) {
  const std::string_view whole(path);
  const size_t end = whole.find_last_not_of('/');
  if (end == whole.npos)
    return std::unexpected(whole.empty() ? Errno::NoEnt : Errno::NotCapable);
  const size_t slash = whole.find_last_of('/', end);
  const size_t begin = slash == whole.npos ? 0 : slash + 1;
  const std::string_view name = whole.substr(begin, end + 1 - begin);
  if (name == "." || name == "..") {
    W2N_CHECK(open(directory, path, pathOnly | O_DIRECTORY));
    return std::unexpected(dotError);
  }
  Entry entry;
  entry.directory = directory;
  entry.mustBeDirectory = end + 1 != whole.size();
  if (begin != 0) {
    char parent[PATH_MAX];
    if (begin >= sizeof(parent))
      return std::unexpected(Errno::NameTooLong);
    *std::copy_n(path, begin, parent) = 0;
    W2N_TRY(opened, open(directory, parent, pathOnly | O_DIRECTORY));
    entry.directory = opened.get();
    entry.opened = std::move(opened);
  }
  if (name.size() >= sizeof(entry.name))
    return std::unexpected(Errno::NameTooLong);
  *std::ranges::copy(name, entry.name).out = 0;
  return entry;
}

} // namespace w2n::wasi
