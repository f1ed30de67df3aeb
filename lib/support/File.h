// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Files: read whole, written atomically.
#pragma once

#include "lib/support/Error.h"

#include <span>
#include <string>
#include <vector>

namespace w2n {

/// The largest file that is read whole, unless a reader knows better: more than any module,
/// artifact or recording has. A sparse file may claim to have more than there is memory.
inline constexpr uint64_t maxFileBytes = uint64_t(4) << 30;

/// Reads the whole file, of at most `maxBytes`; "-" is standard input. Errors: Io, naming the path
/// and the reason; Limit, naming the sizes, also if there is no memory for it. Threads: any.
Result<std::vector<uint8_t>> readFile(const std::string &path, uint64_t maxBytes = maxFileBytes);

/// The same of a regular file or standard input alone: others (a pipe without a writer, /dev/zero)
/// may never end. Errors: Io, Limit. Threads: any.
Result<std::vector<uint8_t>> readRegularFile(const std::string &path,
                                             uint64_t maxBytes = maxFileBytes);

/// Reads what follows in `descriptor`, which is open as `path`. Errors: as above. Threads: any.
Result<std::vector<uint8_t>> readDescriptor(int descriptor, const std::string &path,
                                            uint64_t maxBytes = maxFileBytes);

/// The error of a file that has `bytes`, more than `maxBytes`.
std::unexpected<Error> tooLarge(const std::string &path, uint64_t bytes, uint64_t maxBytes);

/// Makes room for `capacity` bytes; false if there is no memory for them, which a vector alone
/// would end the process for.
bool tryReserve(std::vector<uint8_t> &bytes, size_t capacity);

/// The use of a new file: its permissions, but for those that the umask takes away.
enum class FileMode : unsigned { Data = 0666, Program = 0777, Private = 0600 };

/// Writes `bytes` to a temporary file beside `path` and renames it there, so that a reader never
/// sees half a file and a failed write leaves nothing behind, also beyond RLIMIT_FSIZE; "-" is
/// standard output. A `path` that exists and is no regular file (/dev/null, a pipe) is written to
/// directly. Errors: Io. Threads: any.
Status writeFileAtomically(const std::string &path, std::span<const uint8_t> bytes,
                           FileMode mode = FileMode::Data);
/// The same for bytes in pieces, one after the other.
Status writePiecesAtomically(const std::string &path,
                             std::span<const std::span<const uint8_t>> pieces, FileMode mode);

} // namespace w2n
