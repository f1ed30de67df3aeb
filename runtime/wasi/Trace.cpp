#include "runtime/wasi/Trace.h"

#include "runtime/wasi/TraceFormat.h"

#include <algorithm>

namespace w2n::wasi {

namespace {

constexpr std::string_view trim(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  return text;
}

/// Takes the first parameter of a row's list: "Fd fd" of "Fd fd, int64_t offset". No type has a
/// comma in it.
constexpr std::string_view takeParameter(std::string_view &list) {
  size_t end = std::min(list.find(','), list.size());
  std::string_view first = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return trim(first);
}

constexpr bool knowsEveryType(std::string_view list) {
  while (!list.empty()) {
    std::string_view parameter = takeParameter(list);
    if (!trace::findFormat(parameter.substr(0, parameter.rfind(' '))))
      return false;
  }
  return true;
}

#define WASI_CALL(name, handler, ...)                                                              \
  static_assert(knowsEveryType(#__VA_ARGS__), #name ": a type has no row in TraceFormat.h");
#define WASI_UNSTABLE WASI_CALL
#include "runtime/wasi/Calls.def"

} // namespace

struct TracedCall::Parameter {
  std::string_view name;
  const trace::Format *format;
};

TracedCall::TracedCall(const Call &call) : call(call) {
  for (std::string_view list = call.parameters; !list.empty();) {
    std::string_view parameter = takeParameter(list);
    size_t space = parameter.rfind(' ');
    parameters.push_back(
        {parameter.substr(space + 1), trace::findFormat(parameter.substr(0, space))});
  }
}

uint32_t TracedCall::loadMoved(GuestMemory memory, std::span<const runtime::Slot> arguments) const {
  for (size_t index = 0; index < parameters.size(); ++index)
    if (parameters[index].format->type == "Moved")
      if (auto moved = memory.view(GuestPointer<uint32_t>{uint32_t(arguments[index])}))
        return moved->load();
  return 0;
}

TracedCall::~TracedCall() = default;
TracedCall::TracedCall(TracedCall &&) noexcept = default;

Status TracedCall::invoke(const TraceSink &sink, WasiContext &context, GuestMemory memory,
                          std::span<runtime::Slot> slots) const {
  // The call overwrites the first slot, and what it reads may be what it fills.
  const std::vector<runtime::Slot> arguments(slots.begin(), slots.end());
  std::vector<std::string> texts(parameters.size());
  auto format = [&](trace::When when, bool failed, uint32_t moved) {
    for (size_t index = 0; index < parameters.size(); ++index)
      if (parameters[index].format->when == when)
        texts[index] = parameters[index].format->text(
            {memory, std::span(arguments).subspan(index), failed, moved});
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
  if (call.type().results.empty()) {
    print("?");
    return call.invoke(context, memory, slots);
  }
  W2N_CHECK(call.invoke(context, memory, slots));
  const auto error = Errno(slots[0]);
  const bool failed = error != Errno::Success;
  format(trace::When::After, failed, failed ? 0 : loadMoved(memory, arguments));
  print(!failed ? "0" : std::to_string(slots[0]) + " " + nameOf(error));
  return {};
}

} // namespace w2n::wasi
