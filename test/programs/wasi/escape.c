// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Tries to get out of /work while someone swaps directories there with links that lead out (check_escape.py). Ends when it has
// often been inside and often been refused, and says whether it got what lies outside.
#include "check.h"

static long inside, refused, outside, other;

static void count(int error) {
  if (error == SUCCESS)
    ++inside;
  else if (error == NOTCAPABLE)
    ++refused;
  else
    ++other;
}

static void read_file(const char *path) {
  u32 fd, moved = 0;
  char text[8] = "";
  struct vector vector = {text, 6};
  int error = w_path_open(ROOT, FOLLOW, P(path), 0, R_READ, 0, 0, &fd);
  count(error);
  if (error)
    return;
  w_fd_read(fd, &vector, 1, &moved);
  outside += memcmp(text, "secret", 6) == 0;
  w_fd_close(fd);
}

static void change(void) {
  u32 fd;
  struct filestat status;
  int error = w_path_open(ROOT, FOLLOW, P("swap/new"), CREAT, R_WRITE, 0, 0, &fd);
  count(error);
  if (!error)
    w_fd_close(fd);
  count(w_path_unlink_file(ROOT, P("swap/new")));
  w_path_create_directory(ROOT, P("swap/folder"));
  w_path_remove_directory(ROOT, P("swap/folder/"));
  w_path_symlink(P("x"), ROOT, P("swap/link"));
  w_path_unlink_file(ROOT, P("swap/link"));
  w_path_rename(ROOT, P("swap/file"), ROOT, P("swap/moved"));
  w_path_rename(ROOT, P("swap/moved"), ROOT, P("swap/file"));
  w_path_link(ROOT, 0, P("swap/file"), ROOT, P("stolen"));
  read_file("stolen");
  w_path_unlink_file(ROOT, P("stolen"));
  w_path_filestat_set_times(ROOT, FOLLOW, P("swap/file"), 1, 1, 1 | 4);
  if (!w_path_filestat_get(ROOT, FOLLOW, P("swap"), &status))
    outside += status.type == 7;
}

int main(void) {
  enum { often = 300, most = 1000000 };
  int rounds = 0;
  while (rounds < most && (inside < often || refused < often)) {
    ++rounds;
    read_file("swap/file");
    read_file("swap/../swap/file");
    read_file("moving/deep/../../../outside/file");
    read_file("moving/deep/../../swap/file");
    change();
  }
  printf("inside %d\nrefused %d\noutside %ld\n", inside >= often, refused >= often, outside);
}
