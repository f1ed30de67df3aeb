// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Streams and futures for functions of the host. A StreamEnd or FutureEnd is a readable end, as a
// parameter or a result; a function that returns one keeps the stream and writes to it from a task.
//
// Copies are done in fibers of tasks, which go aside until the other end comes. Bytes go from the
// host's buffer to the guest's at once.
#pragma once

#include "runtime/component/CanonicalLift.h"
#include "runtime/component/CanonicalLower.h"
#include "runtime/component/HostTasks.h"

#include <utility>

namespace w2n::runtime {

/// The host's side of a copy, on the stack of the fiber that waits for it.
class HostCopy : public CopyParty {
public:
  HostCopy(HostTasks &tasks, SharedStream &stream) : tasks(tasks), stream(stream) {}
  HostCopy(const HostCopy &) = delete;
  HostCopy &operator=(const HostCopy &) = delete;
  ~HostCopy() { withdraw(); }

  /// Waits until the other end takes or gives something, or is dropped. `buffer.progress` is how
  /// much. Errors: Trap; Interrupted.
  Status run(bool isWriter);
  /// Whether the other end is gone.
  bool isDropped() const { return hasEnded && result == CopyResult::Dropped; }
  /// Counts what is read, until it is passed on (HostTasks::unflushedCount).
  bool countsUnflushed = false;

  void onCopy() override { note(); }
  void onDone(CopyResult how) override {
    hasEnded = true;
    result = how;
    note();
  }

private:
  void note() {
    hasMoved = true;
    if (countsUnflushed && buffer.progress > 0 && !std::exchange(isCounted, true))
      ++tasks.unflushedCount;
  }
  void withdraw() {
    if (stream.pending == this)
      stream.pending = nullptr;
  }

  HostTasks &tasks;
  SharedStream &stream;
  CopyResult result = CopyResult::Completed;
  bool hasMoved = false, hasEnded = false, isCounted = false;
};

/// Bytes that the host reads. Dropped at its end.
class ByteReader {
public:
  ByteReader(HostTasks &tasks, StreamEnd<uint8_t> end)
      : tasks(tasks), stream(std::move(end.shared)) {}
  ByteReader(const ByteReader &) = delete;
  ByteReader &operator=(const ByteReader &) = delete;
  ~ByteReader() { drop(); }

  /// At least one byte, or 0 at the end. What was read counts as not passed on until the next call,
  /// or drop(). Errors: Trap; Interrupted.
  Result<size_t> read(std::span<uint8_t> bytes);
  void drop();

private:
  void passOn() {
    if (std::exchange(hasUnflushed, false))
      --tasks.unflushedCount;
  }

  HostTasks &tasks;
  std::shared_ptr<SharedStream> stream;
  bool hasUnflushed = false;
};

/// The host's end of a stream that it writes. Dropped at its end.
template <typename T> class StreamWriter {
public:
  StreamWriter(HostTasks &tasks, std::shared_ptr<SharedStream> stream)
      : tasks(tasks), stream(std::move(stream)) {}
  StreamWriter(StreamWriter &&) = default;
  ~StreamWriter() { drop(); }

  /// Waits until something reads. False if nothing will any more. Errors: Trap; Interrupted.
  Result<bool> waitForReader() {
    HostCopy copy(tasks, *stream);
    W2N_CHECK(copy.run(/*isWriter=*/true));
    return !copy.isDropped();
  }
  /// Writes all of `bytes`. False if nothing reads them. The same errors.
  Result<bool> write(std::span<const T> bytes)
    requires IsNumber<T>
  {
    while (!bytes.empty()) {
      HostCopy copy(tasks, *stream);
      // It is only read.
      copy.buffer.bytes = reinterpret_cast<uint8_t *>(const_cast<T *>(bytes.data()));
      copy.buffer.length = uint32_t(std::min<size_t>(bytes.size(), CopyBuffer::maxElements));
      W2N_CHECK(copy.run(/*isWriter=*/true));
      bytes = bytes.subspan(copy.buffer.progress);
      if (copy.isDropped())
        return bytes.empty();
    }
    return true;
  }
  Result<bool> write(std::vector<T> values, HostContext &context);
  void drop() {
    if (stream)
      std::exchange(stream, nullptr)->drop();
  }

private:
  HostTasks &tasks;
  std::shared_ptr<SharedStream> stream;
};

/// Values that are converted to and from those of guests.
template <typename T> class TypedElements final : public HostElements {
public:
  TypedElements(HostContext &context, size_t count)
      : HostElements(Canonical<T>::node), context(context), values(count) {}

  Status store(HostCall &guest, uint32_t index, uint32_t address) override {
    Lower lower(guest, context);
    MemoryWriter writer(lower, address);
    return detail::writeNext(lower, writer, *values[index]);
  }
  Status load(HostCall &guest, uint32_t index, uint32_t address) override {
    Lift lift(guest, context);
    // The buffer was checked when the copy began.
    MemoryReader reader(lift.memory.data() + address);
    W2N_TRY(value, detail::readNext<T>(lift, reader));
    values[index].emplace(std::move(value));
    return {};
  }
  void move(uint32_t index, HostElements &to, uint32_t toIndex) override {
    static_cast<TypedElements &>(to).values[toIndex] = std::exchange(values[index], std::nullopt);
  }

  HostContext &context;
  std::vector<std::optional<T>> values;
};

template <typename T>
Result<bool> StreamWriter<T>::write(std::vector<T> values, HostContext &context) {
  TypedElements<T> elements(context, values.size());
  for (size_t i = 0; i < values.size(); ++i)
    elements.values[i].emplace(std::move(values[i]));
  uint32_t written = 0;
  while (written < values.size()) {
    HostCopy copy(tasks, *stream);
    copy.buffer.elements = &elements;
    copy.buffer.length = uint32_t(values.size());
    copy.buffer.progress = written;
    W2N_CHECK(copy.run(/*isWriter=*/true));
    written = copy.buffer.progress;
    if (copy.isDropped())
      return written == values.size();
  }
  return true;
}

namespace detail {

/// A value that waits for who reads the future.
template <typename T> struct KeptValue final : CopyParty {
  KeptValue(HostContext &context, T value) : elements(context, 1) {
    elements.values[0].emplace(std::move(value));
    buffer.elements = &elements;
    buffer.length = 1;
  }
  void onCopy() override {}
  void onDone(CopyResult) override {}
  TypedElements<T> elements;
};

} // namespace detail

/// Gives a future its value, which it keeps until that is read. Errors: Trap.
template <typename T>
Status resolve(HostTasks &tasks, SharedStream &future, HostContext &context, T value) {
  auto kept = std::make_shared<detail::KeptValue<T>>(context, std::move(value));
  future.keptValue = kept;
  return tasks.transfer(future, *kept, /*isWriter=*/true);
}

/// The value of a future, once it has one; nothing if it will never have one. Errors: Trap;
/// Interrupted.
template <typename T>
Result<std::optional<T>> awaitValue(HostTasks &tasks, FutureEnd<T> future, HostContext &context) {
  TypedElements<T> elements(context, 1);
  HostCopy copy(tasks, *future.shared);
  copy.buffer.elements = &elements;
  copy.buffer.length = 1;
  W2N_CHECK(copy.run(/*isWriter=*/false));
  return std::move(elements.values[0]);
}

} // namespace w2n::runtime
