// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A host that loads the component of its argument and calls its functions by name.
#ifndef TEST_COMPONENT_WORLDS_HOST_H
#define TEST_COMPONENT_WORLDS_HOST_H

#include "wasm2native/component.h"
#include "wasm2native/worlds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(w2n_error *error) {
  if (!error)
    return;
  printf("error: %s\n", w2n_error_text(error));
  exit(1);
}

static w2n_component_value text(const char *bytes) {
  w2n_component_value value = {.kind = W2N_COMPONENT_STRING};
  value.of.string.data = bytes;
  value.of.string.bytes = strlen(bytes);
  return value;
}

static void show(const char *label, const w2n_component_value *value) {
  printf("%s%.*s", label, (int)value->of.string.bytes, value->of.string.data);
}

static w2n_component_instance *instance;
static w2n_component *program;

static const w2n_component_value *call(const char *name, const w2n_component_value *arguments,
                                       size_t count) {
  const w2n_component_function *function = w2n_component_find_export(program, "", name);
  const w2n_component_value *result = NULL;
  require(w2n_component_instance_call(instance, function, arguments, count, &result));
  return result;
}

static void load(int argc, char **argv) {
  w2n_module *module;
  if (argc != 2)
    exit(2);
  require(w2n_module_load(argv[1], &module));
  require(w2n_component_new(module, &program));
  w2n_module_free(module);
}

// With what `config` gives, which is freed.
static void start(w2n_wasi_config *config) {
  w2n_component_linker *linker = w2n_component_linker_new();
  require(w2n_component_linker_define_wasi(linker, config));
  w2n_wasi_config_free(config);
  require(w2n_component_linker_instantiate(linker, program, &instance));
  w2n_component_linker_free(linker);
}

static void stop(void) {
  w2n_component_instance_free(instance);
  w2n_component_free(program);
}

// Prints the error that a call must have, and forgets it.
static void show_error(w2n_error *error) {
  printf("%s\n", error ? w2n_error_text(error) : "no error");
  w2n_error_free(error);
}

#endif
