// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The call into lld.
#pragma once

#include "compiler/targets/Target.h"

namespace w2n::compiler {

enum class LinkKind { SharedObject, Relocatable };

/// Links `objects` into one file. For shared objects the builtins archive of the target is added,
/// and the result has no dynamic relocations, no undefined symbols and p_offset == p_vaddr. lld
/// keeps global state, so calls take turns. Errors: Io, Internal.
Result<std::vector<uint8_t>> link(const std::vector<std::vector<uint8_t>> &objects,
                                  const TargetChoice &target, LinkKind kind);

} // namespace w2n::compiler
