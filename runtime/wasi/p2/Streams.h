// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:io/error and wasi:io/streams.
//
// The actions of a stream are in its source or sink, which its pollables share. Regular files are
// always ready; pipes and terminals, whose blocking mode the host's other processes share, are
// asked before they are read or written; sockets are the guest's own, and do not block.
#pragma once

#include "runtime/http/Message.h"
#include "runtime/wasi/p2/ErrorCodes.h"
#include "runtime/wasi/p2/Poll.h"

namespace w2n::wasi::p2 {

/// wasi:io/error error.
class IoError final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:io/error", "error"};
  IoError(Errno error, bool isNetwork) : error(error), isNetwork(isNetwork) {}
  explicit IoError(http::Failure failure)
      : error(Errno::Io), isNetwork(false), httpFailure(failure) {}
  const Errno error;
  const bool isNetwork;
  const std::optional<http::Failure> httpFailure = {};
};

struct StreamError {
  struct LastOperationFailed {
    std::unique_ptr<IoError> value;
  };
  struct Closed {};
  std::variant<LastOperationFailed, Closed> value;
  static constexpr std::array<std::string_view, 2> cases = {"last-operation-failed", "closed"};
};

/// The result of a stream's method; a Result around it has the errors that end the guest.
template <typename T> using StreamResult = std::expected<T, StreamError>;

/// The source of an input stream's bytes: a file, or what a derived class has.
class InputSource {
public:
  virtual ~InputSource() = default;
  /// Reads on from `position`, or in order without one.
  InputSource(FileHandle file, std::optional<uint64_t> position)
      : file(std::move(file)), position(position) {}
  /// A stream at whose end we are.
  InputSource() = default;

  /// Reads what there is, at least one byte if `blocking`; 0 if there is nothing yet.
  virtual Result<StreamResult<size_t>> read(State &state, std::span<uint8_t> buffer, bool blocking);
  virtual Readiness readiness() const;
  virtual bool isReadyAfter() const { return true; }
  virtual void close() { closed = true; }

private:
  bool isAlwaysReady() const;
  WasiResult<ssize_t> readSome(std::span<uint8_t> buffer);

  const FileHandle file;
  std::optional<uint64_t> position;
  bool closed = file == nullptr;
};

class InputStream final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:io/streams", "input-stream"};
  explicit InputStream(std::shared_ptr<InputSource> source) : source(std::move(source)) {}
  const std::shared_ptr<InputSource> source;
};

/// The sink of an output stream's bytes: a file, or where a derived class sends them.
class OutputSink {
public:
  virtual ~OutputSink() = default;
  enum class Place : uint8_t { Position, End, InOrder };

  OutputSink(FileHandle file, Place place, uint64_t position = 0)
      : file(std::move(file)), place(place), position(position) {}
  /// A closed stream.
  OutputSink() = default;

  /// The number of bytes that the next write may have; the permit.
  virtual StreamResult<uint64_t> checkWrite(State &state);
  /// Takes from the permit. Errors: Trap, if it is not enough.
  Status usePermit(uint64_t bytes);
  /// Writes `bytes`, or keeps for later what a socket does not take at once.
  virtual Result<StreamResult<void>> write(State &state, std::span<const uint8_t> bytes);
  /// Waits until nothing is kept any more.
  virtual Result<StreamResult<void>> flush(State &state);
  virtual Status waitUntilReady(State &state);
  virtual Readiness readiness() const;
  /// Tries to write what is kept; whether nothing is any more, or the stream failed.
  virtual bool drain(State &state);
  virtual void close() { closed = true; }

private:
  bool isSocket() const { return file && file->type == FileType::SocketStream && file->owned; }
  bool isAlwaysReady() const;
  WasiResult<ssize_t> writeSome(State &state, std::span<const uint8_t> bytes);
  StreamError failed(Errno error);

protected:
  uint64_t permit = 0;

private:
  const FileHandle file;
  const Place place = Place::InOrder;
  uint64_t position = 0;
  std::vector<uint8_t> kept; ///< of a socket; at most a permit
  std::optional<Errno> failure;
  bool closed = file == nullptr;
};

class OutputStream final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:io/streams", "output-stream"};
  explicit OutputStream(std::shared_ptr<OutputSink> sink) : sink(std::move(sink)) {}
  const std::shared_ptr<OutputSink> sink;
};

std::string errorToDebugString(State &state, IoError &self);

using Bytes = std::span<const uint8_t>;
using runtime::ByteBuffer;

Result<StreamResult<ByteBuffer>> inputRead(State &state, InputStream &self, uint64_t len);
Result<StreamResult<ByteBuffer>> inputBlockingRead(State &state, InputStream &self, uint64_t len);
Result<StreamResult<uint64_t>> inputSkip(State &state, InputStream &self, uint64_t len);
Result<StreamResult<uint64_t>> inputBlockingSkip(State &state, InputStream &self, uint64_t len);
std::unique_ptr<Pollable> inputSubscribe(State &state, InputStream &self);

StreamResult<uint64_t> outputCheckWrite(State &state, OutputStream &self);
Result<StreamResult<void>> outputWrite(State &state, OutputStream &self, Bytes contents);
Result<StreamResult<void>> outputBlockingWriteAndFlush(State &state, OutputStream &self,
                                                       Bytes contents);
StreamResult<void> outputFlush(State &state, OutputStream &self);
Result<StreamResult<void>> outputBlockingFlush(State &state, OutputStream &self);
std::unique_ptr<Pollable> outputSubscribe(State &state, OutputStream &self);
Result<StreamResult<void>> outputWriteZeroes(State &state, OutputStream &self, uint64_t len);
Result<StreamResult<void>> outputBlockingWriteZeroesAndFlush(State &state, OutputStream &self,
                                                             uint64_t len);
Result<StreamResult<uint64_t>> outputSplice(State &state, OutputStream &self, InputStream &src,
                                            uint64_t len);
Result<StreamResult<uint64_t>> outputBlockingSplice(State &state, OutputStream &self,
                                                    InputStream &src, uint64_t len);

} // namespace w2n::wasi::p2
