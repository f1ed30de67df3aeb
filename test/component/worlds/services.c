// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/* Gives a component configuration and a log: services ARTIFACT. Its functions are those of
 * services.wat. */
#include "host.h"

static void get(const char *key) {
  const w2n_component_value argument = text(key);
  const w2n_component_value *result = call("get", &argument, 1), *payload = result->of.payload;
  printf("%s: ", key);
  if (result->index == 1)
    show(payload->index == 0 ? "upstream error " : "error ", payload->of.payload);
  else if (payload->of.payload)
    show("", payload->of.payload);
  else
    printf("none");
  printf("\n");
  require(w2n_component_instance_finish(instance));
}

static void list(void) {
  const w2n_component_value *result = call("all", NULL, 0), *payload = result->of.payload;
  if (result->index == 1)
    show("all: error ", payload->of.payload);
  else
    for (size_t i = 0; i < payload->of.list.count; ++i) {
      show(i == 0 ? "all: " : ", ", &payload->of.list.items[i].of.list.items[0]);
      show("=", &payload->of.list.items[i].of.list.items[1]);
    }
  printf("\n");
  require(w2n_component_instance_finish(instance));
}

static bool fail_with(char *error) {
  snprintf(error, W2N_SERVICE_ERROR_BYTES, "the vault is closed");
  return false;
}
static bool vault_get(void *user, const char *name, w2n_config_visitor visit, void *visitor,
                      char *error) {
  if (*(bool *)user)
    return fail_with(error);
  if (strcmp(name, "secret") == 0)
    visit(visitor, name, "from the vault");
  return true;
}
static bool vault_list(void *user, w2n_config_visitor visit, void *visitor, char *error) {
  if (*(bool *)user)
    return fail_with(error);
  visit(visitor, "mode", "hidden by a fixed value");
  visit(visitor, "secret", "from the vault");
  return true;
}
static void vault_drop(void *user) { printf("dropped, %s\n", *(bool *)user ? "closed" : "open"); }

static void print_log(void *user, w2n_log_level level, const char *context, size_t context_bytes,
                      const char *message, size_t message_bytes) {
  printf("%s %d %.*s: %.*s\n", (const char *)user, (int)level, (int)context_bytes, context,
         (int)message_bytes, message);
}

int main(int argc, char **argv) {
  static bool closed = false;
  load(argc, argv);
  w2n_wasi_config *config = w2n_wasi_config_new();
  w2n_wasi_config_add_value(config, "mode", "slow");
  w2n_wasi_config_add_value(config, "mode", "fast");
  w2n_config_source vault = {
      .size = sizeof(vault), .user = &closed, .drop = vault_drop, .list = vault_list};
  show_error(w2n_wasi_config_set_source(config, &vault));
  vault.get = vault_get;
  require(w2n_wasi_config_set_source(config, &vault));
  w2n_wasi_config_set_log(config, print_log, "log");
  start(config);
  get("mode");
  get("secret");
  get("absent");
  list();
  w2n_component_value message[] = {
      {.kind = W2N_COMPONENT_ENUM, .index = W2N_LOG_WARN}, text("db"), text("slow")};
  call("log", message, 3);
  require(w2n_component_instance_finish(instance));
  closed = true;
  get("mode");
  get("secret");
  list();
  stop();
  return 0;
}
