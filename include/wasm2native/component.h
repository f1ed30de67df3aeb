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

// Components.

/// A component that `module`, which w2n_module_load and the like have loaded, was made from; it
/// keeps the module's artifact. Errors: UNSUPPORTED (it was made from a module), MALFORMED.
/// Threads: any.
W2N_API w2n_error *w2n_component_new(const w2n_module *module, w2n_component **out);
/// What was made of it goes on. Threads: any.
W2N_API void w2n_component_free(w2n_component *component);
/// Its world in WIT. Lives as long as the component. Threads: any.
W2N_API const char *w2n_component_world(const w2n_component *component);

W2N_API size_t w2n_component_export_count(const w2n_component *component);
/// The function `index`, in the order of the component. Lives as long as the component. Threads:
/// any.
W2N_API const w2n_component_function *w2n_component_export_at(const w2n_component *component,
                                                              size_t index);
/// The function `name` of `interface`, "" for one of the world itself; names are those of the
/// binary format: "wasi:cli/run@0.2.0", "[method]cell.value". An interface of a compatible version
/// will do. Null if there is none. Lives as long as the component. Threads: any.
W2N_API const w2n_component_function *
w2n_component_find_export(const w2n_component *component, const char *interface, const char *name);
/// Live as long as the component.
W2N_API const char *w2n_component_function_interface(const w2n_component_function *function);
W2N_API const char *w2n_component_function_name(const w2n_component_function *function);

// Linkers: what the host defines, by interface and name. Versions are compatible as semantic
// versions are: what is defined for a:b/c@0.2.3 is found for every a:b/c@0.2.x; the version asked
// for comes first, then the latest.

W2N_API w2n_component_linker *w2n_component_linker_new(void);
/// Instances that it made go on.
W2N_API void w2n_component_linker_free(w2n_component_linker *linker);

/// A function of the host. `arguments` are as many as the function has by the type with which the
/// guest imports it, and valid for the call; BORROW ones must not be kept, OWN ones are the host's
/// from then on. If the type has a result, it is to be written to `result`, which is null if it has
/// none; what that refers to must live until the function returns, or come from
/// w2n_component_call_room. A returned error leaves the guest as that of a w2n_callback does. The
/// function must not call the instance that calls it.
typedef w2n_error *(*w2n_component_callback)(void *user, w2n_component_call *call,
                                             const w2n_component_value *arguments, size_t count,
                                             w2n_component_value *result);
/// `interface` is "" for a function of the world itself. Errors, after which `user` stays the
/// caller's: LINK (defined twice).
W2N_API w2n_error *w2n_component_linker_define_function(w2n_component_linker *linker,
                                                        const char *interface, const char *name,
                                                        w2n_component_callback callback, void *user,
                                                        w2n_finalizer finalizer);
/// Room for parts of a result, aligned to 8 bytes, zero, valid until the call ends; null if it is
/// too large.
W2N_API void *w2n_component_call_room(w2n_component_call *call, size_t bytes);

/// A resource type of the host; handles of it carry a number of the host's. `destroy` is called
/// when a guest drops a handle that owns, and must not call the guest; null is nobody. `out` lives
/// as long as the linker and what it made. Errors: LINK (defined twice).
typedef void (*w2n_component_destroy)(void *user, uint32_t representation);
W2N_API w2n_error *w2n_component_linker_define_resource(w2n_component_linker *linker,
                                                        const char *interface, const char *name,
                                                        w2n_component_destroy destroy, void *user,
                                                        w2n_finalizer finalizer,
                                                        const w2n_component_resource **out);

/// Defines WASI 0.2 with what `config` gives; requests by wasi:http are denied. All instances of
/// the linker share one such world. Errors: as w2n_linker_define_wasi; LINK (something of it is
/// defined already).
W2N_API w2n_error *w2n_component_linker_define_wasi(w2n_component_linker *linker,
                                                    const w2n_wasi_config *config);

/// As the functions of runtime.h for linkers of modules.
W2N_API void w2n_component_linker_set_limits(w2n_component_linker *linker,
                                             const w2n_limits *limits);
W2N_API void w2n_component_linker_set_fuel(w2n_component_linker *linker, uint64_t fuel);
W2N_API void w2n_component_linker_set_pool(w2n_component_linker *linker, w2n_pool *pool, bool wait);
W2N_API void w2n_component_linker_trap_unknown_imports(w2n_component_linker *linker, bool trap);

/// Errors: LINK, those of start functions, LIMIT. A linker remembers what it found for the
/// component that it instantiated last.
W2N_API w2n_error *w2n_component_linker_instantiate(w2n_component_linker *linker,
                                                    const w2n_component *component,
                                                    w2n_component_instance **out);

// Instances.

W2N_API void w2n_component_instance_free(w2n_component_instance *instance);
/// Calls a function of the component that `instance` is of. `result` is then null, or a value that
/// is valid until the next call, or w2n_component_instance_finish. BORROW arguments are lent for
/// the call; OWN ones are the guest's from then on. After a trap or an exit, every call is a trap,
/// "cannot enter component instance". Errors: INVALID (arguments that are not of the function's
/// type), TRAP, EXIT, INTERRUPTED, LIMIT.
W2N_API w2n_error *w2n_component_instance_call(w2n_component_instance *instance,
                                               const w2n_component_function *function,
                                               const w2n_component_value *arguments, size_t count,
                                               const w2n_component_value **result);
/// Lets the guest free the result of the last call. Errors: TRAP, EXIT.
W2N_API w2n_error *w2n_component_instance_finish(w2n_component_instance *instance);
/// Drops an OWN value that a call of `instance` returned. Errors: INVALID, TRAP, EXIT.
W2N_API w2n_error *w2n_component_instance_drop(w2n_component_instance *instance,
                                               const w2n_component_value *value);

// Functions of the host at the level of core values, for generated bindings: they lift and lower
// values themselves. The core function has the parameters of the flattened type, or one address in
// memory if they are more than 16; if the result is flattened to more than one value, a last
// parameter is the address where it is to be written, else it is written to slot 0.

typedef w2n_error *(*w2n_component_core_callback)(void *user, w2n_component_call *call);
/// As w2n_component_linker_define_function.
W2N_API w2n_error *w2n_component_linker_define_core(w2n_component_linker *linker,
                                                    const char *interface, const char *name,
                                                    w2n_component_core_callback callback,
                                                    void *user, w2n_finalizer finalizer);

typedef enum w2n_string_encoding {
  W2N_STRING_UTF8,
  W2N_STRING_UTF16,
  W2N_STRING_LATIN1_UTF16
} w2n_string_encoding;

/// The arguments, and room for the result. An i32 is in the low half of its slot.
W2N_API uint64_t *w2n_component_call_slots(w2n_component_call *call);
/// The guest's memory, valid until w2n_component_call_allocate; null if it has none.
W2N_API uint8_t *w2n_component_call_memory(w2n_component_call *call, size_t *bytes);
W2N_API w2n_string_encoding w2n_component_call_encoding(w2n_component_call *call);
/// Memory of the guest; `alignment` is a power of 2. Errors: TRAP.
W2N_API w2n_error *w2n_component_call_allocate(w2n_component_call *call, uint32_t bytes,
                                               uint32_t alignment, uint32_t *address);
/// The representation of a BORROW parameter's handle; of an OWN one, which is gone then. The handle
/// of an OWN result. Errors: TRAP, LINK (the function's type has no such resource).
W2N_API w2n_error *w2n_component_call_lend(w2n_component_call *call,
                                           const w2n_component_resource *resource, uint32_t handle,
                                           uint32_t *representation);
W2N_API w2n_error *w2n_component_call_take(w2n_component_call *call,
                                           const w2n_component_resource *resource, uint32_t handle,
                                           uint32_t *representation);
W2N_API w2n_error *w2n_component_call_give(w2n_component_call *call,
                                           const w2n_component_resource *resource,
                                           uint32_t representation, uint32_t *handle);

#ifdef __cplusplus
}
#endif

#endif
