// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Going from the host into compiled code and coming back, by return or by trap.
#pragma once

#include "lib/support/Error.h"
#include "runtime/arch/Arch.h"

#include <optional>

/// An error as the C API hands it out (include/wasm2native/runtime.h).
struct w2n_error {
  w2n::Error error;
};

namespace w2n::runtime {

class Instance;

/// Calls thunk(context, code, slots) on the guest's stack. Errors: Trap, Exit, whatever a host
/// function in between returned; Limit if the thread cannot get a stack. Threads: any; re-entrant
/// from host functions.
Status runGuest(artifact::EntryThunk thunk, artifact::InstanceContext *context, const void *code,
                uint64_t *slots);
/// The same; null, or an error that the caller frees.
w2n_error *enterGuest(artifact::EntryThunk thunk, artifact::InstanceContext *context,
                      const void *code, uint64_t *slots);

/// The place where a guest is while a host function that it has called runs: what its code holds
/// then is on its stack, above `stackPointer`, and in the registers that calls preserve.
struct GuestPosition {
  uintptr_t stackPointer = 0, stackTop = 0;
  uintptr_t registers[savedRegisterCount] = {};
};

/// The position of the guest that has called the host function which runs; nothing if there are
/// others below it, or none.
std::optional<GuestPosition> guestPosition();

/// Goes on with the guest at `position`, whose stack is the calling thread's and has the contents
/// that it had: makes the call of `self` again that it was in. The guest was entered through
/// FixedEntries::stub. Errors: as runGuest.
Status resumeGuest(Instance &instance, const GuestPosition &position, artifact::HostFunction *self,
                   uint64_t *slots);

/// For what compiled code calls: notes a trap of `kind` (or of a host function's `error`) at the
/// call. The caller then returns 1, and the crossing leaves the guest.
void noteTrap(artifact::TrapKind kind);
void noteHostError(Error error);

/// Notes a trap, and is what a service of compiled code returns then.
inline uint32_t trapWith(artifact::TrapKind kind) {
  noteTrap(kind);
  return 1;
}

/// The error of a trap: of kind Trap with the specification's message, or Interrupted.
Error trapError(artifact::TrapKind kind);

/// The error of a trap of kind ResourceLimit.
Error limitError(std::string text);

/// Notes in `activation`, which is to be left where it was going to the guest, that it was
/// interrupted; `atHandler`: on the way to a landing pad. Async-signal-safe.
void noteInterrupt(Activation &activation, bool atHandler);

} // namespace w2n::runtime
