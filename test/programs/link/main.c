// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Uses data, functions and addresses of two other modules, which use some of this one and of each other.
#include "say.h"

typedef int (*Function)(int);

extern int leftValue, leftArray[3], *leftPointer;
extern const char *leftNames[];
extern Function leftFunctions[];
int leftSum(int a, int b);
int leftApply(Function function, int x);
int leftDeep(int depth);
Function rightChoose(int which);
int rightCount(void);
extern int absentValue __attribute__((weak));
int absentFunction(int) __attribute__((weak));

SHARED int mainValue = 5;
SHARED int mainTwice(int x) { return 2 * x; }
static int mainPrivate(int x) { return x - 100; }
static int mainZeros[3000];
static Function mainFunctions[] = {mainTwice, mainPrivate};
int *mainPointer = &leftValue;
void *mainAddress(void) { return mainZeros; }

void __wasm_call_ctors(void);

__attribute__((constructor)) static void construct(void) { say("main constructed, right saw", rightCount()); }

static unsigned heapPages(void) {
  const unsigned before = (unsigned)__builtin_wasm_memory_size(0);
  const unsigned first = (unsigned)__builtin_wasm_memory_grow(0, 2);
  // New pages are zero, and no other module's.
  unsigned char *bytes = (unsigned char *)(first << 16);
  for (unsigned i = 0; i < 2 << 16; ++i) {
    if (bytes[i])
      return 1000;
    bytes[i] = 0xaa;
  }
  const unsigned after = (unsigned)__builtin_wasm_memory_size(0);
  return before <= first && first + 2 == after && __builtin_wasm_memory_grow(0, 0) == after ? 2 : 0;
}

SHARED void _start(void) {
#ifdef CALLS_CONSTRUCTORS
  __wasm_call_ctors();
#endif
  say("value", leftValue + *mainPointer);
  say("sum", leftSum(3, 4));
  leftArray[2] = 11;
  say("array", leftArray[0] + leftArray[1] + leftPointer[0]);
  say(leftNames[0], 0);
  say(leftNames[1], 1);
  say("apply ours", leftApply(mainTwice, 21));
  say("apply private", leftApply(mainPrivate, 1));
  say("apply theirs", leftApply(leftFunctions[0], 7));
  say("chosen", rightChoose(0)(1) + rightChoose(1)(2) + rightChoose(2)(3));
  say("same address", rightChoose(2) == mainTwice && mainFunctions[0] == mainTwice);
  say("deep", leftDeep(100));
  say("absent", absentFunction ? absentFunction(1) : &absentValue ? absentValue : -1);
  say("main value", mainValue);
  say("pages", (int)heapPages());
  int zeros = 0;
  for (int i = 0; i < 3000; ++i)
    zeros += mainZeros[i];
  say("zeros", zeros);
  say("right saw", rightCount());
}
