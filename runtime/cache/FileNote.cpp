#include "runtime/cache/FileNote.h"

#include <cstring>
#include <ctime>

namespace w2n::cache {

namespace {

constexpr int64_t secondNanoseconds = 1'000'000'000;
/// FAT counts two seconds; everything else is finer.
constexpr int64_t coarsestTick = 2 * secondNanoseconds;

int64_t nanosecondsOf(const struct timespec &time) {
  return int64_t(time.tv_sec) * secondNanoseconds + time.tv_nsec;
}

/// The first part of an encoded note; the text follows, then a Digest of all before.
struct NoteHeader {
  char magic[8];
  FileIdentity identity;
  int64_t taken;
};
static_assert(sizeof(NoteHeader) == 56);

constexpr char noteMagic[8] = {'w', '2', 'n', 'n', 'o', 't', 'e', '1'};

} // namespace

FileIdentity FileIdentity::of(const struct stat &status) {
  return {status.st_dev, status.st_ino, uint64_t(status.st_size), nanosecondsOf(status.st_mtim),
          nanosecondsOf(status.st_ctim)};
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
