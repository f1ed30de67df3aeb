// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Exceptions that pass through the host: every line that this prints is a claim that did not hold.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasm2native/runtime.h>

#define CHECK(claim) ((claim) ? (void)0 : (void)printf("line %d: not so: %s\n", __LINE__, #claim))

// The host's function, which calls `through` while its argument is above 100, with 100 less,
// and then `last`.
struct host {
  w2n_function *through, *last;
  /// Whether it takes an error for a result.
  bool swallows;
};

static w2n_error *call(w2n_function *function, int32_t number, int32_t *result) {
  w2n_value arg = {W2N_I32, {number}}, value = {W2N_I32, {-1}};
  w2n_error *error = w2n_function_call(function, &arg, 1, &value, 1);
  *result = value.of.i32;
  return error;
}

static w2n_error *callBack(w2n_caller *caller, void *user, const w2n_value *args,
                           w2n_value *results) {
  (void)caller;
  const struct host *host = user;
  const int32_t number = args[0].of.i32;
  w2n_error *error = number > 100 ? call(host->through, number - 100, &results[0].of.i32)
                                  : call(host->last, number, &results[0].of.i32);
  if (!error || !host->swallows)
    return error;
  w2n_error_free(error);
  results[0].of.i32 = 77;
  return NULL;
}

static w2n_instance *instantiate(const char *path, struct host *host) {
  static const w2n_value_kind kinds[] = {W2N_I32};
  const w2n_function_type type = {kinds, 1, kinds, 1};
  w2n_linker *linker = w2n_linker_new();
  w2n_module *module;
  w2n_instance *instance;
  if (w2n_module_load(path, &module))
    exit(2);
  CHECK(!w2n_linker_define_function(linker, "host", "call", &type, callBack, host, NULL));
  if (w2n_linker_instantiate(linker, module, &instance))
    exit(3);
  w2n_linker_free(linker);
  w2n_module_free(module);
  return instance;
}

static int32_t resultOf(w2n_instance *guest, const char *name, int32_t number) {
  int32_t result;
  w2n_error *error = call(w2n_instance_function(guest, name), number, &result);
  if (error)
    printf("error: %s\n%s", w2n_error_text(error), w2n_error_backtrace(error));
  w2n_error_free(error);
  return result;
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  struct host host = {0}, other = {0};
  w2n_instance *first = instantiate(argv[1], &host), *second = instantiate(argv[1], &other);
  host.through = w2n_instance_function(first, "through");
  host.last = w2n_instance_function(first, "throw");
  CHECK(resultOf(first, "catch", 42) == 4200042);
  // Through six activations.
  CHECK(resultOf(first, "catch", 542) == 54200042);
  for (int i = 0; i < 10000; ++i)
    CHECK(resultOf(first, "catch-all", 242) == -7);
  host.swallows = true;
  CHECK(resultOf(first, "catch", 42) == 77);
  CHECK(resultOf(first, "catch", 142) == 203);
  host.swallows = false;
  // A tag of another instance is another tag.
  host.last = w2n_instance_function(second, "throw");
  CHECK(resultOf(first, "catch-all", 42) == -7);
  int32_t result;
  w2n_error *uncaught = call(w2n_instance_function(first, "catch"), 42, &result);
  CHECK(uncaught && strcmp(w2n_error_text(uncaught), "uncaught exception") == 0);
  CHECK(uncaught && w2n_error_kind_of(uncaught) == W2N_ERROR_TRAP);
  // The error keeps what it needs.
  w2n_instance_free(second);
  w2n_instance_free(first);
  w2n_error_free(uncaught);
  return 0;
}
