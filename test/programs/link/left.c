// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "say.h"

typedef int (*Function)(int);

extern int mainValue;
int mainTwice(int);
int rightDeep(int depth);
extern int rightCalls;

SHARED int leftValue = 42;
SHARED int leftArray[3] = {1, 2, 3};
SHARED int *leftPointer = &leftArray[2];
SHARED const char *leftNames[] = {"alpha", "beta"};
static int addOne(int x) { return x + 1; }
static int addTwo(int x) { return x + 2; }
SHARED Function leftFunctions[] = {addOne, addTwo, mainTwice};
static int *pointerToMain = &mainValue;
static _Alignas(64) char scratch[5000];

SHARED int leftSum(int a, int b) { return a + b + *pointerToMain; }
SHARED int leftApply(Function function, int x) { return function == mainTwice ? function(x) + mainValue : function(x); }
SHARED int leftDeep(int depth) {
  volatile int here[16];
  here[depth % 16] = depth;
  return depth == 0 ? 1 : rightDeep(depth - 1) + here[depth % 16];
}

__attribute__((constructor)) static void construct(void) {
  ++rightCalls;
  ++mainValue;
  int zeros = (unsigned long)scratch % 64 == 0 ? 0 : 1;
  for (int i = 0; i < 5000; ++i)
    zeros += scratch[i];
  say("left constructed, zeros", zeros);
}
