// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The loops of calls.wat as they are written by hand in C, with two memories: native LOOP COUNT prints a sum and the
// nanoseconds of one round.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct memory {
  uint8_t bytes[2 << 16];
  uint32_t next;
};
static struct memory callee = {.next = 4096}, caller = {.next = 4096};

static uint32_t allocate(struct memory *memory, uint32_t bytes) {
  uint32_t at = memory->next;
  if (at + bytes > 65536)
    at = 4096;
  memory->next = (at + bytes + 7) & -8u;
  return at;
}

static uint32_t mix(uint32_t a, uint32_t b) { return (a ^ b) * 0x9e3779b1; }

static uint32_t numbers(uint32_t n) {
  uint32_t sum = 0;
  for (; n; --n)
    sum = mix(sum, n);
  return sum;
}

static uint32_t strings(uint32_t n) {
  memcpy(caller.bytes + 1024, "a string with 32 bytes, as it is", 32);
  uint32_t sum = 0;
  for (; n; --n) {
    const uint32_t given = allocate(&callee, 32);
    memcpy(callee.bytes + given, caller.bytes + 1024, 32);
    const uint32_t result = allocate(&caller, 32);
    memcpy(caller.bytes + result, callee.bytes + given, 32);
    uint32_t word;
    memcpy(&word, caller.bytes + result, 4);
    sum += word;
  }
  return sum;
}

// A table with a free list, a type and a count of loans, as handles have.
static struct handle {
  uint32_t representation, type, owns, loans;
} handles_of_caller[64];
static uint32_t first_free, handle_count = 1;

static uint32_t handles(uint32_t n) {
  uint32_t sum = 0;
  for (; n; --n) {
    uint32_t handle = first_free;
    if (handle)
      first_free = handles_of_caller[handle].loans;
    else
      handle = handle_count++;
    struct handle *entry = handles_of_caller + handle;
    *entry = (struct handle){n, 1, 1, 0};
    if (entry->type != 1)
      abort();
    ++entry->loans;
    sum += entry->representation;
    --entry->loans;
    entry->type = 0;
    entry->loans = first_free;
    first_free = handle;
  }
  return sum;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  const uint32_t count = (uint32_t)strtoul(argv[2], NULL, 10);
  const double begin = now();
  const uint32_t sum = *argv[1] == 'n' ? numbers(count) : *argv[1] == 's' ? strings(count) : handles(count);
  printf("%u %.3f\n", sum, (now() - begin) / count);
}
