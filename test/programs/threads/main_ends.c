// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// STATUS: 3
// When the main thread returns, the threads that still run end with it.
#include "pthread_subset.h"

static int started;

static void *spin(void *argument) {
  __atomic_store_n(&started, 1, __ATOMIC_SEQ_CST);
  for (;;)
    __atomic_fetch_add(&started, 2, __ATOMIC_SEQ_CST);
  return argument;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, 0, spin, 0);
  while (!__atomic_load_n(&started, __ATOMIC_SEQ_CST))
    ;
  return 3;
}
