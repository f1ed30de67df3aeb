// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Manual pages, from the tables that the help is made from.
#pragma once

#include "tools/wasm2native/Subcommands.h"

#include <string>

namespace w2n::tool {

/// The source of the page wasm2native-WORD(1), for man(7); that of `compile` is wasm2native(1) and
/// lists the subcommands.
std::string manPage(const Subcommand &subcommand);

} // namespace w2n::tool
