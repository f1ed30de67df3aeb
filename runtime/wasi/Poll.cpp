// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// poll_oneoff: sleeping, and waiting for descriptors.
#include "runtime/core/Interrupt.h"
#include "runtime/platform/VirtualMemory.h"
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/Clock.h"
#include "runtime/wasi/WaitOnce.h"
#include "runtime/wasi/WasiContext.h"

#include <algorithm>
#include <cerrno>
#include <memory_resource>
#include <poll.h>
#include <sys/ioctl.h>

namespace w2n::wasi {

namespace {

// More than any program has descriptors; the count is the guest's and sizes allocations here.
constexpr uint32_t maxSubscriptions = 4096;
constexpr uint64_t never = waitForever;

/// A subscription and how far it is.
struct Wait {
  Subscription subscription;
  Errno error = Errno::Success;
  uint64_t deadlineNs = never;        ///< of the subscription's clock
  uint64_t nowNs = 0;                 ///< what that clock said when it was last read
  const pollfd *descriptor = nullptr; ///< of the other kinds
  FileHandle file;                    ///< keeps `descriptor` open
};

void prepareClock(const Clocks &clocks, Wait &wait) {
  const SubscriptionClock &clock = wait.subscription.clock;
  constexpr uint16_t absolute = 1;
  auto now = clocks.readNs(clock.id);
  if (!now || (clock.flags & ~absolute)) {
    wait.error = now ? Errno::Inval : now.error();
    return;
  }
  wait.nowNs = *now;
  uint64_t base = clock.flags & absolute ? 0 : *now;
  wait.deadlineNs = clock.timeoutNs > never - base ? never : base + clock.timeoutNs;
}

void prepareDescriptor(WasiContext &context, Wait &wait, std::pmr::vector<pollfd> &descriptors) {
  bool reads = wait.subscription.type == EventType::FdRead;
  auto file = context.files.find(wait.subscription.fd, reads ? needs::pollRead : needs::pollWrite);
  if (!file) {
    wait.error = file.error();
    return;
  }
  wait.file = *file;
  // Within the reserved capacity: the address stays.
  wait.descriptor =
      &descriptors.emplace_back(pollfd{(*file)->host, short(reads ? POLLIN : POLLOUT), 0});
}

/// The time that `wait` may take, as far as is known.
uint64_t remainingNs(const Wait &wait) {
  if (wait.error != Errno::Success || wait.nowNs >= wait.deadlineNs)
    return 0;
  return wait.deadlineNs == never ? never : wait.deadlineNs - wait.nowNs;
}

Event makeEvent(const Wait &wait) {
  Event event{.userdata = wait.subscription.userdata,
              .error = uint16_t(wait.error),
              .type = wait.subscription.type,
              .availableBytes = 0,
              .flags = 0};
  if (!wait.descriptor)
    return event;
  int available = 0;
  if (event.type == EventType::FdRead && ioctl(wait.descriptor->fd, FIONREAD, &available) == 0)
    event.availableBytes = uint64_t(std::max(available, 0));
  event.flags = wait.descriptor->revents & POLLHUP ? 1 : 0;
  if (wait.descriptor->revents & POLLNVAL)
    event.error = uint16_t(Errno::Badf);
  return event;
}

bool isReady(const Clocks &clocks, Wait &wait) {
  if (wait.error != Errno::Success)
    return true;
  if (wait.descriptor)
    return wait.descriptor->revents != 0;
  if (remainingNs(wait) != 0)
    wait.nowNs = clocks.readNs(wait.subscription.clock.id).value_or(never);
  return remainingNs(wait) == 0;
}

/// Waits once.
Outcome waitOnce(Clocks &clocks, std::span<const Wait> waits, std::span<pollfd> descriptors) {
  uint64_t timeoutNs = waitForever;
  for (const Wait &wait : waits)
    timeoutNs = std::min(timeoutNs, remainingNs(wait));
  return waitOnce(clocks, timeoutNs, descriptors);
}

const Subscription &toCurrent(const Subscription &subscription) { return subscription; }

Subscription toCurrent(const SubscriptionUnstable &older) {
  Subscription subscription = {};
  subscription.userdata = older.userdata;
  subscription.type = older.type;
  if (older.type == EventType::Clock)
    subscription.clock = older.clock;
  else
    subscription.fd = older.fd;
  return subscription;
}

template <typename GuestSubscription>
Outcome poll(WasiContext &context, GuestArray<GuestSubscription> subscriptions,
             GuestArray<Event> events, Count count, Moved eventCount) {
  if (count == 0 || count > maxSubscriptions)
    return std::unexpected(Errno::Inval);

  // All subscriptions are copied before the first event is written: the two arrays may overlap.
  // A few find room on the stack; the others are half a megabyte at most.
  constexpr uint32_t fewSubscriptions = 64;
  if (count > fewSubscriptions && !platform::hasRoom(count * (sizeof(Wait) + sizeof(pollfd))))
    return std::unexpected(Errno::NoMem);
  std::byte room[1024];
  std::pmr::monotonic_buffer_resource resource(room, sizeof(room));
  std::pmr::vector<Wait> waits(count, &resource);
  std::pmr::vector<pollfd> descriptors(&resource);
  descriptors.reserve(count);
  for (uint32_t index = 0; index < count; ++index) {
    Wait &wait = waits[index];
    wait.subscription = toCurrent(subscriptions.load(index));
    if (wait.subscription.type > EventType::FdWrite)
      return std::unexpected(Errno::Inval);
    if (wait.subscription.type == EventType::Clock)
      prepareClock(context.clocks, wait);
    else
      prepareDescriptor(context, wait, descriptors);
  }

  uint32_t ready = 0;
  while (ready == 0) {
    if (runtime::isInterrupted())
      return std::unexpected(Errno::Intr);
    W2N_CHECK(waitOnce(context.clocks, waits, descriptors));
    for (Wait &wait : waits)
      if (isReady(context.clocks, wait))
        events.store(makeEvent(wait), ready++);
  }
  eventCount.store(ready);
  return {};
}

} // namespace

Outcome pollOneoff(WasiContext &context, GuestArray<Subscription> subscriptions,
                   GuestArray<Event> events, Count count, Moved eventCount) {
  return poll(context, subscriptions, events, count, eventCount);
}

Outcome pollOneoffUnstable(WasiContext &context, GuestArray<SubscriptionUnstable> subscriptions,
                           GuestArray<Event> events, Count count, Moved eventCount) {
  return poll(context, subscriptions, events, count, eventCount);
}

} // namespace w2n::wasi
