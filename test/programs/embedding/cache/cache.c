// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Loads a module through the cache, from its file and from memory.
#include <stdio.h>
#include <string.h>
#include <wasm2native/cache.h>

static void warn(void *user, const char *text) { fprintf(user, "warning: %s\n", text); }

static int failed(w2n_error *error) {
  if (!error)
    return 0;
  printf("error: %s\n", w2n_error_text(error));
  w2n_error_free(error);
  return 1;
}

// Arguments: the cache's folder, the compiler or "-", the module.
int main(int argc, char **argv) {
  static uint8_t bytes[1 << 20];
  w2n_cache_options options = {0};
  w2n_cache *cache;
  w2n_module *fromFile, *fromMemory;
  FILE *file = argc == 4 ? fopen(argv[3], "rb") : NULL;
  if (!file)
    return 2;
  const size_t count = fread(bytes, 1, sizeof(bytes), file);
  fclose(file);
  options.folder = argv[1];
  options.compiler = strcmp(argv[2], "-") ? argv[2] : NULL;
  options.warn = warn;
  options.user = stdout;
  if (failed(w2n_cache_open(&options, &cache)))
    return 0;
  if (!failed(w2n_cache_load_file(cache, argv[3], NULL, &fromFile))) {
    if (!failed(w2n_cache_load(cache, bytes, count, NULL, &fromMemory))) {
      printf("loaded\n");
      w2n_module_free(fromMemory);
    }
    w2n_module_free(fromFile);
  }
  w2n_cache_free(cache);
  return 0;
}
