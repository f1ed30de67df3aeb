// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Traps of the host and of the guest, and where they were.
#include "program.h"

static own wasm_trap_t *fail(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args, (void)results;
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "callback abort");
  wasm_trap_t *trap = wasm_trap_new((wasm_store_t *)env, &message);
  wasm_name_delete(&message);
  return trap;
}

static void check_message(const wasm_trap_t *trap, const char *expected) {
  wasm_message_t message;
  CHECK(trap);
  wasm_trap_message(trap, &message);
  CHECK(message.size == strlen(expected) + 1 && strcmp(message.data, expected) == 0);
  wasm_name_delete(&message);
}

static void check_frame(const wasm_frame_t *frame, const wasm_instance_t *instance,
                        uint32_t index) {
  CHECK(wasm_frame_func_index(frame) == index);
  CHECK(wasm_instance_same(wasm_frame_instance(frame), instance));
  CHECK(wasm_frame_func_offset(frame) < wasm_frame_module_offset(frame));
}

void trap_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  wasm_functype_t *type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t *func = wasm_func_new_with_env(store, type, fail, store, NULL);
  wasm_functype_delete(type);
  wasm_extern_t *imports[] = {wasm_func_as_extern(func)};
  wasm_instance_t *instance = instantiate(store, module, imports, 1);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);

  wasm_trap_t *trap = call(wasm_extern_as_func(exports.data[0]), 0, 0, 0, NULL);
  check_message(trap, "callback abort");
  wasm_frame_t *origin = wasm_trap_origin(trap);
  check_frame(origin, instance, 1);
  wasm_frame_delete(origin);
  wasm_trap_delete(trap);

  trap = call(wasm_extern_as_func(exports.data[1]), 0, 0, 0, NULL);
  check_message(trap, "integer divide by zero");
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 2);
  check_frame(trace.data[0], instance, 2);
  check_frame(trace.data[1], instance, 3);
  wasm_frame_t *copy = wasm_frame_copy(trace.data[1]);
  wasm_frame_vec_delete(&trace);
  check_frame(copy, instance, 3);
  wasm_frame_delete(copy);
  wasm_trap_delete(trap);

  // A function that the host calls itself.
  trap = call(func, 0, 0, 0, NULL);
  check_message(trap, "callback abort");
  CHECK(!wasm_trap_origin(trap));
  wasm_trap_delete(trap);

  wasm_func_delete(func);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
}
