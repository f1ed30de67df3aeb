// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Files: read whole, written atomically.
#pragma once

#include "lib/support/Error.h"

#include <span>
#include <string>
#include <vector>

namespace w2n {

/// Reads the whole file; "-" is standard input. Errors: Io, naming the path and the reason.
/// Threads: any.
Result<std::vector<uint8_t>> readFile(const std::string &path);

/// The same of a regular file or standard input alone: others (a pipe without a writer, /dev/zero)
/// may never end. Errors: Io. Threads: any.
Result<std::vector<uint8_t>> readRegularFile(const std::string &path);

/// Reads what follows in `descriptor`, which is open as `path`. Errors: Io, as above. Threads: any.
Result<std::vector<uint8_t>> readDescriptor(int descriptor, const std::string &path);

/// The use of a new file: its permissions, but for those that the umask takes away.
enum class FileMode : unsigned { Data = 0666, Program = 0777, Private = 0600 };

/// Writes `bytes` to a temporary file beside `path` and renames it there, so that a reader never
/// sees half a file and a failed write leaves nothing behind; "-" is standard output. A `path` that
/// exists and is no regular file (/dev/null, a pipe) is written to directly. Errors: Io. Threads:
/// any.
Status writeFileAtomically(const std::string &path, std::span<const uint8_t> bytes,
                           FileMode mode = FileMode::Data);

} // namespace w2n
