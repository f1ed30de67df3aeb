// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The name section (core specification, appendix, "Name Section", and the extended names proposal).
#pragma once

#include "lib/support/ByteReader.h"
#include "lib/wasm/Module.h"

namespace w2n::wasm {

/// Sets the names of the module and of what is in it from the contents of a name section. Custom
/// sections cannot make a module malformed, so whatever does not decode ends the reading.
void decodeNames(ByteReader section, Module &module);

} // namespace w2n::wasm
