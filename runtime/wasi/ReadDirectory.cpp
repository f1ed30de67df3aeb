// fd_readdir. A cookie is the kernel's own position in the directory, so that nothing is kept
// between calls and any number from the guest is only a place to seek to.
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/WasiContext.h"

#include <cerrno>
#include <dirent.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace w2n::wasi {

namespace {

/// A record of getdents64(2); the name follows, terminated.
struct HostEntry {
  uint64_t inode;
  int64_t next;
  uint16_t recordBytes;
  uint8_t type;
  char name[];
};

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

} // namespace

Outcome fdReaddir(WasiContext &context, Fd fd, Buffer buffer, uint64_t cookie, Moved bytesUsed) {
  W2N_TRY(file, context.files.find(fd, rights::fdReaddir));
  struct stat self;
  if (lseek(file->host, off_t(cookie), SEEK_SET) < 0 || fstat(file->host, &self) != 0)
    return systemError();

  Output output(buffer);
  alignas(HostEntry) char records[16384];
  while (!output.full()) {
    long recordBytes = syscall(SYS_getdents64, file->host, records, sizeof(records));
    if (recordBytes < 0)
      return systemError();
    if (recordBytes == 0)
      break;
    for (long at = 0; at < recordBytes && !output.full();) {
      auto *record = reinterpret_cast<const HostEntry *>(records + at);
      std::string_view name(record->name);
      // A guest cannot reach the parent of the directory it was given; like "/..", it is the
      // directory itself.
      DirEntry entry{.next = uint64_t(record->next),
                     .inode = name == ".." ? self.st_ino : record->inode,
                     .nameBytes = uint32_t(name.size()),
                     .type = fileTypeOfEntry(record->type)};
      output.append(&entry, sizeof(entry));
      output.append(name.data(), name.size());
      at += record->recordBytes;
    }
  }
  bytesUsed.store(uint32_t(output.bytes()));
  return {};
}

} // namespace w2n::wasi
