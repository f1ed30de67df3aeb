// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The module that values go through on their way from the host to a function of the host that the
// component exports again: a memory, a realloc that only goes on, and post-return functions, for
// each core result, after which it begins anew.
#pragma once

#include "lib/component/CanonOptions.h"
#include "lib/wasm/Module.h"

namespace w2n::compiler {

Result<wasm::Module> decodeForwardModule();

constexpr uint32_t forwardMemory = 0, forwardRealloc = 0;
/// The index of the post-return function after `result`, the flattened result.
uint32_t forwardPostReturn(const component::FlatTypes &result);

} // namespace w2n::compiler
