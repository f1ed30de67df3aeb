// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Exceptions that the host throws and reads: every line that this prints is a claim that did not
// hold.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasm2native/runtime.h>

#define CHECK(claim) ((claim) ? (void)0 : (void)printf("line %d: not so: %s\n", __LINE__, #claim))

struct host {
  w2n_tag *tag;
  w2n_function
      *inner; // called in place of throwing, with 100 less, while the argument is above 100
};

static w2n_value i32(int32_t number) { return (w2n_value){W2N_I32, {.i32 = number}}; }

static w2n_error *throwIt(w2n_caller *caller, void *user, const w2n_value *args,
                          w2n_value *results) {
  const struct host *host = user;
  const int32_t number = args[0].of.i32;
  (void)results;
  if (number > 100) {
    const w2n_value arg = i32(number - 100);
    return w2n_function_call(host->inner, &arg, 1, NULL, 0);
  }
  const w2n_value values[] = {i32(number), {W2N_F64, {.f64 = 0.5}}};
  const w2n_value other = {W2N_I64, {.i64 = 77}};
  switch (number) {
  case 0:
    return NULL;
  case 1: // too few values
    return w2n_error_new_exception(caller, host->tag, values, 1);
  case 2: // of another type
    return w2n_error_new_exception(caller, host->tag, (w2n_value[]){values[0], other}, 2);
  case 3: // a tag of the guest
    return w2n_error_new_exception(caller, w2n_instance_tag(w2n_caller_instance(caller), "own"),
                                   &other, 1);
  default:
    return w2n_error_new_exception(caller, host->tag, values, 2);
  }
}

static w2n_error *call(w2n_instance *guest, const char *name, w2n_value arg, w2n_value *result) {
  return w2n_function_call(w2n_instance_function(guest, name), &arg, 1, result, result ? 1 : 0);
}

static bool says(w2n_error *error, const char *text) {
  const bool is = error && strcmp(w2n_error_text(error), text) == 0;
  if (error && !is)
    printf("says: %s\n", w2n_error_text(error));
  w2n_error_free(error);
  return is;
}

static void checkThrown(w2n_instance *guest, w2n_tag *tag) {
  w2n_value result = {0}, values[2];
  CHECK(!call(guest, "catch", i32(42), &result) && result.of.i32 == 420);
  CHECK(!call(guest, "catch", i32(0), &result) && result.of.i32 == -1);
  CHECK(!call(guest, "catch-own", i32(3), &result) && result.of.i64 == 77);
  // Through a guest that the host calls, and more often than exceptions may stay.
  CHECK(!call(guest, "catch", i32(542), &result) && result.of.i32 == 420);
  for (int i = 0; i < 5000; ++i)
    CHECK(!call(guest, "catch", i32(142), &result) && result.of.i32 == 420);
  CHECK(says(call(guest, "catch", i32(1), &result),
             "an exception of a tag of type [i32 f64] -> [] with 1 values"));
  CHECK(says(call(guest, "catch", i32(2), &result),
             "an exception of a tag of type [i32 f64] -> [] with value 1 of type i64"));
  w2n_error *uncaught = call(guest, "pass", i32(42), NULL);
  CHECK(uncaught && w2n_error_kind_of(uncaught) == W2N_ERROR_TRAP);
  CHECK(w2n_error_frame_count(uncaught) == 1);
  CHECK(w2n_error_exception(uncaught, tag, values, 2) && values[0].of.i32 == 42 &&
        values[1].of.f64 == 0.5);
  CHECK(!w2n_error_exception(uncaught, tag, values, 1));
  CHECK(says(uncaught, "uncaught exception"));
}

static void checkUncaught(w2n_instance *guest, w2n_tag *tag) {
  w2n_tag *own = w2n_instance_tag(guest, "own");
  CHECK(own && own == w2n_instance_tag(guest, "own") && !w2n_instance_tag(guest, "catch"));
  CHECK(w2n_tag_type(own).param_count == 1 && w2n_tag_type(own).params[0] == W2N_I64);
  CHECK(w2n_tag_is(own, own) && !w2n_tag_is(own, tag));
  w2n_value value;
  w2n_error *error = call(guest, "throw-own", (w2n_value){W2N_I64, {.i64 = -5}}, NULL);
  CHECK(!w2n_error_exception(error, tag, &value, 1));
  CHECK(w2n_error_exception(error, own, &value, 1) && value.kind == W2N_I64 && value.of.i64 == -5);
  w2n_tag *found = w2n_error_exception_tag(error);
  CHECK(found && w2n_tag_is(found, own));
  w2n_tag_free(found);
  w2n_error_free(error);
  // A tag that nobody exports can be asked for as well.
  error = w2n_function_call(w2n_instance_function(guest, "throw-secret"), NULL, 0, NULL, 0);
  found = w2n_error_exception_tag(error);
  CHECK(found && w2n_error_exception(error, found, &value, 1) && value.of.i32 == 5);
  w2n_tag_free(found);
  w2n_error_free(error);
  int mine;
  w2n_value references[2];
  error = call(guest, "throw-reference", (w2n_value){W2N_EXTERNREF, {.externref = &mine}}, NULL);
  CHECK(w2n_error_exception(error, w2n_instance_tag(guest, "reference"), references, 2));
  CHECK(references[1].of.externref == &mine);
  CHECK(!w2n_function_call(references[0].of.funcref, NULL, 0, NULL, 0));
  w2n_error_free(error);
  error = w2n_error_new("no exception");
  CHECK(!w2n_error_exception(error, tag, references, 2) && !w2n_error_exception_tag(error));
  w2n_error_free(error);
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  const w2n_value_kind carried[] = {W2N_I32, W2N_F64};
  const w2n_function_type tagType = {carried, 2, NULL, 0}, hostType = {carried, 1, NULL, 0};
  struct host host = {0};
  w2n_module *module;
  w2n_instance *guest;
  w2n_linker *linker = w2n_linker_new();
  if (w2n_module_load(argv[1], &module) || w2n_tag_new(&tagType, &host.tag))
    return 2;
  CHECK(!w2n_linker_define_tag(linker, "host", "tag", host.tag));
  CHECK(!w2n_linker_define_function(linker, "host", "throw", &hostType, throwIt, &host, NULL));
  if (w2n_linker_instantiate(linker, module, &guest))
    return 3;
  host.inner = w2n_instance_function(guest, "pass");
  checkThrown(guest, host.tag);
  checkUncaught(guest, host.tag);
  // An error keeps what it needs.
  w2n_error *kept = call(guest, "pass", i32(9), NULL);
  w2n_instance_free(guest);
  w2n_linker_free(linker);
  w2n_module_free(module);
  w2n_value values[2];
  CHECK(w2n_error_exception(kept, host.tag, values, 2) && values[0].of.i32 == 9);
  w2n_error_free(kept);
  w2n_tag_free(host.tag);
  return 0;
}
