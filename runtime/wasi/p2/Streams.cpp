// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/Streams.h"

#include "runtime/core/Interrupt.h"
#include "runtime/wasi/FileOperations.h"

#include <algorithm>
#include <cstring>
#include <sys/socket.h>

namespace w2n::wasi::p2 {

namespace {

// A read gives at most so much, whatever the guest asks for: the host's buffer has a bound.
constexpr size_t maxReadBytes = 256 << 10;
// The bytes that a write may have. A ready pipe takes 4 KiB without blocking (pipe(7), PIPE_BUF).
constexpr uint64_t filePermit = 1 << 20, socketPermit = 64 << 10, pipePermit = 4096;
// "Perform a write of up to 4096 bytes, and then flush the stream."
constexpr uint64_t maxBlockingWriteBytes = 4096;

StreamError closedError() { return {StreamError::Closed{}}; }
StreamError failedError(Errno error, bool isNetwork) {
  return {StreamError::LastOperationFailed{std::make_unique<IoError>(error, isNetwork)}};
}
/// Whether an error of a system call ends the guest instead.
bool isInterruptedBy(Errno error) { return error == Errno::Intr && runtime::isInterrupted(); }
/// A connection or pipe that its other end has left is closed.
bool meansClosed(Errno error) {
  return error == Errno::Pipe || error == Errno::ConnReset || error == Errno::NotConn;
}

class InputPollable final : public Pollable {
public:
  explicit InputPollable(std::shared_ptr<InputSource> source) : source(std::move(source)) {}
  Readiness readiness(State &) override { return source->readiness(); }
  bool isReadyAfter(State &) override { return source->isReadyAfter(); }

private:
  const std::shared_ptr<InputSource> source;
};

class OutputPollable final : public Pollable {
public:
  explicit OutputPollable(std::shared_ptr<OutputSink> sink) : sink(std::move(sink)) {}
  Readiness readiness(State &) override { return sink->readiness(); }
  bool isReadyAfter(State &state) override { return sink->drain(state); }

private:
  const std::shared_ptr<OutputSink> sink;
};

} // namespace

// Input.

bool InputSource::isAlwaysReady() const {
  return position || file->type == FileType::RegularFile || file->type == FileType::Directory;
}

Readiness InputSource::readiness() const {
  if (closed || isAlwaysReady())
    return {.now = true};
  return {.host = file->host, .events = POLLIN};
}

WasiResult<ssize_t> InputSource::readSome(std::span<uint8_t> buffer) {
  const IoVectors vectors{std::span<const uint8_t>(buffer)};
  if (!position)
    return readFile(*file, vectors);
  W2N_TRY(bytes, readFileAt(*file, vectors, *position));
  *position += uint64_t(bytes);
  return bytes;
}

Result<StreamResult<size_t>> InputSource::read(State &state, std::span<uint8_t> buffer,
                                               bool blocking) {
  if (closed)
    return StreamResult<size_t>(std::unexpected(closedError()));
  while (!buffer.empty()) {
    if (!isAlwaysReady() && !isDescriptorReady(file->host, POLLIN)) {
      if (!blocking)
        break;
      W2N_CHECK(waitForDescriptor(state, file->host, POLLIN));
    }
    const auto bytes = readSome(buffer);
    if (bytes && *bytes > 0)
      return size_t(*bytes);
    if (!bytes && isInterruptedBy(bytes.error()))
      return interrupted();
    if (!bytes && bytes.error() == Errno::Again) {
      if (!blocking)
        break;
      continue;
    }
    closed = true;
    const bool isNetwork = file->type == FileType::SocketStream;
    return StreamResult<size_t>(std::unexpected(bytes || meansClosed(bytes.error())
                                                    ? closedError()
                                                    : failedError(bytes.error(), isNetwork)));
  }
  return size_t(0);
}

namespace {

Result<StreamResult<ByteBuffer>> readBytes(State &state, InputStream &self, uint64_t len,
                                           bool blocking) {
  ByteBuffer buffer(std::min<uint64_t>(len, maxReadBytes));
  W2N_TRY(bytes, self.source->read(state, buffer.span(), blocking));
  if (!bytes)
    return StreamResult<ByteBuffer>(std::unexpected(std::move(bytes.error())));
  buffer.cutTo(*bytes);
  return StreamResult<ByteBuffer>(std::move(buffer));
}

Result<StreamResult<uint64_t>> skipBytes(State &state, InputStream &self, uint64_t len,
                                         bool blocking) {
  W2N_TRY(bytes, readBytes(state, self, len, blocking));
  if (!bytes)
    return StreamResult<uint64_t>(std::unexpected(std::move(bytes.error())));
  return StreamResult<uint64_t>(bytes->size());
}

} // namespace

Result<StreamResult<ByteBuffer>> inputRead(State &state, InputStream &self, uint64_t len) {
  return readBytes(state, self, len, /*blocking=*/false);
}
Result<StreamResult<ByteBuffer>> inputBlockingRead(State &state, InputStream &self, uint64_t len) {
  return readBytes(state, self, len, /*blocking=*/true);
}
Result<StreamResult<uint64_t>> inputSkip(State &state, InputStream &self, uint64_t len) {
  return skipBytes(state, self, len, /*blocking=*/false);
}
Result<StreamResult<uint64_t>> inputBlockingSkip(State &state, InputStream &self, uint64_t len) {
  return skipBytes(state, self, len, /*blocking=*/true);
}
std::unique_ptr<Pollable> inputSubscribe(State &, InputStream &self) {
  return std::make_unique<InputPollable>(self.source);
}

// Output.

bool OutputSink::isAlwaysReady() const {
  return place != Place::InOrder || file->type == FileType::RegularFile;
}

Readiness OutputSink::readiness() const {
  if (closed || failure || isAlwaysReady())
    return {.now = true};
  return {.host = file->host, .events = POLLOUT};
}

StreamError OutputSink::failed(Errno error) {
  closed = true;
  failure.reset();
  kept.clear();
  return meansClosed(error) ? closedError() : failedError(error, isSocket());
}

WasiResult<ssize_t> OutputSink::writeSome(State &state, std::span<const uint8_t> bytes) {
  const IoVectors vectors(bytes);
  switch (place) {
  case Place::Position: {
    W2N_TRY(written, writeFileAt(*state.wasi, *file, vectors, position));
    position += uint64_t(written);
    return written;
  }
  case Place::End:
    return appendToFile(*state.wasi, *file, vectors);
  case Place::InOrder:
    return writeFile(*state.wasi, *file, vectors);
  }
  __builtin_unreachable();
}

bool OutputSink::drain(State &state) {
  while (!kept.empty() && !closed && !failure) {
    const auto written = writeSome(state, kept);
    if (written)
      kept.erase(kept.begin(), kept.begin() + *written);
    else if (written.error() == Errno::Again || written.error() == Errno::Intr)
      return false;
    else
      failure = written.error();
  }
  return true;
}

StreamResult<uint64_t> OutputSink::checkWrite(State &state) {
  permit = 0;
  if (closed)
    return std::unexpected(closedError());
  if (isAlwaysReady())
    return permit = filePermit;
  const bool isReady = drain(state) && isDescriptorReady(file->host, POLLOUT);
  if (failure)
    return std::unexpected(failed(*failure));
  if (isReady)
    permit = isSocket() ? socketPermit : pipePermit;
  return permit;
}

Status OutputSink::usePermit(uint64_t bytes) {
  if (bytes > permit)
    return trap("a write of " + std::to_string(bytes) + " bytes, and check-write permitted " +
                std::to_string(permit));
  permit -= bytes;
  return {};
}

Result<StreamResult<void>> OutputSink::write(State &state, std::span<const uint8_t> bytes) {
  if (closed)
    return StreamResult<void>(std::unexpected(closedError()));
  while (!bytes.empty()) {
    const auto written = writeSome(state, bytes);
    if (written && *written > 0) {
      bytes = bytes.subspan(size_t(*written));
    } else if (written) { // no progress, and no reason
      return StreamResult<void>(std::unexpected(failed(Errno::Io)));
    } else if (isInterruptedBy(written.error())) {
      return interrupted();
    } else if (written.error() != Errno::Again) {
      return StreamResult<void>(std::unexpected(failed(written.error())));
    } else if (isSocket()) {
      kept.insert(kept.end(), bytes.begin(), bytes.end());
      break;
    } else { // a stream of the host that does not block
      W2N_CHECK(waitForDescriptor(state, file->host, POLLOUT));
    }
  }
  return StreamResult<void>();
}

Result<StreamResult<void>> OutputSink::flush(State &state) {
  if (closed)
    return StreamResult<void>(std::unexpected(closedError()));
  while (!drain(state))
    W2N_CHECK(waitForDescriptor(state, file->host, POLLOUT));
  if (failure)
    return StreamResult<void>(std::unexpected(failed(*failure)));
  return StreamResult<void>();
}

Status OutputSink::waitUntilReady(State &state) {
  while (!closed && !failure && !isAlwaysReady() &&
         !(drain(state) && isDescriptorReady(file->host, POLLOUT)))
    W2N_CHECK(waitForDescriptor(state, file->host, POLLOUT));
  return {};
}

namespace {

/// Writes at most maxBlockingWriteBytes, after what is kept.
Result<StreamResult<void>> blockingWrite(State &state, OutputSink &sink, Bytes contents) {
  if (contents.size() > maxBlockingWriteBytes)
    return trap("a blocking write of " + std::to_string(contents.size()) +
                " bytes, more than the " + std::to_string(maxBlockingWriteBytes) + " allowed");
  W2N_TRY(before, sink.flush(state));
  if (!before)
    return before;
  W2N_TRY(written, sink.write(state, contents));
  if (!written)
    return written;
  return sink.flush(state);
}

constexpr uint8_t zeroes[maxBlockingWriteBytes] = {};

Result<StreamResult<uint64_t>> splice(State &state, OutputStream &self, InputStream &src,
                                      uint64_t len, bool blocking) {
  using Moved = StreamResult<uint64_t>;
  auto permitted = self.sink->checkWrite(state);
  if (!permitted)
    return Moved(std::unexpected(std::move(permitted.error())));
  W2N_TRY(bytes, readBytes(state, src, std::min(len, *permitted), blocking));
  if (!bytes)
    return Moved(std::unexpected(std::move(bytes.error())));
  W2N_CHECK(self.sink->usePermit(bytes->size()));
  W2N_TRY(written, self.sink->write(state, bytes->span()));
  if (!written)
    return Moved(std::unexpected(std::move(written.error())));
  return Moved(bytes->size());
}

} // namespace

StreamResult<uint64_t> outputCheckWrite(State &state, OutputStream &self) {
  return self.sink->checkWrite(state);
}

Result<StreamResult<void>> outputWrite(State &state, OutputStream &self, Bytes contents) {
  W2N_CHECK(self.sink->usePermit(contents.size()));
  return self.sink->write(state, contents);
}

Result<StreamResult<void>> outputBlockingWriteAndFlush(State &state, OutputStream &self,
                                                       Bytes contents) {
  return blockingWrite(state, *self.sink, contents);
}

StreamResult<void> outputFlush(State &state, OutputStream &self) {
  if (auto permitted = self.sink->checkWrite(state); !permitted)
    return std::unexpected(std::move(permitted.error()));
  return {};
}

Result<StreamResult<void>> outputBlockingFlush(State &state, OutputStream &self) {
  return self.sink->flush(state);
}

std::unique_ptr<Pollable> outputSubscribe(State &, OutputStream &self) {
  return std::make_unique<OutputPollable>(self.sink);
}

Result<StreamResult<void>> outputWriteZeroes(State &state, OutputStream &self, uint64_t len) {
  W2N_CHECK(self.sink->usePermit(len));
  for (uint64_t done = 0; done < len; done += sizeof(zeroes)) {
    const auto count = std::min<uint64_t>(len - done, sizeof(zeroes));
    W2N_TRY(written, self.sink->write(state, Bytes(zeroes).first(count)));
    if (!written)
      return written;
  }
  return StreamResult<void>();
}

Result<StreamResult<void>> outputBlockingWriteZeroesAndFlush(State &state, OutputStream &self,
                                                             uint64_t len) {
  if (len > sizeof(zeroes))
    return trap("a blocking write of " + std::to_string(len) + " zeroes, more than the " +
                std::to_string(sizeof(zeroes)) + " allowed");
  return blockingWrite(state, *self.sink, Bytes(zeroes).first(len));
}

Result<StreamResult<uint64_t>> outputSplice(State &state, OutputStream &self, InputStream &src,
                                            uint64_t len) {
  return splice(state, self, src, len, /*blocking=*/false);
}

Result<StreamResult<uint64_t>> outputBlockingSplice(State &state, OutputStream &self,
                                                    InputStream &src, uint64_t len) {
  W2N_CHECK(self.sink->waitUntilReady(state));
  return splice(state, self, src, len, /*blocking=*/true);
}

std::string errorToDebugString(State &, IoError &self) { return nameOf(self.error); }

} // namespace w2n::wasi::p2
