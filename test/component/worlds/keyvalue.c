// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/* Gives a component buckets, in memory and behind functions: keyvalue ARTIFACT. Its functions are
 * those of keyvalue.wat. */
#include "host.h"

#include <inttypes.h>

static void show_result(const char *label, const w2n_component_value *result) {
  const w2n_component_value *payload = result->of.payload;
  printf("%s: ", label);
  if (result->index == 1 && payload->of.payload)
    show("error ", payload->of.payload);
  else if (result->index == 1)
    printf("error %u", payload->index);
  else if (payload && payload->kind == W2N_COMPONENT_U64)
    printf("%" PRIu64, payload->of.u64);
  else if (payload && payload->kind == W2N_COMPONENT_OPTION && payload->of.payload)
    show("", payload->of.payload);
  else
    printf(payload ? "none" : "ok");
  printf("\n");
  require(w2n_component_instance_finish(instance));
}

static void get(const char *bucket, const char *key) {
  const w2n_component_value arguments[] = {text(bucket), text(key)};
  show_result("get", call("get", arguments, 2));
}
static void set(const char *bucket, const char *key, const char *value) {
  const w2n_component_value arguments[] = {text(bucket), text(key), text(value)};
  show_result("set", call("set", arguments, 3));
}
static void increment(const char *bucket, const char *key, uint64_t delta) {
  const w2n_component_value arguments[] = {
      text(bucket), text(key), {.kind = W2N_COMPONENT_U64, .of.u64 = delta}};
  show_result("increment", call("increment", arguments, 3));
}
// The guest opens another bucket with its next call.
static void leave(void) {
  call("leave", NULL, 0);
  require(w2n_component_instance_finish(instance));
}

// Values, and what is added: the same in test/programs/check_services.py for files and servers.
static const struct {
  const char *value;
  uint64_t delta;
} increments[] = {{"-5", 3},
                  {"+5", 3},
                  {"5 ", 3},
                  {"x", 1},
                  {"05", 1},
                  {"00000000000000000000000000000000", 0},
                  {"00000000000000000000000000000041", 1},
                  {"9999999999", 1},
                  {"9223372036854775807", 1},
                  {"0", UINT64_MAX},
                  {"18446744073709551615", 1},
                  {"9999999999", UINT64_MAX},
                  {"18446744073709551616", 0},
                  {"111111111111111111111", 0}};
static void check_increments(const char *bucket) {
  for (size_t i = 0; i < sizeof(increments) / sizeof(*increments); ++i) {
    set(bucket, "i", increments[i].value);
    increment(bucket, "i", increments[i].delta);
    get(bucket, "i");
  }
}

// Knows each key but "absent", with the key as its value.
static bool echo_get(void *user, const char *key, size_t bytes, w2n_bytes_visitor visit,
                     void *visitor, char *error) {
  (void)user;
  if (bytes == 6 && memcmp(key, "broken", bytes) == 0) {
    memset(error, 'x', W2N_SERVICE_ERROR_BYTES);
    return false;
  }
  if (bytes != 6 || memcmp(key, "absent", bytes) != 0)
    visit(visitor, key, bytes);
  return true;
}
static void echo_drop(void *user) { printf("%s\n", (const char *)user); }

int main(int argc, char **argv) {
  load(argc, argv);
  w2n_wasi_config *config = w2n_wasi_config_new();
  const w2n_bucket_limits limits = {
      .size = sizeof(limits), .max_key_bytes = 3, .max_value_bytes = 5, .max_keys = 2};
  require(w2n_wasi_config_add_bucket(config, "memory", "memory", &limits));
  show_error(w2n_wasi_config_add_bucket(config, "memory", "memory", NULL));
  show_error(w2n_wasi_config_add_bucket(config, "other", "elsewhere", NULL));
  w2n_bucket echo = {.size = sizeof(echo), .user = "dropped", .drop = echo_drop};
  show_error(w2n_wasi_config_add_bucket_functions(config, "echo", &echo, NULL));
  echo.get = echo_get;
  require(w2n_wasi_config_add_bucket_functions(config, "echo", &echo, &limits));
  start(config);
  set("memory", "a", "12345");
  set("memory", "a", "123456");
  set("memory", "long", "");
  set("memory", "b", "");
  set("memory", "c", "");
  get("memory", "a");
  get("memory", "c");
  increment("memory", "a", 55);
  increment("memory", "b", 1);
  leave();
  get("other", "a");
  leave();
  get("echo", "abc");
  get("echo", "abcd");
  set("echo", "abc", "");
  leave();
  stop();
  /* Without limits of its own, and with what is wrong. */
  load(argc, argv);
  config = w2n_wasi_config_new();
  require(w2n_wasi_config_add_bucket_functions(config, "echo", &echo, NULL));
  require(w2n_wasi_config_add_bucket(config, "numbers", "memory", NULL));
  start(config);
  get("echo", "absent");
  get("echo", "broken");
  leave();
  check_increments("numbers");
  stop();
  return 0;
}
