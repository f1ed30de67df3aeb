// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The calls of WASI preview 1 as they are imported, and checks of the errno that they give.
// run_wasi.py says what becomes of the lines that a program prints.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WASI(result, name, ...)                                                                    \
  __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) result w_##name(    \
      __VA_ARGS__)

typedef uint32_t u32;
typedef uint64_t u64;
struct vector {
  void *buffer;
  u32 bytes;
};
struct fdstat {
  uint8_t type;
  uint16_t flags;
  u64 base, inheriting;
};
struct filestat {
  u64 device, inode;
  uint8_t type;
  u64 links, bytes, accessedNs, modifiedNs, changedNs;
};
struct prestat {
  u32 tag, nameBytes;
};
struct dirent_head {
  u64 next, inode;
  u32 nameBytes;
  uint8_t type;
};
struct subscription {
  u64 userdata;
  uint8_t type;
  union {
    struct {
      u32 id;
      u64 timeoutNs, precisionNs;
      uint16_t flags;
    } clock;
    u32 fd;
  };
};
struct event {
  u64 userdata;
  uint16_t error;
  uint8_t type;
  u64 bytes;
  uint16_t flags;
};

WASI(int, args_get, u32 *, char *);
WASI(int, args_sizes_get, u32 *, u32 *);
WASI(int, environ_get, u32 *, char *);
WASI(int, environ_sizes_get, u32 *, u32 *);
WASI(int, clock_res_get, u32, u64 *);
WASI(int, clock_time_get, u32, u64, u64 *);
WASI(int, random_get, void *, u32);
WASI(int, proc_raise, u32);
WASI(int, sched_yield, void);
WASI(int, poll_oneoff, const struct subscription *, struct event *, u32, u32 *);
WASI(int, fd_advise, u32, u64, u64, u32);
WASI(int, fd_allocate, u32, u64, u64);
WASI(int, fd_close, u32);
WASI(int, fd_datasync, u32);
WASI(int, fd_fdstat_get, u32, struct fdstat *);
WASI(int, fd_fdstat_set_flags, u32, u32);
WASI(int, fd_fdstat_set_rights, u32, u64, u64);
WASI(int, fd_prestat_get, u32, struct prestat *);
WASI(int, fd_prestat_dir_name, u32, char *, u32);
WASI(int, fd_renumber, u32, u32);
WASI(int, fd_seek, u32, int64_t, u32, u64 *);
WASI(int, fd_sync, u32);
WASI(int, fd_tell, u32, u64 *);
WASI(int, fd_filestat_get, u32, struct filestat *);
WASI(int, fd_filestat_set_size, u32, u64);
WASI(int, fd_filestat_set_times, u32, u64, u64, u32);
WASI(int, path_filestat_get, u32, u32, const char *, u32, struct filestat *);
WASI(int, path_filestat_set_times, u32, u32, const char *, u32, u64, u64, u32);
WASI(int, fd_pread, u32, const struct vector *, u32, u64, u32 *);
WASI(int, fd_pwrite, u32, const struct vector *, u32, u64, u32 *);
WASI(int, fd_read, u32, const struct vector *, u32, u32 *);
WASI(int, fd_write, u32, const struct vector *, u32, u32 *);
WASI(int, fd_readdir, u32, void *, u32, u64, u32 *);
WASI(int, path_create_directory, u32, const char *, u32);
WASI(int, path_link, u32, u32, const char *, u32, u32, const char *, u32);
WASI(int, path_open, u32, u32, const char *, u32, u32, u64, u64, u32, u32 *);
WASI(int, path_readlink, u32, const char *, u32, void *, u32, u32 *);
WASI(int, path_remove_directory, u32, const char *, u32);
WASI(int, path_rename, u32, const char *, u32, u32, const char *, u32);
WASI(int, path_symlink, const char *, u32, u32, const char *, u32);
WASI(int, path_unlink_file, u32, const char *, u32);
WASI(int, sock_accept, u32, u32, u32 *);
WASI(int, sock_recv, u32, const struct vector *, u32, u32, u32 *, uint16_t *);
WASI(int, sock_send, u32, const struct vector *, u32, u32, u32 *);
WASI(int, sock_shutdown, u32, u32);

// A path as two arguments.
#define P(text) text, strlen(text)

enum {
  SUCCESS = 0,
  ACCES = 2,
  AGAIN = 6,
  BADF = 8,
  DQUOT = 19,
  BUSY = 10,
  EXIST = 20,
  FAULT = 21,
  INVAL = 28,
  ISDIR = 31,
  LOOP = 32,
  MFILE = 33,
  NAMETOOLONG = 37,
  NOENT = 44,
  NOSYS = 52,
  NOTDIR = 54,
  NOTEMPTY = 55,
  NOTSOCK = 57,
  NOTSUP = 58,
  NXIO = 60,
  PERM = 63,
  SPIPE = 70,
  NOTCAPABLE = 76
};
enum { CREAT = 1, DIRECTORY = 2, EXCL = 4, TRUNC = 8 };
enum { APPEND = 1, DSYNC = 2, NONBLOCK = 4, RSYNC = 8, SYNC = 16 };
enum { FOLLOW = 1 };
#define R_DATASYNC (1ull << 0)
#define R_READ (1ull << 1)
#define R_SEEK (1ull << 2)
#define R_FLAGS (1ull << 3)
#define R_SYNC (1ull << 4)
#define R_TELL (1ull << 5)
#define R_WRITE (1ull << 6)
#define R_ADVISE (1ull << 7)
#define R_ALLOCATE (1ull << 8)
#define R_CREATE_FILE (1ull << 10)
#define R_OPEN (1ull << 13)
#define R_READDIR (1ull << 14)
#define R_PATH_STAT (1ull << 18)
#define R_PATH_SIZE (1ull << 19)
#define R_STAT (1ull << 21)
#define R_SIZE (1ull << 22)
#define R_TIMES (1ull << 23)
#define R_POLL (1ull << 27)
#define R_FILE                                                                                     \
  (R_DATASYNC | R_READ | R_SEEK | R_FLAGS | R_SYNC | R_TELL | R_WRITE | R_ADVISE | R_ALLOCATE |    \
   R_STAT | R_SIZE | R_TIMES | R_POLL)

enum { ROOT = 3 };

// One line for each check: "label found wanted". Labels are unique in a program.
__attribute__((unused)) static void check(const char *label, long long found, long long wanted) {
  printf("%s %lld %lld\n", label, found, wanted);
}

// Opens a file with `rights` and none to pass on (Node.js refuses to give more than there are);
// -errno if that fails.
__attribute__((unused)) static int open_at(u32 directory, const char *path, u32 oflags, u64 rights,
                                           u32 flags) {
  u32 fd;
  int error = w_path_open(directory, FOLLOW, P(path), oflags, rights, 0, flags, &fd);
  return error ? -error : (int)fd;
}
__attribute__((unused)) static void make_file(const char *path, const char *text) {
  u32 fd = (u32)open_at(ROOT, path, CREAT | TRUNC, R_FILE, 0), written;
  struct vector vector = {(void *)text, strlen(text)};
  w_fd_write(fd, &vector, 1, &written);
  w_fd_close(fd);
}
