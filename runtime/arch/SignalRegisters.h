// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The registers that a signal handler reads from the interrupted code, and how it sends that code
// elsewhere. Each processor has a file of this.
#pragma once

#include <cstdint>
#include <ucontext.h>

namespace w2n::runtime {

struct SignalRegisters {
  uintptr_t programCounter, stackPointer, framePointer;
  /// The register that calls leave it in; 0 where there is none.
  uintptr_t returnAddress;
};

/// The place where a handler lets the thread continue: in a function of one argument.
struct Resumption {
  uintptr_t function, argument, stackPointer;
};

/// Both are async-signal-safe.
SignalRegisters readRegisters(const ucontext_t &context);
void resumeAt(ucontext_t &context, const Resumption &resumption);

} // namespace w2n::runtime
