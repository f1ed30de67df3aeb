// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls the functions of a module whose LLVM IR was compiled without our runtime, and prints what
// came of each call:
//
//   harness LIBRARY GLOBALS PAGES FUNCTIONS CALLS
//
// LIBRARY has call_0, call_1, ... (context, i64, i64), made by passes.py. The context is laid out
// as in lib/artifact/ Abi.h: GLOBALS cells, then the memory, of PAGES, between guards, and tables
// without elements. Every service but memory.grow, which fails, ends the call. CALLS is a file with
// two numbers on a line. State is new for each function and after each trap; what memory holds
// after a trap is not compared, as passes may change that.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { headerBytes = 32, cellBytes = 16, contextBytes = 65536, services = 32, secondsForAll = 60 };
static const uint64_t guardBytes = UINT64_C(2) << 30, addressable = UINT64_C(8) << 30;

typedef uint64_t Function(void *context, uint64_t first, uint64_t second);
typedef uint64_t Service(void *context, uint32_t first, uint64_t second);

static sigjmp_buf leave;
static const char *why;
static uint64_t whyNumber;

static void onFault(int signal) {
  (void)signal;
  why = "fault";
  siglongjmp(leave, 1);
}

static uint64_t end(const char *text, uint64_t number) {
  why = text;
  whyNumber = number;
  siglongjmp(leave, 1);
}

static uint64_t trap(void *context, uint32_t kind, uint64_t second) {
  (void)context, (void)second;
  return end("trap", kind);
}

static uint64_t grow(void *context, uint32_t memory, uint64_t pages) {
  (void)context, (void)memory, (void)pages;
  return UINT64_MAX;
}

static uint64_t anyService(void *context, uint32_t first, uint64_t second) {
  (void)context, (void)second;
  return end("service", first);
}

static uint64_t context[contextBytes / 8], argumentBuffer[4096], noTable[4];
static Service *table[services];
static uint8_t *memory;
static uint64_t memoryRecord[2];

static void reset(unsigned globals, uint64_t memoryBytes) {
  memset(context, 0, sizeof context);
  memset(argumentBuffer, 0, sizeof argumentBuffer);
  context[0] = (uint64_t)table;
  context[1] = (uint64_t)argumentBuffer;
  for (unsigned index = 0; index < globals; ++index)
    context[(headerBytes + cellBytes * index) / 8] = index == 1 ? 16384 : 0x3ff;
  uint64_t *after = &context[(headerBytes + cellBytes * globals) / 8];
  memoryRecord[0] = (uint64_t)memory;
  memoryRecord[1] = memoryBytes;
  after[0] = (uint64_t)memory;
  after[1] = (uint64_t)memoryRecord;
  // Two tables, whose records follow.
  after[2] = (uint64_t)noTable;
  after[3] = (uint64_t)noTable;
  for (uint64_t index = 0; index < memoryBytes; ++index)
    memory[index] = index % 3000 < 700 ? (uint8_t)(index * 167 % 251) : 0;
}

static uint64_t hash(unsigned globals, uint64_t memoryBytes) {
  uint64_t sum = 0;
  for (uint64_t index = 0; index < memoryBytes; index += 8) {
    uint64_t word;
    memcpy(&word, memory + index, 8);
    sum = (((sum << 9) | (sum >> 55)) ^ word) * UINT64_C(0x100000001b3);
  }
  for (unsigned index = 0; index < 2 * globals; ++index)
    sum = sum * UINT64_C(0x100000001b3) + context[headerBytes / 8 + index];
  return sum;
}

static int fail(const char *text, const char *detail) {
  fprintf(stderr, "harness: %s %s\n", text, detail ? detail : "");
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 6)
    return fail("usage: LIBRARY GLOBALS PAGES FUNCTIONS CALLS", "");
  void *library = dlopen(argv[1], RTLD_NOW);
  if (!library)
    return fail("no library:", dlerror());
  const unsigned globals = (unsigned)atoi(argv[2]), functions = (unsigned)atoi(argv[4]);
  const uint64_t memoryBytes = (uint64_t)atoi(argv[3]) << 16;
  uint8_t *reserved = mmap(NULL, 2 * guardBytes + addressable, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED ||
      mprotect(reserved + guardBytes, memoryBytes, PROT_READ | PROT_WRITE))
    return fail("no memory", "");
  memory = reserved + guardBytes;
  for (unsigned index = 0; index < services; ++index)
    table[index] = anyService;
  table[0] = trap;
  table[1] = grow;
  static uint8_t stack[65536];
  sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
  struct sigaction action = {.sa_handler = onFault, .sa_flags = SA_ONSTACK | SA_NODEFER};
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  alarm(secondsForAll);
  for (unsigned index = 0; index < functions; ++index) {
    char name[32];
    snprintf(name, sizeof name, "call_%u", index);
    Function *function = (Function *)dlsym(library, name);
    if (!function)
      return fail("no function", name);
    FILE *calls = fopen(argv[5], "r");
    if (!calls)
      return fail("no file", argv[5]);
    uint64_t first, second;
    reset(globals, memoryBytes);
    for (unsigned call = 0; fscanf(calls, "%lu %lu", &first, &second) == 2; ++call) {
      whyNumber = 0;
      if (sigsetjmp(leave, 1) == 0) {
        const uint64_t result = function(context, first, second);
        printf("f%u %u = %016lx | %016lx\n", index, call, result, hash(globals, memoryBytes));
      } else {
        printf("f%u %u ! %s %lu\n", index, call, why, whyNumber);
        reset(globals, memoryBytes);
      }
    }
    fclose(calls);
  }
}
