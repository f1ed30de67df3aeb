// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A directory of the host as a tree, for layers of an overlay. A guest that is given a directory
// alone has the host's descriptors (PathResolver.h), which cost less.
#pragma once

#include "lib/support/Error.h"
#include "runtime/wasi/Quota.h"
#include "runtime/wasi/tree/Node.h"

namespace w2n::wasi {

/// The root. What is added counts against `quota`, which outlives the tree. Errors: Io.
Result<NodeHandle> openHostTree(const std::string &path, Quota &quota);

} // namespace w2n::wasi
