// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A program with state of all kinds: a deep stack with a call of the host at the bottom, memory that grows, files
// that it reads, writes and seeks in, a directory that it reads, clocks, random numbers. What it prints is the same
// however often it goes on in another process.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *folder;

static const char *inFolder(const char *name) {
  static char path[256];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  return path;
}

static long long deep(int depth, double x) {
  volatile char room[512];
  memset((char *)room, depth, sizeof(room));
  if (depth == 0) {
    printf("bottom %.3f\n", x);
    fflush(stdout);
    return 1;
  }
  const long long below = deep(depth - 1, x * 1.01 + depth);
  return below * 31 + room[depth % 512];
}

static int compare(const void *left, const void *right) {
  static int calls = 0;
  if (++calls % 40 == 0) {
    printf("comparison %d\n", calls);
    fflush(stdout);
  }
  return *(const int *)left - *(const int *)right;
}

static void useFiles(void) {
  FILE *file = fopen(inFolder("data.txt"), "w+");
  for (int i = 0; i < 200; ++i) {
    fprintf(file, "line %d\n", i);
    if (i % 50 == 0)
      fflush(file);
  }
  fseek(file, 100, SEEK_SET);
  char line[64];
  for (int i = 0; i < 3 && fgets(line, sizeof(line), file); ++i)
    fputs(line, stdout);
  fclose(file);
  rename(inFolder("data.txt"), "/nowhere");
  DIR *directory = opendir(folder);
  int entries = 0;
  while (readdir(directory))
    ++entries;
  closedir(directory);
  printf("%d entries\n", entries);
  // One is read in the middle of the other's writes.
  const int from = open(inFolder("data.txt"), O_RDONLY);
  const int to = open(inFolder("copy.txt"), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  char buffer[333];
  for (ssize_t bytes; (bytes = read(from, buffer, sizeof(buffer))) > 0;)
    write(to, buffer, (size_t)bytes);
  close(to);
  close(from);
  struct stat status;
  stat(inFolder("copy.txt"), &status);
  printf("copy of %lld bytes\n", (long long)status.st_size);
}

static void useClocks(void) {
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  for (int i = 0; i < 5; ++i) {
    clock_gettime(CLOCK_MONOTONIC, &after);
    if (after.tv_sec < before.tv_sec || (after.tv_sec == before.tv_sec && after.tv_nsec < before.tv_nsec))
      puts("time goes back");
    if (after.tv_sec - before.tv_sec > 60)
      puts("time jumps");
    before = after;
  }
}

int main(int count, char **arguments) {
  folder = arguments[count - 1];
  printf("%d arguments, %s\n", count, getenv("SETTING") ? getenv("SETTING") : "none");
  fflush(stdout);
  int numbers[60];
  getentropy(numbers, sizeof(numbers));
  qsort(numbers, 60, sizeof(int), compare);
  printf("%d %d\n", numbers[0], numbers[59]);
  printf("deep %lld\n", deep(40, 1.5));
  fflush(stdout);
  char *blocks[20];
  for (int i = 0; i < 20; ++i) {
    blocks[i] = malloc(50000);
    memset(blocks[i], i, 50000);
    if (i % 4 == 0) {
      printf("block %d\n", i);
      fflush(stdout);
    }
  }
  long sum = 0;
  for (int i = 0; i < 20; ++i)
    for (int k = 0; k < 50000; ++k)
      sum += blocks[i][k];
  printf("sum %ld\n", sum);
  useFiles();
  useClocks();
  getentropy(numbers, sizeof(int));
  printf("random %d\n", numbers[0]);
  return 7;
}
