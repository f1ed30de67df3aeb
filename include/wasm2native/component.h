// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Components (the component model, WebAssembly/component-model): loads an artifact that was made
/// from one, links it with functions and resources of the host, calls it with typed values. C11 and
/// C++; docs/components.md is the tour. What runtime.h says of pointers, errors and threads holds
/// here, too.
///
/// Values are views: strings and lists that the host gives are borrowed for the call, and those
/// that it gets are in the guest's memory where they need no conversion, and valid for as long as
/// each description says. Canonical ABI: design/mvp/CanonicalABI.md.
#ifndef WASM2NATIVE_COMPONENT_H
#define WASM2NATIVE_COMPONENT_H

#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A component that can be instantiated, and what is known of it.
typedef struct w2n_component w2n_component;
/// The functions and resources that the host defines.
typedef struct w2n_component_linker w2n_component_linker;
typedef struct w2n_component_instance w2n_component_instance;
/// A function that a component exports.
typedef struct w2n_component_function w2n_component_function;
/// A resource type, of the host or of a guest.
typedef struct w2n_component_resource w2n_component_resource;
/// One call of a host function. Lives as long as it.
typedef struct w2n_component_call w2n_component_call;

/// The kind of a value.
typedef uint8_t w2n_component_kind;
enum {
  W2N_COMPONENT_BOOL,
  W2N_COMPONENT_S8,
  W2N_COMPONENT_U8,
  W2N_COMPONENT_S16,
  W2N_COMPONENT_U16,
  W2N_COMPONENT_S32,
  W2N_COMPONENT_U32,
  W2N_COMPONENT_S64,
  W2N_COMPONENT_U64,
  W2N_COMPONENT_F32,
  W2N_COMPONENT_F64,
  W2N_COMPONENT_CHAR,
  W2N_COMPONENT_STRING,
  /// A list, or a map, which is a list of pairs (TUPLE).
  W2N_COMPONENT_LIST,
  /// A list of numbers, side by side. Lists of numbers from a guest have this kind; the host may
  /// give a LIST as well.
  W2N_COMPONENT_ARRAY,
  /// The fields in the order of the type.
  W2N_COMPONENT_RECORD,
  W2N_COMPONENT_TUPLE,
  W2N_COMPONENT_VARIANT,
  W2N_COMPONENT_ENUM,
  W2N_COMPONENT_OPTION,
  W2N_COMPONENT_RESULT,
  W2N_COMPONENT_FLAGS,
  W2N_COMPONENT_OWN,
  W2N_COMPONENT_BORROW
};

/// A value: `of` has the member that `kind` says.
typedef struct w2n_component_value {
  w2n_component_kind kind;
  /// ARRAY: the kind of the elements, S8 to F64.
  w2n_component_kind element;
  /// VARIANT and ENUM: the case. OPTION: 1 if there is a value. RESULT: 1 for an error.
  uint32_t index;
  union {
    bool boolean;
    int8_t s8;
    uint8_t u8;
    int16_t s16;
    uint16_t u16;
    int32_t s32;
    uint32_t u32;
    int64_t s64;
    uint64_t u64;
    float f32;
    double f64;
    /// CHAR: a Unicode scalar value.
    uint32_t character;
    /// UTF-8, not terminated.
    struct {
      const char *data;
      size_t bytes;
    } string;
    /// LIST, RECORD, TUPLE. Null if there are none.
    struct {
      const struct w2n_component_value *items;
      size_t count;
    } list;
    /// ARRAY: `count` numbers of the machine's form. Null if there are none.
    struct {
      const void *data;
      size_t count;
    } array;
    /// VARIANT, OPTION, RESULT: null if the case has none.
    const struct w2n_component_value *payload;
    /// FLAGS: bit i is the i-th flag of the type.
    uint32_t flags;
    /// OWN, BORROW: what the definer of the type knows the resource by. An OWN value that a call
    /// returns is the caller's, who gives it away or drops it.
    struct {
      const w2n_component_resource *type;
      uint32_t representation;
    } resource;
  } of;
} w2n_component_value;

#ifdef __cplusplus
}
#endif

#endif
