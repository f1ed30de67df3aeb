// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A plug-in that does what its option says, none of which is right: "version", "answer".
#include <wasm2native/plugin.h>

#include <string.h>

static w2n_plugin_action before(void *user, const w2n_plugin_call *call, w2n_plugin_decision *decision) {
  (void)user;
  memset(decision->text, 'x', sizeof(decision->text));
  if (strcmp(call->name, "proc_exit") == 0)
    return W2N_PLUGIN_ANSWER;
  return strcmp(call->name, "fd_write") == 0 ? W2N_PLUGIN_TRAP : W2N_PLUGIN_CONTINUE;
}

uint32_t w2n_plugin_start(const char *options, w2n_plugin *plugin, char *error) {
  memset(error, 'x', W2N_PLUGIN_TEXT_BYTES);
  plugin->before = before;
  if (*options == '\0')
    return 0;
  return strcmp(options, "version") == 0 ? W2N_PLUGIN_VERSION + 1 : W2N_PLUGIN_VERSION;
}
