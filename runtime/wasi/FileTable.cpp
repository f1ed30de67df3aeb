// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/FileTable.h"

#include "lib/support/Error.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>

namespace w2n::wasi {

File withRights(const FileHandle &handle, Rights base, Rights inheriting) {
  return {.host = handle->host,
          .owned = {},
          .narrowed = handle->narrowed ? handle->narrowed : handle,
          .type = handle->type,
          .base = base,
          .inheriting = inheriting,
          .preopenName = handle->preopenName,
          .inOrder = handle->inOrder,
          .isTerminal = handle->isTerminal,
          .filter = handle->filter,
          .cookies = handle->cookies,
          .stream = handle->stream,
          .node = handle->node,
          .chaos = handle->chaos,
          .given = handle->given,
          .isLost = handle->isLost};
}

WasiResult<FileHandle> FileTable::find(uint32_t fd, Needs needs) {
  std::lock_guard guard(lock);
  if (!isOpen(fd))
    return std::unexpected(Errno::Badf);
  if (files[fd]->isLost)
    return std::unexpected(Errno::ConnReset);
  if (!needs.areMetBy(files[fd]->base))
    return std::unexpected(Errno::NotCapable);
  return files[fd];
}

WasiResult<FileHandle> FileTable::findDirectory(uint32_t fd, Needs needs) {
  W2N_TRY(file, find(fd));
  if (file->type != FileType::Directory)
    return std::unexpected(Errno::NotDir);
  if (!needs.areMetBy(file->base))
    return std::unexpected(Errno::NotCapable);
  return file;
}

WasiResult<uint32_t> FileTable::add(File file) {
  file.chaos = chaos;
  auto handle = std::make_shared<const File>(std::move(file));
  std::lock_guard guard(lock);
  auto free = std::ranges::find(files, nullptr);
  if (free == files.end()) {
    if (files.size() >= maxFiles)
      return std::unexpected(Errno::Mfile);
    // From time to time, for all files until the next.
    constexpr size_t stepFiles = 256;
    if (files.size() % stepFiles == 0 &&
        !platform::hasRoom(stepFiles * sizeof(File) + 2 * files.size() * sizeof(FileHandle)))
      return std::unexpected(Errno::NoMem);
    free = files.emplace(files.end());
  }
  *free = std::move(handle);
  return uint32_t(free - files.begin());
}

void FileTable::append(std::optional<File> file) {
  std::lock_guard guard(lock);
  if (file) {
    file->chaos = chaos;
    file->given = uint32_t(files.size());
  }
  files.push_back(file ? std::make_shared<const File>(std::move(*file)) : nullptr);
}

bool FileTable::isOverfull() {
  std::lock_guard guard(lock);
  return files.size() > maxFiles;
}

Outcome FileTable::narrow(uint32_t fd, Rights base, Rights inheriting) {
  std::lock_guard guard(lock);
  if (!isOpen(fd))
    return std::unexpected(Errno::Badf);
  const FileHandle &old = files[fd];
  if ((base & ~old->base) || (inheriting & ~old->inheriting))
    return std::unexpected(Errno::NotCapable);
  files[fd] = std::make_shared<const File>(withRights(old, base, inheriting));
  return {};
}

Outcome FileTable::close(uint32_t fd) {
  FileHandle closed; // closes the host's descriptor after the lock is free
  std::lock_guard guard(lock);
  if (!isOpen(fd))
    return std::unexpected(Errno::Badf);
  closed.swap(files[fd]);
  return {};
}

Outcome FileTable::renumber(uint32_t from, uint32_t to) {
  FileHandle closed;
  std::lock_guard guard(lock);
  if (!isOpen(from) || !isOpen(to))
    return std::unexpected(Errno::Badf);
  if (from == to)
    return {};
  closed.swap(files[to]);
  files[to].swap(files[from]);
  return {};
}

std::vector<FileHandle> FileTable::handles() {
  std::lock_guard guard(lock);
  return files;
}

void FileTable::replace(std::vector<FileHandle> handles) {
  std::lock_guard guard(lock);
  files.swap(handles); // the old ones are closed after the lock is free
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
