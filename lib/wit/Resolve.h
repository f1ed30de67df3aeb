// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Names of WIT packages are resolved: paths, types, and what worlds import and export.
//
// Two rules of WIT.md are not enforced, because published packages break them: an item in a gated
// interface may lack a gate, and a world that exports an interface imports those whose types it
// uses if it does not export them.
#pragma once

#include "lib/wit/Package.h"

namespace w2n::wit {

/// The files of one package with further packages in them, as a folder or a file has them.
using SourceGroup = std::vector<Document>;

/// Resolves all names. The package of the last group is the root. Errors: Invalid, Limit, with the
/// place. Time is near linear in the sizes of the texts and of what including worlds makes.
Result<Packages> resolvePackages(std::unique_ptr<Sources> sources, std::vector<SourceGroup> groups);

/// resolvePackages of one text: for tests, and for texts that are in no file.
Result<Packages> parsePackages(std::string name, std::string text);

} // namespace w2n::wit
