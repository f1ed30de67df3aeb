// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Directories for guests that are trees, as WasiOptions have them.
#pragma once

#include "runtime/wasi/Options.h"
#include "runtime/wasi/tree/MemoryTree.h"

namespace w2n::wasi {

/// An empty directory, each guest's own.
Preopen memoryPreopen(std::string guestPath, const MemoryTreeLimits &limits);

/// The archive at `hostPath`, which is read now. Errors: those of openArchiveTree.
Result<Preopen> archivePreopen(const std::string &hostPath, std::string guestPath);

/// `lower`, a directory or an archive, beneath the directory `upper`, or if that is empty beneath
/// memory. Errors: those of openArchiveTree.
Result<Preopen> overlayPreopen(const std::string &lower, const std::string &upper,
                               std::string guestPath, const MemoryTreeLimits &limits);

} // namespace w2n::wasi
