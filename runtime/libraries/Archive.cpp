// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/libraries/ArchiveReader.h"

#include <archive.h>
#include <archive_entry.h>
#include <cstdio>

namespace w2n::libraries {

namespace {

constexpr size_t blockBytes = 64 << 10;

/// An archive being read: zip, or tar as it is or compressed. Filters that would run programs are
/// not among them.
class Reader {
public:
  Reader() : handle(archive_read_new()) {
    archive_read_support_format_zip(handle);
    archive_read_support_format_tar(handle);
    archive_read_support_filter_gzip(handle);
    archive_read_support_filter_bzip2(handle);
    archive_read_support_filter_xz(handle);
    archive_read_support_filter_zstd(handle);
    archive_read_support_filter_lz4(handle);
  }
  ~Reader() { archive_read_free(handle); }
  Reader(const Reader &) = delete;
  Reader &operator=(const Reader &) = delete;

  enum class Outcome : uint8_t { Good, Damaged, Refused };

  Outcome read(int descriptor, const ArchiveSink &sink) {
    if (archive_read_open_fd(handle, descriptor, blockBytes) != ARCHIVE_OK)
      return Outcome::Damaged;
    while (true) {
      archive_entry *entry = nullptr;
      const int status = archive_read_next_header(handle, &entry);
      if (status == ARCHIVE_EOF)
        return Outcome::Good;
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
        return Outcome::Damaged;
      if (const Outcome outcome = readMember(entry, sink); outcome != Outcome::Good)
        return outcome;
    }
  }
  const char *error() const {
    const char *text = archive_error_string(handle);
    return text ? text : "unknown error";
  }

private:
  Outcome readMember(archive_entry *entry, const ArchiveSink &sink) {
    const char *path = archive_entry_pathname(entry);
    const ArchiveMember member = {
        .path = path ? path : "",
        .type = uint32_t(archive_entry_filetype(entry)),
        .bytes = archive_entry_size_is_set(entry) ? uint64_t(archive_entry_size(entry)) : 0,
        .modifiedS = archive_entry_mtime(entry),
        .modifiedNs = uint32_t(archive_entry_mtime_nsec(entry)),
        .target = archive_entry_symlink(entry),
        .sameFile = archive_entry_hardlink(entry),
        .encrypted = archive_entry_is_data_encrypted(entry) ? "" : nullptr};
    if (!sink.member(sink.user, &member))
      return Outcome::Refused;
    while (true) {
      const void *bytes = nullptr;
      size_t count = 0;
      la_int64_t offset = 0;
      const int status = archive_read_data_block(handle, &bytes, &count, &offset);
      if (status == ARCHIVE_EOF)
        return Outcome::Good;
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
        return Outcome::Damaged;
      if (count != 0 && !sink.data(sink.user, bytes, count, uint64_t(offset)))
        return Outcome::Refused;
    }
  }

  archive *handle;
};

} // namespace

extern "C" __attribute__((visibility("default"))) bool
w2n_read_archive(int descriptor, const ArchiveSink *sink, char *error, size_t errorBytes) {
  Reader reader;
  const Reader::Outcome outcome = reader.read(descriptor, *sink);
  snprintf(error, errorBytes, "%s", outcome == Reader::Outcome::Damaged ? reader.error() : "");
  return outcome == Reader::Outcome::Good;
}

} // namespace w2n::libraries
