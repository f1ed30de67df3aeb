// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Files and directories below a preopened one. The driver compares what is left, byte for byte.
// ARGUMENTS: @DIR@
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[256];

static const char *at(const char *name) {
  static char paths[4][512];
  static int next;
  char *path = paths[next++ & 3];
  snprintf(path, sizeof paths[0], "%s/%s", root, name);
  return path;
}

// The texts of errors differ between C libraries, their names do not.
static const char *errorName(int result) {
  if (result >= 0)
    return "done";
  switch (errno) {
  case ENOENT:
    return "ENOENT";
  case EEXIST:
    return "EEXIST";
  case ENOTEMPTY:
    return "ENOTEMPTY";
  case ENOTDIR:
    return "ENOTDIR";
  case EISDIR:
    return "EISDIR";
  case EINVAL:
    return "EINVAL";
  case EBADF:
    return "EBADF";
  default:
    return strerror(errno);
  }
}

static void report(const char *what, int result) { printf("%s: %s\n", what, errorName(result)); }

static void makeFile(const char *name, int lines) {
  FILE *file = fopen(at(name), "w");
  for (int i = 0; i < lines; ++i)
    fprintf(file, "line %d of %s\n", i, name);
  report(name, fclose(file));
}

// Copies through a buffer of a size that divides nothing.
static void copyFile(const char *from, const char *to) {
  char buffer[997];
  int input = open(at(from), O_RDONLY), output = open(at(to), O_WRONLY | O_CREAT | O_EXCL, 0644);
  ssize_t size, total = 0;
  while ((size = read(input, buffer, sizeof buffer)) > 0)
    total += write(output, buffer, size);
  printf("copied %d bytes\n", (int)total);
  report("second close", close(input) | close(output) | close(output));
}

static void describe(const char *name) {
  struct stat status;
  if (stat(at(name), &status) != 0)
    printf("%s: %s\n", name, errorName(-1));
  else
    printf("%s: %s of %d bytes\n", name, S_ISDIR(status.st_mode) ? "directory" : "file",
           S_ISDIR(status.st_mode) ? 0 : (int)status.st_size);
}

static int byName(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *name) {
  char *names[400];
  int count = 0;
  DIR *directory = opendir(at(name));
  for (struct dirent *entry; (entry = readdir(directory));)
    if (entry->d_name[0] != '.')
      names[count++] = strdup(entry->d_name);
  closedir(directory);
  qsort(names, count, sizeof *names, byName);
  printf("%s has %d:", name, count);
  for (int i = 0; i < count; ++i) {
    if (i < 4 || i >= count - 2)
      printf(" %s", names[i]);
    free(names[i]);
  }
  puts("");
}

static void seekAndTruncate(void) {
  char text[32] = "";
  FILE *file = fopen(at("copy"), "r+");
  fseek(file, -12, SEEK_END);
  printf("at %ld: %s", ftell(file), fgets(text, sizeof text, file));
  fseek(file, 5, SEEK_SET);
  fputs("FIVE", file);
  rewind(file);
  printf("first: %s", fgets(text, sizeof text, file));
  fseek(file, 50000, SEEK_SET); // leaves a hole
  fputs("end", file);
  fclose(file);
  describe("copy");

  file = fopen(at("copy"), "a");
  fputs("appended", file);
  fclose(file);
  describe("copy");

  int descriptor = open(at("copy"), O_RDWR);
  report("ftruncate", ftruncate(descriptor, 1000));
  printf("end at %d\n", (int)lseek(descriptor, 0, SEEK_END));
  report("seek before the start", (int)lseek(descriptor, -1, SEEK_SET));
  printf("pread %d, pwrite %d\n", (int)pread(descriptor, text, 4, 5),
         (int)pwrite(descriptor, "0123", 4, 998));
  printf("%.4s, still at %d\n", text, (int)lseek(descriptor, 0, SEEK_CUR));
  close(descriptor);
  describe("copy");
}

int main(int argc, char **argv) {
  snprintf(root, sizeof root, "%s", argv[argc - 1]);
  makeFile("original", 2000);
  copyFile("original", "copy");
  report("copy exists", open(at("copy"), O_WRONLY | O_CREAT | O_EXCL, 0644));
  seekAndTruncate();

  report("mkdir", mkdir(at("folder"), 0755));
  report("mkdir again", mkdir(at("folder"), 0755));
  report("rename", rename(at("original"), at("folder/moved")));
  describe("original");
  describe("folder/moved");
  report("rename over a file", rename(at("copy"), at("folder/moved")));
  report("file as folder", open(at("folder/moved/x"), O_RDONLY));
  report("write to folder", open(at("folder"), O_WRONLY));
  report("missing folder", open(at("none/x"), O_WRONLY | O_CREAT, 0644));
  list(".");

  // More names than one buffer of a directory reader holds.
  for (int i = 0; i < 300; ++i) {
    char name[64];
    snprintf(name, sizeof name, "folder/a-rather-long-name-for-a-file-%03d", i);
    close(open(at(name), O_WRONLY | O_CREAT, 0644));
    if (i % 3)
      unlink(at(name));
  }
  list("folder");
  report("rmdir", rmdir(at("folder")));
  report("unlink", unlink(at("folder/moved")));
  report("unlink again", unlink(at("folder/moved")));
  report("mkdir deep", mkdir(at("folder/deep"), 0755));
  report("rmdir deep", rmdir(at("folder/deep")));
  makeFile("folder/last", 3);
  report("rename folder", rename(at("folder"), at("renamed")));
  list("renamed");
  list(".");
}
