// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// fd_readdir. What a cookie stands for is in DirectoryCookies.h; any number from the guest is only
// a place to look for.
#include "runtime/core/Interrupt.h"
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/DirectoryCookies.h"
#include "runtime/wasi/DirectoryRecords.h"
#include "runtime/wasi/FileOperations.h"
#include "runtime/wasi/WasiContext.h"
#include "runtime/wasi/tree/OpenNode.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::wasi {

namespace {

FileType fileTypeOfEntry(uint8_t type) { return fileTypeOf(DTTOIF(type)); }

/// Puts bytes in the guest's buffer until it is full; what does not fit is cut off, as the call
/// demands.
class Output {
public:
  explicit Output(std::span<uint8_t> buffer) : buffer(buffer) {}
  void append(const void *bytes, size_t count) {
    count = std::min(count, buffer.size() - used);
    std::memcpy(buffer.data() + used, bytes, count);
    used += count;
  }
  bool full() const { return used == buffer.size(); }
  size_t bytes() const { return used; }

private:
  std::span<uint8_t> buffer;
  size_t used = 0;
};

/// Reads the entries of a directory from the one that a cookie stands for.
class Reader {
public:
  Reader(const File &directory, DirectoryCookies &cookies, uint32_t from)
      : directory(directory), cookies(cookies), place(cookies.find(from)), cookie(place.cookie) {}

  /// Calls `take(entry, cookie of what follows)` for each entry until it returns false, which it
  /// does when it has got about `wantedBytes`: a small buffer does not make the kernel list much
  /// more than fits it, again and again.
  template <typename Take> Outcome run(size_t wantedBytes, Take take) {
    int64_t position = place.position;
    if (!directory.node && lseek(directory.host, off_t(position), SEEK_SET) < 0)
      return systemError();
    alignas(HostEntry) char records[16384];
    // A directory may be large: a guest that is to end does not wait for the rest.
    while (!runtime::isInterrupted()) {
      const size_t maxBytes = place.skip != 0
                                  ? sizeof(records)
                                  : std::min(sizeof(records), wantedBytes + maxRecordBytes);
      W2N_TRY(bytes, directory.node ? directory.node->list({records, maxBytes}, position)
                                    : readDirectoryRecords(directory.host, {records, maxBytes}));
      if (bytes == 0)
        return {};
      W2N_TRY(goesOn, takeAll({records, bytes}, take));
      if (!goesOn)
        return {};
    }
    return std::unexpected(Errno::Intr);
  }

private:
  template <typename Take> WasiResult<bool> takeAll(std::span<const char> records, Take take) {
    for (size_t at = 0; at < records.size();) {
      auto *record = reinterpret_cast<const HostEntry *>(records.data() + at);
      at += record->recordBytes;
      if (place.skip != 0) {
        --place.skip;
        ++cookie;
        continue;
      }
      W2N_TRY(next, cookies.next(cookie, record->next));
      cookie = next;
      if (!take(*record, next))
        return false;
    }
    return true;
  }

  const File &directory;
  DirectoryCookies &cookies;
  DirectoryCookies::Place place;
  uint32_t cookie;
};

} // namespace

Outcome fdReaddir(WasiContext &context, Fd fd, Buffer buffer, uint64_t cookie, Moved bytesUsed) {
  W2N_TRY(file, context.files.find(fd, needs::fdReaddir));
  if (!file->cookies)
    return std::unexpected(Errno::NotDir);
  if (cookie > DirectoryCookies::maxCookie)
    return std::unexpected(Errno::Inval);
  W2N_TRY(self, statusWithoutRights(*file));

  DirectoryCookies &cookies = *file->cookies;
  std::lock_guard guard(cookies.lock);
  if (cookie == 0)
    cookies.reset();
  Output output(buffer);
  auto append = [&](const HostEntry &record, uint32_t next) {
    const std::string_view name(record.name);
    // A guest cannot reach the parent of the directory it was given; like "/..", it is the
    // directory itself.
    DirEntry entry{.next = next,
                   .inode = name == ".." ? self.st_ino : record.inode,
                   .nameBytes = uint32_t(name.size()),
                   .type = fileTypeOfEntry(record.type)};
    output.append(&entry, sizeof(entry));
    output.append(name.data(), name.size());
    return !output.full();
  };
  if (!output.full())
    W2N_CHECK(Reader(*file, cookies, uint32_t(cookie)).run(buffer.size(), append));
  bytesUsed.store(uint32_t(output.bytes()));
  return {};
}

} // namespace w2n::wasi
