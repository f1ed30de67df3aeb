// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// directory-entry-stream.
#include "runtime/component/HostText.h"
#include "runtime/wasi/DirectoryRecords.h"
#include "runtime/wasi/FileOperations.h"
#include "runtime/wasi/p2/Filesystem.h"
#include "runtime/wasi/tree/OpenNode.h"

#include <dirent.h>
#include <fcntl.h>

namespace w2n::wasi::p2 {

namespace {
DescriptorType typeOfEntry(uint8_t type) {
  switch (type) {
  case DT_BLK:
    return DescriptorType::BlockDevice;
  case DT_CHR:
    return DescriptorType::CharacterDevice;
  case DT_DIR:
    return DescriptorType::Directory;
  case DT_FIFO:
    return DescriptorType::Fifo;
  case DT_LNK:
    return DescriptorType::SymbolicLink;
  case DT_REG:
    return DescriptorType::RegularFile;
  case DT_SOCK:
    return DescriptorType::Socket;
  default:
    return DescriptorType::Unknown;
  }
}
} // namespace

Outcome DirectoryEntryStream::fill() {
  // One read lists a part only: a guest may have many streams.
  records.resize(maxRecordBytes);
  at = 0;
  auto bytes = directory->node ? directory->node->list(records, position)
                               : readDirectoryRecords(directory->host, records);
  records.resize(bytes.value_or(0));
  W2N_CHECK(bytes);
  return {};
}

WasiResult<std::optional<DirectoryEntry>> DirectoryEntryStream::next() {
  while (true) {
    if (at == records.size()) {
      W2N_CHECK(fill());
      if (records.empty())
        return std::nullopt;
    }
    auto *record = reinterpret_cast<const HostEntry *>(records.data() + at);
    at += record->recordBytes;
    const std::string_view name(record->name);
    if (name == "." || name == "..")
      continue;
    if (!runtime::isUtf8(name))
      return std::unexpected(Errno::IlSeq);
    return DirectoryEntry{typeOfEntry(record->type), std::string(name)};
  }
}

FileResult<std::unique_ptr<DirectoryEntryStream>> readDirectory(State &state,
                                                                FileDescriptor &self) {
  if (self.file->type != FileType::Directory)
    return std::unexpected(FilesystemError::NotDirectory);
  if (const Outcome allowed = checkRights(*self.file, needs::fdReaddir); !allowed)
    return std::unexpected(toFilesystemError(allowed.error()));
  File file;
  file.type = FileType::Directory;
  if (self.file->node) {
    file.host = self.file->host;
    file.node = self.file->node;
  } else {
    Descriptor again(openat(self.file->host, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!again)
      return std::unexpected(toFilesystemError(systemError().error()));
    file.host = again.get();
    file.owned = std::move(again);
  }
  auto kept = state.keep(std::move(file));
  if (!kept)
    return std::unexpected(toFilesystemError(kept.error()));
  return std::make_unique<DirectoryEntryStream>(std::move(*kept));
}

FileResult<std::optional<DirectoryEntry>> readDirectoryEntry(State &, DirectoryEntryStream &self) {
  auto entry = self.next();
  if (!entry)
    return std::unexpected(toFilesystemError(entry.error()));
  return std::move(*entry);
}

} // namespace w2n::wasi::p2
