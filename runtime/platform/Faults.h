// Hardware faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP) as the runtime sees them, and the
// stacks that their handlers run on.
#pragma once

#include "lib/support/Error.h"

#include <cstddef>

namespace w2n::platform {

enum class FaultKind : uint8_t { Access, Arithmetic, IllegalInstruction };

/// A fault of the thread that the handler runs on, and the registers that an unwinder starts from.
struct Fault {
  FaultKind kind;
  /// What could not be accessed; only for Access.
  uintptr_t address;
  uintptr_t programCounter, stackPointer, framePointer;
  /// The register that calls leave it in; 0 where there is none.
  uintptr_t returnAddress;
};

/// Where to go on after a fault: `function(argument)`, on the stack `stackPointer`.
struct Resumption {
  uintptr_t function, argument, stackPointer;
};

/// Looks at `fault`; true if it is ours and `resumption` says where execution goes on. Runs in a
/// signal handler: it may use nothing that is not async-signal-safe.
using FaultHandler = bool (*)(const Fault &fault, Resumption &resumption);

/// Installs the handler for the whole process; what it does not recognise goes to the handlers that
/// were there before. Call it once. Handlers run on the thread's alternate stack, since the fault
/// may be that the stack in use has ended.
void installFaultHandler(FaultHandler handler);

/// Unblocks the faults' signals on the calling thread: the system ends a process that faults while
/// they are blocked, and programs often block every signal on their worker threads.
void unblockFaultSignals();

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
