// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Type objects of the standard C API: plain data, copied deeply. An external type is the base of
// those of functions, globals, tables, memories and tags, so that casts copy nothing.
#pragma once

#include "include/wasm.h"
#include "include/wasm2native/runtime.h"
#include "lib/wasm/Types.h"

#include <memory>
#include <string_view>

struct wasm_valtype_t {
  wasm_valkind_t kind;
};

struct wasm_externtype_t {
  explicit wasm_externtype_t(wasm_externkind_t kind) : kind(kind) {}
  virtual ~wasm_externtype_t() = default;
  virtual wasm_externtype_t *copy() const = 0;

  const wasm_externkind_t kind;
};

struct wasm_functype_t final : wasm_externtype_t {
  static constexpr wasm_externkind_t kindOfThis = WASM_EXTERN_FUNC;
  /// Takes over both.
  wasm_functype_t(wasm_valtype_vec_t params, wasm_valtype_vec_t results)
      : wasm_externtype_t(kindOfThis), params(params), results(results) {}
  wasm_functype_t(const wasm_functype_t &other);
  ~wasm_functype_t() override;
  wasm_functype_t *copy() const override { return new wasm_functype_t(*this); }

  wasm_valtype_vec_t params, results;
};

struct wasm_globaltype_t final : wasm_externtype_t {
  static constexpr wasm_externkind_t kindOfThis = WASM_EXTERN_GLOBAL;
  wasm_globaltype_t(wasm_valtype_t content, wasm_mutability_t mutability)
      : wasm_externtype_t(kindOfThis), content(content), mutability(mutability) {}
  wasm_globaltype_t *copy() const override { return new wasm_globaltype_t(*this); }

  wasm_valtype_t content;
  wasm_mutability_t mutability;
};

struct wasm_tabletype_t final : wasm_externtype_t {
  static constexpr wasm_externkind_t kindOfThis = WASM_EXTERN_TABLE;
  wasm_tabletype_t(wasm_valtype_t element, wasm_limits_t limits)
      : wasm_externtype_t(kindOfThis), element(element), limits(limits) {}
  wasm_tabletype_t *copy() const override { return new wasm_tabletype_t(*this); }

  wasm_valtype_t element;
  wasm_limits_t limits;
};

struct wasm_memorytype_t final : wasm_externtype_t {
  static constexpr wasm_externkind_t kindOfThis = WASM_EXTERN_MEMORY;
  explicit wasm_memorytype_t(wasm_limits_t limits)
      : wasm_externtype_t(kindOfThis), limits(limits) {}
  wasm_memorytype_t *copy() const override { return new wasm_memorytype_t(*this); }

  wasm_limits_t limits;
};

struct wasm_tagtype_t final : wasm_externtype_t {
  static constexpr wasm_externkind_t kindOfThis = WASM_EXTERN_TAG;
  explicit wasm_tagtype_t(const wasm_functype_t &function)
      : wasm_externtype_t(kindOfThis), function(function) {}
  wasm_tagtype_t *copy() const override { return new wasm_tagtype_t(*this); }

  wasm_functype_t function;
};

namespace w2n::standard {

/// The kind of vectors in types; there are no such values.
inline constexpr wasm_valkind_t v128Kind = 4;

wasm_valkind_t kindOf(w2n_value_kind kind);
wasm_valkind_t kindOf(wasm::ValueType type);
/// Nothing if `kind` is none.
std::optional<wasm::ValueType> valueTypeOf(wasm_valkind_t kind);
std::optional<wasm::FunctionType> functionTypeOf(const wasm_functype_t &type);

std::unique_ptr<wasm_externtype_t> typeOf(const w2n_extern_type &type);
std::unique_ptr<wasm_functype_t> typeOf(const wasm::FunctionType &type);
wasm_limits_t limitsOf(uint64_t min, uint64_t max);
wasm_limits_t limitsOf(const wasm::Limits &limits);

/// A copy of `text` as a name.
wasm_name_t nameOf(std::string_view text);

} // namespace w2n::standard
