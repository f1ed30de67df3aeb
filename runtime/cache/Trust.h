// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The folders and files that a cache believes. Whoever can write an artifact can have it run, so
// only what belongs to the user or to root, and what nobody else can write, is opened; never
// through a symbolic link.
#pragma once

#include "lib/support/Descriptor.h"
#include "lib/support/Error.h"

#include <optional>
#include <string>
#include <sys/stat.h>

namespace w2n::cache {

/// Makes `path` (the folders that are missing, for the user alone) and opens it. Every folder above
/// it must be the user's or root's, and closed to other writers or sticky; itself it must be closed
/// to them. Links on the way to it are followed once, before the checks; `path` becomes what they
/// lead to. Errors: Io, saying which folder breaks which rule and what to do.
Result<Descriptor> openRootFolder(std::string &path);

/// Opens the folder `name` of the store's `root`, at `rootPath`; makes it if it is missing. Nothing
/// if it is missing and cannot be made. Errors: Io, as above.
Result<Descriptor> openInnerFolder(int root, const std::string &rootPath, const char *name);

struct OpenedFile {
  Descriptor file;
  struct stat status;
};

/// Opens the file `name` of a folder for reading, and looks at what was opened: nothing can be
/// exchanged between check and use. Nullopt if there is none. Errors: Io: a link, no regular file,
/// another owner, others can write it.
Result<std::optional<OpenedFile>> openTrustedFile(int folder, const std::string &folderPath,
                                                  const std::string &name);

} // namespace w2n::cache
