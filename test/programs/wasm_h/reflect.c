// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Types of imports and exports.
#include "program.h"

static void check_kinds(const wasm_valtype_vec_t *types, const wasm_valkind_t *kinds,
                        size_t count) {
  CHECK(types->size == count);
  for (size_t i = 0; i < count; ++i)
    CHECK(wasm_valtype_kind(types->data[i]) == kinds[i]);
}

static void check_func(const wasm_functype_t *type) {
  const wasm_valkind_t params[] = {WASM_I32, WASM_F64, WASM_F32}, results[] = {WASM_I32};
  CHECK(type);
  check_kinds(wasm_functype_params(type), params, 3);
  check_kinds(wasm_functype_results(type), results, 1);
}

static void check_exports(const wasm_module_t *module) {
  static const char *names[] = {"func", "global", "constant", "table", "memory"};
  static const wasm_externkind_t kinds[] = {WASM_EXTERN_FUNC, WASM_EXTERN_GLOBAL,
                                            WASM_EXTERN_GLOBAL, WASM_EXTERN_TABLE,
                                            WASM_EXTERN_MEMORY};
  wasm_exporttype_vec_t types, copy;
  wasm_module_exports(module, &types);
  wasm_exporttype_vec_copy(&copy, &types);
  wasm_exporttype_vec_delete(&types);
  CHECK(copy.size == 5);
  for (size_t i = 0; i < copy.size; ++i) {
    const wasm_name_t *name = wasm_exporttype_name(copy.data[i]);
    CHECK(name->size == strlen(names[i]) && memcmp(name->data, names[i], name->size) == 0);
    CHECK(wasm_externtype_kind(wasm_exporttype_type(copy.data[i])) == kinds[i]);
  }
  check_func(wasm_externtype_as_functype_const(wasm_exporttype_type(copy.data[0])));
  CHECK(!wasm_externtype_as_globaltype_const(wasm_exporttype_type(copy.data[0])));
  const wasm_globaltype_t *global =
      wasm_externtype_as_globaltype_const(wasm_exporttype_type(copy.data[1]));
  CHECK(wasm_globaltype_mutability(global) == WASM_VAR);
  CHECK(wasm_valtype_is_num(wasm_globaltype_content(global)));
  global = wasm_externtype_as_globaltype_const(wasm_exporttype_type(copy.data[2]));
  CHECK(wasm_globaltype_mutability(global) == WASM_CONST);
  CHECK(wasm_valtype_kind(wasm_globaltype_content(global)) == WASM_EXTERNREF);
  const wasm_tabletype_t *table =
      wasm_externtype_as_tabletype_const(wasm_exporttype_type(copy.data[3]));
  CHECK(wasm_tabletype_limits(table)->min == 0 && wasm_tabletype_limits(table)->max == 50);
  CHECK(wasm_valtype_is_ref(wasm_tabletype_element(table)));
  const wasm_memorytype_t *memory =
      wasm_externtype_as_memorytype_const(wasm_exporttype_type(copy.data[4]));
  CHECK(wasm_memorytype_limits(memory)->min == 1);
  CHECK(wasm_memorytype_limits(memory)->max == wasm_limits_max_default);
  wasm_exporttype_vec_delete(&copy);
}

static void check_imports(const wasm_module_t *module) {
  const wasm_valkind_t params[] = {WASM_I32, WASM_F64}, results[] = {WASM_I64};
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  CHECK(types.size == 2);
  CHECK(wasm_importtype_module(types.data[0])->size == 1 &&
        wasm_importtype_name(types.data[0])->data[0] == 'f');
  const wasm_functype_t *func =
      wasm_externtype_as_functype_const(wasm_importtype_type(types.data[0]));
  check_kinds(wasm_functype_params(func), params, 2);
  check_kinds(wasm_functype_results(func), results, 1);
  wasm_importtype_t *copy = wasm_importtype_copy(types.data[1]);
  CHECK(wasm_externtype_kind(wasm_importtype_type(copy)) == WASM_EXTERN_TABLE);
  wasm_importtype_delete(copy);
  wasm_importtype_vec_delete(&types);
}

// Types that the host makes.
static void check_own(void) {
  wasm_tagtype_t *tag = wasm_tagtype_new(wasm_functype_new_1_0(wasm_valtype_new_i64()));
  CHECK(wasm_functype_params(wasm_tagtype_functype(tag))->size == 1);
  wasm_externtype_t *external = wasm_externtype_copy(wasm_tagtype_as_externtype(tag));
  wasm_tagtype_delete(tag);
  CHECK(wasm_externtype_kind(external) == WASM_EXTERN_TAG && wasm_externtype_as_tagtype(external));
  CHECK(!wasm_externtype_as_functype(external));
  wasm_externtype_delete(external);
  wasm_valtype_vec_t types;
  wasm_valtype_vec_new_uninitialized(&types, 3);
  wasm_valtype_vec_delete(&types);
  wasm_valtype_vec_new_empty(&types);
  wasm_valtype_vec_delete(&types);
}

void reflect_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  check_exports(module);
  check_imports(module);
  check_own();
  wasm_module_delete(module);
  wasm_store_delete(store);
}
