// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Reading, writing and what else is done with an open file.
// NODE: advise-overflow 0: does not look at the offset
// NODE: allocate-nothing 0: does nothing for no bytes
// NODE: append-flag 33794: gives the host's flags
// NODE: set-flags-are 34818: the same
// NODE: sync-flag 0: the same, of which this one is beyond 16 bits
// NODE: set-flags-bad 0: does not look at unknown bits
// NODE: set-flags-sync 0: ignores flags that cannot be set
// NODE: times-accessed 0: keeps microseconds only
// NODE: times-one-accessed 0: keeps microseconds only
#include "check.h"

static int transfer(int (*call)(u32, const struct vector *, u32, u32 *), u32 fd, void *bytes, u32 count) {
  struct vector vector = {bytes, count};
  u32 moved;
  int error = call(fd, &vector, 1, &moved);
  return error ? -error : (int)moved;
}
static u64 tell(u32 fd) {
  u64 position = ~0ull;
  w_fd_tell(fd, &position);
  return position;
}
static u64 size_of(u32 fd) {
  struct filestat status;
  w_fd_filestat_get(fd, &status);
  return status.bytes;
}

static void vectors(u32 fd) {
  u32 moved = 99;
  char a[4] = "....", b[4] = "....";
  struct vector out[] = {{"01", 2}, {0, 0}, {"234567", 6}, {"89", 2}};
  check("write", w_fd_write(fd, out, 4, &moved), SUCCESS);
  check("write-moved", moved, 10);
  check("write-none", w_fd_write(fd, out, 0, &moved), SUCCESS);
  check("write-none-moved", moved, 0);
  struct vector in[] = {{a, 0}, {a, 3}, {b, 4}};
  check("pread", w_fd_pread(fd, in, 3, 1, &moved), SUCCESS);
  check("pread-moved", moved, 7);
  check("pread-bytes", memcmp(a, "123.", 4) | memcmp(b, "4567", 4), 0);
  check("pread-keeps-position", (long long)tell(fd), 10);
  check("read-at-end", transfer(w_fd_read, fd, a, 4), 0);
  check("pread-beyond", w_fd_pread(fd, in, 3, 1ull << 40, &moved), SUCCESS);
  check("pread-beyond-moved", moved, 0);
  // Both vectors are the same buffer, which holds the list itself.
  union { struct vector list[2]; char bytes[16]; } self;
  self.list[0] = (struct vector){self.bytes, 8};
  self.list[1] = (struct vector){self.bytes, 2};
  check("pread-overlapping", w_fd_pread(fd, self.list, 2, 0, &moved), SUCCESS);
  check("pread-overlapping-moved", moved, 10);
  check("pread-overlapping-bytes", memcmp(self.bytes, "89234567", 8), 0);
  struct vector at[] = {{"XY", 2}};
  check("pwrite", w_fd_pwrite(fd, at, 1, 4, &moved), SUCCESS);
  check("pwrite-keeps-position", (long long)tell(fd), 10);
  check("pwrite-negative", w_fd_pwrite(fd, at, 1, ~0ull, &moved), INVAL);
  check("pread-negative", w_fd_pread(fd, in, 2, 1ull << 63, &moved), INVAL);
}

static void positions(u32 fd) {
  u64 position;
  check("seek-set", w_fd_seek(fd, 3, 0, &position), SUCCESS);
  check("seek-set-position", (long long)position, 3);
  check("seek-current", w_fd_seek(fd, -2, 1, &position), SUCCESS);
  check("seek-current-position", (long long)position, 1);
  check("seek-end", w_fd_seek(fd, 5, 2, &position), SUCCESS);
  check("seek-end-position", (long long)position, 15);
  check("seek-negative", w_fd_seek(fd, -1, 0, &position), INVAL);
  check("seek-bad-whence", w_fd_seek(fd, 0, 3, &position), INVAL);
  check("seek-large", w_fd_seek(fd, 1ll << 40, 0, &position), SUCCESS);
  check("seek-large-tell", (long long)tell(fd), 1ll << 40);
  check("seek-does-not-grow", (long long)size_of(fd), 10);
  check("write-large-offset", transfer(w_fd_write, fd, "!", 1), 1);
  check("large-size", (long long)size_of(fd), (1ll << 40) + 1);
}

static void sizes(u32 fd) {
  check("set-size", w_fd_filestat_set_size(fd, 6), SUCCESS);
  check("set-size-bytes", (long long)size_of(fd), 6);
  check("set-size-negative", w_fd_filestat_set_size(fd, 1ull << 63), INVAL);
  check("allocate", w_fd_allocate(fd, 4, 8), SUCCESS);
  check("allocate-bytes", (long long)size_of(fd), 12);
  check("allocate-inside", w_fd_allocate(fd, 0, 4), SUCCESS);
  check("allocate-inside-bytes", (long long)size_of(fd), 12);
  check("allocate-nothing", w_fd_allocate(fd, 0, 0), INVAL);
  check("allocate-overflow", w_fd_allocate(fd, 1ull << 62, 1ull << 63), INVAL);
  check("advise", w_fd_advise(fd, 0, 4, 3), SUCCESS);
  check("advise-bad", w_fd_advise(fd, 0, 4, 6), INVAL);
  check("advise-overflow", w_fd_advise(fd, 1ull << 63, 0, 0), INVAL);
  check("advise-bytes", (long long)size_of(fd), 12);
  check("sync", w_fd_sync(fd), SUCCESS);
  check("datasync", w_fd_datasync(fd), SUCCESS);
}

static void times(u32 fd) {
  struct filestat status;
  check("times", w_fd_filestat_set_times(fd, 3, 4000000000, 1 | 4), SUCCESS);
  w_fd_filestat_get(fd, &status);
  check("times-accessed", (long long)status.accessedNs, 3);
  check("times-modified", (long long)status.modifiedNs, 4000000000);
  check("times-one", w_fd_filestat_set_times(fd, 9, 9, 1), SUCCESS);
  w_fd_filestat_get(fd, &status);
  check("times-one-accessed", (long long)status.accessedNs, 9);
  check("times-one-modified", (long long)status.modifiedNs, 4000000000);
  check("times-both", w_fd_filestat_set_times(fd, 0, 0, 1 | 2), INVAL);
  check("times-now", w_fd_filestat_set_times(fd, 0, 0, 8), SUCCESS);
  w_fd_filestat_get(fd, &status);
  check("times-now-modified", status.modifiedNs > 1500000000ull * 1000000000, 1);
}

static void flags(void) {
  struct fdstat status;
  u32 fd = (u32)open_at(ROOT, "append", CREAT, R_FILE, APPEND);
  w_fd_fdstat_get(fd, &status);
  check("append-flag", status.flags, APPEND);
  check("append-write", transfer(w_fd_write, fd, "abc", 3), 3);
  u64 position;
  w_fd_seek(fd, 0, 0, &position);
  check("append-write-again", transfer(w_fd_write, fd, "d", 1), 1);
  check("append-bytes", (long long)size_of(fd), 4);
  check("set-flags", w_fd_fdstat_set_flags(fd, NONBLOCK), SUCCESS);
  w_fd_fdstat_get(fd, &status);
  check("set-flags-are", status.flags, NONBLOCK);
  w_fd_seek(fd, 0, 0, &position);
  transfer(w_fd_write, fd, "X", 1);
  check("no-append-bytes", (long long)size_of(fd), 4);
  check("set-flags-bad", w_fd_fdstat_set_flags(fd, 32), INVAL);
  check("set-flags-sync", w_fd_fdstat_set_flags(fd, SYNC), NOTSUP);
  w_fd_close(fd);
  fd = (u32)open_at(ROOT, "append", 0, R_FILE, SYNC);
  w_fd_fdstat_get(fd, &status);
  check("sync-flag", status.flags & SYNC, SYNC);
  check("sync-type", status.type, 4);
  w_fd_close(fd);
  check("truncate", (fd = (u32)open_at(ROOT, "append", TRUNC, R_FILE, 0)) > ROOT, 1);
  check("truncate-bytes", (long long)size_of(fd), 0);
}

int main(void) {
  u32 fd = (u32)open_at(ROOT, "file", CREAT | EXCL, R_FILE, 0);
  vectors(fd);
  positions(fd);
  sizes(fd);
  times(fd);
  flags();
}
