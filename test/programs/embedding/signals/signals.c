// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A host that compiles and runs guests in its own process keeps its signals: every line that this
// prints is a claim that did not hold.
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wasm2native/compiler.h>
#include <wasm2native/runtime.h>

#define CHECK(claim) ((claim) ? (void)0 : (void)printf("line %d: not so: %s\n", __LINE__, #claim))

enum { signals = 65 };
static struct sigaction found[signals];

static void noteActions(void) {
  for (int number = 1; number < signals; ++number)
    sigaction(number, NULL, &found[number]);
}

static bool isFaultSignal(int number) {
  return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL ||
         number == SIGTRAP;
}

/// Names each signal that has another handler than noteActions has found; those of faults may.
static void checkActions(const char *when, bool mayHandleFaults) {
  for (int number = 1; number < signals; ++number) {
    struct sigaction now;
    sigaction(number, NULL, &now);
    const bool isSame = now.sa_handler == found[number].sa_handler;
    if (!isSame && !(mayHandleFaults && isFaultSignal(number)))
      printf("%s: signal %d has another handler\n", when, number);
  }
}

static void checkPages(const char *when) {
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[512];
  while (fgets(line, sizeof(line), maps))
    if (strstr(line, " rwx"))
      printf("%s: %s", when, line);
  fclose(maps);
}

static volatile int received[signals];
static void receive(int number) { received[number] = received[number] + 1; }

static w2n_module *compileAndLoad(const char *path, bool mayHandleFaults) {
  FILE *file = fopen(path, "rb");
  static uint8_t wasm[1 << 16];
  const size_t bytes = fread(wasm, 1, sizeof(wasm), file);
  fclose(file);
  w2n_compile_result result;
  w2n_module *module = NULL;
  if (!w2n_compile(wasm, bytes, NULL, &result)) {
    printf("%s\n", result.error_text);
    exit(2);
  }
  checkActions("after compiling", mayHandleFaults);
  CHECK(!w2n_module_load_bytes(result.output, result.output_bytes, W2N_VERIFY_EVERYTHING, &module));
  w2n_compile_result_free(&result);
  return module;
}

static w2n_instance *instantiate(const w2n_module *module) {
  w2n_linker *linker = w2n_linker_new();
  w2n_instance *instance = NULL;
  CHECK(!w2n_linker_instantiate(linker, module, &instance));
  w2n_linker_free(linker);
  return instance;
}

static bool endsWith(w2n_instance *guest, const char *name, const char *text) {
  w2n_error *error = w2n_function_call(w2n_instance_function(guest, name), NULL, 0, NULL, 0);
  const bool isSame = error && strcmp(w2n_error_text(error), text) == 0;
  w2n_error_free(error);
  return isSame;
}

static bool traps(w2n_instance *guest) {
  return endsWith(guest, "trap", "out of bounds memory access");
}

/// The child of a process with a deadline, in which the guest runs on.
static int sleepInChild(void) {
  for (int i = 0; i < 6; ++i)
    usleep(100000);
  return 7;
}

static void checkFork(w2n_instance *guest) {
  w2n_interrupt *interrupt = NULL;
  CHECK(!w2n_interrupt_new(300000000, &interrupt));
  w2n_interrupt_enter(interrupt);
  const pid_t child = fork();
  if (child == 0)
    _exit(sleepInChild());
  CHECK(endsWith(guest, "loop", "deadline exceeded"));
  w2n_interrupt_leave();
  w2n_interrupt_free(interrupt);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  static const int hosts[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT, SIGPIPE};
  for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); ++i)
    signal(hosts[i], receive);
  signal(SIGFPE, receive);
  noteActions();
  stack_t before, after;
  sigaltstack(NULL, &before);
  w2n_module *module = compileAndLoad(argv[1], false);
  sigaltstack(NULL, &after);
  CHECK(before.ss_sp == after.ss_sp && before.ss_flags == after.ss_flags);
  w2n_instance *guest = instantiate(module);
  CHECK(traps(guest));
  checkActions("after a trap", true);
  checkPages("after a trap");
  for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); ++i) {
    kill(getpid(), hosts[i]);
    CHECK(received[hosts[i]] == 1);
    CHECK(traps(guest));
  }
  // Sent by somebody, and so no fault.
  for (int i = 1; i <= 3; ++i) {
    kill(getpid(), SIGFPE);
    CHECK(received[SIGFPE] == i);
    CHECK(traps(guest));
  }
  w2n_module *another = compileAndLoad(argv[1], true);
  CHECK(traps(guest));
  checkFork(guest);
  w2n_instance_free(guest);
  w2n_module_free(another);
  w2n_module_free(module);
  return 0;
}
