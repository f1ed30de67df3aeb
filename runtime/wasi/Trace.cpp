// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/Trace.h"

#include "runtime/wasi/TraceFormat.h"

#include <string>
#include <vector>

namespace w2n::wasi {

namespace {

uint32_t loadMoved(const Call &call, GuestMemory memory, std::span<const runtime::Slot> arguments) {
  for (const CallParameter &parameter : call.parameters)
    if (parameter.format->type == "Moved")
      if (auto moved = memory.view(GuestPointer<uint32_t>{uint32_t(arguments[parameter.slot])}))
        return moved->load();
  return 0;
}

} // namespace

Status invokeTraced(const Call &call, const TraceSink &sink, WasiContext &context,
                    GuestMemory memory, std::span<runtime::Slot> slots) {
  const std::span<const CallParameter> parameters = call.parameters;
  // The call overwrites the first slot, and what it reads may be what it fills.
  const std::vector<runtime::Slot> arguments(slots.begin(), slots.end());
  std::vector<std::string> texts(parameters.size());
  auto format = [&](trace::When when, bool failed, uint32_t moved) {
    for (size_t index = 0; index < parameters.size(); ++index)
      if (parameters[index].format->when == when)
        texts[index] = parameters[index].format->text(
            {memory, std::span(arguments).subspan(parameters[index].slot), failed, moved});
  };
  auto print = [&](std::string_view result) {
    std::string line(call.name);
    for (size_t index = 0; index < parameters.size(); ++index)
      line.append(index == 0 ? "(" : ", ")
          .append(parameters[index].name)
          .append("=")
          .append(texts[index]);
    line.append(parameters.empty() ? "() = " : ") = ").append(result).append("\n");
    sink(line);
  };

  format(trace::When::Before, /*failed=*/false, /*moved=*/0);
  if (!call.returns()) {
    print("?");
    return call.invoke(context, memory, slots);
  }
  if (Status status = call.invoke(context, memory, slots); !status) {
    print("?");
    return status;
  }
  const auto error = Errno(slots[0]);
  const bool failed = error != Errno::Success;
  format(trace::When::After, failed, failed ? 0 : loadMoved(call, memory, arguments));
  print(!failed ? "0" : std::to_string(slots[0]) + " " + nameOf(error));
  return {};
}

} // namespace w2n::wasi
