// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Hardware faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP) as the runtime sees them, the signal
// by which one thread interrupts another, and the stacks that the handlers run on.
#pragma once

#include "lib/support/Error.h"
#include "runtime/arch/SignalRegisters.h"

#include <cstddef>
#include <pthread.h>

namespace w2n::platform {

/// Interrupt is no fault: another thread has called interruptThread.
enum class FaultKind : uint8_t {
  Access,
  UnknownAccess, ///< the processor does not say to what (x86-64: no canonical address)
  Arithmetic,
  IllegalInstruction,
  Interrupt
};

/// A fault of the thread that the handler runs on, and the registers that an unwinder starts from.
struct Fault : runtime::SignalRegisters {
  FaultKind kind;
  /// The address that could not be accessed; only for Access.
  uintptr_t address;
};

/// Looks at `fault`; true if it is ours and `resumption` says where execution goes on. Runs in a
/// signal handler: it may use nothing that is not async-signal-safe.
using FaultHandler = bool (*)(const Fault &fault, runtime::Resumption &resumption);

/// Installs the handler for the whole process. What it does not recognize, and signals that
/// a process has sent, go to the handlers that were there before, or do what the system does with
/// them by default. Handlers run on the thread's alternate stack, since the fault may be that the
/// stack in use has ended. Called again with the same handler, it takes first place again, before
/// handlers that the host has installed meanwhile; these may call ours, or not. Threads: any.
void installFaultHandler(FaultHandler handler);

/// Unblocks the faults' signals on the calling thread: the system ends a process that faults while
/// they are blocked, and programs often block every signal on their worker threads.
void unblockFaultSignals();

/// The signal for interruptThread, in place of the default, SIGRTMIN + 7. A real-time one, because
/// the others are merged with what else the process may use them for. Errors: Invalid (no real-time
/// signal, or too late: the handler is installed).
Status setInterruptSignal(int number);
/// Installs its handler the first time; signals that interruptThread has not sent go to the handler
/// that was there before. After installFaultHandler. Errors: Io. Threads: any.
Status installInterruptHandler();
/// Unblocks it on the calling thread.
void unblockInterruptSignal();
/// Makes `thread`, which must be alive, call the fault handler; system calls that wait end with
/// EINTR. May fail if the system has no room for another signal: to be repeated until it had an
/// effect. Threads: any.
void interruptThread(pthread_t thread);

/// Bytes that a handler's stack should have: a signal frame with every vector register, and room
/// for handlers we chain to.
size_t handlerStackBytes();

/// Gives the calling thread `bytes` at `stack` to run handlers on, unless it has a sufficient one
/// already (returns false).
bool installHandlerStack(uint8_t *stack, size_t bytes);
/// Takes it back, if it is still the one that the thread uses. Call it on the same thread, before
/// the memory is freed.
void removeHandlerStack(uint8_t *stack);

/// The lowest address of the calling thread's own stack, or 0 if the system does not say. Slow on
/// the main thread (reads a file).
uintptr_t threadStackLimit();

} // namespace w2n::platform
