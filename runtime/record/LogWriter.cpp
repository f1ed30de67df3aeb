// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/Log.h"

#include "lib/artifact/Checksum.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>

namespace w2n::record {

namespace {

constexpr uint64_t usualWindowBytes = 1 << 20;

std::unexpected<Error> ioError(const char *what, const std::string &path, int number) {
  return fail(ErrorKind::Io, std::string(what) + " '" + path + "': " + std::strerror(number));
}

} // namespace

uint32_t checkOf(std::span<const uint8_t> payload, uint32_t previous) {
  return uint32_t(artifact::hashBytes(payload, payload.size() << 32 | previous));
}

Result<std::unique_ptr<LogWriter>> LogWriter::create(const std::string &path, uint64_t maxBytes) {
  Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file)
    return ioError("cannot create the record", path, errno);
  std::unique_ptr<LogWriter> writer(new LogWriter(std::move(file), path, maxBytes));
  W2N_CHECK(writer->makeRoom(logStartBytes));
  std::memcpy(writer->window, logMagic.data(), logMagic.size());
  std::memcpy(writer->window + logMagic.size(), &logVersion, sizeof(logVersion));
  writer->used = logStartBytes;
  return writer;
}

LogWriter::~LogWriter() { (void)finish(); }

void LogWriter::unmap() {
  if (window)
    munmap(window, windowBytes);
  window = nullptr;
  windowBytes = 0;
}

/// Maps so much of the file that `bytes` more fit. The blocks are there before: a store into a page
/// that the disk has no room for would be a signal.
Status LogWriter::makeRoom(uint64_t bytes) {
  if (bytes > maxBytes || used > maxBytes - bytes)
    return fail(ErrorKind::Limit, "the record '" + path + "' would be larger than " +
                                      std::to_string(maxBytes) + " bytes, the limit");
  if (window && used + bytes <= windowOffset + windowBytes)
    return {};
  const uint64_t page = uint64_t(sysconf(_SC_PAGESIZE));
  const uint64_t offset = used & ~(page - 1);
  const uint64_t size =
      (std::max(usualWindowBytes, used - offset + bytes) + page - 1) & ~(page - 1);
  if (const int error = posix_fallocate(file.get(), off_t(offset), off_t(size)))
    return ioError("cannot write the record", path, error);
  void *mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), off_t(offset));
  if (mapped == MAP_FAILED)
    return ioError("cannot write the record", path, errno);
  unmap();
  window = static_cast<uint8_t *>(mapped);
  windowOffset = offset;
  windowBytes = size;
  return {};
}

Status LogWriter::append(std::span<const uint8_t> payload) {
  if (payload.size() > UINT32_MAX)
    return fail(ErrorKind::Limit, "a record of more than 4 GiB");
  const uint64_t bytes = recordHeadBytes + paddedBytes(payload.size());
  // Room for the size of the next one, which reads as zero.
  W2N_CHECK(makeRoom(bytes));
  uint8_t *record = window + (used - windowOffset);
  const uint32_t check = checkOf(payload, lastCheck);
  std::memcpy(record + 4, &check, sizeof(check));
  std::memcpy(record + recordHeadBytes, payload.data(), payload.size());
  std::atomic_ref(*reinterpret_cast<uint32_t *>(record))
      .store(uint32_t(payload.size()), std::memory_order_release);
  used += bytes;
  lastCheck = check;
  return {};
}

Status LogWriter::finish() {
  if (!file)
    return {};
  unmap();
  const Descriptor closing = std::move(file);
  if (ftruncate(closing.get(), off_t(used)) != 0)
    return ioError("cannot write the record", path, errno);
  return {};
}

} // namespace w2n::record
