// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// STATUS: 7
// A thread that exits ends the program while the main thread waits.
#include "pthread_subset.h"

#include <stdlib.h>

static void *leave(void *argument) {
  (void)argument;
  _Exit(7);
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, 0, leave, 0);
  int never = 0;
  __builtin_wasm_memory_atomic_wait32(&never, 0, -1);
}
