// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Pointers that lead out of memory: an error, before anything has happened.
// NODE: * 61: has another errno for what is out of memory
#include "check.h"

#define OUTSIDE ((void *)0xfffffff0)
#define EDGE(bytes) ((void *)(__builtin_wasm_memory_size(0) * 65536 - (bytes)))

int main(void) {
  u32 n = 77;
  u64 wide;
  char byte[4];
  struct vector one = {byte, 1}, none[2] = {{byte, 1}, {OUTSIDE, 32}};
  struct filestat filestat;
  make_file("file", "text");
  u32 fd = (u32)open_at(ROOT, "file", 0, R_FILE, 0);
  check("args", w_args_get(OUTSIDE, byte), FAULT);
  check("args-sizes", w_args_sizes_get(&n, EDGE(3)), FAULT);
  check("environ-sizes", w_environ_sizes_get(OUTSIDE, &n), FAULT);
  check("clock", w_clock_time_get(0, 0, EDGE(7)), FAULT);
  check("clock-resolution", w_clock_res_get(0, OUTSIDE), FAULT);
  check("random", w_random_get(EDGE(3), 4), FAULT);
  check("random-all", w_random_get(byte, ~0u), FAULT);
  check("fdstat", w_fd_fdstat_get(fd, EDGE(23)), FAULT);
  check("filestat", w_fd_filestat_get(fd, EDGE(63)), FAULT);
  check("prestat", w_fd_prestat_get(ROOT, EDGE(7)), FAULT);
  check("prestat-name", w_fd_prestat_dir_name(ROOT, EDGE(4), 5), FAULT);
  check("seek", w_fd_seek(fd, 2, 0, OUTSIDE), FAULT);
  w_fd_tell(fd, &wide);
  check("seek-did-not-move", (long long)wide, 0);
  check("tell", w_fd_tell(fd, OUTSIDE), FAULT);
  check("read-list", w_fd_read(fd, OUTSIDE, 1, &n), FAULT);
  check("read-many", w_fd_read(fd, &one, ~0u, &n), FAULT);
  check("read-buffer", w_fd_read(fd, none, 2, &n), FAULT);
  check("read-count", w_fd_read(fd, &one, 1, OUTSIDE), FAULT);
  w_fd_tell(fd, &wide);
  check("read-did-not-move", (long long)wide, 0);
  check("pread", w_fd_pread(fd, none, 2, 0, &n), FAULT);
  check("write-buffer", w_fd_write(fd, none, 2, &n), FAULT);
  check("pwrite", w_fd_pwrite(fd, &one, 1, 100, OUTSIDE), FAULT);
  w_fd_filestat_get(fd, &filestat);
  check("write-did-not-write", (long long)filestat.bytes, 4);
  check("readdir", w_fd_readdir(ROOT, EDGE(8), 9, 0, &n), FAULT);
  check("mkdir", w_path_create_directory(ROOT, OUTSIDE, 32), FAULT);
  check("open-path", w_path_open(ROOT, 0, EDGE(2), 3, 0, R_READ, 0, 0, &n), FAULT);
  check("open-number", w_path_open(ROOT, 0, P("new"), CREAT, R_READ, 0, 0, OUTSIDE), FAULT);
  check("open-did-not-create", w_path_filestat_get(ROOT, 0, P("new"), &filestat), NOENT);
  check("stat", w_path_filestat_get(ROOT, 0, P("file"), OUTSIDE), FAULT);
  check("rename", w_path_rename(ROOT, P("file"), ROOT, OUTSIDE, 32), FAULT);
  check("link", w_path_link(ROOT, 0, OUTSIDE, 32, ROOT, P("x")), FAULT);
  check("symlink-target", w_path_symlink(OUTSIDE, 32, ROOT, P("x")), FAULT);
  check("symlink", w_path_symlink(P("x"), ROOT, OUTSIDE, 32), FAULT);
  check("readlink", w_path_readlink(ROOT, P("file"), OUTSIDE, 32, &n), FAULT);
  struct subscription sleep = {.type = 0};
  struct event event;
  check("poll-in", w_poll_oneoff(EDGE(47), &event, 1, &n), FAULT);
  check("poll-out", w_poll_oneoff(&sleep, EDGE(31), 1, &n), FAULT);
  check("poll-count", w_poll_oneoff(&sleep, &event, 1, OUTSIDE), FAULT);
  check("poll-many", w_poll_oneoff(&sleep, &event, ~0u, &n), FAULT);
  check("untouched", n, 77);
}
