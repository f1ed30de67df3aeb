// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/link/OutputPipe.h"

#include "lib/support/File.h"

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

Status OutputPipe::open(const std::string &name) {
  path = name;
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
  return reader.start([this] { readAll(); }) ? Status() : becomeFile();
}

Status OutputPipe::becomeFile() {
  close(readEnd);
  close(writeEnd);
  if (unlink(path.c_str()) != 0)
    return failWithErrno(errno);
  handlers.resize(SIGRTMAX);
  for (int signal = 1; signal <= SIGRTMAX; ++signal)
    sigaction(signal, nullptr, &handlers[size_t(signal - 1)]);
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
  if (!handlers.empty())
    return finishFile();
  close(writeEnd);
  reader.join();
  close(readEnd);
  if (errorNumber != 0)
    return failWithErrno(errorNumber);
  return std::move(bytes);
}

Result<std::vector<uint8_t>> OutputPipe::finishFile() {
  for (int signal = 1; signal <= SIGRTMAX; ++signal)
    sigaction(signal, &handlers[size_t(signal - 1)], nullptr);
  // A linker that failed has made no file; its messages say why.
  return access(path.c_str(), F_OK) == 0 ? readFile(path) : std::move(bytes);
}

} // namespace w2n::compiler
