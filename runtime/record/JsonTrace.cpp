// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/JsonTrace.h"

#include "runtime/record/CallText.h"
#include "runtime/record/Event.h"
#include "runtime/record/Json.h"

namespace w2n::record {

using runtime::Function;
using runtime::Instance;
using runtime::Slot;

namespace {

std::string numbers(std::span<const Slot> slots, const std::vector<uint64_t> &masks) {
  std::string text = "[";
  for (size_t i = 0; i < masks.size(); ++i)
    text.append(i == 0 ? "" : ",")
        .append(masks[i] == 0 ? "null" : std::to_string(slots[i] & masks[i]));
  return text + "]";
}

std::string nsText(std::chrono::steady_clock::duration time) {
  return std::to_string(std::chrono::nanoseconds(time).count());
}

} // namespace

Result<std::shared_ptr<Function>> JsonTrace::imported(Instance &instance, uint32_t index,
                                                      const std::shared_ptr<Function> &function) {
  auto import = std::make_shared<Import>();
  import->name = importName(instance, index);
  import->params = masksOf(function->type.params);
  import->results = masksOf(function->type.results);
  W2N_TRY(seen, importedBelow(instance, index, function));
  import->function = std::move(seen);
  auto traced = runtime::makeHostFunction(
      function->type, [this, import](runtime::Caller caller, std::span<Slot> slots) {
        return callHost(*import, caller, slots);
      });
  traced->writes = function->writes;
  return traced;
}

Status JsonTrace::callHost(const Import &import, runtime::Caller caller, std::span<Slot> slots) {
  CallText traced;
  std::string line =
      "{\"call\":" + jsonText(import.name) + ",\"args\":" + numbers(slots, import.params);
  const Clock::time_point begin = Clock::now();
  Status status = import.function->host(caller, slots);
  const Clock::duration time = Clock::now() - begin;
  if (status)
    line += ",\"results\":" + numbers(slots, import.results);
  else
    line += ",\"error\":" + jsonText(describe(outcomeOf(status)));
  line += ",\"startNs\":" + nsText(begin - start) + ",\"ns\":" + nsText(time);
  if (!traced.text.empty())
    line += ",\"text\":" + jsonText(traced.text);
  sink(line + "}\n");
  return status;
}

} // namespace w2n::record
