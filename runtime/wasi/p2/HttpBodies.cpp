// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Bodies of messages as streams of wasi:io. What a guest writes before it has said where the
// response goes is kept; afterwards, what the connection does not take at once.
#include "runtime/core/Interrupt.h"
#include "runtime/wasi/p2/Http.h"

#include <algorithm>

namespace w2n::wasi::p2 {

namespace {

// The most bytes that are kept of a body that is on its way out.
constexpr size_t maxKeptBytes = 64 << 10;

StreamError closedError() { return {StreamError::Closed{}}; }
StreamError failedError(http::Failure failure) {
  return {StreamError::LastOperationFailed{std::make_unique<IoError>(failure)}};
}

class BodySource final : public InputSource {
public:
  explicit BodySource(std::shared_ptr<http::BodyReader> reader) : reader(std::move(reader)) {}

  Result<StreamResult<size_t>> read(State &state, std::span<uint8_t> buffer,
                                    bool blocking) override {
    using Read = StreamResult<size_t>;
    while (!buffer.empty() && !isClosed) {
      size_t count = 0;
      switch (reader->read(buffer, count)) {
      case http::Progress::Done:
        return Read(count);
      case http::Progress::Wait:
        if (!blocking)
          return Read(size_t(0));
        W2N_CHECK(waitForDescriptor(state, reader->readDescriptor(), POLLIN));
        continue;
      case http::Progress::End:
        isClosed = true;
        continue;
      case http::Progress::Failed:
        isClosed = true;
        return Read(std::unexpected(failedError(reader->readFailure())));
      }
    }
    return isClosed ? Read(std::unexpected(closedError())) : Read(size_t(0));
  }

  Readiness readiness() const override {
    if (isClosed || reader->isReady())
      return {.now = true};
    return {.host = reader->readDescriptor(), .events = POLLIN};
  }
  bool isReadyAfter() const override { return isClosed || reader->isReady(); }
  void close() override { isClosed = true; }

private:
  const std::shared_ptr<http::BodyReader> reader;
  bool isClosed = false;
};

class BodySink final : public OutputSink {
public:
  explicit BodySink(std::shared_ptr<OutgoingBytes> bytes) : bytes(std::move(bytes)) {}

  StreamResult<uint64_t> checkWrite(State &) override {
    permit = 0;
    if (isClosed || bytes->isFinished)
      return std::unexpected(closedError());
    if (step() == http::Progress::Failed)
      return std::unexpected(failed());
    return permit = maxKeptBytes - std::min(maxKeptBytes, kept());
  }

  Result<StreamResult<void>> write(State &, Bytes contents) override {
    if (isClosed || bytes->isFinished)
      return StreamResult<void>(std::unexpected(closedError()));
    if (bytes->declaredBytes && contents.size() > *bytes->declaredBytes - bytes->writtenBytes)
      return StreamResult<void>(std::unexpected(failed(http::Failure::HttpResponseBodySize)));
    // Blocking writes come in small parts, and wait for room before the next one.
    if (!bytes->writer && contents.size() > maxKeptBytes - std::min(maxKeptBytes, kept()))
      return StreamResult<void>(std::unexpected(failed(http::Failure::InternalError)));
    bytes->write(contents);
    if (step() == http::Progress::Failed)
      return StreamResult<void>(std::unexpected(failed()));
    return StreamResult<void>();
  }

  Result<StreamResult<void>> flush(State &state) override {
    if (isClosed || bytes->isFinished)
      return StreamResult<void>(std::unexpected(closedError()));
    http::Progress progress;
    while ((progress = step()) == http::Progress::Wait)
      W2N_CHECK(waitForDescriptor(state, bytes->writer->writeDescriptor(), POLLOUT));
    if (progress == http::Progress::Failed)
      return StreamResult<void>(std::unexpected(failed()));
    return StreamResult<void>();
  }

  Status waitUntilReady(State &state) override {
    while (!isReadyNow())
      W2N_CHECK(waitForDescriptor(state, bytes->writer->writeDescriptor(), POLLOUT));
    return {};
  }

  Readiness readiness() const override {
    if (isReadyNow())
      return {.now = true};
    return {.host = bytes->writer->writeDescriptor(), .events = POLLOUT};
  }
  bool drain(State &) override { return isReadyNow(); }
  void close() override { isClosed = true; }

private:
  http::Progress step() const {
    return bytes->writer ? bytes->writer->drain() : http::Progress::Done;
  }
  size_t kept() const { return bytes->writer ? bytes->writer->keptBytes() : bytes->early.size(); }
  bool isReadyNow() const {
    return isClosed || bytes->isFinished || !bytes->writer || step() == http::Progress::Failed ||
           kept() < maxKeptBytes;
  }
  StreamError failed() { return failed(bytes->writer->writeFailure()); }
  StreamError failed(http::Failure failure) {
    isClosed = true;
    return failedError(failure);
  }

  const std::shared_ptr<OutgoingBytes> bytes;
  bool isClosed = false;
};

/// Reads what the guest has left of a body, up to its end.
class TrailersPollable final : public Pollable {
public:
  explicit TrailersPollable(std::shared_ptr<http::BodyReader> reader) : reader(std::move(reader)) {}
  Readiness readiness(State &) override {
    if (skipRest(*reader) != http::Progress::Wait)
      return {.now = true};
    return {.host = reader->readDescriptor(), .events = POLLIN};
  }
  bool isReadyAfter(State &) override { return skipRest(*reader) != http::Progress::Wait; }

  static http::Progress skipRest(http::BodyReader &reader) {
    uint8_t skipped[4096];
    size_t count = 0;
    http::Progress progress;
    // A rest that never ends goes on until the guest is ended.
    while ((progress = reader.read(skipped, count)) == http::Progress::Done)
      if (runtime::isInterrupted())
        return http::Progress::Failed;
    return progress;
  }

private:
  const std::shared_ptr<http::BodyReader> reader;
};

} // namespace

void OutgoingBytes::write(Bytes bytes) {
  writtenBytes += bytes.size();
  if (writer)
    writer->write(bytes);
  else
    early.insert(early.end(), bytes.begin(), bytes.end());
}

void OutgoingBytes::finish(http::Fields fields) {
  isFinished = true;
  if (writer)
    writer->finish(fields);
  else
    trailers = std::move(fields);
}

void OutgoingBytes::attach(std::shared_ptr<http::BodyWriter> to) {
  writer = std::move(to);
  if (!early.empty())
    writer->write(early);
  early = {};
  if (isFinished)
    writer->finish(trailers);
}

std::expected<std::unique_ptr<InputStream>, runtime::Unit> incomingBodyStream(State &,
                                                                              IncomingBody &self) {
  if (std::exchange(self.hasStream, true))
    return std::unexpected(runtime::Unit());
  return std::make_unique<InputStream>(std::make_shared<BodySource>(self.reader));
}

std::unique_ptr<FutureTrailers> incomingBodyFinish(State &, std::unique_ptr<IncomingBody> body) {
  return std::make_unique<FutureTrailers>(std::move(body->reader));
}

std::unique_ptr<Pollable> trailersSubscribe(State &, FutureTrailers &self) {
  return std::make_unique<TrailersPollable>(self.reader);
}

std::optional<std::expected<Trailers, runtime::Unit>> trailersGet(State &, FutureTrailers &self) {
  using Got = std::expected<Trailers, runtime::Unit>;
  if (self.isTaken)
    return Got(std::unexpected(runtime::Unit()));
  const http::Progress progress = TrailersPollable::skipRest(*self.reader);
  if (progress == http::Progress::Wait)
    return std::nullopt;
  self.isTaken = true;
  if (progress == http::Progress::Failed)
    return Got(Trailers(std::unexpected(errorCodeOf(self.reader->readFailure()))));
  if (self.reader->trailers().empty())
    return Got(Trailers(std::nullopt));
  return Got(Trailers(std::make_unique<HttpFields>(makeFields(self.reader->trailers(), true))));
}

std::expected<std::unique_ptr<OutputStream>, runtime::Unit> outgoingBodyWrite(State &,
                                                                              OutgoingBody &self) {
  if (std::exchange(self.hasStream, true))
    return std::unexpected(runtime::Unit());
  return std::make_unique<OutputStream>(std::make_shared<BodySink>(self.bytes));
}

Result<std::expected<void, ErrorCode>>
outgoingBodyFinish(State &, std::unique_ptr<OutgoingBody> body,
                   std::optional<std::unique_ptr<HttpFields>> trailers) {
  OutgoingBytes &bytes = *body->bytes;
  if (bytes.declaredBytes && *bytes.declaredBytes != bytes.writtenBytes) {
    ErrorCode error = errorCodeOf(http::Failure::HttpResponseBodySize);
    error.value.emplace<size_t(http::Failure::HttpResponseBodySize)>(
        ErrorCode::Size64{bytes.writtenBytes});
    return std::expected<void, ErrorCode>(std::unexpected(std::move(error)));
  }
  bytes.finish(trailers ? (*trailers)->list->fields : http::Fields());
  if (bytes.writer && bytes.writer->drain() == http::Progress::Failed)
    return std::expected<void, ErrorCode>(
        std::unexpected(errorCodeOf(bytes.writer->writeFailure())));
  return std::expected<void, ErrorCode>();
}

} // namespace w2n::wasi::p2
