// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A module as bytes again, after what it defines has been changed.
#pragma once

#include "lib/support/ByteWriter.h"
#include "lib/wasm/Module.h"

namespace w2n::wasm {

/// Writes a decoded module: tables, memories, globals, exports, start function, element segments
/// and data as the model has them; types, imports, functions, tags, code and custom sections as
/// they are in `module.bytes`, custom sections where they were among the others. So indices of
/// functions and offsets in the code stay. Where no data segment has a name, the name section's
/// names of data segments are left out: those that it had belong to others. Source: core
/// specification, section 5.5. Threads: any.
std::vector<uint8_t> encodeModule(const Module &module);

} // namespace w2n::wasm
