// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Streams of bytes between a guest and a file, a pipe or a socket: tasks that read and write what
// the streams of 0.2 do, and a future that says how that ended.
#pragma once

#include "runtime/component/HostStreams.h"
#include "runtime/wasi/p2/Streams.h"

namespace w2n::wasi::p3 {

using p2::State;
using runtime::FutureEnd;
using runtime::HostTasks;
using runtime::StreamEnd;

template <typename Code> using Ended = std::expected<void, Code>;
/// How a stream ended is in the future.
template <typename Code> using Reading = std::tuple<StreamEnd<uint8_t>, FutureEnd<Ended<Code>>>;

/// Reads from `source` whatever the guest reads of the stream. Nothing is where it failed, if it
/// has an error. Errors: those that end the guest.
Result<std::optional<Errno>> copyFrom(State &state, HostTasks &tasks, p2::InputSource &source,
                                      runtime::StreamWriter<uint8_t> writer);
/// Writes to `sink` whatever the guest writes. The same errors.
Result<std::optional<Errno>> copyTo(State &state, p2::OutputSink &sink, HostTasks &tasks,
                                    StreamEnd<uint8_t> data);

/// The stream of what is in `source`, or one that ends with an error. Errors: Trap (resource
/// limit).
template <typename Code>
Result<Reading<Code>> readFrom(State &state, HostTasks &tasks,
                               std::expected<std::shared_ptr<p2::InputSource>, Code> source,
                               Code (*codeOf)(Errno)) {
  W2N_TRY(stream, tasks.makeStream(/*isFuture=*/false));
  W2N_TRY(future, tasks.makeStream(/*isFuture=*/true));
  Reading<Code> reading{{stream}, {future}};
  if (!source) {
    stream->drop();
    W2N_CHECK(resolve(tasks, *future, state, Ended<Code>(std::unexpected(source.error()))));
    return reading;
  }
  W2N_CHECK(tasks.spawn([&state, &tasks, stream, future, codeOf, from = *source]() -> Status {
    W2N_TRY(failed, copyFrom(state, tasks, *from, {tasks, stream}));
    Ended<Code> ended;
    if (failed)
      ended = std::unexpected(codeOf(*failed));
    return resolve(tasks, *future, state, std::move(ended));
  }));
  return reading;
}

/// The future of writing all of `data` to `sink`, or of an error. The same errors.
template <typename Code>
Result<FutureEnd<Ended<Code>>> writeTo(State &state, HostTasks &tasks, StreamEnd<uint8_t> data,
                                       std::expected<std::shared_ptr<p2::OutputSink>, Code> sink,
                                       Code (*codeOf)(Errno)) {
  W2N_TRY(future, tasks.makeStream(/*isFuture=*/true));
  FutureEnd<Ended<Code>> written{future};
  if (!sink) {
    data.shared->drop();
    W2N_CHECK(resolve(tasks, *future, state, Ended<Code>(std::unexpected(sink.error()))));
    return written;
  }
  W2N_CHECK(tasks.spawn([&state, &tasks, data, future, codeOf, to = *sink]() -> Status {
    W2N_TRY(failed, copyTo(state, *to, tasks, data));
    Ended<Code> ended;
    if (failed)
      ended = std::unexpected(codeOf(*failed));
    return resolve(tasks, *future, state, std::move(ended));
  }));
  return written;
}

} // namespace w2n::wasi::p3
