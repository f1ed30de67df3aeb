// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p3/ByteStreams.h"

namespace w2n::wasi::p3 {

namespace {

// The host's buffer of a stream.
constexpr size_t bufferBytes = 64 << 10;

/// The error of a stream of 0.2; none if it was closed.
std::optional<Errno> errorOf(const p2::StreamError &error) {
  const auto *failed = std::get_if<p2::StreamError::LastOperationFailed>(&error.value);
  return failed ? std::optional(failed->value->error) : std::nullopt;
}

Result<runtime::HostCharge> chargeBuffer(HostTasks &tasks) {
  runtime::HostCharge charge(tasks.hostBudget());
  W2N_CHECK(charge.take(bufferBytes + runtime::HostCharge::allocationBytes));
  return charge;
}

} // namespace

Result<std::optional<Errno>> copyFrom(State &state, HostTasks &tasks, p2::InputSource &source,
                                      runtime::StreamWriter<uint8_t> writer) {
  W2N_TRY(charge, chargeBuffer(tasks));
  runtime::ByteBuffer buffer(bufferBytes);
  for (;;) {
    // Nothing is taken from a file that others read, too, before the guest wants it.
    W2N_TRY(isWanted, writer.waitForReader());
    if (!isWanted)
      return std::nullopt;
    W2N_TRY(bytes, source.read(state, buffer.span(), /*blocking=*/true));
    if (!bytes)
      return errorOf(bytes.error());
    W2N_TRY(isRead, writer.write(buffer.span().first(*bytes)));
    if (!isRead)
      return std::nullopt;
  }
}

Result<std::optional<Errno>> copyTo(State &state, p2::OutputSink &sink, HostTasks &tasks,
                                    StreamEnd<uint8_t> data) {
  runtime::ByteReader reader(tasks, std::move(data));
  W2N_TRY(charge, chargeBuffer(tasks));
  runtime::ByteBuffer buffer(bufferBytes);
  for (;;) {
    W2N_TRY(bytes, reader.read(buffer.span()));
    const auto place = buffer.span().first(bytes);
    if (bytes != 0) {
      W2N_TRY(written, sink.write(state, place));
      if (!written)
        return errorOf(written.error()).value_or(Errno::Pipe);
    }
    W2N_TRY(flushed, sink.flush(state));
    if (!flushed)
      return errorOf(flushed.error()).value_or(Errno::Pipe);
    if (bytes == 0)
      return std::nullopt;
  }
}

} // namespace w2n::wasi::p3
