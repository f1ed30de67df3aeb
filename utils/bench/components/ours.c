// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// ours COMPONENT.so MODULE.so LOOP COUNT prints, through the C API, the sum and the nanoseconds of one round of a loop
// of calls.wat. With "cold" or "pooled" as the loop it makes instances of the component, and ends them; with
// "cold-module" or "pooled-module", of a module with one memory. Each is called once.
#include <wasm2native/component.h>
#include <wasm2native/runtime.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void check(w2n_error *error) {
  if (!error)
    return;
  fprintf(stderr, "%s\n", w2n_error_text(error));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static w2n_pool *make_pool(void) {
  w2n_pool_config config = W2N_POOL_CONFIG_DEFAULT;
  config.slots = 1;
  w2n_pool *pool;
  check(w2n_pool_new(&config, &pool));
  return pool;
}

static void module_instances(const char *path, bool is_pooled, uint32_t count) {
  w2n_module *module;
  check(w2n_module_load(path, &module));
  w2n_linker *linker = w2n_linker_new();
  if (is_pooled)
    w2n_linker_set_pool(linker, make_pool(), true);
  double begin = 0;
  for (uint32_t i = 0; i <= count; ++i) {
    if (i == 1)
      begin = now();
    w2n_instance *instance;
    check(w2n_linker_instantiate(linker, module, &instance));
    check(w2n_function_call(w2n_instance_function(instance, "empty"), NULL, 0, NULL, 0));
    w2n_instance_free(instance);
  }
  printf("0 %.3f\n", (now() - begin) / count);
}

static uint32_t call(w2n_component_instance *instance, const w2n_component_function *function, uint32_t count,
                     bool has_parameter) {
  w2n_component_value argument = {.kind = W2N_COMPONENT_U32};
  argument.of.u32 = count;
  const w2n_component_value *result;
  check(w2n_component_instance_call(instance, function, &argument, has_parameter, &result));
  const uint32_t value = result ? result->of.u32 : 0;
  check(w2n_component_instance_finish(instance));
  return value;
}

static void component_instances(const w2n_component *component, const char *loop, uint32_t count) {
  w2n_component_linker *linker = w2n_component_linker_new();
  if (strcmp(loop, "pooled") == 0)
    w2n_component_linker_set_pool(linker, make_pool(), true);
  const bool is_start = strcmp(loop, "pooled") == 0 || strcmp(loop, "cold") == 0;
  const w2n_component_function *function = w2n_component_find_export(component, "", is_start ? "empty" : loop);
  double begin = 0;
  uint32_t sum = 0;
  // The first is for what happens once.
  for (uint32_t i = 0; i <= (is_start ? count : 1); ++i) {
    if (i == 1)
      begin = now();
    w2n_component_instance *instance;
    check(w2n_component_linker_instantiate(linker, component, &instance));
    sum = call(instance, function, i == 0 ? 1 : count, !is_start);
    w2n_component_instance_free(instance);
  }
  printf("%" PRIu32 " %.3f\n", sum, (now() - begin) / count);
}

int main(int argc, char **argv) {
  if (argc != 5)
    return 2;
  const uint32_t count = (uint32_t)strtoul(argv[4], NULL, 10);
  if (strstr(argv[3], "module")) {
    module_instances(argv[2], argv[3][0] == 'p', count);
    return 0;
  }
  w2n_module *module;
  w2n_component *component;
  check(w2n_module_load(argv[1], &module));
  check(w2n_component_new(module, &component));
  component_instances(component, argv[3], count);
}
