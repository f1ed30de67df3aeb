#include "runtime/wasi/FileTable.h"

#include "lib/support/Error.h"

#include <algorithm>

namespace w2n::wasi {

namespace {
// The host's own limit is usually lower; this one holds where there is none.
constexpr size_t maxFiles = 65536;
} // namespace

WasiResult<File *> FileTable::find(uint32_t fd, Rights needed) {
  if (fd >= files.size() || !files[fd])
    return std::unexpected(Errno::Badf);
  File &file = *files[fd];
  if ((file.base & needed) != needed)
    return std::unexpected(Errno::NotCapable);
  return &file;
}

WasiResult<File *> FileTable::findDirectory(uint32_t fd, Rights needed) {
  W2N_TRY(file, find(fd));
  if (file->type != FileType::Directory)
    return std::unexpected(Errno::NotDir);
  return find(fd, needed);
}

WasiResult<uint32_t> FileTable::add(File file) {
  auto free = std::ranges::find_if(files, [](const auto &entry) { return !entry; });
  if (free == files.end()) {
    if (files.size() == maxFiles)
      return std::unexpected(Errno::Mfile);
    free = files.emplace(files.end());
  }
  *free = std::move(file);
  return uint32_t(free - files.begin());
}

Outcome FileTable::close(uint32_t fd) {
  W2N_CHECK(find(fd));
  files[fd].reset();
  return {};
}

Outcome FileTable::renumber(uint32_t from, uint32_t to) {
  W2N_CHECK(find(from));
  W2N_CHECK(find(to));
  if (from == to)
    return {};
  files[to] = std::move(files[from]);
  files[from].reset();
  return {};
}

FileType fileTypeOf(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFBLK:
    return FileType::BlockDevice;
  case S_IFCHR:
    return FileType::CharacterDevice;
  case S_IFDIR:
    return FileType::Directory;
  case S_IFREG:
    return FileType::RegularFile;
  case S_IFLNK:
    return FileType::SymbolicLink;
  case S_IFSOCK:
    return FileType::SocketStream;
  default:
    return FileType::Unknown; // pipes: WASI has no type for them
  }
}

} // namespace w2n::wasi
