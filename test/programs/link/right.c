// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "say.h"

typedef int (*Function)(int);

int mainTwice(int);
int leftDeep(int depth);
extern Function leftFunctions[];

SHARED int rightCalls = 0;
static int triple(int x) { return 3 * x; }
static Function choices[3];

SHARED Function rightChoose(int which) { return choices[which]; }
SHARED int rightDeep(int depth) { return depth == 0 ? 1 : leftDeep(depth - 1) + 1; }
SHARED int rightCount(void) { return rightCalls; }

__attribute__((constructor)) static void construct(void) {
  choices[0] = triple;
  choices[1] = leftFunctions[1];
  choices[2] = mainTwice;
  say("right constructed, calls", ++rightCalls);
}
