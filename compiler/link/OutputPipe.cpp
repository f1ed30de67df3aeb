// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/link/OutputPipe.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::compiler {

namespace {

std::unexpected<Error> failWithErrno(int errorNumber) {
  return fail(ErrorKind::Io,
              std::string("cannot read the linker's output: ") + std::strerror(errorNumber));
}

} // namespace

Status OutputPipe::open(const std::string &path) {
  if (mkfifo(path.c_str(), 0600) != 0)
    return failWithErrno(errno);
  // Opened for reading first, which then does not wait; and for writing as well, so that the pipe
  // does not end before the linker has come.
  readEnd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  writeEnd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (readEnd < 0 || writeEnd < 0 || fcntl(readEnd, F_SETFL, 0) != 0) {
    const int reason = errno;
    close(readEnd);
    close(writeEnd);
    return failWithErrno(reason);
  }
  reader = std::jthread([this] { readAll(); });
  return {};
}

void OutputPipe::readAll() {
  uint8_t buffer[1 << 16];
  for (;;) {
    const ssize_t count = read(readEnd, buffer, sizeof(buffer));
    if (count > 0)
      bytes.insert(bytes.end(), buffer, buffer + count);
    if (count > 0 || (count < 0 && errno == EINTR))
      continue;
    errorNumber = count < 0 ? errno : 0;
    return;
  }
}

Result<std::vector<uint8_t>> OutputPipe::finish() {
  close(writeEnd);
  reader.join();
  close(readEnd);
  if (errorNumber != 0)
    return failWithErrno(errorNumber);
  return std::move(bytes);
}

} // namespace w2n::compiler
