// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/File.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <new>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n {

namespace {

/// Closes its descriptor at the end of the scope.
class OpenFile {
public:
  explicit OpenFile(int descriptor) : descriptor(descriptor) {}
  ~OpenFile() {
    if (descriptor > STDERR_FILENO)
      close(descriptor);
  }
  OpenFile(const OpenFile &) = delete;
  OpenFile &operator=(const OpenFile &) = delete;
  int get() const { return descriptor; }
  bool isOpen() const { return descriptor >= 0; }

private:
  int descriptor;
};

std::unexpected<Error> ioError(const char *what, const std::string &path) {
  return fail(ErrorKind::Io, std::string(what) + " '" + path + "': " + std::strerror(errno));
}

using Pieces = std::span<const std::span<const uint8_t>>;

/// While it lives, a write beyond RLIMIT_FSIZE fails (EFBIG) rather than ends the process, which
/// would leave what was written.
class NoFileSizeSignal {
public:
  NoFileSizeSignal() {
    sigemptyset(&signals);
    sigaddset(&signals, SIGXFSZ);
    sigset_t pending;
    sigpending(&pending);
    wasPending = sigismember(&pending, SIGXFSZ) == 1;
    pthread_sigmask(SIG_BLOCK, &signals, &before);
  }
  ~NoFileSizeSignal() {
    const int error = errno;
    constexpr timespec noTime = {};
    if (!wasPending)
      sigtimedwait(&signals, nullptr, &noTime);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
  }
  NoFileSizeSignal(const NoFileSizeSignal &) = delete;
  NoFileSizeSignal &operator=(const NoFileSizeSignal &) = delete;

private:
  sigset_t signals, before;
  bool wasPending;
};

bool writeAll(int descriptor, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes = bytes.subspan(size_t(written));
  }
  return true;
}

bool writeAll(int descriptor, Pieces pieces) {
  const NoFileSizeSignal noSignal;
  return std::ranges::all_of(
      pieces, [&](std::span<const uint8_t> piece) { return writeAll(descriptor, piece); });
}

/// Creates a file beside `path`, under a name that no other has, and puts that name into
/// `temporary`. Its permissions are those of any new file. mkostemp makes files for the owner
/// alone, and whoever asks for the umask in order to widen them sets it, for other threads too.
int createBeside(const std::string &path, std::string &temporary, FileMode mode) {
  static std::atomic<unsigned> nextNumber = 0;
  while (true) {
    temporary = path + "." + std::to_string(getpid()) + "-" + std::to_string(nextNumber++);
    int descriptor =
        open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, unsigned(mode));
    if (descriptor >= 0 || errno != EEXIST)
      return descriptor;
  }
}

Status writeInPlace(int descriptor, const std::string &path, Pieces pieces) {
  if (!writeAll(descriptor, pieces))
    return ioError("cannot write", path);
  return {};
}

} // namespace

std::unexpected<Error> tooLarge(const std::string &path, uint64_t bytes, uint64_t maxBytes) {
  return fail(ErrorKind::Limit, "'" + path + "' has " + std::to_string(bytes) + " bytes, most is " +
                                    std::to_string(maxBytes));
}

bool tryReserve(std::vector<uint8_t> &bytes, size_t capacity) {
  if (capacity <= bytes.capacity())
    return true;
  // Volatile: an allocation that nobody looks at would be left out.
  void *volatile probe = ::operator new(capacity, std::nothrow);
  if (!probe)
    return false;
  ::operator delete(probe);
  bytes.reserve(capacity);
  return true;
}

Result<std::vector<uint8_t>> readFile(const std::string &path, uint64_t maxBytes) {
  OpenFile file(path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.isOpen())
    return ioError("cannot open", path);
  return readDescriptor(file.get(), path, maxBytes);
}

Result<std::vector<uint8_t>> readRegularFile(const std::string &path, uint64_t maxBytes) {
  if (path == "-")
    return readFile(path, maxBytes);
  OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status;
  if (!file.isOpen() || fstat(file.get(), &status) != 0)
    return ioError("cannot open", path);
  if (!S_ISREG(status.st_mode))
    return fail(ErrorKind::Io, "'" + path + "' is no regular file");
  return readDescriptor(file.get(), path, maxBytes);
}

Result<std::vector<uint8_t>> readDescriptor(int descriptor, const std::string &path,
                                            uint64_t maxBytes) {
  std::vector<uint8_t> bytes;
  constexpr uint64_t chunkBytes = 1 << 16;
  uint64_t wantedBytes = chunkBytes;
  struct stat status = {};
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
    if (uint64_t(status.st_size) > maxBytes)
      return tooLarge(path, uint64_t(status.st_size), maxBytes);
    wantedBytes = std::max(uint64_t(status.st_size) + 1, chunkBytes);
  }
  while (true) {
    const size_t size = bytes.size();
    // One byte more than the limit shows that there are more; the file may have grown.
    if (size > maxBytes)
      return fail(ErrorKind::Limit,
                  "'" + path + "' has more than " + std::to_string(maxBytes) + " bytes");
    wantedBytes = std::min(wantedBytes, maxBytes + 1);
    if (!tryReserve(bytes, wantedBytes))
      return fail(ErrorKind::Limit, "there is no memory for '" + path + "', " +
                                        std::to_string(wantedBytes) + " bytes");
    bytes.resize(wantedBytes);
    ssize_t count = read(descriptor, bytes.data() + size, bytes.size() - size);
    int readError = errno;
    bytes.resize(size + size_t(std::max<ssize_t>(count, 0)));
    if (count == 0)
      return bytes;
    errno = readError;
    if (count < 0 && errno != EINTR)
      return ioError("cannot read", path);
    if (bytes.size() == wantedBytes)
      wantedBytes = 2 * wantedBytes;
  }
}

Status writeFileAtomically(const std::string &path, std::span<const uint8_t> bytes, FileMode mode) {
  return writePiecesAtomically(path, {&bytes, 1}, mode);
}

Status writePiecesAtomically(const std::string &path, Pieces pieces, FileMode mode) {
  if (path == "-")
    return writeInPlace(STDOUT_FILENO, path, pieces);
  struct stat status;
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    OpenFile file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.isOpen())
      return ioError("cannot open", path);
    return writeInPlace(file.get(), path, pieces);
  }

  std::string temporary;
  OpenFile file(createBeside(path, temporary, mode));
  if (!file.isOpen())
    return ioError("cannot create", path);
  bool isWritten = writeAll(file.get(), pieces) && fsync(file.get()) == 0 &&
                   rename(temporary.c_str(), path.c_str()) == 0;
  if (!isWritten) {
    auto error = ioError("cannot write", path);
    unlink(temporary.c_str());
    return error;
  }
  return {};
}

} // namespace w2n
