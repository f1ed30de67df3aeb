// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Evaluates a rule for several orders. Each evaluation has the same fuel, so that it ends at the
// same place on every machine, and the data of its own request. The rule is compiled once on this
// machine.
#include <stdio.h>
#include <stdlib.h>
#include <wasm2native/cache.h>

enum { fuel_of_an_evaluation = 10000 };

typedef struct {
  int orders_so_far;
  int questions; // what the rule has asked
} request;

static w2n_error *orders(w2n_caller *caller, void *user, const w2n_value *args,
                         w2n_value *results) {
  (void)user, (void)args;
  request *current = w2n_caller_data(caller);
  ++current->questions;
  results[0].of.i32 = current->orders_so_far;
  return NULL;
}

static void evaluate(w2n_instance *instance, w2n_function *accept, int amount, int orders_so_far) {
  request current = {orders_so_far, 0};
  w2n_instance_set_data(instance, &current);
  w2n_value args[2] = {{W2N_I32, {7}}, {W2N_I32, {amount}}}, result;
  w2n_error *error = w2n_instance_set_fuel(instance, fuel_of_an_evaluation);
  if (!error)
    error = w2n_function_call(accept, args, 2, &result, 1);
  if (error)
    printf("%d: %s\n", amount, w2n_error_text(error));
  else
    printf("%d: %s, %d questions\n", amount, result.of.i32 ? "accepted" : "refused",
           current.questions);
  w2n_error_free(error);
}

int main(int argc, char **argv) {
  const w2n_value_kind i32[] = {W2N_I32};
  const w2n_function_type orders_type = {i32, 1, i32, 1};
  w2n_compile_options options;
  w2n_compile_options_init(&options);
  options.meter = W2N_METER_FUEL;
  w2n_cache *cache = NULL;
  w2n_module *module = NULL;
  w2n_instance *instance = NULL;
  w2n_linker *linker = w2n_linker_new();
  w2n_error *error =
      argc == 2 ? w2n_cache_open(NULL, &cache) : w2n_error_new("usage: host RULE.wasm");
  if (!error)
    error = w2n_cache_load_file(cache, argv[1], &options, &module);
  if (!error)
    error = w2n_linker_define_function(linker, "facts", "orders", &orders_type, orders, NULL, NULL);
  if (!error)
    error = w2n_linker_instantiate(linker, module, &instance);
  w2n_linker_free(linker);
  w2n_module_free(module);
  w2n_cache_free(cache);
  if (error) {
    printf("error: %s\n", w2n_error_text(error));
    return EXIT_FAILURE;
  }
  w2n_function *accept = w2n_instance_function(instance, "accept");
  evaluate(instance, accept, 50, 0);
  evaluate(instance, accept, 500, 3);
  evaluate(instance, accept, -1, 3); // never ends by itself
  evaluate(instance, accept, 500, 1);
  w2n_instance_free(instance);
  return EXIT_SUCCESS;
}
