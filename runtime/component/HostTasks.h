// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Tasks of the host beside those of the guest, which functions of the host begin, and their ends of
// streams and futures (HostStreams.h). All of it is on the thread of the instance, and in a fiber
// of a task, where nothing else is said.
#pragma once

#include "runtime/component/Streams.h"

namespace w2n::runtime {

class HostTasks {
public:
  /// Begins a task, which runs `body` in a fiber of its own: now, until it waits, and then when it
  /// can go on. An error of `body` ends the instance. Anywhere. Errors: Trap (resource limit).
  virtual Status spawn(std::move_only_function<Status()> body) = 0;
  /// The caller goes aside until `isReady`. Errors: Trap; Interrupted, if it is to end.
  virtual Status waitUntil(std::function<bool()> isReady) = 0;
  /// As SharedStream::transfer. Anywhere.
  virtual Status transfer(SharedStream &stream, CopyParty &party, bool isWriter) = 0;
  /// A stream or future that the host makes. Anywhere. Errors: Trap (resource limit).
  virtual Result<std::shared_ptr<SharedStream>> makeStream(bool isFuture) = 0;
  virtual const std::shared_ptr<HostBudget> &hostBudget() const = 0;

  /// How many tasks have bytes of the guest that they have not passed on yet.
  size_t unflushedCount = 0;

protected:
  ~HostTasks() = default;
};

} // namespace w2n::runtime
