// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p3/Filesystem.h"

namespace w2n::wasi::p3 {

namespace {

/// A result of 0.2, with the value that `convert` makes.
template <typename T, typename Convert>
auto converted(p2::FileResult<T> result, Convert convert)
    -> FileResult<decltype(convert(std::move(*result)))> {
  if (!result)
    return std::unexpected(toFilesystemCode(result.error()));
  return convert(std::move(*result));
}
template <typename T> FileResult<T> converted(p2::FileResult<T> result) {
  if (!result)
    return std::unexpected(toFilesystemCode(result.error()));
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return std::move(*result);
}

DescriptorType toType(p2::DescriptorType type) {
  return DescriptorType::of(witCases(type)[size_t(type)]);
}

std::optional<Instant> toInstantIf(const std::optional<p2::Datetime> &time) {
  return time ? std::optional(toInstant(*time)) : std::nullopt;
}

DescriptorStat toStat(p2::DescriptorStat stat) {
  return {
      toType(stat.type),          stat.linkCount,           stat.size, toInstantIf(stat.accessed),
      toInstantIf(stat.modified), toInstantIf(stat.changed)};
}

/// Times before 1970 cannot be set.
std::expected<p2::NewTimestamp, FilesystemCode> toTimestamp(const NewTimestamp &time) {
  if (std::holds_alternative<NewTimestamp::Now>(time.value))
    return p2::NewTimestamp{p2::NewTimestamp::Now()};
  const auto *given = std::get_if<NewTimestamp::Timestamp>(&time.value);
  if (!given)
    return p2::NewTimestamp{p2::NewTimestamp::NoChange()};
  if (given->value.seconds < 0)
    return std::unexpected(filesystemCodeOf(Errno::Overflow));
  return p2::NewTimestamp{p2::NewTimestamp::Timestamp{
      p2::Datetime{uint64_t(given->value.seconds), given->value.nanoseconds}}};
}

/// The source or sink of a stream of 0.2.
template <typename Stream>
auto streamOf(p2::FileResult<std::unique_ptr<Stream>> stream, auto Stream::*member)
    -> FileResult<std::remove_cvref_t<decltype((**stream).*member)>> {
  if (!stream)
    return std::unexpected(toFilesystemCode(stream.error()));
  return (**stream).*member;
}

} // namespace

std::vector<std::tuple<std::unique_ptr<Descriptor>, std::string>> preopens(State &state) {
  std::vector<std::tuple<std::unique_ptr<Descriptor>, std::string>> directories;
  for (auto &[directory, name] : p2::getDirectories(state))
    directories.emplace_back(std::make_unique<Descriptor>(directory->file), std::move(name));
  return directories;
}

Result<Reading<FilesystemCode>> readViaStream(State &state, HostTasks &tasks, Descriptor &self,
                                              uint64_t offset) {
  return readFrom<FilesystemCode>(
      state, tasks,
      streamOf(p2::readViaStream(state, self.inner, offset), &p2::InputStream::source),
      filesystemCodeOf);
}

Result<FileEnd> writeViaStream(State &state, HostTasks &tasks, Descriptor &self,
                               StreamEnd<uint8_t> data, uint64_t offset) {
  return writeTo<FilesystemCode>(
      state, tasks, std::move(data),
      streamOf(p2::writeViaStream(state, self.inner, offset), &p2::OutputStream::sink),
      filesystemCodeOf);
}

Result<FileEnd> appendViaStream(State &state, HostTasks &tasks, Descriptor &self,
                                StreamEnd<uint8_t> data) {
  return writeTo<FilesystemCode>(
      state, tasks, std::move(data),
      streamOf(p2::appendViaStream(state, self.inner), &p2::OutputStream::sink), filesystemCodeOf);
}

namespace {

/// Gives the guest entries while it reads some.
Result<Ended<FilesystemCode>> listEntries(State &state, p2::DirectoryEntryStream &entries,
                                          runtime::StreamWriter<DirectoryEntry> writer) {
  constexpr size_t entriesAtOnce = 32;
  for (;;) {
    W2N_TRY(isWanted, writer.waitForReader());
    if (!isWanted)
      return Ended<FilesystemCode>();
    std::vector<DirectoryEntry> some;
    std::optional<Errno> failed;
    bool isAtEnd = false;
    while (some.size() < entriesAtOnce && !failed && !isAtEnd) {
      auto entry = entries.next();
      if (!entry)
        failed = entry.error();
      else if (!*entry)
        isAtEnd = true;
      else
        some.push_back({toType((*entry)->type), std::move((*entry)->name)});
    }
    W2N_TRY(isRead, writer.write(std::move(some), state));
    if (failed)
      return Ended<FilesystemCode>(std::unexpected(filesystemCodeOf(*failed)));
    if (!isRead || isAtEnd)
      return Ended<FilesystemCode>();
  }
}

} // namespace

Result<std::tuple<StreamEnd<DirectoryEntry>, FileEnd>> readDirectory(State &state, HostTasks &tasks,
                                                                     Descriptor &self) {
  W2N_TRY(stream, tasks.makeStream(/*isFuture=*/false));
  W2N_TRY(future, tasks.makeStream(/*isFuture=*/true));
  auto opened = p2::readDirectory(state, self.inner);
  if (!opened) {
    stream->drop();
    Ended<FilesystemCode> ended = std::unexpected(toFilesystemCode(opened.error()));
    W2N_CHECK(resolve(tasks, *future, state, std::move(ended)));
  } else {
    W2N_CHECK(
        tasks.spawn([&state, &tasks, stream, future, entries = std::move(*opened)]() -> Status {
          W2N_TRY(ended, listEntries(state, *entries, {tasks, stream}));
          return resolve(tasks, *future, state, std::move(ended));
        }));
  }
  return std::tuple(StreamEnd<DirectoryEntry>{stream}, FileEnd{future});
}

FileResult<void> advise(State &state, Descriptor &self, uint64_t offset, uint64_t length,
                        AdviceKind advice) {
  return converted(p2::advise(state, self.inner, offset, length, advice));
}
FileResult<void> syncData(State &state, Descriptor &self) {
  return converted(p2::syncData(state, self.inner));
}
FileResult<DescriptorFlags> getFlags(State &state, Descriptor &self) {
  return converted(p2::getFlags(state, self.inner));
}
FileResult<DescriptorType> getType(State &state, Descriptor &self) {
  return converted(p2::getType(state, self.inner), toType);
}
FileResult<void> setSize(State &state, Descriptor &self, uint64_t size) {
  return converted(p2::setSize(state, self.inner, size));
}
FileResult<void> setTimes(State &state, Descriptor &self, NewTimestamp accessed,
                          NewTimestamp modified) {
  W2N_TRY(access, toTimestamp(accessed));
  W2N_TRY(modification, toTimestamp(modified));
  return converted(p2::setTimes(state, self.inner, access, modification));
}
FileResult<void> sync(State &state, Descriptor &self) {
  return converted(p2::sync(state, self.inner));
}
FileResult<DescriptorStat> stat(State &state, Descriptor &self) {
  return converted(p2::stat(state, self.inner), toStat);
}
bool isSameObject(State &state, Descriptor &self, Descriptor &other) {
  return p2::isSameObject(state, self.inner, other.inner);
}
FileResult<MetadataHash> metadataHash(State &state, Descriptor &self) {
  return converted(p2::metadataHash(state, self.inner));
}

// On paths.

FileResult<void> createDirectoryAt(State &state, Descriptor &self, std::string path) {
  return converted(p2::createDirectoryAt(state, self.inner, path));
}
FileResult<DescriptorStat> statAt(State &state, Descriptor &self, PathFlags flags,
                                  std::string path) {
  return converted(p2::statAt(state, self.inner, flags, path), toStat);
}
FileResult<void> setTimesAt(State &state, Descriptor &self, PathFlags flags, std::string path,
                            NewTimestamp accessed, NewTimestamp modified) {
  W2N_TRY(access, toTimestamp(accessed));
  W2N_TRY(modification, toTimestamp(modified));
  return converted(p2::setTimesAt(state, self.inner, flags, path, access, modification));
}
FileResult<void> linkAt(State &state, Descriptor &self, PathFlags oldFlags, std::string oldPath,
                        Descriptor &newDescriptor, std::string newPath) {
  return converted(p2::linkAt(state, self.inner, oldFlags, oldPath, newDescriptor.inner, newPath));
}
FileResult<std::unique_ptr<Descriptor>> openAt(State &state, Descriptor &self, PathFlags flags,
                                               std::string path, OpenFlags openFlags,
                                               DescriptorFlags descriptorFlags) {
  return converted(p2::openAt(state, self.inner, flags, path, openFlags, descriptorFlags),
                   [](auto opened) { return std::make_unique<Descriptor>(opened->file); });
}
FileResult<std::string> readlinkAt(State &state, Descriptor &self, std::string path) {
  return converted(p2::readlinkAt(state, self.inner, path));
}
FileResult<void> removeDirectoryAt(State &state, Descriptor &self, std::string path) {
  return converted(p2::removeDirectoryAt(state, self.inner, path));
}
FileResult<void> renameAt(State &state, Descriptor &self, std::string oldPath,
                          Descriptor &newDescriptor, std::string newPath) {
  return converted(p2::renameAt(state, self.inner, oldPath, newDescriptor.inner, newPath));
}
FileResult<void> symlinkAt(State &state, Descriptor &self, std::string oldPath,
                           std::string newPath) {
  return converted(p2::symlinkAt(state, self.inner, oldPath, newPath));
}
FileResult<void> unlinkFileAt(State &state, Descriptor &self, std::string path) {
  return converted(p2::unlinkFileAt(state, self.inner, path));
}
FileResult<MetadataHash> metadataHashAt(State &state, Descriptor &self, PathFlags flags,
                                        std::string path) {
  return converted(p2::metadataHashAt(state, self.inner, flags, path));
}

} // namespace w2n::wasi::p3
