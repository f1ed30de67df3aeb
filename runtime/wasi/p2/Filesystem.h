// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:filesystem. A descriptor is a file with rights, as preview 1 has it (FileTable.h): what
// descriptor-flags says are rights.
#pragma once

#include "runtime/wasi/p2/ClocksAndRandom.h"
#include "runtime/wasi/p2/Streams.h"

namespace w2n::wasi::p2 {

using runtime::member;

enum class DescriptorType : uint8_t {
  Unknown,
  BlockDevice,
  CharacterDevice,
  Directory,
  Fifo,
  SymbolicLink,
  RegularFile,
  Socket,
};
constexpr auto witCases(DescriptorType) {
  return std::to_array<std::string_view>({"unknown", "block-device", "character-device",
                                          "directory", "fifo", "symbolic-link", "regular-file",
                                          "socket"});
}

struct DescriptorFlags {
  bool read = false, write = false;
  bool fileIntegritySync = false, dataIntegritySync = false, requestedWriteSync = false;
  bool mutateDirectory = false;
  static constexpr auto flags() {
    return std::tuple{member("read", &DescriptorFlags::read),
                      member("write", &DescriptorFlags::write),
                      member("file-integrity-sync", &DescriptorFlags::fileIntegritySync),
                      member("data-integrity-sync", &DescriptorFlags::dataIntegritySync),
                      member("requested-write-sync", &DescriptorFlags::requestedWriteSync),
                      member("mutate-directory", &DescriptorFlags::mutateDirectory)};
  }
};
struct PathFlags {
  bool symlinkFollow = false;
  static constexpr auto flags() {
    return std::tuple{member("symlink-follow", &PathFlags::symlinkFollow)};
  }
};
struct OpenFlags {
  bool create = false, directory = false, exclusive = false, truncate = false;
  static constexpr auto flags() {
    return std::tuple{
        member("create", &OpenFlags::create), member("directory", &OpenFlags::directory),
        member("exclusive", &OpenFlags::exclusive), member("truncate", &OpenFlags::truncate)};
  }
};
enum class AdviceKind : uint8_t { Normal, Sequential, Random, WillNeed, DontNeed, NoReuse };
constexpr auto witCases(AdviceKind) {
  return std::to_array<std::string_view>(
      {"normal", "sequential", "random", "will-need", "dont-need", "no-reuse"});
}

/// Types that the versions of WASI have with types of files and times of their own.
template <typename Type, typename Time> struct DescriptorStatOf {
  Type type{};
  uint64_t linkCount = 0, size = 0;
  std::optional<Time> accessed, modified, changed;
  static constexpr auto fields() {
    return std::tuple{member("type", &DescriptorStatOf::type),
                      member("link-count", &DescriptorStatOf::linkCount),
                      member("size", &DescriptorStatOf::size),
                      member("data-access-timestamp", &DescriptorStatOf::accessed),
                      member("data-modification-timestamp", &DescriptorStatOf::modified),
                      member("status-change-timestamp", &DescriptorStatOf::changed)};
  }
};
template <typename Time> struct NewTimestampOf {
  struct NoChange {};
  struct Now {};
  struct Timestamp {
    Time value;
  };
  std::variant<NoChange, Now, Timestamp> value;
  static constexpr std::array<std::string_view, 3> cases = {"no-change", "now", "timestamp"};
};
template <typename Type> struct DirectoryEntryOf {
  Type type{};
  std::string name;
  static constexpr auto fields() {
    return std::tuple{member("type", &DirectoryEntryOf::type),
                      member("name", &DirectoryEntryOf::name)};
  }
};
using DescriptorStat = DescriptorStatOf<DescriptorType, Datetime>;
using NewTimestamp = NewTimestampOf<Datetime>;
using DirectoryEntry = DirectoryEntryOf<DescriptorType>;
struct MetadataHash {
  uint64_t lower = 0, upper = 0;
  static constexpr auto fields() {
    return std::tuple{member("lower", &MetadataHash::lower), member("upper", &MetadataHash::upper)};
  }
};

class FileDescriptor final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:filesystem/types", "descriptor"};
  explicit FileDescriptor(FileHandle file) : file(std::move(file)) {}
  const FileHandle file;
};

/// A directory that was opened again, with a position of its own.
class DirectoryEntryStream final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:filesystem/types", "directory-entry-stream"};
  explicit DirectoryEntryStream(FileHandle directory) : directory(std::move(directory)) {}
  WasiResult<std::optional<DirectoryEntry>> next();

private:
  Outcome fill();

  const FileHandle directory;
  std::vector<char> records;
  size_t at = 0;
  int64_t position = 0; ///< in a directory of a tree; the host's has its own
};

template <typename T> using FileResult = std::expected<T, FilesystemError>;

std::vector<std::tuple<std::unique_ptr<FileDescriptor>, std::string>> getDirectories(State &state);

FileResult<std::unique_ptr<InputStream>> readViaStream(State &, FileDescriptor &self,
                                                       uint64_t offset);
FileResult<std::unique_ptr<OutputStream>> writeViaStream(State &, FileDescriptor &self,
                                                         uint64_t offset);
FileResult<std::unique_ptr<OutputStream>> appendViaStream(State &, FileDescriptor &self);
FileResult<void> advise(State &, FileDescriptor &self, uint64_t offset, uint64_t length,
                        AdviceKind advice);
FileResult<void> syncData(State &, FileDescriptor &self);
FileResult<DescriptorFlags> getFlags(State &, FileDescriptor &self);
FileResult<DescriptorType> getType(State &, FileDescriptor &self);
FileResult<void> setSize(State &, FileDescriptor &self, uint64_t size);
FileResult<void> setTimes(State &, FileDescriptor &self, NewTimestamp accessed,
                          NewTimestamp modified);
Result<FileResult<std::tuple<ByteBuffer, bool>>> readAt(State &, FileDescriptor &self,
                                                        uint64_t length, uint64_t offset);
Result<FileResult<uint64_t>> writeAt(State &, FileDescriptor &self, Bytes buffer, uint64_t offset);
FileResult<std::unique_ptr<DirectoryEntryStream>> readDirectory(State &, FileDescriptor &self);
FileResult<void> sync(State &, FileDescriptor &self);
FileResult<void> createDirectoryAt(State &, FileDescriptor &self, std::string_view path);
FileResult<DescriptorStat> stat(State &, FileDescriptor &self);
FileResult<DescriptorStat> statAt(State &, FileDescriptor &self, PathFlags flags,
                                  std::string_view path);
FileResult<void> setTimesAt(State &, FileDescriptor &self, PathFlags flags, std::string_view path,
                            NewTimestamp accessed, NewTimestamp modified);
FileResult<void> linkAt(State &, FileDescriptor &self, PathFlags oldFlags, std::string_view oldPath,
                        FileDescriptor &newDescriptor, std::string_view newPath);
FileResult<std::unique_ptr<FileDescriptor>> openAt(State &, FileDescriptor &self, PathFlags flags,
                                                   std::string_view path, OpenFlags openFlags,
                                                   DescriptorFlags descriptorFlags);
FileResult<std::string> readlinkAt(State &, FileDescriptor &self, std::string_view path);
FileResult<void> removeDirectoryAt(State &, FileDescriptor &self, std::string_view path);
FileResult<void> renameAt(State &, FileDescriptor &self, std::string_view oldPath,
                          FileDescriptor &newDescriptor, std::string_view newPath);
FileResult<void> symlinkAt(State &, FileDescriptor &self, std::string_view oldPath,
                           std::string_view newPath);
FileResult<void> unlinkFileAt(State &, FileDescriptor &self, std::string_view path);
bool isSameObject(State &, FileDescriptor &self, FileDescriptor &other);
FileResult<MetadataHash> metadataHash(State &, FileDescriptor &self);
FileResult<MetadataHash> metadataHashAt(State &, FileDescriptor &self, PathFlags flags,
                                        std::string_view path);
FileResult<std::optional<DirectoryEntry>> readDirectoryEntry(State &, DirectoryEntryStream &self);
std::optional<FilesystemError> filesystemErrorCode(State &, IoError &err);

} // namespace w2n::wasi::p2
