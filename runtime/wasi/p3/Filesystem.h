// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:filesystem of 0.3: the functions of 0.2 with its types.
#pragma once

#include "runtime/wasi/p2/Filesystem.h"
#include "runtime/wasi/p3/ByteStreams.h"
#include "runtime/wasi/p3/Clocks.h"
#include "runtime/wasi/p3/Codes.h"

namespace w2n::wasi::p3 {

using p2::AdviceKind;
using p2::DescriptorFlags;
using p2::MetadataHash;
using p2::OpenFlags;
using p2::PathFlags;

namespace detail {
inline constexpr auto descriptorLabels =
    std::to_array<std::string_view>({"block-device", "character-device", "directory", "fifo",
                                     "symbolic-link", "regular-file", "socket", "other"});
} // namespace detail
using DescriptorType = Code<detail::descriptorLabels>;
using DescriptorStat = p2::DescriptorStatOf<DescriptorType, Instant>;
using NewTimestamp = p2::NewTimestampOf<Instant>;
using DirectoryEntry = p2::DirectoryEntryOf<DescriptorType>;

class Descriptor final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:filesystem/types", "descriptor"};
  explicit Descriptor(FileHandle file) : inner(std::move(file)) {}
  p2::FileDescriptor inner;
};

template <typename T> using FileResult = std::expected<T, FilesystemCode>;
using FileEnd = FutureEnd<Ended<FilesystemCode>>;

std::vector<std::tuple<std::unique_ptr<Descriptor>, std::string>> preopens(State &state);

Result<Reading<FilesystemCode>> readViaStream(State &, HostTasks &, Descriptor &self,
                                              uint64_t offset);
Result<FileEnd> writeViaStream(State &, HostTasks &, Descriptor &self, StreamEnd<uint8_t> data,
                               uint64_t offset);
Result<FileEnd> appendViaStream(State &, HostTasks &, Descriptor &self, StreamEnd<uint8_t> data);
Result<std::tuple<StreamEnd<DirectoryEntry>, FileEnd>> readDirectory(State &, HostTasks &,
                                                                     Descriptor &self);

FileResult<void> advise(State &, Descriptor &self, uint64_t offset, uint64_t length,
                        AdviceKind advice);
FileResult<void> syncData(State &, Descriptor &self);
FileResult<DescriptorFlags> getFlags(State &, Descriptor &self);
FileResult<DescriptorType> getType(State &, Descriptor &self);
FileResult<void> setSize(State &, Descriptor &self, uint64_t size);
FileResult<void> setTimes(State &, Descriptor &self, NewTimestamp accessed, NewTimestamp modified);
FileResult<void> sync(State &, Descriptor &self);
FileResult<DescriptorStat> stat(State &, Descriptor &self);
bool isSameObject(State &, Descriptor &self, Descriptor &other);
FileResult<MetadataHash> metadataHash(State &, Descriptor &self);

FileResult<void> createDirectoryAt(State &, Descriptor &self, std::string path);
FileResult<DescriptorStat> statAt(State &, Descriptor &self, PathFlags flags, std::string path);
FileResult<void> setTimesAt(State &, Descriptor &self, PathFlags flags, std::string path,
                            NewTimestamp accessed, NewTimestamp modified);
FileResult<void> linkAt(State &, Descriptor &self, PathFlags oldFlags, std::string oldPath,
                        Descriptor &newDescriptor, std::string newPath);
FileResult<std::unique_ptr<Descriptor>> openAt(State &, Descriptor &self, PathFlags flags,
                                               std::string path, OpenFlags openFlags,
                                               DescriptorFlags descriptorFlags);
FileResult<std::string> readlinkAt(State &, Descriptor &self, std::string path);
FileResult<void> removeDirectoryAt(State &, Descriptor &self, std::string path);
FileResult<void> renameAt(State &, Descriptor &self, std::string oldPath, Descriptor &newDescriptor,
                          std::string newPath);
FileResult<void> symlinkAt(State &, Descriptor &self, std::string oldPath, std::string newPath);
FileResult<void> unlinkFileAt(State &, Descriptor &self, std::string path);
FileResult<MetadataHash> metadataHashAt(State &, Descriptor &self, PathFlags flags,
                                        std::string path);

} // namespace w2n::wasi::p3
