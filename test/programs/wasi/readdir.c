// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// fd_readdir: cookies, buffers that are too small, entries that come and go.
#include "check.h"

static char buffer[4096];

// Counts entries and their names' bytes, reading `bufferBytes` at a time.
static void list(u32 fd, u32 bufferBytes, int *entries, int *nameBytes) {
  u64 cookie = 0;
  *entries = *nameBytes = 0;
  for (u32 used = bufferBytes; used == bufferBytes;) {
    if (w_fd_readdir(fd, buffer, bufferBytes, cookie, &used))
      return;
    struct dirent_head head;
    for (u32 at = 0; at + 24 <= used; at += 24 + head.nameBytes) {
      memcpy(&head, buffer + at, 24);
      if (at + 24 + head.nameBytes > used)
        break;
      const char *name = buffer + at + 24;
      cookie = head.next;
      // Node.js does not list these two; others do.
      if (name[0] == '.')
        continue;
      ++*entries;
      *nameBytes += (int)head.nameBytes;
    }
  }
}

int main(void) {
  enum { count = 60 };
  int bytes = 0, entries, nameBytes;
  for (int i = 0; i < count; ++i) {
    char name[64];
    bytes += snprintf(name, sizeof(name), "entry-%0*d", 1 + i % 30, i);
    make_file(name, "");
  }
  u32 used, fd = (u32)open_at(ROOT, ".", DIRECTORY, R_READDIR, 0);
  list(fd, 4096, &entries, &nameBytes);
  check("entries", entries, count);
  check("name-bytes", nameBytes, bytes);
  list(fd, 24 + 40, &entries, &nameBytes);
  check("small-entries", entries, count);
  check("small-name-bytes", nameBytes, bytes);
  check("tiny", w_fd_readdir(fd, buffer, 10, 0, &used), SUCCESS);
  check("tiny-used", used, 10);
  check("no-buffer", w_fd_readdir(fd, buffer, 0, 0, &used), SUCCESS);
  check("no-buffer-used", used, 0);

  // From a cookie in the middle, the rest; from the last one, nothing.
  struct dirent_head head;
  u64 cookie = 0;
  for (int i = 0; i < 5; ++i) {
    w_fd_readdir(fd, buffer, 64, cookie, &used);
    memcpy(&head, buffer, 24);
    cookie = head.next;
  }
  char sixth[64], again[64];
  w_fd_readdir(fd, sixth, 64, cookie, &used);
  w_fd_readdir(fd, buffer, 4096, 0, &used);
  w_fd_readdir(fd, again, 64, cookie, &used);
  check("cookie-again", memcmp(sixth, again, 21), 0);
  check("file", w_fd_readdir((u32)open_at(ROOT, "entry-0", 0, R_READ | R_READDIR, 0), buffer, 64, 0, &used), NOTCAPABLE);

  // Removing all while reading.
  int removed = 0;
  while (1) {
    w_fd_readdir(fd, buffer, sizeof(buffer), 0, &used);
    int found = 0;
    for (u32 at = 0; at + 24 <= used; at += 24 + head.nameBytes) {
      memcpy(&head, buffer + at, 24);
      if (at + 24 + head.nameBytes > used)
        break;
      if (buffer[at + 24] != '.') {
        found = 1;
        removed += w_path_unlink_file(ROOT, buffer + at + 24, head.nameBytes) == 0;
      }
    }
    if (!found)
      break;
  }
  check("removed", removed, count);
}
