// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/SavedWorld.h"

#include <climits>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::wasi {

namespace {

constexpr int keptFlags = O_ACCMODE | O_APPEND | O_NONBLOCK | O_DSYNC | O_SYNC;

/// The host's name of an open file; empty if it has none any more.
std::string pathOf(int host, const struct stat &status) {
  const std::string link = "/proc/self/fd/" + std::to_string(host);
  char path[PATH_MAX];
  const ssize_t bytes = readlink(link.c_str(), path, sizeof(path));
  if (bytes <= 0 || size_t(bytes) == sizeof(path) || path[0] != '/')
    return {};
  std::string text(path, size_t(bytes));
  struct stat named;
  if (lstat(text.c_str(), &named) != 0 || named.st_dev != status.st_dev ||
      named.st_ino != status.st_ino)
    return {};
  return text;
}

/// The path of `path` in `directory`; nothing if it is not there.
std::optional<std::string> beneath(const std::string &directory, const std::string &path) {
  if (path == directory)
    return ".";
  const std::string prefix = directory == "/" ? directory : directory + "/";
  if (!path.starts_with(prefix))
    return std::nullopt;
  return path.substr(prefix.size());
}

/// Finds the directory that `file` can be opened in again, with the rights that it has.
bool locate(std::span<const GivenDirectory> directories, const std::string &path,
            SavedFile &saved) {
  for (const GivenDirectory &directory : directories) {
    const auto inside = beneath(directory.path, path);
    if (!inside || ((saved.base | saved.inheriting) & ~directory.inheriting))
      continue;
    saved.given = directory.number;
    saved.path = *inside;
    return true;
  }
  return false;
}

SavedFile saveFile(std::span<const GivenDirectory> directories, const File &file) {
  SavedFile saved;
  saved.base = file.base;
  saved.inheriting = file.inheriting;
  saved.kind = SavedFile::Kind::Lost;
  struct stat status;
  if (file.isLost || fstat(file.host, &status) != 0)
    return saved;
  saved.isDirectory = S_ISDIR(status.st_mode);
  if (S_ISREG(status.st_mode)) {
    saved.position = uint64_t(std::max<off_t>(lseek(file.host, 0, SEEK_CUR), 0));
    saved.device = status.st_dev;
    saved.inode = status.st_ino;
  }
  saved.flags = uint32_t(fcntl(file.host, F_GETFL) & keptFlags);
  if (file.given) {
    saved.kind = SavedFile::Kind::Given;
    saved.given = *file.given;
    return saved;
  }
  const bool hasPath = S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
  if (hasPath && locate(directories, pathOf(file.host, status), saved))
    saved.kind = SavedFile::Kind::Opened;
  return saved;
}

FileHandle lostFile(const SavedFile &saved) {
  auto file = std::make_shared<File>();
  file->base = saved.base;
  file->inheriting = saved.inheriting;
  file->isLost = true;
  return file;
}

/// A standard stream that is a regular file goes on where it was: it is read from there, and what
/// was written after the state was saved is written again over itself.
void seekStream(const File &file, const SavedFile &saved) {
  struct stat status;
  if (saved.inode == 0 || fstat(file.host, &status) != 0 || !S_ISREG(status.st_mode) ||
      uint64_t(status.st_size) < saved.position)
    return;
  const int flags = fcntl(file.host, F_GETFL);
  const bool isRead = (flags & O_ACCMODE) == O_RDONLY;
  const bool isSame = status.st_dev == saved.device && status.st_ino == saved.inode;
  if (isRead || (isSame && !(flags & O_APPEND)))
    lseek(file.host, off_t(saved.position), SEEK_SET);
}

FileHandle restoreGiven(const std::vector<FileHandle> &given, const SavedFile &saved) {
  const FileHandle file = saved.given < given.size() ? given[saved.given] : nullptr;
  if (!file)
    return lostFile(saved);
  seekStream(*file, saved);
  const Rights base = saved.base & file->base, inheriting = saved.inheriting & file->inheriting;
  if (base == file->base && inheriting == file->inheriting)
    return file;
  return std::make_shared<const File>(withRights(file, base, inheriting));
}

FileHandle restoreOpened(WasiContext &context, const std::vector<FileHandle> &given,
                         const SavedFile &saved) {
  const FileHandle directory = saved.given < given.size() ? given[saved.given] : nullptr;
  if (!directory || directory->type != FileType::Directory || directory->node)
    return lostFile(saved);
  // Without waiting, should it be a pipe now.
  const int flags = int(saved.flags) & keptFlags;
  const int kind = saved.isDirectory ? O_DIRECTORY : 0;
  auto host = context.paths.open(directory->host, saved.path.c_str(),
                                 flags | kind | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  struct stat status;
  if (!host || fstat(host->get(), &status) != 0 ||
      !(saved.isDirectory ? S_ISDIR(status.st_mode) : S_ISREG(status.st_mode)))
    return lostFile(saved);
  fcntl(host->get(), F_SETFL, flags);
  if (!saved.isDirectory && lseek(host->get(), off_t(saved.position), SEEK_SET) < 0)
    return lostFile(saved);
  auto file = std::make_shared<File>();
  file->host = host->get();
  file->owned = std::move(*host);
  file->type = fileTypeOf(status.st_mode);
  file->base = saved.base & directory->inheriting;
  file->inheriting = saved.inheriting & directory->inheriting;
  if (saved.isDirectory)
    file->cookies = std::make_shared<DirectoryCookies>(context.cookieBudget);
  return file;
}

} // namespace

Status checkCanBeSaved(const WasiOptions &options) {
  for (const Preopen &preopen : options.preopens)
    if (preopen.makeTree)
      return fail(ErrorKind::Unsupported,
                  "a checkpoint cannot be taken of a program with a directory that is no directory "
                  "of the system: '" +
                      preopen.guestPath + "'");
  if (options.chaosSeed)
    return fail(ErrorKind::Unsupported,
                "a checkpoint cannot be taken of a program into which faults are injected");
  return {};
}

std::vector<GivenDirectory> givenDirectories(WasiContext &context) {
  std::vector<GivenDirectory> directories;
  for (const FileHandle &file : context.files.handles()) {
    struct stat status;
    if (!file || !file->given || file->type != FileType::Directory || file->node ||
        fstat(file->host, &status) != 0)
      continue;
    std::string path = pathOf(file->host, status);
    if (!path.empty())
      directories.push_back({*file->given, std::move(path), file->inheriting});
  }
  return directories;
}

SavedWorld saveWorld(WasiContext &context, std::span<const GivenDirectory> directories) {
  SavedWorld world;
  for (const FileHandle &file : context.files.handles())
    world.files.push_back(file ? saveFile(directories, *file) : SavedFile());
  world.clocks = context.clocks.save();
  world.randomState = context.random.save();
  world.quotaLeft = context.quota.remaining();
  return world;
}

Status restoreWorld(WasiContext &context, const SavedWorld &world) {
  const std::vector<FileHandle> given = context.files.handles();
  if (world.files.size() > context.maxOpenFiles())
    return fail(ErrorKind::Malformed,
                "the checkpoint has more open files than the program may have");
  std::vector<FileHandle> files;
  for (const SavedFile &saved : world.files)
    switch (saved.kind) {
    case SavedFile::Kind::Closed:
      files.push_back(nullptr);
      break;
    case SavedFile::Kind::Given:
      files.push_back(restoreGiven(given, saved));
      break;
    case SavedFile::Kind::Opened:
      files.push_back(restoreOpened(context, given, saved));
      break;
    case SavedFile::Kind::Lost:
      files.push_back(lostFile(saved));
      break;
    }
  context.files.replace(std::move(files));
  context.clocks.restore(world.clocks);
  context.random.restore(world.randomState);
  context.quota.restore(world.quotaLeft);
  return {};
}

} // namespace w2n::wasi
