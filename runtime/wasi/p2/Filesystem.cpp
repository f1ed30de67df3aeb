// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/Filesystem.h"

#include "runtime/component/HostText.h"
#include "runtime/core/Interrupt.h"
#include "runtime/wasi/HostFlags.h"
#include "runtime/wasi/PathOperations.h"

#include <fcntl.h>

namespace w2n::wasi::p2 {

namespace {

std::unexpected<FilesystemError> failure(Errno error) {
  return std::unexpected(toFilesystemError(error));
}
template <typename T> FileResult<T> toResult(WasiResult<T> result) {
  if (!result)
    return failure(result.error());
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return std::move(*result);
}

/// A path whose text has been checked.
class CheckedPath {
public:
  explicit CheckedPath(std::string_view path)
      : path({reinterpret_cast<const uint8_t *>(path.data()), path.size()}, error) {}
  Errno error = Errno::Success;
  GuestPath path;
};

uint32_t lookupOf(PathFlags flags) { return flags.symlinkFollow ? lookupflags::symlinkFollow : 0; }

DescriptorType typeOf(const struct stat &status) {
  if (S_ISFIFO(status.st_mode))
    return DescriptorType::Fifo;
  switch (fileTypeOf(status.st_mode)) {
  case FileType::Unknown:
    return DescriptorType::Unknown;
  case FileType::BlockDevice:
    return DescriptorType::BlockDevice;
  case FileType::CharacterDevice:
    return DescriptorType::CharacterDevice;
  case FileType::Directory:
    return DescriptorType::Directory;
  case FileType::RegularFile:
    return DescriptorType::RegularFile;
  case FileType::SocketDatagram:
  case FileType::SocketStream:
    return DescriptorType::Socket;
  case FileType::SymbolicLink:
    return DescriptorType::SymbolicLink;
  }
  __builtin_unreachable();
}

DescriptorStat toStat(State &state, const struct stat &status) {
  const Clocks &clocks = state.wasi->clocks;
  return {typeOf(status),
          uint64_t(status.st_nlink),
          uint64_t(status.st_size),
          toDatetime(visibleTimeNs(clocks, status.st_atim)),
          toDatetime(visibleTimeNs(clocks, status.st_mtim)),
          toDatetime(visibleTimeNs(clocks, status.st_ctim))};
}

WasiResult<timespec> toTime(State &state, const NewTimestamp &time) {
  const bool now = std::holds_alternative<NewTimestamp::Now>(time.value);
  const auto *given = std::get_if<NewTimestamp::Timestamp>(&time.value);
  constexpr uint64_t nsOfSecond = 1'000'000'000;
  uint64_t ns = 0;
  if (given) {
    if (given->value.nanoseconds >= nsOfSecond)
      return std::unexpected(Errno::Inval);
    if (given->value.seconds > UINT64_MAX / nsOfSecond - 1)
      return std::unexpected(Errno::Overflow);
    ns = given->value.seconds * nsOfSecond + given->value.nanoseconds;
  }
  return timeToSet(state.wasi->clocks, ns, given != nullptr, now);
}

WasiResult<FileTimes> toTimes(State &state, const NewTimestamp &accessed,
                              const NewTimestamp &modified) {
  W2N_TRY(access, toTime(state, accessed));
  W2N_TRY(modification, toTime(state, modified));
  return FileTimes{{access, modification}};
}

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0xff51afd7ed558ccd;
  return hash ^ hash >> 32;
}

MetadataHash toHash(State &state, const struct stat &status) {
  const uint64_t modifiedNs = visibleTimeNs(state.wasi->clocks, status.st_mtim);
  MetadataHash hash{0x9e3779b97f4a7c15, 0xc4ceb9fe1a85ec53};
  for (uint64_t value :
       {uint64_t(status.st_dev), uint64_t(status.st_ino), uint64_t(status.st_size), modifiedNs}) {
    hash.lower = mixed(hash.lower, value);
    hash.upper = mixed(hash.upper, ~value);
  }
  return hash;
}

/// Tells a host that wants to know (Refusals.h), but for calls that are traced.
void noteRefusal(State &state, std::string_view path, Errno error) {
  if (state.wasi->refused() && !state.wasi->trace())
    state.wasi->refused()({path, error});
}

// The rights that a file may get besides those to read and to write it.
constexpr Rights readingRights = rights::fdRead | rights::fdReaddir;
constexpr Rights writingRights = rights::fdWrite | rights::fdAllocate | rights::fdFilestatSetSize;
constexpr Rights otherRights = (directoryRights | fileRights) & ~readingRights & ~writingRights;

/// Whether a directory lets what is in it be changed.
bool isMutable(const File &directory) { return directory.base & rights::pathCreateFile; }

bool wantsMutation(OpenFlags open, DescriptorFlags flags) {
  return flags.write || flags.mutateDirectory || open.create || open.truncate;
}

OpenHow toOpenHow(PathFlags path, OpenFlags open, DescriptorFlags flags) {
  return {.lookup = lookupOf(path),
          .openFlags =
              (open.create ? oflags::create : 0) | (open.directory ? oflags::directory : 0) |
              (open.exclusive ? oflags::exclusive : 0) | (open.truncate ? oflags::truncate : 0),
          .fdFlags = (flags.fileIntegritySync ? fdflags::sync : 0) |
                     (flags.dataIntegritySync ? fdflags::dsync : 0) |
                     (flags.requestedWriteSync ? fdflags::rsync : 0),
          .base = otherRights | (flags.read || !flags.write ? rights::fdReaddir : 0) |
                  (flags.read ? rights::fdRead : 0) | (flags.write ? writingRights : 0),
          .inheriting = ~Rights(0)};
}

} // namespace

std::vector<std::tuple<std::unique_ptr<FileDescriptor>, std::string>> getDirectories(State &state) {
  std::vector<std::tuple<std::unique_ptr<FileDescriptor>, std::string>> directories;
  for (const FileHandle &file : state.wasi->files.handles())
    if (file && file->preopenName)
      directories.emplace_back(std::make_unique<FileDescriptor>(file), *file->preopenName);
  if (directories.empty())
    noteRefusal(state, "", Errno::Badf);
  return directories;
}

FileResult<std::unique_ptr<InputStream>> readViaStream(State &, FileDescriptor &self,
                                                       uint64_t offset) {
  if (self.file->type == FileType::Directory)
    return failure(Errno::IsDir);
  if (const Outcome allowed = checkRights(*self.file, needs::fdRead); !allowed)
    return failure(Errno::Badf);
  if (offset > INT64_MAX)
    return failure(Errno::Inval);
  const bool hasPosition = self.file->type == FileType::RegularFile;
  return std::make_unique<InputStream>(
      std::make_shared<InputSource>(self.file, hasPosition ? std::optional(offset) : std::nullopt));
}

namespace {
FileResult<std::unique_ptr<OutputStream>> outputTo(FileDescriptor &self, OutputSink::Place place,
                                                   uint64_t offset) {
  if (self.file->type == FileType::Directory)
    return failure(Errno::IsDir);
  if (const Outcome allowed = checkRights(*self.file, needs::fdWrite); !allowed)
    return failure(Errno::Badf);
  if (offset > INT64_MAX)
    return failure(Errno::Inval);
  if (self.file->type != FileType::RegularFile)
    place = OutputSink::Place::InOrder;
  return std::make_unique<OutputStream>(std::make_shared<OutputSink>(self.file, place, offset));
}
} // namespace

FileResult<std::unique_ptr<OutputStream>> writeViaStream(State &, FileDescriptor &self,
                                                         uint64_t offset) {
  return outputTo(self, OutputSink::Place::Position, offset);
}

FileResult<std::unique_ptr<OutputStream>> appendViaStream(State &, FileDescriptor &self) {
  return outputTo(self, OutputSink::Place::End, 0);
}

FileResult<void> advise(State &, FileDescriptor &self, uint64_t offset, uint64_t length,
                        AdviceKind advice) {
  return toResult(adviseFile(*self.file, offset, length, uint32_t(advice)));
}

// "This function succeeds with no effect if the file descriptor is not opened for writing."
FileResult<void> syncData(State &, FileDescriptor &self) {
  if (!checkRights(*self.file, needs::fdDatasync))
    return {};
  return toResult(syncFileData(*self.file));
}

FileResult<void> sync(State &, FileDescriptor &self) {
  if (!checkRights(*self.file, needs::fdSync))
    return {};
  return toResult(syncFile(*self.file));
}

FileResult<DescriptorFlags> getFlags(State &, FileDescriptor &self) {
  const int hostFlags = flagsOfFile(*self.file);
  if (hostFlags < 0)
    return failure(systemError().error());
  const uint32_t flags = guestFdFlags(hostFlags);
  const bool isDirectory = self.file->type == FileType::Directory;
  return DescriptorFlags{.read = (self.file->base & readingRights) != 0,
                         .write = (self.file->base & rights::fdWrite) != 0,
                         .fileIntegritySync = (flags & fdflags::sync) != 0,
                         .dataIntegritySync = (flags & fdflags::dsync) != 0,
                         .requestedWriteSync = (flags & fdflags::rsync) != 0,
                         .mutateDirectory = isDirectory && isMutable(*self.file)};
}

FileResult<DescriptorType> getType(State &, FileDescriptor &self) {
  const auto status = statusWithoutRights(*self.file);
  if (!status)
    return failure(status.error());
  return typeOf(*status);
}

FileResult<void> setSize(State &state, FileDescriptor &self, uint64_t size) {
  return toResult(setFileSize(*state.wasi, *self.file, size));
}

FileResult<void> setTimes(State &state, FileDescriptor &self, NewTimestamp accessed,
                          NewTimestamp modified) {
  const auto times = toTimes(state, accessed, modified);
  if (!times)
    return failure(times.error());
  return toResult(setFileTimes(*self.file, *times));
}

Result<FileResult<std::tuple<ByteBuffer, bool>>> readAt(State &, FileDescriptor &self,
                                                        uint64_t length, uint64_t offset) {
  using Read = FileResult<std::tuple<ByteBuffer, bool>>;
  constexpr uint64_t maxReadBytes = 256 << 10;
  if (self.file->type == FileType::Directory)
    return Read(failure(Errno::IsDir));
  if (offset > INT64_MAX)
    return Read(failure(Errno::Inval));
  ByteBuffer buffer(std::min(length, maxReadBytes));
  const auto bytes = readFileAt(*self.file, IoVectors{Bytes(buffer.span())}, offset);
  if (!bytes && runtime::isInterrupted())
    return interrupted();
  if (!bytes)
    return Read(failure(bytes.error()));
  const bool atEnd = *bytes == 0 && length != 0;
  buffer.cutTo(size_t(*bytes));
  return Read(std::tuple(std::move(buffer), atEnd));
}

Result<FileResult<uint64_t>> writeAt(State &state, FileDescriptor &self, Bytes buffer,
                                     uint64_t offset) {
  using Written = FileResult<uint64_t>;
  if (self.file->type == FileType::Directory)
    return Written(failure(Errno::IsDir));
  if (offset > INT64_MAX)
    return Written(failure(Errno::Inval));
  const auto bytes = writeFileAt(*state.wasi, *self.file, IoVectors(buffer), offset);
  if (!bytes && runtime::isInterrupted())
    return interrupted();
  if (!bytes)
    return Written(failure(bytes.error()));
  return Written(uint64_t(*bytes));
}

FileResult<DescriptorStat> stat(State &state, FileDescriptor &self) {
  const auto status = statusOfFile(*self.file);
  if (!status)
    return failure(status.error());
  return toStat(state, *status);
}

FileResult<MetadataHash> metadataHash(State &state, FileDescriptor &self) {
  const auto status = statusOfFile(*self.file);
  if (!status)
    return failure(status.error());
  return toHash(state, *status);
}

bool isSameObject(State &, FileDescriptor &self, FileDescriptor &other) {
  const auto a = statusWithoutRights(*self.file), b = statusWithoutRights(*other.file);
  return a && b && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

std::optional<FilesystemError> filesystemErrorCode(State &, IoError &err) {
  if (err.isNetwork)
    return std::nullopt;
  return toFilesystemError(err.error);
}

// On paths.

namespace {
/// `operation(path)`, if `text` is a path.
template <typename T, typename Operation>
FileResult<T> onPath(State &state, std::string_view text, Operation operation) {
  const CheckedPath checked(text);
  if (checked.error != Errno::Success)
    return failure(checked.error);
  FileResult<T> result = operation(checked.path);
  if (!result && (result.error() == FilesystemError::NotPermitted ||
                  result.error() == FilesystemError::ReadOnly))
    noteRefusal(state, text, Errno::NotCapable);
  return result;
}
} // namespace

FileResult<void> createDirectoryAt(State &state, FileDescriptor &self, std::string_view path) {
  return onPath<void>(state, path, [&](const GuestPath &checked) {
    return toResult(createDirectory(*state.wasi, *self.file, checked));
  });
}

FileResult<DescriptorStat> statAt(State &state, FileDescriptor &self, PathFlags flags,
                                  std::string_view path) {
  return onPath<DescriptorStat>(
      state, path, [&](const GuestPath &checked) -> FileResult<DescriptorStat> {
        const auto status = statusOfPath(*state.wasi, *self.file, lookupOf(flags), checked);
        if (!status)
          return failure(status.error());
        return toStat(state, *status);
      });
}

FileResult<MetadataHash> metadataHashAt(State &state, FileDescriptor &self, PathFlags flags,
                                        std::string_view path) {
  return onPath<MetadataHash>(
      state, path, [&](const GuestPath &checked) -> FileResult<MetadataHash> {
        const auto status = statusOfPath(*state.wasi, *self.file, lookupOf(flags), checked);
        if (!status)
          return failure(status.error());
        return toHash(state, *status);
      });
}

FileResult<void> setTimesAt(State &state, FileDescriptor &self, PathFlags flags,
                            std::string_view path, NewTimestamp accessed, NewTimestamp modified) {
  return onPath<void>(state, path, [&](const GuestPath &checked) -> FileResult<void> {
    const auto times = toTimes(state, accessed, modified);
    if (!times)
      return failure(times.error());
    return toResult(setPathTimes(*state.wasi, *self.file, lookupOf(flags), checked, *times));
  });
}

FileResult<void> linkAt(State &state, FileDescriptor &self, PathFlags oldFlags,
                        std::string_view oldPath, FileDescriptor &newDescriptor,
                        std::string_view newPath) {
  // As with preview 1: a link's target is never what gets linked.
  if (oldFlags.symlinkFollow)
    return failure(Errno::Inval);
  return onPath<void>(state, oldPath, [&](const GuestPath &from) {
    return onPath<void>(state, newPath, [&](const GuestPath &to) {
      return toResult(linkPath(*state.wasi, *self.file, from, *newDescriptor.file, to));
    });
  });
}

FileResult<std::unique_ptr<FileDescriptor>> openAt(State &state, FileDescriptor &self,
                                                   PathFlags flags, std::string_view path,
                                                   OpenFlags openFlags,
                                                   DescriptorFlags descriptorFlags) {
  using Opened = FileResult<std::unique_ptr<FileDescriptor>>;
  return onPath<std::unique_ptr<FileDescriptor>>(
      state, path, [&](const GuestPath &checked) -> Opened {
        const File &directory = *self.file;
        if (directory.type == FileType::Directory && !isMutable(directory) &&
            wantsMutation(openFlags, descriptorFlags))
          return failure(Errno::Rofs);
        auto opened =
            openPath(*state.wasi, directory, checked, toOpenHow(flags, openFlags, descriptorFlags));
        if (!opened)
          return failure(opened.error());
        if (opened->type == FileType::Directory && descriptorFlags.write)
          return failure(Errno::IsDir);
        auto kept = state.keep(std::move(*opened));
        if (!kept)
          return failure(kept.error());
        return std::make_unique<FileDescriptor>(std::move(*kept));
      });
}

FileResult<std::string> readlinkAt(State &state, FileDescriptor &self, std::string_view path) {
  return onPath<std::string>(state, path, [&](const GuestPath &checked) -> FileResult<std::string> {
    uint8_t buffer[PATH_MAX];
    const auto bytes = readLink(*state.wasi, *self.file, checked, buffer);
    if (!bytes)
      return failure(bytes.error());
    std::string target(reinterpret_cast<const char *>(buffer), *bytes);
    if (target.starts_with('/'))
      return failure(Errno::NotCapable);
    if (!runtime::isUtf8(target))
      return failure(Errno::IlSeq);
    return target;
  });
}

FileResult<void> removeDirectoryAt(State &state, FileDescriptor &self, std::string_view path) {
  return onPath<void>(state, path, [&](const GuestPath &checked) {
    return toResult(removeDirectory(*state.wasi, *self.file, checked));
  });
}

FileResult<void> renameAt(State &state, FileDescriptor &self, std::string_view oldPath,
                          FileDescriptor &newDescriptor, std::string_view newPath) {
  return onPath<void>(state, oldPath, [&](const GuestPath &from) {
    return onPath<void>(state, newPath, [&](const GuestPath &to) {
      return toResult(renamePath(*state.wasi, *self.file, from, *newDescriptor.file, to));
    });
  });
}

FileResult<void> symlinkAt(State &state, FileDescriptor &self, std::string_view oldPath,
                           std::string_view newPath) {
  return onPath<void>(state, oldPath, [&](const GuestPath &target) {
    return onPath<void>(state, newPath, [&](const GuestPath &checked) {
      return toResult(makeSymlink(*state.wasi, target, *self.file, checked));
    });
  });
}

FileResult<void> unlinkFileAt(State &state, FileDescriptor &self, std::string_view path) {
  return onPath<void>(state, path, [&](const GuestPath &checked) {
    return toResult(unlinkFile(*state.wasi, *self.file, checked));
  });
}

} // namespace w2n::wasi::p2
