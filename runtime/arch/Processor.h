// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The identity of this processor. Features.h is about what it can do.
#pragma once

#include <string>

namespace w2n::runtime {

/// "x86_64", "aarch64" or "riscv64".
extern const char *const architectureName;

/// Bytes that are the same on two machines only if the same code runs on both and is tuned the same
/// way: models and instruction sets, nothing about single cores.
std::string processorIdentity();

/// The part of the identity besides the instruction sets that the system reports; each processor
/// has its own.
std::string processorModel();

} // namespace w2n::runtime
