// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// STATUS: 134
// ERRORS: trap: unreachable
// A trap in one thread ends the program, whatever the others do: one waits for ever, one never
// waits.
#include "pthread_subset.h"

static int never;

static void *waitForEver(void *argument) {
  __builtin_wasm_memory_atomic_wait32(&never, 0, -1);
  return argument;
}

static void *spin(void *argument) {
  while (!__atomic_load_n(&never, __ATOMIC_SEQ_CST))
    ;
  return argument;
}

static void *trap(void *argument) {
  (void)argument;
  __builtin_trap();
}

int main(void) {
  pthread_t threads[3];
  pthread_create(&threads[0], 0, waitForEver, 0);
  pthread_create(&threads[1], 0, spin, 0);
  pthread_create(&threads[2], 0, trap, 0);
  pthread_join(threads[0], 0);
}
