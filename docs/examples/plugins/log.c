// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A plug-in that writes a line for each call of the host, to the file that its option names:
//   wasm2native run --plugin ./log.so=calls.log app.so
#include <wasm2native/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void after(void *user, const w2n_plugin_call *call) {
  FILE *file = user;
  if (call->text)
    fprintf(file, "%s\n", call->text);
  else
    fprintf(file, "%s.%s, %zu arguments\n", call->module, call->name, call->argument_count);
  if (call->error)
    fprintf(file, "ended by %s\n", call->error);
}

static void end(void *user) { fclose(user); }

uint32_t w2n_plugin_start(const char *options, w2n_plugin *plugin, char *error) {
  plugin->user = fopen(options, "w");
  if (!plugin->user) {
    snprintf(error, W2N_PLUGIN_TEXT_BYTES, "cannot open '%.100s': %s", options, strerror(errno));
    return 0;
  }
  plugin->after = after;
  plugin->end = end;
  return W2N_PLUGIN_VERSION;
}
