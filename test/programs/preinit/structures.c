// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Lists, function pointers and tables that are built once; more memory than the module begins with.
#include "preinit.h"

struct shape {
  double (*area)(const struct shape *);
  double width, height;
  struct shape *next;
};

static double rectangle(const struct shape *shape) { return shape->width * shape->height; }
static double triangle(const struct shape *shape) { return rectangle(shape) / 2; }

static struct shape *shapes;
static unsigned *primes, prime_count;
static float ratio = 1.5f;
static long long large = -5000000000;

static void add_shapes(void) {
  for (int i = 0; i < 1000; ++i) {
    struct shape *shape = malloc(sizeof *shape);
    *shape = (struct shape){i % 3 ? rectangle : triangle, i, i + 0.5, shapes};
    shapes = shape;
  }
}

static void find_primes(void) {
  const unsigned limit = 8000000;
  char *composite = calloc(limit, 1);
  primes = malloc(limit / 4 * sizeof *primes);
  for (unsigned i = 2; i < limit; ++i) {
    if (composite[i])
      continue;
    primes[prime_count++] = i;
    for (unsigned long long k = (unsigned long long)i * i; k < limit; k += i)
      composite[k] = 1;
  }
  free(composite);
}

void initialize(void) {
  add_shapes();
  find_primes();
  ratio *= 2;
  large *= 3;
}

void report(void) {
  double area = 0;
  for (const struct shape *shape = shapes; shape; shape = shape->next)
    area += shape->area(shape);
  printf("area %.3f, ratio %g, large %lld\n", area, ratio, large);
  printf("%u primes, the last is %u\n", prime_count, primes[prime_count - 1]);
  // The allocator goes on where it was.
  char *text = malloc(5000000);
  memset(text, 'x', 5000000);
  printf("%zu MiB of memory, %c\n", __builtin_wasm_memory_size(0) / 16, text[4999999]);
}
