// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Which processor this is.
#pragma once

#include <string>

namespace w2n::platform {

/// "x86_64", "aarch64" or "riscv64".
const char *architectureName();

/// Bytes that are the same on two machines only if the same code runs on both and is tuned the same
/// way: models and instruction sets, nothing about single cores.
std::string processorIdentity();

} // namespace w2n::platform
