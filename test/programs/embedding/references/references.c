// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// References between host and guests: every line that this prints is a claim that did not hold.
#include <stdio.h>
#include <stdlib.h>
#include <wasm2native/runtime.h>

#define CHECK(claim) ((claim) ? (void)0 : (void)printf("line %d: not so: %s\n", __LINE__, #claim))

static w2n_value i32(int32_t number) {
  w2n_value value = {W2N_I32, {number}};
  return value;
}

static int32_t call(w2n_function *function, int32_t number) {
  w2n_value arg = i32(number), result = i32(-1);
  w2n_error *error = w2n_function_call(function, &arg, 1, &result, 1);
  if (error)
    printf("error: %s\n%s", w2n_error_text(error), w2n_error_backtrace(error));
  w2n_error_free(error);
  return result.of.i32;
}

// Calls the function that the guest hands over.
static w2n_error *apply(w2n_caller *caller, void *user, const w2n_value *args, w2n_value *results) {
  (void)caller, (void)user;
  return w2n_function_call(args[0].of.funcref, &args[1], 1, results, 1);
}

// Hands the guest the function that `user` points to.
static w2n_error *pick(w2n_caller *caller, void *user, const w2n_value *args, w2n_value *results) {
  (void)caller, (void)args;
  results[0].of.funcref = *(w2n_function **)user;
  return NULL;
}

static w2n_error *see(w2n_caller *caller, void *user, const w2n_value *args, w2n_value *results) {
  (void)caller, (void)user;
  CHECK(args[1].of.f32 == 1.5f && args[2].of.f64 == -2.5 && args[3].of.i64 == INT64_MIN);
  results[0] = args[0];
  return NULL;
}

static w2n_instance *instantiate(const char *path, w2n_function **picked) {
  static const w2n_value_kind kinds[] = {W2N_FUNCREF, W2N_I32, W2N_EXTERNREF,
                                         W2N_F32,     W2N_F64, W2N_I64};
  const w2n_function_type applyType = {kinds, 2, kinds + 1, 1}, pickType = {NULL, 0, kinds, 1},
                          seeType = {kinds + 2, 4, kinds + 2, 1};
  w2n_linker *linker = w2n_linker_new();
  w2n_module *module;
  w2n_instance *instance;
  w2n_error *error = w2n_module_load(path, &module);
  if (error)
    exit(2);
  CHECK(!w2n_linker_define_function(linker, "host", "apply", &applyType, apply, NULL, NULL));
  CHECK(!w2n_linker_define_function(linker, "host", "pick", &pickType, pick, picked, NULL));
  CHECK(!w2n_linker_define_function(linker, "host", "see", &seeType, see, NULL, NULL));
  if ((error = w2n_linker_instantiate(linker, module, &instance)))
    exit(3);
  w2n_linker_free(linker);
  w2n_module_free(module);
  return instance;
}

static void seeEveryType(w2n_instance *guest) {
  int object;
  const w2n_value args[] = {{W2N_EXTERNREF, {.externref = &object}},
                            {W2N_F32, {.f32 = 1.5f}},
                            {W2N_F64, {.f64 = -2.5}},
                            {W2N_I64, {.i64 = INT64_MIN}}};
  w2n_value results[3];
  CHECK(!w2n_function_call(w2n_instance_function(guest, "see"), args, 4, results, 3));
  CHECK(results[0].kind == W2N_EXTERNREF && results[0].of.externref == &object);
  CHECK(results[1].kind == W2N_I64 && results[1].of.i64 == INT64_MIN);
  CHECK(results[2].kind == W2N_F32 && results[2].of.f32 == 1.5f);
}

int main(int argc, char **argv) {
  w2n_function *picked = NULL;
  if (argc != 2)
    return 1;
  w2n_instance *first = instantiate(argv[1], &picked), *second = instantiate(argv[1], &picked);
  picked = w2n_instance_function(second, "double");
  CHECK(call(w2n_instance_function(first, "apply-double"), 21) == 42);
  w2n_value element;
  CHECK(w2n_table_get(w2n_instance_table(first, "table"), 0, &element));
  CHECK(element.of.funcref == w2n_instance_function(first, "double"));
  CHECK(call(element.of.funcref, 4) == 8);
  seeEveryType(first);
  // The first guest keeps functions of the second, which its host frees.
  w2n_function *callKept = w2n_instance_function(first, "call-kept");
  const w2n_value kept = {W2N_FUNCREF, {.funcref = picked}};
  CHECK(!w2n_function_call(w2n_instance_function(first, "keep"), &kept, 1, NULL, 0));
  CHECK(call(w2n_instance_function(first, "call-picked"), 5) == 10);
  w2n_instance_free(second);
  CHECK(call(callKept, 6) == 12);
  w2n_instance_free(first);
  return 0;
}
