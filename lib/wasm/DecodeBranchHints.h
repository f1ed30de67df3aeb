// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The section metadata.code.branch_hint (branch hinting proposal).
#pragma once

#include "lib/support/ByteReader.h"
#include "lib/wasm/Module.h"

namespace w2n::wasm {

/// The hints for the bodies of `module`. Custom sections cannot make a module malformed: a section
/// that breaks a rule of the proposal says nothing.
std::vector<BranchHint> decodeBranchHints(ByteReader section, const Module &module);

} // namespace w2n::wasm
