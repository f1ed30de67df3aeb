// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The cost of a deadline that does not pass, beside that of a timer of the system: medians over
// rounds in turn, in nanoseconds. And how long after its deadline a call that hangs returns, in
// microseconds.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <wasm2native/runtime.h>

enum { rounds = 201, repetitions = 1000 };

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void interrupt_once(void) {
  w2n_interrupt *interrupt;
  if (w2n_interrupt_new(1000000000, &interrupt))
    abort();
  w2n_interrupt_enter(interrupt);
  w2n_interrupt_leave();
  w2n_interrupt_free(interrupt);
}

static void timer_once(void) {
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 9};
  event._sigev_un._tid = gettid();
  timer_t timer;
  const struct itimerspec second = {.it_value = {1, 0}};
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &second, NULL))
    abort();
  timer_delete(timer);
}

static w2n_function *called;
static void call_once(void) {
  w2n_value arg = {W2N_I32, {1}}, result;
  if (w2n_function_call(called, &arg, 1, &result, 1))
    abort();
}

static int compare(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double median(double *values) {
  qsort(values, rounds, sizeof(*values), compare);
  return values[rounds / 2];
}

int main(int count, char **arguments) {
  w2n_module *module;
  w2n_instance *instance;
  w2n_linker *linker = w2n_linker_new();
  if (count != 2 || w2n_module_load(arguments[1], &module) ||
      w2n_linker_instantiate(linker, module, &instance))
    return EXIT_FAILURE;
  called = w2n_instance_function(instance, "add");
  const struct {
    const char *name;
    void (*run)(void);
  } rows[] = {{"call", call_once},
              {"deadline: new, enter, leave, free", interrupt_once},
              {"timer_create, timer_settime, timer_delete", timer_once}};
  enum { rowCount = sizeof(rows) / sizeof(rows[0]) };
  static double times[rowCount][rounds], late[rounds];
  for (int round = 0; round < rounds; ++round)
    for (int row = 0; row < rowCount; ++row) {
      const double begin = now_ns();
      for (int i = 0; i < repetitions; ++i)
        rows[row].run();
      times[row][round] = (now_ns() - begin) / repetitions;
    }
  for (int row = 0; row < rowCount; ++row)
    printf("%-45s %8.0f ns\n", rows[row].name, median(times[row]));
  w2n_function *loop = w2n_instance_function(instance, "loop");
  for (int round = 0; round < rounds; ++round) {
    w2n_interrupt *interrupt;
    const double begin = now_ns();
    if (w2n_interrupt_new(1000000, &interrupt))
      abort();
    w2n_interrupt_enter(interrupt);
    w2n_error_free(w2n_function_call(loop, NULL, 0, NULL, 0));
    late[round] = (now_ns() - begin - 1e6) / 1000;
    w2n_interrupt_leave();
    w2n_interrupt_free(interrupt);
  }
  const double middle = median(late);
  printf("%-45s %8.0f us, at most %.0f us\n", "returns after its deadline", middle,
         late[rounds - 1]);
  w2n_instance_free(instance);
  w2n_linker_free(linker);
  w2n_module_free(module);
}
