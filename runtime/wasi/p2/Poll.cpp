// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/Poll.h"

#include "runtime/core/Interrupt.h"

#include <algorithm>

namespace w2n::wasi::p2 {

namespace {

// As many as a guest has resources.
constexpr size_t maxPolled = runtime::ResourceTable::defaultMaxResources;
constexpr uint32_t monotonic = 1;

/// The time now, and never for a guest without a clock.
uint64_t nowNs(State &state) { return state.wasi->clocks.readNs(monotonic).value_or(0); }

class Timer final : public Pollable {
public:
  explicit Timer(uint64_t deadlineNs) : deadlineNs(deadlineNs) {}
  Readiness readiness(State &state) override {
    // Without a clock nothing can be waited for, and the guest is not to hang.
    const bool noClock = !state.wasi->clocks.readNs(monotonic);
    return {.now = noClock, .deadlineNs = deadlineNs};
  }

private:
  const uint64_t deadlineNs;
};

class DescriptorPollable final : public Pollable {
public:
  DescriptorPollable(std::shared_ptr<const void> keeper, int host, short events)
      : keeper(std::move(keeper)), host(host), events(events) {}
  Readiness readiness(State &) override { return {.host = host, .events = events}; }

private:
  const std::shared_ptr<const void> keeper;
  const int host;
  const short events;
};

/// One round: what each waits for, and the system's part of it.
struct Round {
  std::vector<uint32_t> ready;
  std::vector<pollfd> descriptors;
  std::vector<uint32_t> owners; ///< of the descriptors
  uint64_t deadlineNs = waitForever;
};

Round prepare(State &state, std::span<Pollable *const> waited) {
  Round round;
  const uint64_t now = nowNs(state);
  for (uint32_t index = 0; index < waited.size(); ++index) {
    const Readiness readiness = waited[index]->readiness(state);
    if (readiness.now || readiness.deadlineNs <= now)
      round.ready.push_back(index);
    else if (readiness.host >= 0) {
      round.descriptors.push_back({readiness.host, readiness.events, 0});
      round.owners.push_back(index);
    }
    round.deadlineNs = std::min(round.deadlineNs, readiness.deadlineNs);
  }
  return round;
}

uint64_t until(uint64_t deadlineNs, uint64_t now) {
  if (deadlineNs == waitForever)
    return waitForever;
  return deadlineNs > now ? deadlineNs - now : 0;
}

} // namespace

Result<std::vector<uint32_t>> waitForAny(State &state, std::span<Pollable *const> waited,
                                         uint64_t timeoutNs) {
  while (true) {
    if (runtime::isInterrupted())
      return interrupted();
    Round round = prepare(state, waited);
    const uint64_t waitNs =
        round.ready.empty() ? std::min(timeoutNs, until(round.deadlineNs, nowNs(state))) : 0;
    const Outcome outcome = waitOnce(state.wasi->clocks, waitNs, round.descriptors);
    if (!outcome && outcome.error() != Errno::Intr)
      return trap(std::string("poll failed with ") + nameOf(outcome.error()));
    if (outcome)
      for (size_t index = 0; index < round.descriptors.size(); ++index)
        if (round.descriptors[index].revents != 0 &&
            waited[round.owners[index]]->isReadyAfter(state))
          round.ready.push_back(round.owners[index]);
    if (!round.ready.empty() || timeoutNs == 0) {
      std::ranges::sort(round.ready);
      return std::move(round.ready);
    }
  }
}

Status waitForDescriptor(State &state, int host, short events) {
  DescriptorPollable pollable(nullptr, host, events);
  Pollable *const waited[] = {&pollable};
  W2N_CHECK(waitForAny(state, waited));
  return {};
}

bool isDescriptorReady(int host, short events) {
  pollfd descriptor = {host, events, 0};
  return ::poll(&descriptor, 1, 0) == 1;
}

std::unique_ptr<Pollable> makeTimer(uint64_t deadlineNs) {
  return std::make_unique<Timer>(deadlineNs);
}
std::unique_ptr<Pollable> makeDescriptorPollable(std::shared_ptr<const void> keeper, int host,
                                                 short events) {
  return std::make_unique<DescriptorPollable>(std::move(keeper), host, events);
}

Result<bool> pollableReady(State &state, Pollable &self) {
  Pollable *const waited[] = {&self};
  W2N_TRY(ready, waitForAny(state, waited, /*timeoutNs=*/0));
  return !ready.empty();
}

Result<void> pollableBlock(State &state, Pollable &self) {
  Pollable *const waited[] = {&self};
  W2N_CHECK(waitForAny(state, waited));
  return {};
}

Result<std::vector<uint32_t>> poll(State &state, std::vector<std::reference_wrapper<Pollable>> in) {
  if (in.empty() || in.size() > maxPolled)
    return trap("poll of " + std::to_string(in.size()) + " pollables, must be 1 to " +
                std::to_string(maxPolled));
  std::vector<Pollable *> waited;
  waited.reserve(in.size());
  for (Pollable &pollable : in)
    waited.push_back(&pollable);
  return waitForAny(state, waited);
}

} // namespace w2n::wasi::p2
