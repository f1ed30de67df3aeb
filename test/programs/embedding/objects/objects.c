// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Objects of guests as handles of the host: every line that this prints is a claim that did not
// hold.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasm2native/heap.h>

#define CHECK(claim) ((claim) ? (void)0 : (void)printf("line %d: not so: %s\n", __LINE__, #claim))

/// The indices of the types in guest.py.
enum { NODE, BYTES };

static w2n_value i32(int32_t number) {
  w2n_value value = {W2N_I32, {number}};
  return value;
}

static w2n_value any(w2n_object *object) {
  w2n_value value = {W2N_ANYREF, {.anyref = object}};
  return value;
}

static int fails(w2n_error *error, w2n_error_kind kind) {
  const int is = error && w2n_error_kind_of(error) == kind;
  if (error && !is)
    printf("error: %s\n", w2n_error_text(error));
  w2n_error_free(error);
  return is;
}

static w2n_value call(w2n_instance *guest, const char *name, w2n_value arg) {
  w2n_value result = i32(-1);
  w2n_error *error = w2n_function_call(w2n_instance_function(guest, name), &arg, 1, &result, 1);
  if (error)
    printf("error: %s\n%s", w2n_error_text(error), w2n_error_backtrace(error));
  w2n_error_free(error);
  return result;
}

static w2n_object_kind seen;

// Notes what it is called with, and returns it: the same handle.
static w2n_error *see(w2n_caller *caller, void *user, const w2n_value *args, w2n_value *results) {
  (void)user;
  CHECK(!w2n_instance_collect(w2n_caller_instance(caller)));
  seen = w2n_object_kind_of(args[0].of.anyref);
  results[0] = args[0];
  return NULL;
}

static w2n_instance *instantiate(const char *path) {
  static const w2n_value_kind kinds[] = {W2N_ANYREF};
  const w2n_function_type type = {kinds, 1, kinds, 1};
  w2n_linker *linker = w2n_linker_new();
  w2n_module *module;
  w2n_instance *instance;
  if (w2n_module_load(path, &module))
    exit(2);
  CHECK(!w2n_linker_define_function(linker, "host", "see", &type, see, NULL, NULL));
  if (w2n_linker_instantiate(linker, module, &instance))
    exit(3);
  w2n_linker_free(linker);
  w2n_module_free(module);
  return instance;
}

static void structures(w2n_instance *guest, w2n_instance *stranger) {
  w2n_object *list = call(guest, "make", i32(3)).of.anyref, *longer;
  CHECK(!w2n_instance_collect(guest));
  CHECK(w2n_object_kind_of(list) == W2N_OBJECT_STRUCT && w2n_object_length(list) == 2);
  CHECK(w2n_object_is(list, guest, NODE) && !w2n_object_is(list, guest, BYTES));
  CHECK(call(guest, "sum", any(list)).of.i32 == 6);
  w2n_value field = i32(10), next;
  CHECK(!w2n_object_set(list, 0, &field));
  CHECK(!w2n_object_get(list, 0, &next) && next.kind == W2N_I32 && next.of.i32 == 10);
  CHECK(!w2n_object_get(list, 1, &next) && next.kind == W2N_ANYREF);
  CHECK(call(guest, "sum", any(next.of.anyref)).of.i32 == 5);
  CHECK(!w2n_object_same(list, next.of.anyref));
  w2n_object_free(next.of.anyref);
  CHECK(fails(w2n_object_set(list, 2, &field), W2N_ERROR_INVALID));
  CHECK(fails(w2n_object_set(list, 1, &field), W2N_ERROR_INVALID));
  const w2n_value fields[] = {i32(100), any(list)};
  CHECK(!w2n_object_new_struct(guest, NODE, fields, 2, &longer));
  w2n_object_free(list);
  CHECK(!w2n_instance_collect(guest));
  CHECK(call(guest, "sum", any(longer)).of.i32 == 115);
  CHECK(fails(w2n_object_new_struct(guest, NODE, fields, 1, &list), W2N_ERROR_INVALID));
  CHECK(fails(w2n_object_new_struct(guest, BYTES, NULL, 0, &list), W2N_ERROR_INVALID));
  // An object means something in its own heap alone.
  const w2n_value arg = any(longer);
  w2n_value result;
  CHECK(fails(w2n_function_call(w2n_instance_function(stranger, "sum"), &arg, 1, &result, 1),
              W2N_ERROR_LINK));
  w2n_object_free(longer);
}

static void arrays(w2n_instance *guest) {
  w2n_object *bytes;
  const w2n_value initial = i32(-1);
  char text[6] = "abcde";
  CHECK(!w2n_object_new_array(guest, BYTES, 5, &initial, &bytes));
  CHECK(w2n_object_kind_of(bytes) == W2N_OBJECT_ARRAY && w2n_object_length(bytes) == 5);
  w2n_value element;
  CHECK(!w2n_object_get(bytes, 4, &element) && element.of.i32 == 255);
  CHECK(!w2n_object_write(bytes, 1, 3, text) && !w2n_object_read(bytes, 0, 5, text));
  CHECK(memcmp(text,
               "\xff"
               "abc\xff",
               5) == 0);
  CHECK(fails(w2n_object_read(bytes, 3, 3, text), W2N_ERROR_INVALID));
  CHECK(fails(w2n_object_read(bytes, 1, UINT32_MAX, text), W2N_ERROR_INVALID));
  // A list is wanted, and this is an array.
  const w2n_value arg = any(bytes);
  CHECK(fails(w2n_function_call(w2n_instance_function(guest, "sum"), &arg, 1, &element, 1),
              W2N_ERROR_INVALID));
  w2n_object_free(bytes);
}

static void numbers(w2n_instance *guest) {
  w2n_object *number = w2n_object_new_i31(guest, -5);
  w2n_object *back = call(guest, "pass", any(number)).of.anyref;
  CHECK(seen == W2N_OBJECT_I31 && w2n_object_i31(back) == -5 && w2n_object_same(number, back));
  w2n_object_free(number);
  w2n_object_free(back);
  CHECK(call(guest, "sum", any(NULL)).of.i32 == 0);
}

static int finalized;
static void finalize(void *data) { finalized += *(int *)data; }

static void hostObjects(w2n_instance *guest, w2n_instance *stranger) {
  int data = 7;
  w2n_object *object, *back;
  CHECK(!w2n_object_new_host(guest, &data, finalize, &object));
  const w2n_value passed = call(guest, "pass", any(object));
  CHECK(seen == W2N_OBJECT_HOST && w2n_object_host_data(passed.of.anyref) == &data);
  w2n_object_free(passed.of.anyref);
  // As an externref it goes through the guest, too.
  const w2n_value external = call(guest, "keep", any(object));
  CHECK(external.kind == W2N_EXTERNREF);
  CHECK(!w2n_object_from_externref(guest, external.of.externref, &back));
  CHECK(w2n_object_same(object, back) && w2n_object_host_data(back) == &data);
  CHECK(fails(w2n_object_from_externref(guest, &data, &back), W2N_ERROR_INVALID));
  CHECK(fails(w2n_object_from_externref(stranger, external.of.externref, &back), W2N_ERROR_LINK));
  w2n_object_free(object);
  CHECK(!w2n_instance_collect(guest) && finalized == 0);
  w2n_object_free(back);
  CHECK(!w2n_instance_collect(guest) && finalized == 7);
}

static void statistics(w2n_instance *guest) {
  w2n_heap_stats stats = {.size = sizeof stats};
  w2n_object *list = call(guest, "make", i32(1000)).of.anyref;
  CHECK(!w2n_instance_collect(guest) && w2n_instance_heap_stats(guest, &stats));
  CHECK(stats.live_bytes == 16000 && stats.collections > 0);
  CHECK(stats.used_bytes >= stats.live_bytes && stats.max_bytes >= stats.used_bytes);
  w2n_object_free(list);
  CHECK(!w2n_instance_collect(guest) && w2n_instance_heap_stats(guest, &stats));
  CHECK(stats.live_bytes == 0);
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  w2n_instance *guest = instantiate(argv[1]), *stranger = instantiate(argv[1]);
  structures(guest, stranger);
  arrays(guest);
  numbers(guest);
  hostObjects(guest, stranger);
  statistics(guest);
  // Handles outlive their instance, and keep its heap.
  w2n_object *list = call(guest, "make", i32(2)).of.anyref;
  w2n_instance_free(guest);
  w2n_value field;
  CHECK(!w2n_object_get(list, 0, &field) && field.of.i32 == 1);
  w2n_object_free(list);
  w2n_instance_free(stranger);
  return 0;
}
