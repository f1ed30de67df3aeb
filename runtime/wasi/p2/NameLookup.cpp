// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:sockets/ip-name-lookup. getaddrinfo(3) waits, and no signal ends it: so it has a thread of
// its own, which nobody waits for when the guest ends.
#include "runtime/wasi/p2/Network.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace w2n::wasi::p2 {

class Lookup {
public:
  Lookup() : event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  void finish(NetResult<std::vector<IpAddress>> found) {
    {
      std::lock_guard guard(lock);
      result = std::move(found);
    }
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(event.get(), &one, sizeof(one));
  }
  /// Nullopt as long as nothing is known.
  std::optional<NetResult<std::vector<IpAddress>>> get() {
    std::lock_guard guard(lock);
    return result;
  }

  const Descriptor event;

private:
  std::mutex lock;
  std::optional<NetResult<std::vector<IpAddress>>> result;
};

namespace {

// Threads at a time, of the whole process.
constexpr uint32_t maxLookups = 64;
std::atomic<uint32_t> runningLookups = 0;
constexpr size_t maxAddresses = 256;

struct Job {
  std::shared_ptr<Lookup> lookup;
  std::string name;
};

NetworkError toError(int failure) {
  switch (failure) {
  case EAI_AGAIN:
    return NetworkError::TemporaryResolverFailure;
  case EAI_FAIL:
    return NetworkError::PermanentResolverFailure;
  case EAI_MEMORY:
    return NetworkError::OutOfMemory;
  default:
    return NetworkError::NameUnresolvable;
  }
}

std::optional<IpAddress> addressOf(const addrinfo &info) {
  HostAddress address;
  if (info.ai_addrlen > sizeof(address.storage) ||
      (info.ai_family != AF_INET && info.ai_family != AF_INET6))
    return std::nullopt;
  std::memcpy(&address.storage, info.ai_addr, info.ai_addrlen);
  const IpAddress ip = address.toAddress().ip;
  return ip.isMappedV4() ? std::nullopt : std::optional(ip);
}

NetResult<std::vector<IpAddress>> resolve(const std::string &name) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_IDN;
  addrinfo *list = nullptr;
  if (const int failure = getaddrinfo(name.c_str(), nullptr, &hints, &list))
    return std::unexpected(toError(failure));
  std::vector<IpAddress> addresses;
  for (const addrinfo *each = list; each && addresses.size() < maxAddresses; each = each->ai_next)
    if (const auto address = addressOf(*each))
      addresses.push_back(*address);
  freeaddrinfo(list);
  return addresses;
}

void *runJob(void *argument) {
  const std::unique_ptr<Job> job(static_cast<Job *>(argument));
  job->lookup->finish(resolve(job->name));
  --runningLookups;
  return nullptr;
}

/// Whether a thread looks for it.
bool startJob(std::unique_ptr<Job> job) {
  if (runningLookups.fetch_add(1) >= maxLookups) {
    --runningLookups;
    return false;
  }
  // A signal for the host is not this thread's.
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  pthread_t thread;
  const bool started = pthread_create(&thread, nullptr, runJob, job.get()) == 0;
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  if (!started) {
    --runningLookups;
    return false;
  }
  job.release();
  pthread_detach(thread);
  return true;
}

bool isValidName(std::string_view name) {
  constexpr size_t maxNameBytes = 1024; // IDNA makes some names shorter
  auto isControlOrSpace = [](char c) { return uint8_t(c) <= ' ' || c == 0x7f; };
  return !name.empty() && name.size() <= maxNameBytes &&
         std::ranges::none_of(name, isControlOrSpace) && name.find_first_of(":/[]@") == name.npos;
}

} // namespace

std::shared_ptr<Lookup> startLookup(std::string_view name) {
  auto lookup = std::make_shared<Lookup>();
  if (!lookup->event || !isValidName(name) ||
      !startJob(std::make_unique<Job>(lookup, std::string(name))))
    return nullptr;
  return lookup;
}
int descriptorOf(const Lookup &lookup) { return lookup.event.get(); }
std::optional<NetResult<std::vector<IpAddress>>> resultOf(Lookup &lookup) { return lookup.get(); }

NetResult<std::unique_ptr<ResolveAddressStream>> resolveAddresses(State &state, Network &,
                                                                  std::string_view name) {
  auto lookup = std::make_shared<Lookup>();
  if (!lookup->event)
    return std::unexpected(NetworkError::NewSocketLimit);
  if (const auto address = parseIpAddress(name)) {
    if (address->isMappedV4())
      return std::unexpected(NetworkError::InvalidArgument);
    lookup->finish(std::vector{*address});
  } else if (!isValidName(name)) {
    return std::unexpected(NetworkError::InvalidArgument);
  } else if (!state.wasi->network.mayLookUp(name)) {
    return std::unexpected(NetworkError::AccessDenied);
  } else if (!startJob(std::make_unique<Job>(lookup, std::string(name)))) {
    return std::unexpected(NetworkError::TemporaryResolverFailure);
  }
  return std::make_unique<ResolveAddressStream>(std::move(lookup), std::string(name));
}

NetResult<std::optional<WitIpAddress>> resolveNextAddress(State &state,
                                                          ResolveAddressStream &self) {
  const auto result = self.lookup->get();
  if (!result)
    return std::unexpected(NetworkError::WouldBlock);
  if (!*result)
    return std::unexpected(result->error());
  const std::vector<IpAddress> &addresses = **result;
  if (self.next == 0)
    state.wasi->network.learn(self.name, addresses);
  if (self.next == addresses.size())
    return std::nullopt;
  return toWit(addresses[self.next++]);
}

std::unique_ptr<Pollable> resolveSubscribe(State &, ResolveAddressStream &self) {
  return makeDescriptorPollable(self.lookup, self.lookup->event.get(), POLLIN);
}

} // namespace w2n::wasi::p2
