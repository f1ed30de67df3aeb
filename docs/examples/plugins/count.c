// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A plug-in that counts calls, and prints at the end how often each function was called and how
// long it took:
//   wasm2native run --plugin ./count.so app.so
#include <wasm2native/plugin.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { MAX_ROWS = 256 };
static struct {
  char name[128];
  uint64_t count, ns;
} rows[MAX_ROWS];
static size_t row_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void after(void *user, const w2n_plugin_call *call) {
  (void)user;
  char name[sizeof(rows[0].name)];
  snprintf(name, sizeof(name), "%s.%s", call->module, call->name);
  // Threads of the guest call at the same time.
  pthread_mutex_lock(&lock);
  size_t row = 0;
  while (row < row_count && strcmp(rows[row].name, name) != 0)
    ++row;
  if (row == row_count && row_count < MAX_ROWS)
    memcpy(rows[row_count++].name, name, sizeof(name));
  if (row < row_count) {
    ++rows[row].count;
    rows[row].ns += call->ns;
  }
  pthread_mutex_unlock(&lock);
}

static void end(void *user) {
  (void)user;
  for (size_t row = 0; row < row_count; ++row)
    fprintf(stderr, "%s: %" PRIu64 " calls, %" PRIu64 " us\n", rows[row].name, rows[row].count,
            rows[row].ns / 1000);
}

uint32_t w2n_plugin_start(const char *options, w2n_plugin *plugin, char *error) {
  (void)options;
  (void)error;
  plugin->after = after;
  plugin->end = end;
  return W2N_PLUGIN_VERSION;
}
