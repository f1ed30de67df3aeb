// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The 46 functions of wasi_snapshot_preview1 (WASI,
// phases/snapshot/witx/wasi_snapshot_preview1.witx), and those of `wasi_unstable`
// (phases/old/snapshot_0/witx/wasi_unstable.witx) whose layouts or numbers differ, as annotated C++
// functions. wasm2native-bindgen --runtime reads this header and writes GeneratedCalls.cpp: the
// table of imports, signatures, the decoding and checking of arguments, and what --trace prints.
//
// The guest passes for each parameter:
// - a number: an i32 or i64. Its type's name says what it means to --trace;
// - Out<T>, Moved: an address, where a T has room;
// - Buffer, OutText, OutName, GuestPath, Scatter, Gather: an address, and a number of bytes or
//   elements;
// - GuestArray<T>: an address. There are as many elements as the next Count says;
// - GuestPointer<T>: an address that is not checked;
// - WasiContext, GuestMemory: nothing.
// Everything is checked before a function is called, so that its errors have no effect: Fault,
// Inval (a path with a NUL), NameTooLong. The functions look at numbers and rights, again before
// any effect.
#pragma once

#include "lib/support/Error.h"
#include "runtime/wasi/Errno.h"
#include "runtime/wasi/GuestMemory.h"
#include "runtime/wasi/GuestPath.h"
#include "runtime/wasi/IoVectors.h"
#include "runtime/wasi/Witx.h"

/// Before a function: guests import it by this name.
#ifdef __clang__
#define WASI_CALL(name) [[clang::annotate("wasm2native.import", "wasi_snapshot_preview1", name)]]
#define WASI_UNSTABLE(name) [[clang::annotate("wasm2native.import", "wasi_unstable", name)]]
#else
#define WASI_CALL(name)
#define WASI_UNSTABLE(name)
#endif

namespace w2n::wasi {

class WasiContext;

template <typename T> using Out = GuestView<T>;
using Moved = GuestView<uint32_t>; ///< how many bytes or events there were
using Buffer = std::span<uint8_t>; ///< --trace prints where it is
using OutText = Buffer;            ///< filled with as many bytes as `Moved` says
using OutName = Buffer;            ///< filled with text
using Scatter = IoVectors;         ///< buffers that the call fills
using Gather = IoVectors;          ///< buffers that the call takes

// Args.cpp

/// Writes the arguments, one after the other and each with a NUL, to `text`, and their addresses to
/// `pointers`. Errors: Fault.
WASI_CALL("args_get")
Outcome argsGet(WasiContext &context, GuestMemory memory, GuestPointer<uint32_t> pointers,
                GuestPointer<char> text);
/// The room that args_get takes. Errors: Overflow.
WASI_CALL("args_sizes_get")
Outcome argsSizesGet(WasiContext &context, Out<uint32_t> count, Out<uint32_t> bytes);
/// The same for the environment, as "NAME=value".
WASI_CALL("environ_get")
Outcome environGet(WasiContext &context, GuestMemory memory, GuestPointer<uint32_t> pointers,
                   GuestPointer<char> text);
WASI_CALL("environ_sizes_get")
Outcome environSizesGet(WasiContext &context, Out<uint32_t> count, Out<uint32_t> bytes);

// Clock.cpp: Errors: Inval (no such clock), NotCapable (the guest has none).

WASI_CALL("clock_res_get")
Outcome clockResGet(WasiContext &context, ClockId clock, Out<uint64_t> resolutionNs);
/// `precisionNs` is how late the answer may be; the system's clocks are always as precise as they
/// can be.
WASI_CALL("clock_time_get")
Outcome clockTimeGet(WasiContext &context, ClockId clock, uint64_t precisionNs,
                     Out<uint64_t> timeNs);

// Random.cpp

WASI_CALL("random_get")
Outcome randomGet(WasiContext &context, Buffer buffer);

// Proc.cpp

/// Leaves the guest, with an error of kind Exit.
WASI_CALL("proc_exit")
Status procExit(WasiContext &context, uint32_t code);
/// Does what the signal does where nothing handles it, as no guest can: most leave the guest, with
/// the exit status of a shell's command that it ended (128 and the host's number). Errors: NoSys
/// for a signal that there is not, or that stops a process.
WASI_CALL("proc_raise")
Result<Errno> procRaise(WasiContext &context, Signal signal);
WASI_CALL("sched_yield")
Outcome schedYield(WasiContext &context);

// Poll.cpp

/// Waits until at least one subscription has an event, and writes those that there are. Errors:
/// Inval (no subscription, more than 4,096, or one of no kind), Intr (the host handled a signal).
/// What is wrong with one subscription is its event's error.
WASI_CALL("poll_oneoff")
Outcome pollOneoff(WasiContext &context, GuestArray<Subscription> subscriptions,
                   GuestArray<Event> events, Count count, Moved eventCount);
WASI_UNSTABLE("poll_oneoff")
Outcome pollOneoffUnstable(WasiContext &context, GuestArray<SubscriptionUnstable> subscriptions,
                           GuestArray<Event> events, Count count, Moved eventCount);

// Fd.cpp: Errors: Badf, NotCapable, those of the system call of the same name.

/// posix_fadvise(2).
WASI_CALL("fd_advise")
Outcome fdAdvise(WasiContext &context, Fd fd, uint64_t offset, uint64_t bytes, Advice advice);
/// fallocate(2). Errors: Dquot.
WASI_CALL("fd_allocate")
Outcome fdAllocate(WasiContext &context, Fd fd, uint64_t offset, uint64_t bytes);
WASI_CALL("fd_close")
Outcome fdClose(WasiContext &context, Fd fd);
WASI_CALL("fd_datasync")
Outcome fdDatasync(WasiContext &context, Fd fd);
WASI_CALL("fd_fdstat_get")
Outcome fdFdstatGet(WasiContext &context, Fd fd, Out<FdStat> status);
/// Errors: NotSup for flags that the system cannot change: all but append and nonblock.
WASI_CALL("fd_fdstat_set_flags")
Outcome fdFdstatSetFlags(WasiContext &context, Fd fd, FdFlags flags);
/// Takes away all rights but these. Errors: NotCapable if it does not have them all.
WASI_CALL("fd_fdstat_set_rights")
Outcome fdFdstatSetRights(WasiContext &context, Fd fd, Rights base, Rights inheriting);
/// Errors: Badf for what is no preopened directory; guests look from 3 upwards until then.
WASI_CALL("fd_prestat_get")
Outcome fdPrestatGet(WasiContext &context, Fd fd, Out<Prestat> status);
/// Writes the guest's name of a preopened directory, without a NUL. Errors: as above, NameTooLong.
WASI_CALL("fd_prestat_dir_name")
Outcome fdPrestatDirName(WasiContext &context, Fd fd, OutName name);
/// Moves `from` to `to`, and closes what was there. Both must be open.
WASI_CALL("fd_renumber")
Outcome fdRenumber(WasiContext &context, Fd from, Fd to);
WASI_CALL("fd_seek")
Outcome fdSeek(WasiContext &context, Fd fd, int64_t offset, Whence whence, Out<uint64_t> position);
WASI_UNSTABLE("fd_seek")
Outcome fdSeekUnstable(WasiContext &context, Fd fd, int64_t offset, WhenceUnstable whence,
                       Out<uint64_t> position);
WASI_CALL("fd_sync")
Outcome fdSync(WasiContext &context, Fd fd);
WASI_CALL("fd_tell")
Outcome fdTell(WasiContext &context, Fd fd, Out<uint64_t> position);

// FileStat.cpp: attributes. A path begins at the directory `fd`. Errors: Badf, NotDir, NotCapable
// (rights, or a path that leads out), those of the system.

WASI_CALL("fd_filestat_get")
Outcome fdFilestatGet(WasiContext &context, Fd fd, Out<FileStat> status);
WASI_UNSTABLE("fd_filestat_get")
Outcome fdFilestatGetUnstable(WasiContext &context, Fd fd, Out<FileStatUnstable> status);
/// Errors: Dquot.
WASI_CALL("fd_filestat_set_size")
Outcome fdFilestatSetSize(WasiContext &context, Fd fd, uint64_t bytes);
/// Errors: Inval if `flags` want both a time and the present.
WASI_CALL("fd_filestat_set_times")
Outcome fdFilestatSetTimes(WasiContext &context, Fd fd, uint64_t accessedNs, uint64_t modifiedNs,
                           TimeFlags flags);
WASI_CALL("path_filestat_get")
Outcome pathFilestatGet(WasiContext &context, Fd fd, LookupFlags lookup, const GuestPath &path,
                        Out<FileStat> status);
WASI_UNSTABLE("path_filestat_get")
Outcome pathFilestatGetUnstable(WasiContext &context, Fd fd, LookupFlags lookup,
                                const GuestPath &path, Out<FileStatUnstable> status);
WASI_CALL("path_filestat_set_times")
Outcome pathFilestatSetTimes(WasiContext &context, Fd fd, LookupFlags lookup, const GuestPath &path,
                             uint64_t accessedNs, uint64_t modifiedNs, TimeFlags flags);

// ReadWrite.cpp: one system call each, on the guest's memory. Errors: Badf, NotCapable, Dquot, the
// system's.

WASI_CALL("fd_pread")
Outcome fdPread(WasiContext &context, Fd fd, const Scatter &vectors, uint64_t offset,
                Moved bytesRead);
WASI_CALL("fd_pwrite")
Outcome fdPwrite(WasiContext &context, Fd fd, const Gather &vectors, uint64_t offset,
                 Moved bytesWritten);
WASI_CALL("fd_read")
Outcome fdRead(WasiContext &context, Fd fd, const Scatter &vectors, Moved bytesRead);
WASI_CALL("fd_write")
Outcome fdWrite(WasiContext &context, Fd fd, const Gather &vectors, Moved bytesWritten);

// ReadDirectory.cpp

/// Writes entries (DirEntry and a name), from the one that `cookie` stands for; the last may be cut
/// off. A buffer that is not filled is the end.
WASI_CALL("fd_readdir")
Outcome fdReaddir(WasiContext &context, Fd fd, Buffer buffer, uint64_t cookie, Moved bytesUsed);

// Path.cpp: entries of directories. Errors as for FileStat.cpp; Dquot where one is made.

WASI_CALL("path_create_directory")
Outcome pathCreateDirectory(WasiContext &context, Fd fd, const GuestPath &path);
WASI_CALL("path_link")
Outcome pathLink(WasiContext &context, Fd oldFd, LookupFlags oldLookup, const GuestPath &oldPath,
                 Fd newFd, const GuestPath &newPath);
/// `base` and `inheriting` are what the file may do at most: it gets what the directory passes on.
/// Errors: NotCapable if that lacks an access that is asked for; Acces for devices; Mfile.
WASI_CALL("path_open")
Outcome pathOpen(WasiContext &context, Fd fd, LookupFlags lookup, const GuestPath &path,
                 OpenFlags openFlags, Rights base, Rights inheriting, FdFlags flags,
                 Out<uint32_t> opened);
/// Errors: Inval if it is no link, or for an empty buffer.
WASI_CALL("path_readlink")
Outcome pathReadlink(WasiContext &context, Fd fd, const GuestPath &path, OutText buffer,
                     Moved bytesUsed);
WASI_CALL("path_remove_directory")
Outcome pathRemoveDirectory(WasiContext &context, Fd fd, const GuestPath &path);
WASI_CALL("path_rename")
Outcome pathRename(WasiContext &context, Fd oldFd, const GuestPath &oldPath, Fd newFd,
                   const GuestPath &newPath);
/// Errors: NotCapable for a target that begins with a slash.
WASI_CALL("path_symlink")
Outcome pathSymlink(WasiContext &context, const GuestPath &target, Fd fd, const GuestPath &path);
WASI_CALL("path_unlink_file")
Outcome pathUnlinkFile(WasiContext &context, Fd fd, const GuestPath &path);

// Sock.cpp: Errors: Badf, NotSock, NotCapable, Inval (flags), the system's.

WASI_CALL("sock_accept")
Outcome sockAccept(WasiContext &context, Fd fd, FdFlags flags, Out<uint32_t> accepted);
WASI_CALL("sock_recv")
Outcome sockRecv(WasiContext &context, Fd fd, const Scatter &vectors, ReceiveFlags flags,
                 Moved bytesRead, Out<uint16_t> flagsOut);
WASI_CALL("sock_send")
Outcome sockSend(WasiContext &context, Fd fd, const Gather &vectors, SendFlags flags,
                 Moved bytesWritten);
WASI_CALL("sock_shutdown")
Outcome sockShutdown(WasiContext &context, Fd fd, ShutdownHow how);

} // namespace w2n::wasi
