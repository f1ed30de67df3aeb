// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/wasm/Types.h"

#include "runtime/api/Value.h"

#include <algorithm>

using namespace w2n;

namespace w2n::standard {

wasm_valkind_t kindOf(w2n_value_kind kind) {
  switch (kind) {
  case W2N_I32:
    return WASM_I32;
  case W2N_I64:
    return WASM_I64;
  case W2N_F32:
    return WASM_F32;
  case W2N_F64:
    return WASM_F64;
  case W2N_V128:
    return v128Kind;
  case W2N_FUNCREF:
    return WASM_FUNCREF;
  }
  return WASM_EXTERNREF;
}

wasm_valkind_t kindOf(wasm::ValueType type) { return kindOf(api::kindOf(type)); }

std::optional<wasm::ValueType> valueTypeOf(wasm_valkind_t kind) {
  switch (kind) {
  case WASM_I32:
    return wasm::ValueType::i32();
  case WASM_I64:
    return wasm::ValueType::i64();
  case WASM_F32:
    return wasm::ValueType::f32();
  case WASM_F64:
    return wasm::ValueType::f64();
  case v128Kind:
    return wasm::ValueType::v128();
  case WASM_EXTERNREF:
    return wasm::ValueType::externref();
  case WASM_FUNCREF:
    return wasm::ValueType::funcref();
  }
  return std::nullopt;
}

namespace {

bool addTypes(const wasm_valtype_vec_t &from, std::vector<wasm::ValueType> &to) {
  for (size_t i = 0; i < from.size; ++i) {
    const auto type = valueTypeOf(from.data[i]->kind);
    if (!type)
      return false;
    to.push_back(*type);
  }
  return true;
}

template <typename Types> wasm_valtype_vec_t vectorOf(const Types &types, size_t count) {
  wasm_valtype_vec_t vector;
  wasm_valtype_vec_new_uninitialized(&vector, count);
  for (size_t i = 0; i < count; ++i)
    vector.data[i] = new wasm_valtype_t{kindOf(types[i])};
  return vector;
}

} // namespace

std::optional<wasm::FunctionType> functionTypeOf(const wasm_functype_t &type) {
  wasm::FunctionType function;
  if (!addTypes(type.params, function.params) || !addTypes(type.results, function.results))
    return std::nullopt;
  return function;
}

std::unique_ptr<wasm_functype_t> typeOf(const wasm::FunctionType &type) {
  return std::make_unique<wasm_functype_t>(vectorOf(type.params, type.params.size()),
                                           vectorOf(type.results, type.results.size()));
}

wasm_limits_t limitsOf(uint64_t min, uint64_t max) {
  return {uint32_t(std::min<uint64_t>(min, UINT32_MAX)),
          uint32_t(std::min<uint64_t>(max, wasm_limits_max_default))};
}

wasm_limits_t limitsOf(const wasm::Limits &limits) {
  return limitsOf(limits.min, limits.max.value_or(UINT64_MAX));
}

std::unique_ptr<wasm_externtype_t> typeOf(const w2n_extern_type &type) {
  const wasm_limits_t limits = limitsOf(type.min, type.max);
  auto function = [&] {
    return std::make_unique<wasm_functype_t>(
        vectorOf(type.function.params, type.function.param_count),
        vectorOf(type.function.results, type.function.result_count));
  };
  switch (type.kind) {
  case W2N_EXTERN_FUNCTION:
    return function();
  case W2N_EXTERN_TABLE:
    return std::make_unique<wasm_tabletype_t>(wasm_valtype_t{kindOf(type.value)}, limits);
  case W2N_EXTERN_MEMORY:
    return std::make_unique<wasm_memorytype_t>(limits);
  case W2N_EXTERN_GLOBAL:
    return std::make_unique<wasm_globaltype_t>(wasm_valtype_t{kindOf(type.value)},
                                               type.is_mutable ? WASM_VAR : WASM_CONST);
  case W2N_EXTERN_TAG:
    break;
  }
  return std::make_unique<wasm_tagtype_t>(*function());
}

wasm_name_t nameOf(std::string_view text) {
  wasm_name_t name;
  wasm_byte_vec_new(&name, text.size(), text.data());
  return name;
}

} // namespace w2n::standard

struct wasm_importtype_t {
  wasm_name_t module, name;
  std::unique_ptr<wasm_externtype_t> type;
};

struct wasm_exporttype_t {
  wasm_name_t name;
  std::unique_ptr<wasm_externtype_t> type;
};

wasm_functype_t::wasm_functype_t(const wasm_functype_t &other) : wasm_externtype_t(kindOfThis) {
  wasm_valtype_vec_copy(&params, &other.params);
  wasm_valtype_vec_copy(&results, &other.results);
}

wasm_functype_t::~wasm_functype_t() {
  wasm_valtype_vec_delete(&params);
  wasm_valtype_vec_delete(&results);
}

namespace {

/// Moves the contents out of `*vector`, which is empty afterwards.
template <typename Vector> Vector take(Vector *vector) {
  return std::exchange(*vector, Vector{0, nullptr});
}

wasm_name_t copyName(const wasm_name_t &name) {
  wasm_name_t copy;
  wasm_byte_vec_copy(&copy, &name);
  return copy;
}

} // namespace

// Value types.

wasm_valtype_t *wasm_valtype_new(wasm_valkind_t kind) { return new wasm_valtype_t{kind}; }
wasm_valtype_t *wasm_valtype_copy(const wasm_valtype_t *type) { return new wasm_valtype_t(*type); }
void wasm_valtype_delete(wasm_valtype_t *type) { delete type; }
wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t *type) { return type->kind; }

// The functions of every external type.
#define W2N_EXTERNTYPE(name)                                                                       \
  wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *type) { return type->copy(); }        \
  void wasm_##name##_delete(wasm_##name##_t *type) { delete type; }                                \
  wasm_externtype_t *wasm_##name##_as_externtype(wasm_##name##_t *type) { return type; }           \
  const wasm_externtype_t *wasm_##name##_as_externtype_const(const wasm_##name##_t *type) {        \
    return type;                                                                                   \
  }                                                                                                \
  wasm_##name##_t *wasm_externtype_as_##name(wasm_externtype_t *type) {                            \
    return type->kind == wasm_##name##_t::kindOfThis ? static_cast<wasm_##name##_t *>(type)        \
                                                     : nullptr;                                    \
  }                                                                                                \
  const wasm_##name##_t *wasm_externtype_as_##name##_const(const wasm_externtype_t *type) {        \
    return wasm_externtype_as_##name(const_cast<wasm_externtype_t *>(type));                       \
  }

W2N_EXTERNTYPE(functype)
W2N_EXTERNTYPE(globaltype)
W2N_EXTERNTYPE(tabletype)
W2N_EXTERNTYPE(memorytype)
W2N_EXTERNTYPE(tagtype)

wasm_externtype_t *wasm_externtype_copy(const wasm_externtype_t *type) { return type->copy(); }
void wasm_externtype_delete(wasm_externtype_t *type) { delete type; }
wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t *type) { return type->kind; }

wasm_functype_t *wasm_functype_new(wasm_valtype_vec_t *params, wasm_valtype_vec_t *results) {
  return new wasm_functype_t(take(params), take(results));
}
const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *type) {
  return &type->params;
}
const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *type) {
  return &type->results;
}

wasm_globaltype_t *wasm_globaltype_new(wasm_valtype_t *content, wasm_mutability_t mutability) {
  return new wasm_globaltype_t(*std::unique_ptr<wasm_valtype_t>(content), mutability);
}
const wasm_valtype_t *wasm_globaltype_content(const wasm_globaltype_t *type) {
  return &type->content;
}
wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t *type) {
  return type->mutability;
}

wasm_tabletype_t *wasm_tabletype_new(wasm_valtype_t *element, const wasm_limits_t *limits) {
  return new wasm_tabletype_t(*std::unique_ptr<wasm_valtype_t>(element), *limits);
}
const wasm_valtype_t *wasm_tabletype_element(const wasm_tabletype_t *type) {
  return &type->element;
}
const wasm_limits_t *wasm_tabletype_limits(const wasm_tabletype_t *type) { return &type->limits; }

wasm_memorytype_t *wasm_memorytype_new(const wasm_limits_t *limits) {
  return new wasm_memorytype_t(*limits);
}
const wasm_limits_t *wasm_memorytype_limits(const wasm_memorytype_t *type) { return &type->limits; }

wasm_tagtype_t *wasm_tagtype_new(wasm_functype_t *function) {
  return new wasm_tagtype_t(*std::unique_ptr<wasm_functype_t>(function));
}
const wasm_functype_t *wasm_tagtype_functype(const wasm_tagtype_t *type) { return &type->function; }

// Imports and exports.

wasm_importtype_t *wasm_importtype_new(wasm_name_t *module, wasm_name_t *name,
                                       wasm_externtype_t *type) {
  return new wasm_importtype_t{take(module), take(name), std::unique_ptr<wasm_externtype_t>(type)};
}
wasm_importtype_t *wasm_importtype_copy(const wasm_importtype_t *type) {
  return new wasm_importtype_t{copyName(type->module), copyName(type->name),
                               std::unique_ptr<wasm_externtype_t>(type->type->copy())};
}
void wasm_importtype_delete(wasm_importtype_t *type) {
  if (!type)
    return;
  wasm_byte_vec_delete(&type->module);
  wasm_byte_vec_delete(&type->name);
  delete type;
}
const wasm_name_t *wasm_importtype_module(const wasm_importtype_t *type) { return &type->module; }
const wasm_name_t *wasm_importtype_name(const wasm_importtype_t *type) { return &type->name; }
const wasm_externtype_t *wasm_importtype_type(const wasm_importtype_t *type) {
  return type->type.get();
}

wasm_exporttype_t *wasm_exporttype_new(wasm_name_t *name, wasm_externtype_t *type) {
  return new wasm_exporttype_t{take(name), std::unique_ptr<wasm_externtype_t>(type)};
}
wasm_exporttype_t *wasm_exporttype_copy(const wasm_exporttype_t *type) {
  return new wasm_exporttype_t{copyName(type->name),
                               std::unique_ptr<wasm_externtype_t>(type->type->copy())};
}
void wasm_exporttype_delete(wasm_exporttype_t *type) {
  if (!type)
    return;
  wasm_byte_vec_delete(&type->name);
  delete type;
}
const wasm_name_t *wasm_exporttype_name(const wasm_exporttype_t *type) { return &type->name; }
const wasm_externtype_t *wasm_exporttype_type(const wasm_exporttype_t *type) {
  return type->type.get();
}
