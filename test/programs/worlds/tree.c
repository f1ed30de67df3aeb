// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// "list PATH": prints what is beneath a directory, a line each: directories with a slash, links with their targets,
// files with their contents. "copy FROM TO": copies a file whatever happens on the way, and prints how often it did.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void printFile(const char *path) {
  char text[256];
  int file = open(path, O_RDONLY);
  ssize_t bytes = file < 0 ? -1 : read(file, text, sizeof(text));
  if (bytes < 0)
    printf("%s error %s\n", path, strerror(errno));
  else
    printf("%s %.*s\n", path, (int)bytes, text);
  close(file);
}

static int byName(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void list(const char *path) {
  struct dirent **entries;
  int count = scandir(path, &entries, NULL, byName);
  for (int i = 0; i < count; ++i) {
    const char *name = entries[i]->d_name;
    if (!strcmp(name, ".") || !strcmp(name, ".."))
      continue;
    char child[1024], target[1024];
    snprintf(child, sizeof(child), "%s/%s", path, name);
    struct stat status;
    if (lstat(child, &status) != 0) {
      printf("%s error %s\n", child, strerror(errno));
    } else if (S_ISDIR(status.st_mode)) {
      printf("%s/\n", child);
      list(child);
    } else if (S_ISLNK(status.st_mode)) {
      ssize_t bytes = readlink(child, target, sizeof(target));
      printf("%s -> %.*s\n", child, (int)bytes, target);
      printFile(child);
    } else {
      printFile(child);
    }
  }
}

static int shortTransfers, interrupted, full, jumps;

// Whether to try again.
static int again(void) {
  interrupted += errno == EINTR;
  full += errno == ENOSPC;
  return errno == EINTR || errno == ENOSPC;
}

static int copy(const char *from, const char *to) {
  int in = open(from, O_RDONLY), out;
  while ((out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0666)) < 0)
    if (!again())
      return 1;
  struct timespec before, now;
  clock_gettime(CLOCK_MONOTONIC, &before);
  char buffer[1000];
  size_t total = 0;
  for (;;) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    jumps += now.tv_nsec != before.tv_nsec || now.tv_sec != before.tv_sec;
    before = now;
    ssize_t bytes = read(in, buffer, sizeof(buffer));
    if (bytes == 0)
      break;
    if (bytes < 0) {
      if (!again())
        return 1;
      continue;
    }
    shortTransfers += bytes < (ssize_t)sizeof(buffer);
    for (ssize_t done = 0; done < bytes;) {
      ssize_t written = write(out, buffer + done, (size_t)(bytes - done));
      if (written < 0 && !again())
        return 1;
      done += written < 0 ? 0 : written;
    }
    total += (size_t)bytes;
  }
  // Standard output has its faults too.
  char line[128];
  int length = snprintf(line, sizeof(line), "%zu bytes, %d short, %d interrupted, %d full, %d jumps\n", total,
                        shortTransfers, interrupted, full, jumps);
  for (int done = 0; done < length;) {
    ssize_t written = write(1, line + done, (size_t)(length - done));
    done += written < 0 ? 0 : (int)written;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "list")) {
    list(argv[2]);
    return 0;
  }
  return argc == 4 && !strcmp(argv[1], "copy") ? copy(argv[2], argv[3]) : 2;
}
