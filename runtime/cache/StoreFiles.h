// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Names in the store's folder, and reading them: for Store.cpp and Maintenance.cpp.
#pragma once

#include "lib/support/Error.h"
#include "lib/support/Hash.h"

#include <string>

namespace w2n::cache {

inline constexpr char entriesName[] = "entries", locksName[] = "locks", notesName[] = "notes",
                      familiesName[] = "families", quarantineName[] = "quarantine";
inline constexpr char artifactEnd[] = ".so", hashEnd[] = ".hash", seenEnd[] = ".seen",
                      signatureEnd[] = ".sig", temporaryEnd[] = ".tmp";
/// The files that go with an artifact.
inline constexpr const char *companionEnds[] = {seenEnd, hashEnd, signatureEnd};

/// A short trusted file; "" if there is none that can be used. `modified` may be null.
std::string readText(int folder, const std::string &folderPath, const std::string &name,
                     int64_t *modified);

/// Reads all of `file`; `name` is for the error. Errors: Io.
Result<Digest> hashOfFile(int file, const std::string &name);

} // namespace w2n::cache
