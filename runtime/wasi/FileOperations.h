// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Operations on an open file or stream, for every version of WASI: its rights are checked here
// (Operations.def), and the quota kept.
#pragma once

#include "runtime/wasi/Clock.h"
#include "runtime/wasi/FileTable.h"
#include "runtime/wasi/IoVectors.h"

#include <sys/types.h>

namespace w2n::wasi {

class Node;
class WasiContext;

/// Errors: NotCapable.
Outcome checkRights(const File &file, Needs needs);

/// As F_GETFL of fcntl(2) gives them; negative, with errno, if it fails.
int flagsOfFile(const File &file);
/// The answer of fstat(2), whatever the file's rights are.
WasiResult<struct stat> statusWithoutRights(const File &file);

// Each of the following: Errors: NotCapable, those of the system call.

/// posix_fadvise(2), with a number of $advice. Errors: Inval.
Outcome adviseFile(const File &file, uint64_t offset, uint64_t bytes, uint32_t advice);
Outcome syncFileData(const File &file);
Outcome syncFile(const File &file);

/// Errors: Inval, Dquot.
Outcome setFileSize(WasiContext &context, const File &file, uint64_t bytes);
WasiResult<struct stat> statusOfFile(const File &file);

/// Times of access and modification, as utimensat(2) takes them.
struct FileTimes {
  timespec values[2];
};
/// A time to set: `ns` if `set`, the guest's own time if `now`, else what there is.
/// Errors: Inval (both).
WasiResult<timespec> timeToSet(const Clocks &clocks, uint64_t ns, bool set, bool now);
Outcome setFileTimes(const File &file, const FileTimes &times);
/// A time of a file as the guest may know it.
uint64_t visibleTimeNs(const Clocks &clocks, const timespec &time);

// Each returns the number of bytes moved. Errors: Spipe, for a position in a stream; Dquot.

WasiResult<ssize_t> readFile(const File &file, const IoVectors &vectors);
WasiResult<ssize_t> readFileAt(const File &file, const IoVectors &vectors, uint64_t offset);
WasiResult<ssize_t> writeFile(WasiContext &context, const File &file, const IoVectors &vectors);
/// At the end, if the file is open for appending.
WasiResult<ssize_t> writeFileAt(WasiContext &context, const File &file, const IoVectors &vectors,
                                uint64_t offset);
/// At the end of the file, however it was opened.
WasiResult<ssize_t> appendToFile(WasiContext &context, const File &file, const IoVectors &vectors);

} // namespace w2n::wasi
