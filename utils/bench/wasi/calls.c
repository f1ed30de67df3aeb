// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The cost of a system call: natively, and through WASI. Standard input and output are the two ends of one pipe; the first argument
// is a directory to work in, its name as the program knows it. Prints, for each step, its name and the least processor time of a
// call in nanoseconds, on standard error.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __wasi__
#include <wasi/api.h>
#else
#include <poll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#endif

enum { small = 1, medium = 64 << 10, large = 1 << 20 };
static uint8_t buffer[large];
static int null, zero, directory, file;

#ifdef __wasi__

static uint64_t processorNs(void) {
  uint64_t time;
  return __wasi_clock_time_get(2 /* the process's */, 0, &time) ? 0 : time;
}
static int clockTime(void) {
  uint64_t time;
  return __wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &time);
}
static int put(int fd, size_t bytes) {
  __wasi_ciovec_t vector = {buffer, bytes};
  __wasi_size_t written;
  return __wasi_fd_write(fd, &vector, 1, &written);
}
static int get(int fd, size_t bytes) {
  __wasi_iovec_t vector = {buffer, bytes};
  __wasi_size_t read;
  return __wasi_fd_read(fd, &vector, 1, &read);
}
static int seek(void) {
  __wasi_filesize_t position;
  return __wasi_fd_seek(file, 0, __WASI_WHENCE_SET, &position);
}
static int statFile(void) {
  __wasi_filestat_t status;
  return __wasi_fd_filestat_get(file, &status);
}
static int statPath(void) {
  __wasi_filestat_t status;
  return __wasi_path_filestat_get(directory, 0, "file", &status);
}
static int openClose(void) {
  __wasi_fd_t fd;
  return __wasi_path_open(directory, 0, "file", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd) || __wasi_fd_close(fd);
}
static int poll0(void) {
  __wasi_subscription_t subscription = {.u.tag = __WASI_EVENTTYPE_CLOCK, .u.u.clock.id = __WASI_CLOCKID_MONOTONIC};
  __wasi_event_t event;
  __wasi_size_t events;
  return __wasi_poll_oneoff(&subscription, &event, 1, &events);
}
static int randomBytes(void) { return __wasi_random_get(buffer, 16); }

#else

static uint64_t processorNs(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * UINT64_C(1000000000) + time.tv_nsec;
}
static int clockTime(void) {
  struct timespec time;
  return clock_gettime(CLOCK_MONOTONIC, &time);
}
static int put(int fd, size_t bytes) {
  struct iovec vector = {buffer, bytes};
  return writev(fd, &vector, 1) < 0;
}
static int get(int fd, size_t bytes) {
  struct iovec vector = {buffer, bytes};
  return readv(fd, &vector, 1) < 0;
}
static int seek(void) { return lseek(file, 0, SEEK_SET) < 0; }
static int statFile(void) {
  struct stat status;
  return fstat(file, &status);
}
static int statPath(void) {
  struct stat status;
  return fstatat(directory, "file", &status, AT_SYMLINK_NOFOLLOW);
}
static int openClose(void) {
  int fd = openat(directory, "file", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  return fd < 0 || close(fd);
}
static int poll0(void) {
  struct timespec none = {0, 0};
  return ppoll(NULL, 0, &none, NULL);
}
static int randomBytes(void) { return getrandom(buffer, 16, 0) != 16; }

#endif

static int putNull(void) { return put(null, small); }
static int putNullLarge(void) { return put(null, large); }
static int pipe1(void) { return put(1, small) || get(0, small); }
static int pipe64(void) { return put(1, medium) || get(0, medium); }
static int getZero(void) { return get(zero, small); }
static int getZeroMedium(void) { return get(zero, medium); }

static const struct {
  const char *name;
  int (*call)(void);
  int count;
} steps[] = {
    {"clock_time_get", clockTime, 1000000},
    {"fd_write 1 B, /dev/null", putNull, 1000000},
    {"fd_write 1 MiB, /dev/null", putNullLarge, 1000000},
    {"fd_write and fd_read 1 B, pipe", pipe1, 100000},
    {"fd_write and fd_read 64 KiB, pipe", pipe64, 5000},
    {"fd_read 1 B, /dev/zero", getZero, 300000},
    {"fd_read 64 KiB, /dev/zero", getZeroMedium, 20000},
    {"fd_seek", seek, 1000000},
    {"fd_filestat_get", statFile, 300000},
    {"path_filestat_get", statPath, 100000},
    {"path_open, fd_close", openClose, 50000},
    {"poll_oneoff, no time", poll0, 300000},
    {"random_get 16 B", randomBytes, 300000},
};

int main(int argc, char **argv) {
  if (argc < 2)
    return 2;
  null = open("/dev/null", O_RDWR);
  zero = open("/dev/zero", O_RDONLY);
  directory = open(argv[1], O_RDONLY | O_DIRECTORY);
  file = openat(directory, "file", O_RDONLY);
  if (null < 0 || zero < 0 || directory < 0 || file < 0) {
    perror("open");
    return 1;
  }
  for (size_t step = 0; step < sizeof(steps) / sizeof(*steps); ++step) {
    double least = 1e18;
    for (int batch = 0; batch < 10; ++batch) {
      const int count = steps[step].count / 10;
      const uint64_t begin = processorNs();
      for (int i = 0; i < count; ++i)
        if (steps[step].call()) {
          fprintf(stderr, "%s failed\n", steps[step].name);
          return 1;
        }
      const double ns = (double)(processorNs() - begin) / count;
      if (ns < least)
        least = ns;
    }
    fprintf(stderr, "%s\t%.1f\n", steps[step].name, least);
  }
}
