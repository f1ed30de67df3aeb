// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The guard by which the entry function of a WASI command runs once.
//
// wasi-libc's _start sets a flag before anything else, and traps if it is set. An instance that
// begins with a snapshot taken after _start has not run it yet: what _start itself has stored
// before its first call is not part of what it computed.
#pragma once

#include "lib/wasm/Module.h"

namespace w2n::wasm {

/// Bytes that a function stores to at an address that is a constant.
struct ConstantStore {
  uint32_t memory = 0;
  uint64_t address = 0;
  uint32_t bytes = 0;
};

/// The stores of constants to constant addresses in `functionIndex`, which must be valid, before
/// its first call.
std::vector<ConstantStore> storesBeforeFirstCall(const Module &module, uint32_t functionIndex);

} // namespace w2n::wasm
