// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WIT packages from files and folders (WIT.md, "Filesystem structure").
#pragma once

#include "lib/wit/Resolve.h"

#include <span>

namespace w2n::wit {

/// Loads and resolves what the paths have: each is a .wit file, a folder whose .wit files are one
/// package with dependencies in its folder deps, or a folder of such folders. The last one is the
/// root, the others are dependencies. Errors: Io; and those of parsing and resolving.
Result<Packages> loadPackages(std::span<const std::string> paths);

/// Whether a path is a folder or has the name of a WIT file.
bool isWitPath(const std::string &path);

} // namespace w2n::wit
