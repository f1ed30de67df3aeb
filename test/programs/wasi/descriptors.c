// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Numbers of descriptors, rights, preopened directories, and what a descriptor of the wrong kind gives.
// NODE: bad-shutdown 58: has no sockets
// NODE: directory-no-socket 58: has no sockets
// NODE: only-tell-by-seek 76: asks for the right to seek
// NODE: prestat-name-short 42: has another errno
// NODE: prestat-of-opened 28: has another errno
// NODE: reopen-datasync 31: opens for writing what is to be synchronized
// NODE: right-tell 76: does not take the right to seek for one to tell
#include "check.h"

static char byte[1];
static struct vector one = {byte, 1};

static void bad(void) {
  u32 n;
  u64 wide;
  struct fdstat fdstat;
  struct filestat filestat;
  struct prestat prestat;
  check("bad-advise", w_fd_advise(99, 0, 0, 0), BADF);
  check("bad-allocate", w_fd_allocate(99, 0, 1), BADF);
  check("bad-close", w_fd_close(99), BADF);
  check("bad-close-largest", w_fd_close(~0u), BADF);
  check("bad-datasync", w_fd_datasync(99), BADF);
  check("bad-fdstat", w_fd_fdstat_get(99, &fdstat), BADF);
  check("bad-set-flags", w_fd_fdstat_set_flags(99, 0), BADF);
  check("bad-set-rights", w_fd_fdstat_set_rights(99, 0, 0), BADF);
  check("bad-filestat", w_fd_filestat_get(99, &filestat), BADF);
  check("bad-set-size", w_fd_filestat_set_size(99, 0), BADF);
  check("bad-set-times", w_fd_filestat_set_times(99, 0, 0, 0), BADF);
  check("bad-prestat", w_fd_prestat_get(99, &prestat), BADF);
  check("bad-prestat-name", w_fd_prestat_dir_name(99, byte, 1), BADF);
  check("bad-pread", w_fd_pread(99, &one, 1, 0, &n), BADF);
  check("bad-pwrite", w_fd_pwrite(99, &one, 1, 0, &n), BADF);
  check("bad-read", w_fd_read(99, &one, 1, &n), BADF);
  check("bad-write", w_fd_write(99, &one, 1, &n), BADF);
  check("bad-readdir", w_fd_readdir(99, byte, 1, 0, &n), BADF);
  check("bad-renumber", w_fd_renumber(99, ROOT), BADF);
  check("bad-seek", w_fd_seek(99, 0, 0, &wide), BADF);
  check("bad-sync", w_fd_sync(99), BADF);
  check("bad-tell", w_fd_tell(99, &wide), BADF);
  check("bad-link", w_path_link(99, 0, P("a"), ROOT, P("b")), BADF);
  check("bad-readlink", w_path_readlink(99, P("a"), byte, 1, &n), BADF);
  check("bad-rename", w_path_rename(99, P("a"), ROOT, P("b")), BADF);
  check("bad-symlink", w_path_symlink(P("a"), 99, P("b")), BADF);
  check("bad-shutdown", w_sock_shutdown(99, 1), BADF);
}

static void preopens(void) {
  struct prestat prestat;
  char name[8] = "........";
  check("prestat", w_fd_prestat_get(ROOT, &prestat), SUCCESS);
  check("prestat-tag", prestat.tag & 255, 0);
  check("prestat-bytes", prestat.nameBytes, 5);
  check("prestat-name-short", w_fd_prestat_dir_name(ROOT, name, 4), NAMETOOLONG);
  check("prestat-name", w_fd_prestat_dir_name(ROOT, name, 8), SUCCESS);
  check("prestat-name-text", memcmp(name, "/work...", 8), 0);
  u32 fd = (u32)open_at(ROOT, ".", DIRECTORY, R_READDIR, 0);
  check("prestat-of-opened", w_fd_prestat_get(fd, &prestat), BADF);
  w_fd_close(fd);
}

// Descriptors that are no files: a directory.
static void directories(void) {
  u32 n, fd = (u32)open_at(ROOT, ".", DIRECTORY, R_READ | R_SEEK | R_TELL | R_OPEN | R_READDIR | R_STAT, 0);
  u64 wide;
  struct fdstat fdstat;
  check("directory-fdstat", w_fd_fdstat_get(fd, &fdstat), SUCCESS);
  check("directory-type", fdstat.type, 3);
  check("directory-has-no-seek", (fdstat.base & R_SEEK) != 0, 0);
  check("directory-read", w_fd_read(fd, &one, 1, &n), NOTCAPABLE);
  check("directory-write", w_fd_write(fd, &one, 1, &n), NOTCAPABLE);
  check("directory-seek", w_fd_seek(fd, 0, 0, &wide), NOTCAPABLE);
  check("directory-tell", w_fd_tell(fd, &wide), NOTCAPABLE);
  check("directory-set-size", w_fd_filestat_set_size(fd, 0), NOTCAPABLE);
  check("directory-allocate", w_fd_allocate(fd, 0, 1), NOTCAPABLE);
  check("directory-no-socket", w_sock_shutdown(fd, 1), NOTSOCK);
  w_fd_close(fd);
}

static void reopening(void) {
  struct fdstat whole, again;
  u32 fd = 99;
  w_fd_fdstat_get(ROOT, &whole);
  check("reopen", w_path_open(ROOT, 0, P("."), DIRECTORY, whole.base, whole.inheriting, 0, &fd), SUCCESS);
  w_fd_fdstat_get(fd, &again);
  check("reopen-rights", again.base == whole.base, 1);
  check("reopen-plain", w_path_open(ROOT, 0, P("."), 0, whole.base, whole.inheriting, 0, &fd), SUCCESS);
  check("reopen-datasync", w_path_open(ROOT, 0, P("."), 0, R_DATASYNC, 0, 0, &fd), SUCCESS);
  check("reopen-writing", w_path_open(ROOT, 0, P("."), 0, R_WRITE, 0, 0, &fd), ISDIR);
}

static void rights(void) {
  u32 n, fd = (u32)open_at(ROOT, "file", 0, R_READ | R_SEEK, 0);
  u64 wide;
  check("right-read", w_fd_read(fd, &one, 1, &n), SUCCESS);
  check("right-write", w_fd_write(fd, &one, 1, &n), NOTCAPABLE);
  check("right-seek", w_fd_seek(fd, 0, 0, &wide), SUCCESS);
  // The right to seek implies the right to tell.
  check("right-tell", w_fd_tell(fd, &wide), SUCCESS);
  check("right-sync", w_fd_sync(fd), NOTCAPABLE);
  check("right-advise", w_fd_advise(fd, 0, 0, 0), NOTCAPABLE);
  check("right-set-size", w_fd_filestat_set_size(fd, 0), NOTCAPABLE);
  check("right-set-times", w_fd_filestat_set_times(fd, 0, 0, 1), NOTCAPABLE);
  check("rights-more", w_fd_fdstat_set_rights(fd, R_READ | R_WRITE, 0), NOTCAPABLE);
  check("rights-less", w_fd_fdstat_set_rights(fd, R_SEEK, 0), SUCCESS);
  check("rights-again", w_fd_fdstat_set_rights(fd, R_READ | R_SEEK, 0), NOTCAPABLE);
  check("right-read-dropped", w_fd_read(fd, &one, 1, &n), NOTCAPABLE);
  w_fd_close(fd);
  fd = (u32)open_at(ROOT, "file", 0, R_READ | R_TELL, 0);
  check("only-tell", w_fd_tell(fd, &wide), SUCCESS);
  check("only-tell-by-seek", w_fd_seek(fd, 0, 1, &wide), SUCCESS);
  check("only-tell-seek", w_fd_seek(fd, 1, 0, &wide), NOTCAPABLE);
  check("only-tell-pread", w_fd_pread(fd, &one, 1, 0, &n), NOTCAPABLE);
  w_fd_close(fd);
}

static void inheriting(void) {
  u32 opened, directory;
  check("inherit", w_path_open(ROOT, 0, P("dir"), DIRECTORY, R_OPEN | R_READDIR, R_READ, 0, &directory), SUCCESS);
  check("inherit-read", w_path_open(directory, 0, P("inner"), 0, R_READ, 0, 0, &opened), SUCCESS);
  check("inherit-write", w_path_open(directory, 0, P("inner"), 0, R_WRITE, 0, 0, &opened), NOTCAPABLE);
  check("inherit-create", w_path_open(directory, 0, P("new"), CREAT, R_READ, 0, 0, &opened), NOTCAPABLE);
  check("inherit-truncate", w_path_open(directory, 0, P("inner"), TRUNC, R_READ, 0, 0, &opened), NOTCAPABLE);
  // A right of the directory itself is enough to truncate.
  u32 truncating;
  w_path_open(ROOT, 0, P("dir"), DIRECTORY, R_OPEN | R_PATH_SIZE, R_READ, 0, &truncating);
  check("truncate-by-directory", w_path_open(truncating, 0, P("inner"), TRUNC, R_READ, 0, 0, &opened), SUCCESS);
  check("inherit-sync", w_path_open(directory, 0, P("inner"), 0, R_READ, 0, SYNC, &opened), NOTCAPABLE);
  check("inherit-mkdir", w_path_create_directory(directory, P("new")), NOTCAPABLE);
  check("inherit-unlink", w_path_unlink_file(directory, P("inner")), NOTCAPABLE);
  check("inherit-link", w_path_link(directory, 0, P("inner"), ROOT, P("out")), NOTCAPABLE);
  check("inherit-rename", w_path_rename(directory, P("inner"), ROOT, P("out")), NOTCAPABLE);
  struct filestat status;
  check("inherit-stat", w_path_filestat_get(directory, 0, P("inner"), &status), NOTCAPABLE);
  check("inherit-times", w_path_filestat_set_times(directory, 0, P("inner"), 0, 0, 1), NOTCAPABLE);
  check("inherit-drop-open", w_fd_fdstat_set_rights(directory, R_READDIR, 0), SUCCESS);
  check("inherit-open", w_path_open(directory, 0, P("inner"), 0, R_READ, 0, 0, &opened), NOTCAPABLE);
}

static void renumbering(void) {
  struct filestat status;
  u32 n, a = (u32)open_at(ROOT, "file", 0, R_READ | R_STAT, 0), b = (u32)open_at(ROOT, "dir/inner", 0, R_READ | R_STAT, 0);
  check("renumber", w_fd_renumber(a, b), SUCCESS);
  check("renumber-closes", w_fd_filestat_get(a, &status), BADF);
  w_fd_filestat_get(b, &status);
  check("renumber-moves", (long long)status.bytes, 4);
  check("renumber-to-closed", w_fd_renumber(b, a), BADF);
  check("renumber-far", w_fd_renumber(b, 4000000000u), BADF);
  check("renumber-same", w_fd_renumber(b, b), SUCCESS);
  check("renumber-keeps", w_fd_read(b, &one, 1, &n), SUCCESS);
  // The lowest free number is given out again.
  check("open-lowest", open_at(ROOT, "file", 0, R_READ, 0), (int)a);
  check("close", w_fd_close(a), SUCCESS);
  check("close-again", w_fd_close(a), BADF);
  w_fd_close(b);
}

int main(void) {
  make_file("file", "text");
  w_path_create_directory(ROOT, P("dir"));
  make_file("dir/inner", "inner");
  bad();
  preopens();
  directories();
  reopening();
  rights();
  inheriting();
  renumbering();
}
