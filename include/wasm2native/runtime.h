// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The runtime, libwasm2native-runtime: loads compiled modules, links them with functions of the
/// host, calls them. C11 and C++; docs/embedding.md is the tour.
///
/// Rules for every function:
/// - A pointer is not null unless its description says that null is allowed. Strings are UTF-8,
///   terminated, and borrowed for the call. Arrays may be null if their count is 0.
/// - A function that can fail returns a `w2n_error *`: null is success, anything else is the
///   caller's to free, and whatever was to be stored through an `out` pointer has not been.
/// - `*_new`, `*_load*` and `w2n_linker_instantiate` make objects that their caller frees. All
///   other pointers are borrowed; each description says for how long. `*_free` allows null.
/// - Threads: a module, a pool and an error belong to no thread. Every other object is used by one
///   thread at a time, and so are, together, an instance, what was got from it, the linker that
///   made it (if it defines WASI or instances), and instances that are linked with each other.
///   Instances that are not linked run in parallel.
/// - Running out of memory for small objects ends the process.
///
/// "Core" is the WebAssembly core specification.
#ifndef WASM2NATIVE_RUNTIME_H
#define WASM2NATIVE_RUNTIME_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct w2n_error w2n_error;
typedef struct w2n_module w2n_module;
typedef struct w2n_linker w2n_linker;
typedef struct w2n_pool w2n_pool;
typedef struct w2n_wasi_config w2n_wasi_config;
typedef struct w2n_instance w2n_instance;
typedef struct w2n_function w2n_function;
typedef struct w2n_memory w2n_memory;
typedef struct w2n_global w2n_global;
typedef struct w2n_table w2n_table;
typedef struct w2n_interrupt w2n_interrupt;
typedef struct w2n_tag w2n_tag;
/// A handle to an object of a guest's heap (heap.h).
typedef struct w2n_object w2n_object;
/// The guest that calls a host function. Lives as long as that call.
typedef struct w2n_caller w2n_caller;

/// The version of this library, "wasm2native 0.1.0". Its minor number is that of the API
/// (docs/versions.md). Lives as long as the library. Threads: any.
W2N_API const char *w2n_runtime_version(void);
/// The artifact format that it loads; a module of another is refused. Threads: any.
W2N_API uint32_t w2n_runtime_artifact_format(void);

// Errors. Threads of all of them: any, one at a time for an error.

/// An error of kind TRAP that says `text`: for host functions.
W2N_API w2n_error *w2n_error_new(const char *text);
/// An error of kind EXIT: for host functions that end the program, as WASI's proc_exit does.
W2N_API w2n_error *w2n_error_new_exit(uint32_t status);
W2N_API void w2n_error_free(w2n_error *error);
W2N_API w2n_error_kind w2n_error_kind_of(const w2n_error *error);
/// The text of an error. Begins in lower case, no final period. Lives as long as the error.
W2N_API const char *w2n_error_text(const w2n_error *error);
/// Byte offset in the file that was read, or W2N_NO_OFFSET.
W2N_API uint64_t w2n_error_offset(const w2n_error *error);
/// The kind of trap, in the words of the specification's tests ("integer divide by zero", "out of
/// bounds memory access", "call stack exhausted", ...) or "host function failed", "unknown import
/// called"; null if the error is no trap. Lives for ever. The text says more where there is more.
W2N_API const char *w2n_error_trap_name(const w2n_error *error);
/// The guest's functions that were active, innermost first, one on a line that ends in a newline:
/// "  at $name (wasm-function[7])". At most 64, then a line that counts the rest; "" if there are
/// none. For an error about several unknown imports, their names instead, a line for each module.
/// Lives as long as the error.
W2N_API const char *w2n_error_backtrace(const w2n_error *error);
/// The status that the guest gave to proc_exit; 0 if the kind is not EXIT.
W2N_API uint32_t w2n_error_exit_status(const w2n_error *error);

/// A function of a guest that was active.
typedef struct w2n_frame {
  /// sizeof(w2n_frame), set by the caller: fields that a newer header has are not stored.
  size_t size;
  uint32_t function_index;
  /// Whether its code is part of the function of the next frame, which the offsets are of.
  bool is_inlined;
  /// From the module's names; null if there is none. Lives as long as the error.
  const char *function_name;
  /// In bytes of compiled code: from the beginning of the function, and of the artifact, so that
  /// an artifact without names can be looked up in one that has them.
  uint64_t function_offset, artifact_offset;
  /// The data of its instance (w2n_instance_set_data); null if that is gone, or unknown.
  void *instance_data;
} w2n_frame;

/// The number of functions for w2n_error_frame: those that w2n_error_backtrace names, at most 64.
W2N_API size_t w2n_error_frame_count(const w2n_error *error);
/// Stores frame `index`, the innermost is 0. False, and nothing is stored, if there is none.
W2N_API bool w2n_error_frame(const w2n_error *error, size_t index, w2n_frame *out);
/// Whether frame `index` is known to be of `instance`: not if the guest has called another instance
/// of the same module.
W2N_API bool w2n_error_frame_is_of(const w2n_error *error, size_t index,
                                   const w2n_instance *instance);

// Types and values. Core, section 2.3 (Types) and section 4.2 (Runtime Structure).

/// A value type. Reference types have the kind of the top of their hierarchy: those to structures,
/// arrays, eqref and i31ref have ANYREF. A value that is not of the exact type is refused
/// (INVALID).
typedef uint8_t w2n_value_kind;
enum {
  W2N_I32,
  W2N_I64,
  W2N_F32,
  W2N_F64,
  W2N_V128,
  W2N_FUNCREF,
  W2N_EXTERNREF,
  W2N_EXNREF,
  W2N_ANYREF
};

/// A value: `of` has the member that `kind` says. References to exceptions (EXNREF) stay in the
/// guest: functions with them are refused, and there is no member for them.
typedef struct w2n_value {
  w2n_value_kind kind;
  union {
    int32_t i32;
    int64_t i64;
    float f32;
    double f64;
    /// The low half first.
    uint64_t v128[2];
    /// Null is the null reference. Borrowed as the description of its source says.
    w2n_function *funcref;
    /// The host's own pointer, which a guest can keep and hand back, and do nothing else with. Null
    /// is the null reference. What it points to must live for as long as the guest can hand it
    /// back. A guest with garbage collection can also hand out an object of its own
    /// (extern.convert_any): that is no address, must not be followed, and is refused when the host
    /// hands it back; w2n_object_from_externref makes a handle of it. A host that is called by such
    /// guests looks a pointer up among those that it has given out.
    void *externref;
    /// Null is the null reference. Results of functions, globals and elements of tables are new
    /// handles, which the host frees (w2n_object_free). What the host hands in stays its own. A
    /// value of this kind is also taken where an externref is wanted, as extern.convert_any makes
    /// it.
    w2n_object *anyref;
  } of;
} w2n_value;

typedef struct w2n_function_type {
  const w2n_value_kind *params;
  size_t param_count;
  const w2n_value_kind *results;
  size_t result_count;
} w2n_function_type;

typedef enum w2n_extern_kind {
  W2N_EXTERN_FUNCTION,
  W2N_EXTERN_TABLE,
  W2N_EXTERN_MEMORY,
  W2N_EXTERN_GLOBAL,
  W2N_EXTERN_TAG
} w2n_extern_kind;

/// The type of an import or export: `kind`, and the fields for it. The others are zero.
typedef struct w2n_extern_type {
  w2n_extern_kind kind;
  /// FUNCTION. TAG: its parameters are what an exception carries.
  w2n_function_type function;
  /// GLOBAL: its value. TABLE: its elements.
  w2n_value_kind value;
  /// GLOBAL.
  bool is_mutable;
  /// MEMORY: its size in pages. TABLE: in elements. Without a maximum, `max` is UINT64_MAX.
  uint64_t min, max;
  /// MEMORY: bytes of a page, 65,536 or 1.
  uint32_t page_bytes;
  /// MEMORY and TABLE: whether addresses and indices have 64 bits.
  bool is_64;
} w2n_extern_type;

/// An import or export of a module. A name that contains U+0000 ends there for C.
typedef struct w2n_import {
  const char *module, *name;
  w2n_extern_type type;
} w2n_import;
typedef struct w2n_export {
  const char *name;
  w2n_extern_type type;
} w2n_export;

// Modules: what the compiler made, mapped and checked, shared by all instances.

/// Loads the artifact at `path`. The file may be removed or replaced afterwards, but not changed.
/// All of it is read and compared with its checksum, so that a damaged file is refused; the machine
/// code in it is trusted: load only what your compiler made. Errors: IO, MALFORMED, UNSUPPORTED
/// (made for another processor, or for features that this one lacks: the text names them). Threads:
/// any.
W2N_API w2n_error *w2n_module_load(const char *path, w2n_module **out);

/// The part of an artifact that is checked before anything of it runs.
typedef enum w2n_verify {
  /// All of it, by its checksum.
  W2N_VERIFY_EVERYTHING,
  /// Headers, counts and offsets, at no cost that grows with the code: for files that were checked
  /// when they were stored, where nobody else can write. A damaged record is an error still, when
  /// it is used; damaged code runs.
  W2N_VERIFY_STRUCTURE
} w2n_verify;

/// As `w2n_module_load`, which checks everything.
W2N_API w2n_error *w2n_module_load_file(const char *path, w2n_verify verify, w2n_module **out);
/// The same for the file that is open as `descriptor`, which stays the caller's.
W2N_API w2n_error *w2n_module_load_descriptor(int descriptor, w2n_verify verify, w2n_module **out);
/// The same for the `count` bytes of an artifact, which are copied.
W2N_API w2n_error *w2n_module_load_bytes(const void *bytes, size_t count, w2n_verify verify,
                                         w2n_module **out);
/// Adds how often the code of the module ran, in all of its instances until now, to the profile in
/// the file at `path`, which is made if it is not there; other processes may do the same at the
/// same time. For modules that were compiled with `generate_profile` (compiler.h). Counts that were
/// written once are written again by the next call: call it once, at the end. Errors: INVALID (the
/// module does not count), IO, MALFORMED (the file is no profile). Threads: any.
W2N_API w2n_error *w2n_module_write_profile(const w2n_module *module, const char *path);
/// Lets debuggers that attach later know the functions of all modules that are loaded from now on,
/// as WASM2NATIVE_DEBUGGER=1 does; a debugger that is attached is told anyway. Each load then
/// copies the names. Threads: any.
W2N_API void w2n_announce_modules(void);
/// Instances of the module go on. Threads: any.
W2N_API void w2n_module_free(w2n_module *module);
/// Stores import number `index`, in the module's order, which lives as long as `module`. False, and
/// nothing is stored, if there are no more than `index`. Threads: any. Source: Core, section 2.5
/// (Modules).
W2N_API bool w2n_module_import(const w2n_module *module, size_t index, w2n_import *out);
/// The same for exports.
W2N_API bool w2n_module_export(const w2n_module *module, size_t index, w2n_export *out);

// Linkers: what guests may import. One linker can make any number of instances.

W2N_API w2n_linker *w2n_linker_new(void);
/// Instances go on.
W2N_API void w2n_linker_free(w2n_linker *linker);

/// A function of the host. `user` is what was given at its definition; `args` and `results` have as
/// many values as its type says. `results` are zero at first, with the kinds of the type, which
/// must stay. A returned error leaves the guest and comes out of the call that entered it, with the
/// guest's frames added to its backtrace: as it is if it is a TRAP, EXIT or INTERRUPTED that
/// another call returned, else as a trap "host function failed" with the same text. The function
/// may call the guest again. It must not leave by longjmp or an exception, nor free an instance
/// that is running. References to functions and objects in `args` live as long as the call; handles
/// that it leaves in `results` are freed after it, also if it fails, and may be those of `args`.
typedef w2n_error *(*w2n_callback)(w2n_caller *caller, void *user, const w2n_value *args,
                                   w2n_value *results);
/// Frees `user`; null is nobody. Called once, when neither the linker nor an instance can call the
/// function any more, on the thread that freed the last of them.
typedef void (*w2n_finalizer)(void *user);

/// Defines the import `module`.`name`. It comes before instances and WASI functions that have the
/// same name, so that it can replace one of theirs. Errors, after which `user` stays the caller's:
/// LINK (defined twice), INVALID (an unknown kind of value), LIMIT (more than 1,000 parameters or
/// results).
W2N_API w2n_error *w2n_linker_define_function(w2n_linker *linker, const char *module,
                                              const char *name, const w2n_function_type *type,
                                              w2n_callback callback, void *user,
                                              w2n_finalizer finalizer);
/// A function of the host that takes and returns only numbers, and costs least: `slots` has the
/// arguments and gets the results, both from the first on, in 64 bits each; of 32-bit numbers the
/// low half counts. It has as many as there are parameters or results, whichever are more. All else
/// is as for w2n_callback.
typedef w2n_error *(*w2n_plain_callback)(w2n_caller *caller, void *user, uint64_t *slots);
/// As w2n_linker_define_function. Errors: also INVALID (a type with anything but numbers).
W2N_API w2n_error *w2n_linker_define_plain_function(w2n_linker *linker, const char *module,
                                                    const char *name, const w2n_function_type *type,
                                                    w2n_plain_callback callback, void *user,
                                                    w2n_finalizer finalizer);
/// Makes the exports of `instance` imports of module `module`: guests then call, read and write
/// them directly. The linker, and the instances that import from it, keep it alive. Errors: LINK
/// (defined twice).
W2N_API w2n_error *w2n_linker_define_instance(w2n_linker *linker, const char *module,
                                              w2n_instance *instance);
/// Defines the functions of `wasi_snapshot_preview1` and of `wasi_unstable`, on a world made as
/// `config` says: the directories are opened now. All instances of the linker share that world and
/// its descriptors, so guests that must not see each other's need a linker each. `config` can be
/// used again. Errors: IO (a directory cannot be opened), INVALID (a listener is no socket), LIMIT
/// (more descriptors than may be open), LINK (defined twice).
W2N_API w2n_error *w2n_linker_define_wasi(w2n_linker *linker, const w2n_wasi_config *config);
/// Whether functions that nothing defines trap when they are called ("unknown import called"),
/// rather than failing to link. At first they do not.
W2N_API void w2n_linker_trap_unknown_imports(w2n_linker *linker, bool trap);
/// The same for the function `module`.`name`; null `name`: for all of that module.
W2N_API void w2n_linker_trap_unknown_import(w2n_linker *linker, const char *module,
                                            const char *name);
/// Lets guests import what is defined as `of_module`.`of_name`, also later, as `module`.`name`,
/// too, unless that is defined itself. Errors: LINK (there is such an alias).
W2N_API w2n_error *w2n_linker_alias(w2n_linker *linker, const char *module, const char *name,
                                    const char *of_module, const char *of_name);
/// The same for all that is defined as a part of `of_module`.
W2N_API w2n_error *w2n_linker_alias_module(w2n_linker *linker, const char *module,
                                           const char *of_module);
/// The data (w2n_instance_set_data) that instances begin with from now on, so that their start
/// functions have it.
W2N_API void w2n_linker_set_data(w2n_linker *linker, void *data);
/// The fuel that instances begin with, their start function included: from then on, modules that
/// were compiled without W2N_METER_FUEL are refused (INVALID).
W2N_API void w2n_linker_set_fuel(w2n_linker *linker, uint64_t fuel);

/// The limits of an instance. 0 is no limit but those of the types and of the system. Compiled code
/// pays for none of them.
typedef struct w2n_limits {
  /// Limit of each memory that an instance defines: memory.grow beyond gives -1.
  uint64_t max_memory_bytes;
  /// Limit of each table that an instance defines: table.grow beyond gives -1.
  uint64_t max_table_elements;
  /// Limit of the native stack, for each call into an instance: more is a trap, "call stack
  /// exhausted". 0 is 8 MiB. A call that comes from a guest, through the host, has at most what is
  /// left.
  uint64_t max_stack_bytes;
  /// Alive at once, of those that the linker makes from now on.
  uint32_t max_instances;
  /// Limit of the host's memory, for what each instance makes it keep besides memories and stacks:
  /// its own lists, elements of tables, exceptions. 0 is 256 MiB. Beyond, table.grow gives -1, and
  /// an exception is a trap, "resource limit reached", unless enough of those before are garbage.
  uint64_t max_host_bytes;
  /// Limit of the structures and arrays of a heap that is made for an instance: whole blocks of 32
  /// KiB, at most 4 GiB; the tables beside them are 4% more. Beyond, allocation is a trap, "heap
  /// limit exceeded".
  uint64_t max_heap_bytes;
} w2n_limits;

/// Limits for the instances that `linker` makes from now on. One that would begin above them is not
/// made (LIMIT).
W2N_API void w2n_linker_set_limits(w2n_linker *linker, const w2n_limits *limits);

// Pools: room for instances that is reserved once. An instance in a slot that ran its module before
// needs no system calls to be made, and finds the pages that it will write.

typedef struct w2n_pool_config {
  /// Instances alive at once, at most 2^20; each reserves 10 GiB of addresses.
  uint32_t slots;
  /// Limits of the memory, and of the tables, in a slot.
  uint64_t max_memory_bytes, max_table_elements;
  /// Memory that a slot may keep when it is free, rather than giving it back to the system.
  uint64_t resident_bytes;
} w2n_pool_config;

#define W2N_POOL_CONFIG_DEFAULT {100, UINT64_C(4) << 30, 65536, 1 << 20}

/// Errors: LIMIT (not so many addresses), INVALID. Threads: any.
W2N_API w2n_error *w2n_pool_new(const w2n_pool_config *config, w2n_pool **out);
/// Instances and linkers that use it go on. Threads: any.
W2N_API void w2n_pool_free(w2n_pool *pool);
/// The instances that `linker` makes from now on take slots of `pool`; null: of none. Where none is
/// free, it is an error (LIMIT), or with `wait` waited for. A slot is free again when its instance
/// has been freed, and whatever keeps that: nothing that it wrote is left then. Memories of 64-bit
/// addresses and shared ones are made as without a pool; docs/embedding-in-depth.md says more.
W2N_API void w2n_linker_set_pool(w2n_linker *linker, w2n_pool *pool, bool wait);

/// Links `module` with what is defined, makes an instance and runs its start function. It calls
/// neither `_start` nor `_initialize`. `module` may be freed. What was found for the imports of the
/// last module is kept, so that further instances of it cost less. Errors: LINK, LIMIT (no room for
/// a memory, or limits and pools), IO, and from the start function TRAP and EXIT. Source: Core,
/// section 4.5.4 (Instantiation).
W2N_API w2n_error *w2n_linker_instantiate(w2n_linker *linker, const w2n_module *module,
                                          w2n_instance **out);

// WASI: what a guest is given. Nothing at first: no arguments, no variables, no files, and its
// standard streams closed.

W2N_API w2n_wasi_config *w2n_wasi_config_new(void);
W2N_API void w2n_wasi_config_free(w2n_wasi_config *config);
/// Appends an argument; by custom the first is the program's name.
W2N_API void w2n_wasi_config_add_argument(w2n_wasi_config *config, const char *argument);
/// Appends a variable of the environment. Errors: INVALID (the name is empty or contains '=').
W2N_API w2n_error *w2n_wasi_config_add_variable(w2n_wasi_config *config, const char *name,
                                                const char *value);
/// Descriptors of the host for standard input, output and error: 0, 1 and 2 are the host's own, -1
/// leaves one closed. Borrowed: they must stay open as long as instances use them.
/// A file is written in order, as a pipe is: the guest cannot seek in it. It can in one for input,
/// if that is open for reading only.
W2N_API void w2n_wasi_config_set_streams(w2n_wasi_config *config, int input, int output, int error);
/// Lets standard streams that are terminals have what the guest writes as it is. Otherwise control
/// characters but \b, \t, \n and \r, and what is no UTF-8, are shown by other characters.
W2N_API void w2n_wasi_config_set_raw_terminal(w2n_wasi_config *config);
/// Gives the guest the directory `host_path`, under the name `guest_path`; `read_only`: no call may
/// change anything in it.
W2N_API void w2n_wasi_config_add_directory(w2n_wasi_config *config, const char *host_path,
                                           const char *guest_path, bool read_only);
/// Gives the guest a socket that listens, after the directories. Borrowed, as streams are.
W2N_API void w2n_wasi_config_add_listener(w2n_wasi_config *config, int descriptor);
/// Lets sockets that the guest makes itself (WASI 0.2) connect, or listen, where `rule` says:
/// "HOST[:PORT]", where HOST is an address, a range "ADDRESS/BITS", "*", or, for connections only,
/// a name, which allows the addresses that it has when the guest looks it up. An address of IPv6
/// before a port or a range is in brackets. At first there are no rules, and nothing is allowed.
/// Errors: INVALID.
W2N_API w2n_error *w2n_wasi_config_allow_connections(w2n_wasi_config *config, const char *rule);
W2N_API w2n_error *w2n_wasi_config_allow_listening(w2n_wasi_config *config, const char *rule);
/// Lets the guest look up every name, and not only those that rules have.
W2N_API void w2n_wasi_config_allow_lookups(w2n_wasi_config *config);
/// Takes the clocks away: reading them, or sleeping, is an error for the guest.
W2N_API void w2n_wasi_config_set_no_clock(w2n_wasi_config *config);
/// Makes the time of day stand at `ns`, nanoseconds since 1970, and other clocks at 0. They move by
/// what the guest sleeps, which takes no time. No file seems later than that.
W2N_API void w2n_wasi_config_set_frozen_time(w2n_wasi_config *config, uint64_t ns);
/// Makes random numbers a function of `seed`: for runs that can be repeated, not for secrets.
W2N_API void w2n_wasi_config_set_seed(w2n_wasi_config *config, uint64_t seed);
/// Limits what the guest adds to its directories: the bytes by which it makes files larger, and
/// 4,096 for each entry that it makes. Nothing is given back for what it removes.
W2N_API void w2n_wasi_config_set_quota(w2n_wasi_config *config, uint64_t bytes);
/// Limits the descriptors that are open at a time, those that are given included. At first 65,536.
W2N_API void w2n_wasi_config_set_max_open_files(w2n_wasi_config *config, uint32_t count);
/// Calls `trace` with a line for each call of the guest: `bytes` bytes, the last a newline, not
/// terminated, valid during the call. On the guest's threads, several at a time if it has several.
/// `user` must stay valid as long as instances use it.
W2N_API void w2n_wasi_config_set_trace(w2n_wasi_config *config,
                                       void (*trace)(void *user, const char *line, size_t bytes),
                                       void *user);

// Instances, and what they export.

/// Frees what was got from the instance. Its memory stays while an instance that is linked with it
/// lives, or a linker that defines it.
W2N_API void w2n_instance_free(w2n_instance *instance);

/// Sets a pointer that host functions find with w2n_caller_data: the tenant, or the request that
/// the next call is for. Null at first, or what w2n_linker_set_data says. Cost: none.
W2N_API void w2n_instance_set_data(w2n_instance *instance, void *data);
W2N_API void *w2n_instance_data(const w2n_instance *instance);

/// After a call of the instance that ended with `trap`, and before the next: writes a core dump in
/// the format of WebAssembly's tool conventions to a file at `path` that only its owner can read:
/// the functions on the stack, and the memories and numeric globals of each instance that has a
/// frame. `name` is the program's, for readers. Reads all of the memories. Errors: LIMIT, if they
/// hold more than 1 GiB that is not zero; IO. Threads: the thread of the instance.
W2N_API w2n_error *w2n_instance_write_coredump(w2n_instance *instance, const w2n_error *trap,
                                               const char *name, const char *path);

/// Stores what is left of the instance's fuel. Code compiled with W2N_METER_FUEL takes from it
/// before it runs, and traps with "all fuel consumed" if too little is left, of which nothing is
/// taken; it begins with UINT64_MAX, or what w2n_linker_set_fuel says. False, and nothing is
/// stored, if the module was compiled without. Threads: the thread of the instance; also from host
/// functions that it calls.
W2N_API bool w2n_instance_fuel(const w2n_instance *instance, uint64_t *out);
/// Errors: INVALID (the module was compiled without).
W2N_API w2n_error *w2n_instance_set_fuel(w2n_instance *instance, uint64_t fuel);

/// The exported function `name`; null if there is no such export, or it is no function. Lives as
/// long as `instance`, and is the same at every call. Cost: linear in the number of exports, so ask
/// once.
W2N_API w2n_function *w2n_instance_function(w2n_instance *instance, const char *name);
/// The same for memories.
W2N_API w2n_memory *w2n_instance_memory(w2n_instance *instance, const char *name);
/// The same for globals.
W2N_API w2n_global *w2n_instance_global(w2n_instance *instance, const char *name);
/// The same for tables.
W2N_API w2n_table *w2n_instance_table(w2n_instance *instance, const char *name);
/// The same for tags.
W2N_API w2n_tag *w2n_instance_tag(w2n_instance *instance, const char *name);

/// The data of the instance that calls; null if there is none.
W2N_API void *w2n_caller_data(const w2n_caller *caller);
/// The instance that calls: for its exports. It and what is got from it live as long as the call.
/// Null if the host calls a function of its own.
W2N_API w2n_instance *w2n_caller_instance(w2n_caller *caller);
/// Memory 0 of the instance that calls, exported or not; null if it has none. Lives as long as the
/// call.
W2N_API w2n_memory *w2n_caller_memory(w2n_caller *caller);

/// Lives as long as `function`.
W2N_API w2n_function_type w2n_function_type_of(const w2n_function *function);
/// Calls `function`; `args` and `results` may overlap. The first call of a thread reserves 9 MiB of
/// addresses for the guest's stack, which the thread's end frees. References to functions in
/// `results` live as long as the instance that `function` was got from. Errors: INVALID (wrong
/// counts or kinds; nothing was called), TRAP, EXIT, INTERRUPTED, LIMIT (no room for the stack).
/// After a trap the instance can be called again, as the specification says, but what it was doing
/// is half done. Source: Core, section 4.5.5 (Invocation).
W2N_API w2n_error *w2n_function_call(w2n_function *function, const w2n_value *args,
                                     size_t arg_count, w2n_value *results, size_t result_count);

/// A function that was looked at once, so that calls need not check anything; valid as long as
/// the w2n_function that it was made of. The fields are the library's.
typedef struct w2n_direct {
  const void *fields[4];
} w2n_direct;

/// Prepares calls of `function`, which must have exactly `type`. Errors: INVALID (it has another
/// type), UNSUPPORTED (a type with anything but numbers; a function of the host).
W2N_API w2n_error *w2n_function_direct(w2n_function *function, const w2n_function_type *type,
                                       w2n_direct *out);
/// Calls it. `slots` has a slot for each parameter and, afterwards, for each result, both from the
/// first on: numbers of 32 bits in the low half, the other half of results is undefined. There must
/// be at least as many slots as parameters or results, whichever are more. Errors: as
/// w2n_function_call, but INVALID.
W2N_API w2n_error *w2n_direct_call(const w2n_direct *direct, uint64_t *slots);

/// The error of these two if they have not called anything, which must be done by w2n_direct_call
/// then: the first call of an instance on a thread, a call from a host function, an instance with a
/// smaller stack than its thread's.
#define W2N_NOT_ENTERED ((w2n_error *)1)
/// Call it with the parameters in registers, and cost little more than a function of C: for
/// functions with at most 5 integers and 8 floating-point numbers as parameters and at most one
/// result. wasm2native.hpp does so by itself. In C, convert the address of one of them to the type
///
///     struct { R result; w2n_error *error; } (*)(const w2n_direct *, parameters)
///
/// w2n_direct_float if R is float or double, else w2n_direct_integer; without a result R is any
/// integer. Errors: as w2n_direct_call; the result is undefined then.
W2N_API void w2n_direct_integer(void);
W2N_API void w2n_direct_float(void);

// Interrupts: ending guests that run too long. Compiled code pays nothing for it; a signal, which
// the process must leave to the runtime (w2n_interrupt_set_signal), finds it wherever it is.

/// A deadline that never comes.
#define W2N_NO_TIMEOUT UINT64_MAX

/// Makes an interrupt: one piece of work, a request for example, that can be ended. It is raised
/// `timeout_ns` from now, unless that is W2N_NO_TIMEOUT, or by w2n_interrupt_raise; once, and for
/// ever: the next piece of work has one of its own. In the child of a fork it is raised by
/// w2n_interrupt_raise only. Errors: LIMIT (no thread to watch the time, of which the process gets
/// one), IO. Threads: any.
W2N_API w2n_error *w2n_interrupt_new(uint64_t timeout_ns, w2n_interrupt **out);
/// Frees an interrupt. Calls that are in it stay in it, with its deadline. Null is ignored.
/// Threads: any.
W2N_API void w2n_interrupt_free(w2n_interrupt *interrupt);
/// Ends what is in the interrupt, and whatever enters it later, with an error INTERRUPTED. Returns
/// at once, usually before they have ended. Threads: any, but no signal handlers.
W2N_API void w2n_interrupt_raise(w2n_interrupt *interrupt);
/// Until w2n_interrupt_leave, guests that the calling thread calls or instantiates are in
/// `interrupt`: when it is raised, all of them leave, from loops, recursion, waits for memory or
/// WASI's files alike, with an error INTERRUPTED and a backtrace. What an instance was doing is
/// then half done; it can be called again, and freed. Host functions that it is in the midst of are
/// not left: their system calls end with EINTR (for some, several times), and the guest when they
/// return. Any number of threads can be in an interrupt, and a thread in several: the first that is
/// raised counts. Threads that guests start are in the interrupts of their starter.
W2N_API void w2n_interrupt_enter(w2n_interrupt *interrupt);
/// The calling thread leaves the interrupt that it has entered last. A host function leaves those
/// that it has entered.
W2N_API void w2n_interrupt_leave(void);
/// Whether an interrupt that the calling thread is in has been raised: long host functions should
/// look, and return.
W2N_API bool w2n_interrupted(void);
/// Uses the real-time signal `number` in place of SIGRTMIN + 7, whose handler the first
/// w2n_interrupt_new installs. Signals with that number from elsewhere go to the handler that was
/// there before. Errors: INVALID (no real-time signal, or an interrupt exists already). Threads:
/// any.
W2N_API w2n_error *w2n_interrupt_set_signal(int number);

/// Size in bytes, which only grows.
W2N_API uint64_t w2n_memory_size_bytes(const w2n_memory *memory);
/// The `bytes` bytes at the guest's `address`, or null if one of them lies outside the memory: the
/// check that every address and length from a guest needs. (0, 0) is the memory's base, which never
/// moves. Valid as long as the memory, also after it has grown. Whatever the guest does later
/// changes the bytes. Not aligned unless the guest's address is.
W2N_API void *w2n_memory_at(const w2n_memory *memory, uint64_t address, uint64_t bytes);
/// Adds `delta_pages` pages of zeros (65,536 bytes each, unless the memory's type says otherwise).
/// Errors: LIMIT, and nothing has changed. Source: Core, section 4.4.7 (memory.grow).
W2N_API w2n_error *w2n_memory_grow(w2n_memory *memory, uint64_t delta_pages);

/// The value. A reference to a function lives as long as the instance that `global` was got from.
W2N_API w2n_value w2n_global_get(w2n_global *global);
/// Errors: INVALID (immutable, or a value of another kind). Source: Core, section 4.4.5
/// (global.set).
W2N_API w2n_error *w2n_global_set(w2n_global *global, const w2n_value *value);

/// Number of elements, which only grows.
W2N_API uint64_t w2n_table_size(const w2n_table *table);
/// Stores element `index` (a C function pointer of a guest is such an index in its table). A
/// reference to a function lives as long as the instance that `table` was got from. False, and
/// nothing is stored, if `index` is out of range. Source: Core, section 4.4.6 (table.get).
W2N_API bool w2n_table_get(w2n_table *table, uint64_t index, w2n_value *out);

/// Writes element `index`. Errors: INVALID (out of range, or a value of another type), UNSUPPORTED
/// (a function of the host, in a table of the host, or of a guest that has no code to call it).
/// Source: Core, section 4.4.6 (table.set).
W2N_API w2n_error *w2n_table_set(w2n_table *table, uint64_t index, const w2n_value *value);
/// Appends `delta` elements `value`. Errors: LIMIT, and those of w2n_table_set; then nothing has
/// changed. Source: Core, section 4.4.6 (table.grow).
W2N_API w2n_error *w2n_table_grow(w2n_table *table, uint64_t delta, const w2n_value *value);

// Objects of the host, which guests import. What `*_new` makes, `*_free` frees; linkers and
// instances that use it go on. Never free what was got from an instance that way.

/// A memory. Zeros are defaults.
typedef struct w2n_memory_config {
  size_t size; ///< sizeof(w2n_memory_config)
  /// Pages at first, and at most; UINT64_MAX is no maximum.
  uint64_t min, max;
  /// 65,536 or 1; 0 is 65,536.
  uint32_t page_bytes;
  bool is_64;
  /// Other threads may use it at the same time, in instances of their own; needs a maximum.
  bool is_shared;
  /// Reserves its own size alone, rather than 12 GiB of addresses: for modules that were compiled
  /// with explicit bounds checks.
  bool without_guards;
  /// Beyond, it does not grow, whatever `max` says; 0 is no limit.
  uint64_t max_bytes;
} w2n_memory_config;

#define W2N_MEMORY_CONFIG_DEFAULT                                                                  \
  {sizeof(w2n_memory_config), 0, UINT64_MAX, 0, false, false, false, 0}

/// Errors: INVALID, LIMIT (no room).
W2N_API w2n_error *w2n_memory_new(const w2n_memory_config *config, w2n_memory **out);
W2N_API void w2n_memory_free(w2n_memory *memory);

/// Elements at first, and at most; UINT64_MAX is no maximum.
typedef struct w2n_table_config {
  size_t size;            ///< sizeof(w2n_table_config)
  w2n_value_kind element; ///< FUNCREF or EXTERNREF
  bool is_64;
  uint64_t min, max;
} w2n_table_config;

#define W2N_TABLE_CONFIG_DEFAULT {sizeof(w2n_table_config), W2N_FUNCREF, false, 0, UINT64_MAX}

/// Null `initial` is a null reference. Errors: INVALID, LIMIT, UNSUPPORTED (as w2n_table_set).
W2N_API w2n_error *w2n_table_new(const w2n_table_config *config, const w2n_value *initial,
                                 w2n_table **out);
W2N_API void w2n_table_free(w2n_table *table);

/// A global of the kind of `value`. Errors: INVALID, UNSUPPORTED (as w2n_table_set).
W2N_API w2n_error *w2n_global_new(bool is_mutable, const w2n_value *value, w2n_global **out);
W2N_API void w2n_global_free(w2n_global *global);

/// A tag, by which guests that import it tell exceptions apart: `type` has no results. Errors:
/// INVALID.
W2N_API w2n_error *w2n_tag_new(const w2n_function_type *type, w2n_tag **out);
W2N_API void w2n_tag_free(w2n_tag *tag);

/// The values that an exception of the tag carries, as parameters. Lives as long as `tag`.
W2N_API w2n_function_type w2n_tag_type(const w2n_tag *tag);
/// Whether both are the same tag: handles may differ.
W2N_API bool w2n_tag_is(const w2n_tag *tag, const w2n_tag *other);

// Exceptions. Source: Core, section 4.4.8 (throw).

/// The error by which a host function throws an exception of `tag`, with `count` values, in the
/// guest that calls it: to be returned by it. `values` are borrowed; a reference in them is handed
/// to the guest. If it cannot be thrown it is an error that says why, to be returned all the same:
/// INVALID (wrong counts or kinds, no guest has called), LIMIT (no room for another exception),
/// UNSUPPORTED (a tag with EXNREF), LINK (objects of another heap).
W2N_API w2n_error *w2n_error_new_exception(w2n_caller *caller, const w2n_tag *tag,
                                           const w2n_value *values, size_t count);
/// The tag of an exception that no guest has caught, which arrives as an error of kind TRAP,
/// "uncaught exception"; null if the error is about none. The caller frees it (w2n_tag_free).
W2N_API w2n_tag *w2n_error_exception_tag(const w2n_error *error);
/// Stores the `count` values that such an exception carries. References to functions live as long
/// as `tag`, handles to objects are new ones. False, and nothing is stored, if the error is about
/// no exception of `tag`, if it has not `count` values, or if one is an EXNREF. Threads: that of
/// the instance that threw it.
W2N_API bool w2n_error_exception(const w2n_error *error, w2n_tag *tag, w2n_value *values,
                                 size_t count);

/// A function of the host that can be a value: handed to guests, put into their tables. Errors: as
/// w2n_linker_define_function.
W2N_API w2n_error *w2n_function_new(const w2n_function_type *type, w2n_callback callback,
                                    void *user, w2n_finalizer finalizer, w2n_function **out);
W2N_API void w2n_function_free(w2n_function *function);

/// Lets guests import one of them as `module`.`name`; it comes before instances, as functions do
/// that are defined. Errors: LINK (defined twice).
W2N_API w2n_error *w2n_linker_define_memory(w2n_linker *linker, const char *module,
                                            const char *name, const w2n_memory *memory);
W2N_API w2n_error *w2n_linker_define_table(w2n_linker *linker, const char *module, const char *name,
                                           const w2n_table *table);
W2N_API w2n_error *w2n_linker_define_global(w2n_linker *linker, const char *module,
                                            const char *name, const w2n_global *global);
W2N_API w2n_error *w2n_linker_define_tag(w2n_linker *linker, const char *module, const char *name,
                                         const w2n_tag *tag);
/// A function of the host, or of a guest.
W2N_API w2n_error *w2n_linker_define_function_value(w2n_linker *linker, const char *module,
                                                    const char *name, const w2n_function *function);

#ifdef __cplusplus
}
#endif

#endif
