// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Backtraces of traps.
#pragma once

#include "runtime/arch/Arch.h"

#include <span>
#include <string>
#include <vector>

namespace w2n::runtime {

class Instance;
struct TrapFrame;

/// Appends to `notes` a line for each wasm frame of `activation`, which was left on a trap and
/// whose stack is still as it was: "  at $name (wasm-function[N])". `notes` may hold the frames of
/// an activation above; there are at most 64 lines in all, and one that counts the rest. Where
/// `frames` is not null, appends what the lines say of frames. `entered` is the instance that the
/// host called.
void appendBacktrace(const Activation &activation, std::string &notes,
                     std::vector<TrapFrame> *frames = nullptr, Instance *entered = nullptr);

/// Appends the indices of the functions that are active in `activation`, whose registers are known
/// (noteCrossing), innermost first, those that were inlined among them; about `maxFrames` at most.
void appendFunctions(const Activation &activation, size_t maxFrames,
                     std::vector<uint32_t> &functions);

/// Stores the addresses of the frames of `activation`, whose registers are known, innermost first,
/// and returns how many there are, at most as many as `out` has room for: each is inside the
/// instruction that runs, or that calls. Async-signal-safe for modules whose functions were asked
/// for before.
size_t storeFrames(const Activation &activation, std::span<uintptr_t> out);

} // namespace w2n::runtime
