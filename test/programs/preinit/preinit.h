// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/* The common parts of this folder's programs: initialize() runs once, when it is asked for at
   build time or before the first report, and report() prints what came of it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
#define EXPORTED(name) extern "C" __attribute__((export_name(name)))
#else
#define EXPORTED(name) __attribute__((export_name(name)))
#endif

void initialize(void);
void report(void);

static int initializations;

EXPORTED("wizer-initialize") void run_initialization(void) {
  ++initializations;
  initialize();
}

EXPORTED("report") void run_report(void) {
  if (initializations == 0)
    run_initialization();
  printf("initialized %d times\n", initializations);
  report();
  fflush(stdout);
}
