// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Vectors between host and guest: every line that this prints is a claim that did not hold.
#include <stdio.h>
#include <stdlib.h>
#include <wasm2native/runtime.h>

#define CHECK(claim) ((claim) ? (void)0 : (void)printf("line %d: not so: %s\n", __LINE__, #claim))

static int isVector(w2n_value value, uint64_t low, uint64_t high) {
  return value.kind == W2N_V128 && value.of.v128[0] == low && value.of.v128[1] == high;
}

// Gives the vectors back in the other order.
static w2n_error *turn(w2n_caller *caller, void *user, const w2n_value *args, w2n_value *results) {
  (void)caller, (void)user;
  CHECK(args[0].of.i32 == -7 && args[2].of.f64 == 2.5);
  CHECK(isVector(args[1], 1, 2) && isVector(args[3], 3, 4));
  results[0] = args[3];
  results[1].of.i32 = 8;
  results[2] = args[1];
  return NULL;
}

int main(int argc, char **argv) {
  static const w2n_value_kind params[] = {W2N_I32, W2N_V128, W2N_F64, W2N_V128},
                              returned[] = {W2N_V128, W2N_I32, W2N_V128};
  const w2n_function_type type = {params, 4, returned, 3};
  const w2n_value args[] = {{W2N_I32, {.i32 = -7}},
                            {W2N_V128, {.v128 = {1, 2}}},
                            {W2N_F64, {.f64 = 2.5}},
                            {W2N_V128, {.v128 = {3, 4}}}};
  w2n_value results[3];
  w2n_linker *linker = w2n_linker_new();
  w2n_module *module;
  w2n_instance *instance;
  if (argc != 2 || w2n_module_load(argv[1], &module))
    return 2;
  CHECK(!w2n_linker_define_function(linker, "host", "turn", &type, turn, NULL, NULL));
  if (w2n_linker_instantiate(linker, module, &instance))
    return 3;
  CHECK(!w2n_function_call(w2n_instance_function(instance, "turn"), args, 4, results, 3));
  CHECK(isVector(results[0], 3, 4) && results[1].of.i32 == 8 && isVector(results[2], 1, 2));
  CHECK(isVector(w2n_global_get(w2n_instance_global(instance, "last")), 3, 4));
  w2n_instance_free(instance);
  w2n_linker_free(linker);
  w2n_module_free(module);
  return 0;
}
