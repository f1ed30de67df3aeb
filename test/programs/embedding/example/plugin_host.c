// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Compiles the plug-in that it is given, loads it, calls it.
#include <stdio.h>
#include <stdlib.h>
#include <wasm2native/compiler.h>
#include <wasm2native/runtime.h>

// Prints an error, if there is one, and frees it.
static bool failed(w2n_error *error) {
  if (!error)
    return false;
  const char *trap = w2n_error_trap_name(error);
  printf("%s: %s\n%s", trap ? "trap" : "error", w2n_error_text(error), w2n_error_backtrace(error));
  w2n_error_free(error);
  return true;
}

// The plug-in's import "host"."log". Address and length are the guest's: check them.
static w2n_error *log_text(w2n_caller *caller, void *user, const w2n_value *args,
                           w2n_value *results) {
  (void)results;
  w2n_memory *memory = w2n_caller_memory(caller);
  uint32_t address = (uint32_t)args[0].of.i32, bytes = (uint32_t)args[1].of.i32;
  const char *text = memory ? w2n_memory_at(memory, address, bytes) : NULL;
  if (!text)
    return w2n_error_new("log: the text lies outside the memory");
  printf("%s says: %.*s\n", (const char *)user, (int)bytes, text);
  return NULL;
}

static bool write_file(const char *path, const uint8_t *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  if (!file)
    return false;
  bool written = fwrite(bytes, 1, count, file) == count;
  return fclose(file) == 0 && written;
}

// Compiles the module in the file `wasm_path` into the file `path`.
static bool compile(const char *wasm_path, const char *path) {
  static uint8_t wasm[1 << 20];
  FILE *file = fopen(wasm_path, "rb");
  if (!file)
    return false;
  size_t wasm_bytes = fread(wasm, 1, sizeof(wasm), file);
  fclose(file);
  w2n_compile_options options;
  w2n_compile_options_init(&options);
  options.level = W2N_LEVEL_O3;
  w2n_compile_result result;
  bool done = w2n_compile(wasm, wasm_bytes, &options, &result);
  if (done)
    done = write_file(path, result.output, result.output_bytes);
  else
    printf("cannot compile: %s\n", result.error_text);
  w2n_compile_result_free(&result);
  return done;
}

static w2n_error *make_instance(const char *path, w2n_instance **instance) {
  const w2n_value_kind two_i32[] = {W2N_I32, W2N_I32};
  const w2n_function_type log_type = {two_i32, 2, NULL, 0};
  w2n_module *module = NULL;
  w2n_linker *linker = w2n_linker_new();
  w2n_error *error = w2n_module_load(path, &module);
  if (!error)
    error = w2n_linker_define_function(linker, "host", "log", &log_type, log_text, "plug-in", NULL);
  if (!error)
    error = w2n_linker_instantiate(linker, module, instance);
  // The instance keeps what it needs.
  w2n_linker_free(linker);
  w2n_module_free(module);
  return error;
}

static void call_percent(w2n_function *percent, int32_t part, int32_t whole) {
  w2n_value args[2] = {{W2N_I32, {part}}, {W2N_I32, {whole}}}, result;
  if (!failed(w2n_function_call(percent, args, 2, &result, 1)))
    printf("%d of %d: %d %%\n", (int)part, (int)whole, (int)result.of.i32);
}

int main(int argc, char **argv) {
  if (argc != 3 || !compile(argv[1], argv[2])) {
    printf("usage: plugin_host PLUGIN.wasm PLUGIN.so\n");
    return EXIT_FAILURE;
  }
  w2n_instance *instance;
  if (failed(make_instance(argv[2], &instance)))
    return EXIT_FAILURE;
  w2n_function *percent = w2n_instance_function(instance, "percent");
  if (percent) {
    call_percent(percent, 21, 50);
    call_percent(percent, 21, 0); // traps, and the host goes on
    call_percent(percent, 1, 4);
  }
  w2n_instance_free(instance);
  return percent ? EXIT_SUCCESS : EXIT_FAILURE;
}
