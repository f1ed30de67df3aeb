// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Signals of Linux. A handler reads and edits the interrupted registers in the ucontext; sigreturn
// then restores them together with the signal mask, so leaving compiled code needs no system call
// of our own.
#include "runtime/platform/Faults.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <pthread.h>
#include <span>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

namespace w2n::platform {

namespace {

std::atomic<FaultHandler> faultHandler = nullptr;

/// The action for a signal before ours was installed, or one that the host has installed since.
struct PreviousAction {
  struct sigaction action = {};
  std::atomic<uint32_t> isSpent = 0; ///< with SA_RESETHAND it is called once

  bool isFunction() const {
    return action.sa_flags & SA_SIGINFO ||
           (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN);
  }
  bool isIgnored() const { return !isFunction() && action.sa_handler == SIG_IGN; }
};

struct HandledSignal {
  int number;
  FaultKind kind;
  /// Oldest first; only ever appended to, under the lock of installFaultHandler. The first is what
  /// there was before us.
  PreviousAction previous[8] = {};
  std::atomic<uint32_t> previousCount = 0;
};
HandledSignal handledSignals[] = {
    {SIGSEGV, FaultKind::Access},
    {SIGBUS, FaultKind::Access},
    {SIGFPE, FaultKind::Arithmetic},
    {SIGILL, FaultKind::IllegalInstruction},
    // AArch64's brk and RISC-V's ebreak, which LLVM makes of what can never be reached.
    {SIGTRAP, FaultKind::IllegalInstruction},
};

/// A signal that goes through the previous handlers of the calling thread. One that was installed
/// after us may call us again, and then it is the turn of the one before it.
struct Chain {
  const void *context; ///< of the signal, the same for all handlers
  const void *frame;   ///< of the function that called the handler; what it calls is below
  uint32_t depth;      ///< how many handlers are left
};
constinit thread_local Chain chainInProgress __attribute__((tls_model("initial-exec"))) = {};

struct InterruptSignal {
  std::mutex lock;
  int number = 0; ///< 0 is the default
  bool isInstalled = false;
  PreviousAction previous;
};
InterruptSignal interruptSignal;
/// Goes with a signal that interruptThread sends: only this address matters.
char interruptMark;

int interruptNumber() { return interruptSignal.number ? interruptSignal.number : SIGRTMIN + 7; }

/// Whether the processor raised it. A negative code, or 0, is from kill and its like, and has
/// nothing to do with the code that runs.
bool isFault(const siginfo_t &info) {
  // Most codes of SIGTRAP are about debuggers and counters.
  if (info.si_signo == SIGTRAP)
    return info.si_code == TRAP_BRKPT || info.si_code == SI_KERNEL;
  return info.si_code > 0;
}

/// Does what the system does with a signal that has no handler, which ends the process after we
/// return: a fault comes again with its instruction, and a core file then shows the right place;
/// what was sent is sent again, to be delivered when this handler's mask is gone.
void actByDefault(int number, siginfo_t *info) {
  struct sigaction byDefault = {};
  byDefault.sa_handler = SIG_DFL;
  sigaction(number, &byDefault, nullptr);
  if (!isFault(*info))
    syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), number, info);
}

/// Calls a previous handler with the signals blocked that it asked for.
void callPrevious(const struct sigaction &previous, int number, siginfo_t *info, void *context) {
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &previous.sa_mask, &before);
  if (previous.sa_flags & SA_NODEFER) {
    sigset_t own;
    sigemptyset(&own);
    sigaddset(&own, number);
    pthread_sigmask(SIG_UNBLOCK, &own, nullptr);
  }
  if (previous.sa_flags & SA_SIGINFO)
    previous.sa_sigaction(number, info, context);
  else
    previous.sa_handler(number);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void act(PreviousAction &previous, int number, siginfo_t *info, void *context) {
  const bool isOnce = unsigned(previous.action.sa_flags) & unsigned(SA_RESETHAND);
  const bool isFunction = previous.isFunction() && !(isOnce && previous.isSpent.exchange(1));
  if (isFunction)
    callPrevious(previous.action, number, info, context);
  // The system does not let a fault be ignored.
  else if (!previous.isIgnored() || isFault(*info))
    actByDefault(number, info);
}

/// Lets the handler that is next handle the signal.
void chain(HandledSignal &handled, siginfo_t *info, void *context) {
  const void *frame = __builtin_frame_address(0);
  const Chain outer = chainInProgress;
  // A handler that left by longjmp leaves its chain behind, but then this is not below it.
  const bool isCalledAgain = outer.context == context && frame < outer.frame;
  const uint32_t depth = isCalledAgain ? outer.depth : handled.previousCount.load();
  if (depth == 0)
    return actByDefault(handled.number, info);
  chainInProgress = {context, frame, depth - 1};
  act(handled.previous[depth - 1], handled.number, info, context);
  chainInProgress = isCalledAgain ? outer : Chain{};
}

FaultKind faultKind(const HandledSignal &handled, const siginfo_t &info) {
  // The processor raises it for an address that it cannot name, and Linux has no other code for it.
  if (handled.kind == FaultKind::Access && info.si_code == SI_KERNEL)
    return FaultKind::UnknownAccess;
  return handled.kind;
}

void handleSignal(int number, siginfo_t *info, void *rawContext) {
  const int errorNumber = errno;
  HandledSignal *handled = handledSignals;
  while (handled->number != number)
    ++handled;
  auto &context = *static_cast<ucontext_t *>(rawContext);
  const Fault fault = {runtime::readRegisters(context), faultKind(*handled, *info),
                       reinterpret_cast<uintptr_t>(info->si_addr)};
  runtime::Resumption resumption;
  if (isFault(*info) && faultHandler.load()(fault, resumption))
    runtime::resumeAt(context, resumption);
  else
    chain(*handled, info, rawContext);
  errno = errorNumber;
}

void handleInterruptSignal(int number, siginfo_t *info, void *rawContext) {
  const int errorNumber = errno;
  if (info->si_code != SI_QUEUE || info->si_value.sival_ptr != &interruptMark) {
    act(interruptSignal.previous, number, info, rawContext);
  } else {
    auto &context = *static_cast<ucontext_t *>(rawContext);
    const Fault interrupt = {runtime::readRegisters(context), FaultKind::Interrupt, 0};
    runtime::Resumption resumption;
    if (faultHandler.load()(interrupt, resumption))
      runtime::resumeAt(context, resumption);
  }
  errno = errorNumber;
}

/// A signal frame with all the registers of this processor.
size_t minimumHandlerStackBytes() {
  const size_t bytes = getauxval(AT_MINSIGSTKSZ);
  return bytes ? bytes : 8192;
}

} // namespace

namespace {

bool isOurs(const struct sigaction &action) {
  return action.sa_flags & SA_SIGINFO && action.sa_sigaction == handleSignal;
}

/// Notes what the host has installed since. A function that is known keeps its turn, so that
/// functions that call each other do not do so for ever. False if there is no room.
bool notePrevious(HandledSignal &handled, const struct sigaction &action) {
  const uint32_t count = handled.previousCount;
  const std::span known(handled.previous, count);
  for (const PreviousAction &previous : known)
    if (previous.action.sa_sigaction == action.sa_sigaction &&
        (previous.isFunction() || &previous == &known.back()))
      return true;
  if (count == std::size(handled.previous))
    return false;
  handled.previous[count].action = action;
  handled.previousCount = count + 1;
  return true;
}

} // namespace

void installFaultHandler(FaultHandler handler) {
  static std::mutex lock;
  std::lock_guard guard(lock);
  // Whoever takes one takes the first, so that asking is cheap.
  struct sigaction first = {};
  sigaction(handledSignals[0].number, nullptr, &first);
  if (faultHandler.exchange(handler) == handler && isOurs(first))
    return;
  for (HandledSignal &handled : handledSignals) {
    struct sigaction action = {};
    action.sa_sigaction = handleSignal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    // Read first: a fault of another thread may come between installing ours and knowing the
    // previous one.
    struct sigaction current = {};
    sigaction(handled.number, nullptr, &current);
    if (!isOurs(current) && notePrevious(handled, current))
      sigaction(handled.number, &action, nullptr);
  }
}

void unblockFaultSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const HandledSignal &handled : handledSignals)
    sigaddset(&signals, handled.number);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

Status setInterruptSignal(int number) {
  std::lock_guard guard(interruptSignal.lock);
  if (number < SIGRTMIN || number > SIGRTMAX)
    return fail(ErrorKind::Invalid,
                "signal " + std::to_string(number) + " is no real-time signal, which are " +
                    std::to_string(SIGRTMIN) + " to " + std::to_string(SIGRTMAX));
  if (interruptSignal.isInstalled)
    return fail(ErrorKind::Invalid, "signal " + std::to_string(interruptNumber()) +
                                        " is already in use for interrupts");
  interruptSignal.number = number;
  return {};
}

Status installInterruptHandler() {
  std::lock_guard guard(interruptSignal.lock);
  if (interruptSignal.isInstalled)
    return {};
  struct sigaction action = {};
  action.sa_sigaction = handleInterruptSignal;
  // Without SA_RESTART: what waits is to end.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  if (sigaction(interruptNumber(), nullptr, &interruptSignal.previous.action) != 0 ||
      sigaction(interruptNumber(), &action, nullptr) != 0)
    return fail(ErrorKind::Io,
                "cannot handle signal " + std::to_string(interruptNumber()) + " for interrupts");
  interruptSignal.isInstalled = true;
  return {};
}

void unblockInterruptSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, interruptNumber());
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void interruptThread(pthread_t thread) {
  pthread_sigqueue(thread, interruptNumber(), {.sival_ptr = &interruptMark});
}

size_t handlerStackBytes() { return minimumHandlerStackBytes() + 56 * 1024; }

bool installHandlerStack(uint8_t *stack, size_t bytes) {
  stack_t current;
  if (sigaltstack(nullptr, &current) == 0 && !(current.ss_flags & SS_DISABLE) &&
      current.ss_size >= minimumHandlerStackBytes() + 8192)
    return false;
  stack_t ours = {};
  ours.ss_sp = stack;
  ours.ss_size = bytes;
  return sigaltstack(&ours, nullptr) == 0;
}

void removeHandlerStack(uint8_t *stack) {
  stack_t current;
  if (sigaltstack(nullptr, &current) != 0 || current.ss_sp != stack)
    return;
  stack_t none = {};
  none.ss_flags = SS_DISABLE;
  sigaltstack(&none, nullptr);
}

uintptr_t threadStackLimit() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0)
    return 0;
  void *lowest = nullptr;
  size_t bytes = 0;
  const int status = pthread_attr_getstack(&attributes, &lowest, &bytes);
  pthread_attr_destroy(&attributes);
  return status == 0 ? reinterpret_cast<uintptr_t>(lowest) : 0;
}

} // namespace w2n::platform
