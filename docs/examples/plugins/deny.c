// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A plug-in that denies the functions that its option names, as in
//   wasm2native run --plugin ./deny.so=path_open,sock_accept app.so
// A program of preview 1 gets the error notcapable; a component, whose errors are of many types,
// traps. A function that is named "+NAME" is not denied, but takes 10 ms more.
#include <wasm2native/plugin.h>

#include <stdio.h>
#include <string.h>

enum { NOTCAPABLE = 76 };

/// Whether `name`, with `mark` before it, is one of `list`.
static bool has(const char *list, const char *mark, const char *name) {
  const size_t mark_bytes = strlen(mark), name_bytes = strlen(name);
  while (*list) {
    const size_t bytes = strcspn(list, ",");
    if (bytes == mark_bytes + name_bytes && memcmp(list, mark, mark_bytes) == 0 &&
        memcmp(list + mark_bytes, name, name_bytes) == 0)
      return true;
    list += bytes + (list[bytes] == ',');
  }
  return false;
}

static w2n_plugin_action before(void *user, const w2n_plugin_call *call,
                                w2n_plugin_decision *decision) {
  const char *denied = user;
  if (has(denied, "+", call->name))
    decision->delay_ns = 10 * 1000 * 1000;
  if (!has(denied, "", call->name))
    return W2N_PLUGIN_CONTINUE;
  if (strcmp(call->module, "wasi_snapshot_preview1") == 0) {
    decision->result = NOTCAPABLE;
    return W2N_PLUGIN_ANSWER;
  }
  snprintf(decision->text, sizeof(decision->text), "%.100s is not allowed", call->name);
  return W2N_PLUGIN_TRAP;
}

uint32_t w2n_plugin_start(const char *options, w2n_plugin *plugin, char *error) {
  static char names[1024];
  if (*options == '\0' || strlen(options) >= sizeof(names)) {
    snprintf(error, W2N_PLUGIN_TEXT_BYTES, "names of functions are missing, or too long");
    return 0;
  }
  strcpy(names, options);
  plugin->user = names;
  plugin->before = before;
  return W2N_PLUGIN_VERSION;
}
