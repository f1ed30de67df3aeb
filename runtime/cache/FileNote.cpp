// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/FileNote.h"

#include "lib/support/Descriptor.h"

#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

namespace w2n::cache {

namespace {

constexpr int64_t secondNanoseconds = 1'000'000'000;
/// FAT counts two seconds; everything else is finer.
constexpr int64_t coarsestTick = 2 * secondNanoseconds;

template <typename Time> int64_t nanosecondsOf(const Time &time) {
  return int64_t(time.tv_sec) * secondNanoseconds + time.tv_nsec;
}

// From the kernel's uapi/linux/stat.h, which older systems' headers do not have.
constexpr uint32_t mountIdMask = 0x1000, uniqueMountIdMask = 0x4000;

/// The first half of the number that Linux chooses when it starts; 0 if it cannot be read.
uint64_t readBootNumber() {
  const Descriptor file(open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  char text[36];
  if (!file || read(file.get(), text, sizeof(text)) != ssize_t(sizeof(text)))
    return 0;
  uint64_t number = 0;
  for (char digit : std::string_view(text, 18))
    if (digit != '-')
      number = number << 4 | uint64_t(digit <= '9' ? digit - '0' : digit - 'a' + 10);
  return number;
}

uint64_t bootNumber() {
  static const uint64_t number = readBootNumber();
  return number;
}

std::optional<FileIdentity> identityOf(int folder, const char *path, int flags) {
  struct statx status;
  if (statx(folder, path, flags, STATX_BASIC_STATS | mountIdMask | uniqueMountIdMask, &status) != 0)
    return std::nullopt;
  struct statvfs system;
  const bool isUnique = status.stx_mask & uniqueMountIdMask;
  if (!isUnique && (*path ? statvfs(path, &system) : fstatvfs(folder, &system)) != 0)
    return std::nullopt;
  return FileIdentity::from(status, !isUnique && (system.f_flag & ST_RDONLY), bootNumber());
}

/// The first part of an encoded note; the text follows, then a Digest of all before.
struct NoteHeader {
  char magic[8];
  FileIdentity identity;
  int64_t taken;
};
static_assert(sizeof(NoteHeader) == 72);

constexpr char noteMagic[8] = {'w', '2', 'n', 'n', 'o', 't', 'e', '2'};

} // namespace

FileIdentity FileIdentity::of(const struct stat &status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .bytes = uint64_t(status.st_size),
          .modified = nanosecondsOf(status.st_mtim),
          .changed = nanosecondsOf(status.st_ctim)};
}

std::optional<FileIdentity> FileIdentity::from(const struct statx &status, bool isReadOnly,
                                               uint64_t boot) {
  const bool isUnique = status.stx_mask & uniqueMountIdMask;
  if (boot == 0 || (!isUnique && (isReadOnly || !(status.stx_mask & mountIdMask))))
    return std::nullopt;
  return FileIdentity{makedev(status.stx_dev_major, status.stx_dev_minor),
                      status.stx_ino,
                      status.stx_size,
                      nanosecondsOf(status.stx_mtime),
                      nanosecondsOf(status.stx_ctime),
                      boot,
                      status.stx_mnt_id};
}

std::optional<FileIdentity> FileIdentity::ofOpen(int descriptor) {
  return identityOf(descriptor, "", AT_EMPTY_PATH);
}

std::optional<FileIdentity> FileIdentity::at(const std::string &path) {
  return path.empty() ? std::nullopt : identityOf(AT_FDCWD, path.c_str(), 0);
}

int64_t nowNanoseconds() {
  // The coarse clock is the one that stamps files.
  struct timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return nanosecondsOf(now);
}

bool vouchesFor(const FileNote &note, const FileIdentity &identity) {
  // A file from the future (a clock that jumped back) is never old enough.
  return note.identity == identity && identity.changed < note.taken - coarsestTick;
}

std::string encode(const FileNote &note) {
  NoteHeader header = {.magic = {}, .identity = note.identity, .taken = note.taken};
  std::memcpy(header.magic, noteMagic, sizeof(noteMagic));
  std::string bytes(reinterpret_cast<const char *>(&header), sizeof(header));
  bytes += note.text;
  const Digest digest = hashOf(bytes);
  bytes.append(reinterpret_cast<const char *>(digest.data()), digest.size());
  return bytes;
}

std::optional<FileNote> decode(std::string_view bytes) {
  NoteHeader header;
  if (bytes.size() < sizeof(header) + sizeof(Digest))
    return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const std::string_view content = bytes.substr(0, bytes.size() - sizeof(Digest));
  const Digest digest = hashOf(content);
  if (std::memcmp(header.magic, noteMagic, sizeof(noteMagic)) != 0 ||
      std::memcmp(digest.data(), bytes.data() + content.size(), digest.size()) != 0)
    return std::nullopt;
  return FileNote{header.identity, header.taken, std::string(content.substr(sizeof(header)))};
}

std::string noteName(const FileIdentity &identity) {
  return std::to_string(identity.device) + "-" + std::to_string(identity.inode);
}

} // namespace w2n::cache
