/* What the programs of this folder have in common: initialise() runs once, when it is asked for at
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

void initialise(void);
void report(void);

static int initialisations;

EXPORTED("wizer-initialize") void run_initialisation(void) {
  ++initialisations;
  initialise();
}

EXPORTED("report") void run_report(void) {
  if (initialisations == 0)
    run_initialisation();
  printf("initialised %d times\n", initialisations);
  report();
  fflush(stdout);
}
