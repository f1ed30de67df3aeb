// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/Sampler.h"

#include "runtime/core/RangeRegistry.h"
#include "runtime/core/StackSample.h"
#include "runtime/record/Imports.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/syscall.h>
#include <unistd.h>

namespace w2n::record {

using runtime::Function;
using runtime::Instance;
using runtime::Slot;

namespace {

/// A prime, so that work that repeats is not always met at the same place.
constexpr long samplesPerSecond = 997;
/// The innermost ones of deep recursion.
constexpr size_t maxSampledFrames = 200;

/// The first word of a stack: the host's function, or one of these.
constexpr uint64_t inGuest = UINT64_MAX, inRuntime = UINT64_MAX - 1;

/// Identifies the timer's signals; others go to the handler that was there before.
const char samplerMark = 0;
Sampler *activeSampler = nullptr;
/// The first word of a stack whose guest has been left.
volatile uint64_t hostWord = inRuntime;

void callPreviousHandler(const struct sigaction &previous, int number, siginfo_t *info,
                         void *context) {
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(number, info, context);
  } else if (previous.sa_handler == SIG_DFL) {
    signal(number, SIG_DFL);
    raise(number); // when the handler returns
  } else if (previous.sa_handler != SIG_IGN) {
    previous.sa_handler(number);
  }
}

} // namespace

Result<std::shared_ptr<Sampler>> Sampler::create(std::shared_ptr<Boundary> below) {
  std::shared_ptr<Sampler> sampler(new Sampler(std::move(below)));
  W2N_CHECK(sampler->start());
  return sampler;
}

Sampler::~Sampler() { stop(); }

Status Sampler::start() {
  activeSampler = this;
  struct sigaction action = {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  // An interrupt waits for the handler: it is to find the guest, and not the handler.
  sigfillset(&action.sa_mask);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP})
    sigdelset(&action.sa_mask, fault);
  sigaction(SIGPROF, &action, &previous);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPROF);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGPROF;
  event.sigev_value.sival_ptr = const_cast<char *>(&samplerMark);
  event._sigev_un._tid = pid_t(syscall(SYS_gettid));
  timer_t made;
  constexpr itimerspec period = {{0, 1'000'000'000 / samplesPerSecond},
                                 {0, 1'000'000'000 / samplesPerSecond}};
  if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &made) == 0) {
    timer = made;
    if (timer_settime(made, 0, &period, nullptr) == 0)
      return {};
  }
  return fail(ErrorKind::Io, "the system gives no timer for samples");
}

void Sampler::stop() {
  if (timer)
    timer_delete(*timer);
  timer.reset();
  if (activeSampler != this)
    return;
  activeSampler = nullptr;
  sigaction(SIGPROF, &previous, nullptr);
}

void Sampler::handle(int number, siginfo_t *info, void *context) {
  const int errorNumber = errno;
  Sampler *sampler = activeSampler;
  const bool isOurs = info->si_code == SI_TIMER && info->si_value.sival_ptr == &samplerMark;
  if (sampler && isOurs)
    sampler->sample(context);
  else if (sampler)
    callPreviousHandler(sampler->previous, number, info, context);
  errno = errorNumber;
}

void Sampler::sample(const void *context) {
  std::array<uintptr_t, maxSampledFrames> addresses;
  const runtime::StackSample found = runtime::sampleStack(context, addresses);
  std::array<uint64_t, 1 + maxSampledFrames> words;
  words[0] = found.runsGuest ? inGuest : found.hasGuest ? uint64_t(hostWord) : inRuntime;
  std::copy_n(addresses.begin(), found.frames, words.begin() + 1);
  samples.add({words.data(), 1 + found.frames});
}

StackTree Sampler::makeTree(std::vector<std::string> &names) const {
  std::map<std::pair<std::string, bool>, uint32_t> numbers;
  StackTree tree;
  uint32_t node = 0;
  const auto descend = [&](const std::string &name, bool isHost) {
    const auto [found, isNew] = numbers.try_emplace({name, isHost}, uint32_t(names.size()));
    if (isNew)
      names.push_back(name);
    node = tree.nodeOf(node, found->second, isHost);
  };
  const auto descendInto = [&](uintptr_t address) {
    const auto *module = static_cast<const runtime::Module *>(runtime::codeRanges().find(address));
    if (!module)
      return;
    const uint32_t index = module->functionIndexAt(address);
    if (index == artifact::noIndex)
      return; // a thunk
    descend(guestFrameName(module, index), false);
    const auto inlined = module->inlinedFunctionsAt(address);
    for (size_t i = inlined.size(); i-- > 0;)
      descend(guestFrameName(module, inlined[i]), false);
  };
  samples.visit([&](std::span<const uint64_t> stack, uint64_t seen) {
    node = 0;
    for (size_t i = stack.size(); i-- > 1;)
      descendInto(stack[i]);
    if (stack[0] != inGuest)
      descend(stack[0] < importNames.size() ? importNames[stack[0]] : "(host)", true);
    tree.add(node, seen);
  });
  node = 0;
  if (samples.lost() != 0) {
    descend("(other stacks)", true);
    tree.add(node, samples.lost());
  }
  return tree;
}

std::string Sampler::foldedStacks() const {
  std::vector<std::string> names;
  const StackTree tree = makeTree(names);
  return tree.folded([&](const StackTree::Node &node) { return names[node.function]; });
}

std::string Sampler::speedscope(const std::string &name) const {
  std::vector<std::string> names;
  const StackTree tree = makeTree(names);
  return tree.speedscope(name, "none",
                         [&](const StackTree::Node &node) { return names[node.function]; });
}

Result<std::shared_ptr<Function>> Sampler::imported(Instance &instance, uint32_t index,
                                                    const std::shared_ptr<Function> &function) {
  W2N_TRY(seen, importedBelow(instance, index, function));
  const uint64_t word = importNames.size();
  importNames.push_back(importName(instance, index));
  auto named = runtime::makeHostFunction(
      function->type, [word, seen](runtime::Caller caller, std::span<Slot> slots) {
        const uint64_t before = hostWord;
        hostWord = word;
        Status status = seen->host(caller, slots);
        hostWord = before;
        return status;
      });
  named->writes = function->writes;
  return named;
}

} // namespace w2n::record
