// What --trace prints: each call with its arguments and its result on a line, as strace does. Names
// and meanings of the arguments are those of the rows in Calls.def.
#pragma once

#include "runtime/wasi/Calls.h"

#include <functional>
#include <string>
#include <vector>

namespace w2n::wasi {

/// Takes one line, which ends in a newline. Called on the thread that makes the call.
using TraceSink = std::function<void(std::string_view line)>;

/// One call, with what it takes to print it.
class TracedCall {
public:
  struct Parameter;

  explicit TracedCall(const Call &call);
  ~TracedCall();
  TracedCall(TracedCall &&) noexcept;

  /// Does what `Call::invoke` does and gives the line to `sink`: after the call, or before it if
  /// the call does not come back.
  Status invoke(const TraceSink &sink, WasiContext &context, GuestMemory memory,
                std::span<runtime::Slot> slots) const;

private:
  uint32_t loadMoved(GuestMemory memory, std::span<const runtime::Slot> arguments) const;

  const Call &call;
  std::vector<Parameter> parameters;
};

} // namespace w2n::wasi
