// Signals of Linux. A handler reads and edits the interrupted registers in the ucontext; sigreturn
// then restores them together with the signal mask, so leaving compiled code needs no system call
// of our own.
#include "runtime/platform/Faults.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <pthread.h>
#include <sys/auxv.h>
#include <ucontext.h>

namespace w2n::platform {

namespace {

FaultHandler faultHandler = nullptr;

struct HandledSignal {
  int number;
  FaultKind kind;
  struct sigaction previous;
};
HandledSignal handledSignals[] = {
    {SIGSEGV, FaultKind::Access, {}},
    {SIGBUS, FaultKind::Access, {}},
    {SIGFPE, FaultKind::Arithmetic, {}},
    {SIGILL, FaultKind::IllegalInstruction, {}},
    // AArch64's brk and RISC-V's ebreak, which LLVM makes of what can never be reached.
    {SIGTRAP, FaultKind::IllegalInstruction, {}},
};

struct InterruptSignal {
  std::mutex lock;
  int number = 0; ///< 0 is the default
  bool isInstalled = false;
  struct sigaction previous;
};
InterruptSignal interruptSignal;
/// Goes with a signal that interruptThread sends: only this address matters.
char interruptMark;

int interruptNumber() { return interruptSignal.number ? interruptSignal.number : SIGRTMIN + 7; }

#if defined(__x86_64__)
void readRegisters(const ucontext_t &context, Fault &fault) {
  const greg_t *registers = context.uc_mcontext.gregs;
  fault.programCounter = uintptr_t(registers[REG_RIP]);
  fault.stackPointer = uintptr_t(registers[REG_RSP]);
  fault.framePointer = uintptr_t(registers[REG_RBP]);
}

void resumeAt(ucontext_t &context, const Resumption &resumption) {
  greg_t *registers = context.uc_mcontext.gregs;
  registers[REG_RIP] = greg_t(resumption.function);
  registers[REG_RDI] = greg_t(resumption.argument);
  registers[REG_RSP] = greg_t(resumption.stackPointer);
  // The ABI wants the direction flag clear (System V ABI, "Registers and the Stack Frame").
  constexpr greg_t directionFlag = 0x400;
  registers[REG_EFL] &= ~directionFlag;
}
#elif defined(__aarch64__)
void readRegisters(const ucontext_t &context, Fault &fault) {
  const mcontext_t &registers = context.uc_mcontext;
  fault.programCounter = registers.pc;
  fault.stackPointer = registers.sp;
  fault.framePointer = registers.regs[29];
  fault.returnAddress = registers.regs[30];
}

void resumeAt(ucontext_t &context, const Resumption &resumption) {
  mcontext_t &registers = context.uc_mcontext;
  registers.pc = resumption.function;
  registers.regs[0] = resumption.argument;
  registers.sp = resumption.stackPointer;
}
#elif defined(__riscv)
void readRegisters(const ucontext_t &context, Fault &fault) {
  const auto &registers = context.uc_mcontext.__gregs;
  fault.programCounter = registers[REG_PC];
  fault.stackPointer = registers[REG_SP];
  fault.framePointer = registers[REG_S0];
  fault.returnAddress = registers[REG_RA];
}

void resumeAt(ucontext_t &context, const Resumption &resumption) {
  auto &registers = context.uc_mcontext.__gregs;
  registers[REG_PC] = resumption.function;
  registers[REG_A0] = resumption.argument;
  registers[REG_SP] = resumption.stackPointer;
}
#else
#error "fault handling is not written for this processor"
#endif

/// Lets whoever was there before handle the signal.
void chain(const HandledSignal &handled, siginfo_t *info, void *context) {
  const struct sigaction &previous = handled.previous;
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(handled.number, info, context);
  } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
    // The instruction runs again after we return, and its fault then ends the process, with a core
    // file of the right place. (The system does not let a fault be ignored.)
    struct sigaction byDefault = {};
    byDefault.sa_handler = SIG_DFL;
    sigaction(handled.number, &byDefault, nullptr);
  } else {
    previous.sa_handler(handled.number);
  }
}

void handleSignal(int number, siginfo_t *info, void *rawContext) {
  const HandledSignal *handled = handledSignals;
  while (handled->number != number)
    ++handled;
  auto &context = *static_cast<ucontext_t *>(rawContext);
  Fault fault = {handled->kind, reinterpret_cast<uintptr_t>(info->si_addr), 0, 0, 0, 0};
  readRegisters(context, fault);
  Resumption resumption;
  // A positive code is the processor's; others are from kill and its like, and have nothing to do
  // with the code that runs.
  if (info->si_code > 0 && faultHandler(fault, resumption))
    resumeAt(context, resumption);
  else
    chain(*handled, info, rawContext);
}

void handleInterruptSignal(int number, siginfo_t *info, void *rawContext) {
  const int errorNumber = errno;
  if (info->si_code != SI_QUEUE || info->si_value.sival_ptr != &interruptMark) {
    const struct sigaction &previous = interruptSignal.previous;
    if (previous.sa_flags & SA_SIGINFO)
      previous.sa_sigaction(number, info, rawContext);
    else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)
      previous.sa_handler(number);
  } else {
    auto &context = *static_cast<ucontext_t *>(rawContext);
    Fault interrupt = {};
    interrupt.kind = FaultKind::Interrupt;
    readRegisters(context, interrupt);
    Resumption resumption;
    if (faultHandler(interrupt, resumption))
      resumeAt(context, resumption);
  }
  errno = errorNumber;
}

/// A signal frame with all the registers of this processor.
size_t minimumHandlerStackBytes() {
  const size_t bytes = getauxval(AT_MINSIGSTKSZ);
  return bytes ? bytes : 8192;
}

} // namespace

void installFaultHandler(FaultHandler handler) {
  faultHandler = handler;
  for (HandledSignal &handled : handledSignals) {
    struct sigaction action = {};
    action.sa_sigaction = handleSignal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    // Read first: a fault of another thread may come between installing ours and knowing the
    // previous one.
    sigaction(handled.number, nullptr, &handled.previous);
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
  if (sigaction(interruptNumber(), nullptr, &interruptSignal.previous) != 0 ||
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
