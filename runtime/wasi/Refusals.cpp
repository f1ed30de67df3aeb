// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/Refusals.h"

#include "runtime/wasi/GuestPath.h"
#include "runtime/wasi/TraceFormat.h"

namespace w2n::wasi {

namespace {

constexpr std::string_view prestatName = "fd_prestat_get";
// The descriptor of the first directory, if there is one.
constexpr uint32_t firstDirectory = 3;

const CallParameter *pathParameter(const Call &call) {
  for (const CallParameter &parameter : call.parameters)
    if (parameter.format->type == "GuestPath")
      return &parameter;
  return nullptr;
}

} // namespace

bool mayBeRefused(const Call &call) {
  return call.returns() && (call.name == prestatName || pathParameter(call));
}

Status invokeWatched(const Call &call, const RefusalSink &sink, WasiContext &context,
                     GuestMemory memory, std::span<runtime::Slot> slots) {
  const auto first = uint32_t(slots[0]);
  W2N_CHECK(call.invoke(context, memory, slots));
  const auto error = Errno(slots[0]);
  if (error != Errno::NotCapable && error != Errno::Badf) [[likely]]
    return {};
  if (call.name == prestatName) {
    if (first == firstDirectory)
      sink({"", error});
    return {};
  }
  // The result took the first slot, which no path has.
  const size_t slot = pathParameter(call)->slot;
  const auto bytes = memory.buffer(uint32_t(slots[slot]), uint32_t(slots[slot + 1]));
  Errno failure = Errno::Success;
  if (!bytes)
    return {};
  const GuestPath path(*bytes, failure);
  if (failure == Errno::Success && !path.view().empty())
    sink({path.view(), error});
  return {};
}

} // namespace w2n::wasi
