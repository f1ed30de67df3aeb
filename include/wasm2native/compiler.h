// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The compiler, libwasm2native-compiler.so: WebAssembly in, a native shared object out, which
/// runtime.h loads. It brings LLVM with it, which costs a process about 28 ms at its start: a
/// program that compiles rarely opens it with dlopen, as the command `wasm2native` does. C11 and
/// C++.
#ifndef WASM2NATIVE_COMPILER_H
#define WASM2NATIVE_COMPILER_H

#include "base.h"

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The level of optimization.
enum w2n_level { W2N_LEVEL_O0, W2N_LEVEL_O1, W2N_LEVEL_O2, W2N_LEVEL_O3, W2N_LEVEL_OS };

/// The way to check accesses to memory. Results and traps are the same.
enum w2n_bounds_checks {
  /// By the processor: each memory reserves 12 GiB of addresses, most of which are never
  /// accessible.
  W2N_BOUNDS_CHECKS_GUARD,
  /// By comparing: slower, for processes whose address space is limited.
  W2N_BOUNDS_CHECKS_EXPLICIT
};

/// The meter of compiled code.
enum w2n_meter {
  W2N_METER_NONE,
  /// Fuel: each instruction takes from what w2n_instance_set_fuel gives, and traps when nothing is
  /// left; the same count on every target and at every level. docs/embedding-in-depth.md has them.
  W2N_METER_FUEL
};

/// Accesses whose index is cut to its bound without a branch, for processors that go on with an
/// index before they know that it is inside.
enum w2n_speculation_masks {
  W2N_SPECULATION_MASKS_TABLES, ///< indices of tables and of br_table
  /// Addresses that are compared with a memory's size as well, which makes them much slower.
  W2N_SPECULATION_MASKS_ALL,
  W2N_SPECULATION_MASKS_NONE
};

/// The form of the output.
enum w2n_emit {
  W2N_EMIT_SHARED_OBJECT,
  W2N_EMIT_OBJECT,
  W2N_EMIT_ASSEMBLY, ///< text
  W2N_EMIT_LLVM_IR   ///< text
};

/// The last phase to run. Nothing is made up to W2N_STOP_AFTER_VALIDATE, which is how to find out
/// whether a module is valid; LLVM IR after the next two.
enum w2n_stop_after {
  W2N_STOP_AFTER_DECODE,
  W2N_STOP_AFTER_VALIDATE,
  W2N_STOP_AFTER_LOWER,
  W2N_STOP_AFTER_OPTIMIZE,
  W2N_STOP_AFTER_OBJECT,
  W2N_STOP_AFTER_LINK
};

/// The options of a compilation. Begin with w2n_compile_options_init and change fields. Everything
/// that pointers name is borrowed for the call; strings are UTF-8 and terminated.
typedef struct w2n_compile_options {
  /// The size of this structure where the program was compiled: by it the library, which may be
  /// older or newer, knows which fields there are. A newer field that is not zero is refused:
  /// UNSUPPORTED.
  size_t size;
  uint32_t level;         ///< enum w2n_level
  uint32_t bounds_checks; ///< enum w2n_bounds_checks
  uint32_t emit;          ///< enum w2n_emit
  uint32_t stop_after;    ///< enum w2n_stop_after
  /// After a trap, memory and globals hold exactly what the specification says. Without it, what
  /// traps is exact, but memory and globals are not: stores before the trap may be missing, and
  /// stores that the function would have made next, had it not trapped, may be there, whole or in
  /// part. Such code is faster. Nothing outside the instance is touched either way.
  bool strict_trap_state;
  /// The deterministic profile: every NaN that arithmetic makes is the positive canonical one, and
  /// relaxed vector instructions have the same form on every target. Slower where there are floats.
  /// Source: Core, appendix, "Profiles".
  bool deterministic;
  uint32_t meter; ///< enum w2n_meter
  /// Threads to compile with, of the compiler's own; 0 is one for each core. The output is the same
  /// for every number.
  uint32_t threads;
  /// "x86_64", "aarch64", "riscv64", another name of one of them ("amd64", "arm64") or a triple;
  /// null is this machine's architecture.
  const char *target;
  /// LLVM's name of a processor; null is the target's baseline, "native" is the baseline with what
  /// this machine has. Several, "x86-64-v2,x86-64-v3", put the code for each into one artifact; the
  /// loader takes the last of them that the machine can run.
  const char *cpu;
  /// LLVM's processor features to add or to remove, "+avx2,-bmi"; null is none.
  const char *attributes;
  /// WebAssembly proposals that the module may use, read from left to right:
  /// "wasm2,+memory64,-bulk-memory". "mvp", "wasm2" and "wasm3" are what those versions of the
  /// specification include, "all" is everything that is supported, as is null. A module that uses
  /// another is refused: UNSUPPORTED. docs/features.md has the names.
  const char *features;
  /// Makes code that counts how often it runs: w2n_module_write_profile writes what it counted.
  /// Slower, and for this machine's own use as much as for others: a profile fits every target.
  bool generate_profile;
  /// The reports that `report` is called with, each once, at the end: a table of where the time
  /// goes, and a text about why the code may be slower than it could be. docs/report.md shows them.
  bool report_time, report_code;
  /// A profile to compile with: what was counted, as that function or llvm-profdata wrote it; null
  /// is none. Not together with `generate_profile`. A function that has changed since is compiled
  /// without, and `warning` is told.
  const uint8_t *profile;
  size_t profile_bytes;
  /// The name of the profile in messages; null is "profile".
  const char *profile_name;
  /// Called with the number of functions that are done and of all; null is nobody. Called from any
  /// thread, one call at a time.
  void (*progress)(void *user, uint32_t done, uint32_t total);
  /// Called with lines about what is being done; null is nobody. Called from any thread, one call
  /// at a time.
  void (*remark)(void *user, const char *text);
  /// Called with what is not as the caller may think, though there is an output; null is nobody.
  /// Called from any thread, one call at a time.
  void (*warning)(void *user, const char *text);
  /// Called with the reports that are asked for, texts of several lines; null is nobody.
  void (*report)(void *user, const char *text);
  /// Handed to `progress`, `remark`, `warning` and `report`.
  void *user;
  /// Limits for modules that nobody vouches for; beyond one the compilation is given up: LIMIT. 0
  /// is none. Milliseconds that pass; bytes by which the memory of the process grows, whoever takes
  /// them; bytes of the output. Time and memory are compared between passes and between functions,
  /// so that a single step may go beyond them before it ends. A cache puts limits of its own in
  /// place of 0 (docs/security.md).
  uint64_t max_time_ms, max_memory_bytes, max_artifact_bytes;
  uint32_t speculation_masks; ///< enum w2n_speculation_masks
  /// Translates the DWARF of the module, if it has any, into that of the artifact, for debuggers
  /// and for lines in backtraces. The artifact gets larger, and its code, too, if it has many
  /// checks: each keeps its own line. Damaged DWARF is left out, and `warning` told.
  bool debug_info;
  /// Functions sign their return addresses, and check them when they return, where the processor
  /// has pointer authentication. On AArch64; nothing on others.
  bool sign_return_addresses;
} w2n_compile_options;

/// Sets `options` to -O2, bounds checks by guard pages, a shared object for any machine of this
/// architecture; all else is off, null and 0. In the program, so that the size is the program's.
static inline void w2n_compile_options_init(w2n_compile_options *options) {
  memset(options, 0, sizeof(*options));
  options->size = sizeof(*options);
  options->level = W2N_LEVEL_O2;
  options->stop_after = W2N_STOP_AFTER_LINK;
}

/// The result of a compilation. Free it with w2n_compile_result_free, also after an error.
typedef struct w2n_compile_result {
  /// The output; null on failure. Without bytes when `stop_after` makes nothing.
  uint8_t *output;
  size_t output_bytes;
  /// On failure only.
  w2n_error_kind error_kind;
  /// The offset in the module, or W2N_NO_OFFSET.
  uint64_t error_offset;
  /// Begins in lower case, without a final period; null on success.
  char *error_text;
} w2n_compile_result;

/// Compiles the `wasm_bytes` bytes of a binary module at `wasm`; null `options` are
/// those of w2n_compile_options_init. Returns whether it succeeded; `result` need not be
/// initialized, and is filled either way. Errors: every kind but LINK, TRAP and EXIT. The module
/// may be hostile. Threads: any, several at once.
W2N_API bool w2n_compile(const uint8_t *wasm, size_t wasm_bytes, const w2n_compile_options *options,
                         w2n_compile_result *result);

/// Compiles the module for each of the `target_count` names at `targets`, with one decoding, one
/// validation and one set of threads; `options->target` does not matter. A processor in
/// `options->cpu` is for those targets that know its name; features of processors must not be
/// given for more than one target. Fills `results`, one for each target; what is wrong with the
/// module or the options is in every one, and what fails for one target is in its own. Returns
/// whether all succeeded. Errors, threads: as w2n_compile.
W2N_API bool w2n_compile_targets(const uint8_t *wasm, size_t wasm_bytes,
                                 const w2n_compile_options *options, const char *const *targets,
                                 size_t target_count, w2n_compile_result *results);

/// The lists of w2n_list.
enum w2n_list {
  W2N_LIST_PROCESSORS,
  W2N_LIST_FEATURES,
  W2N_LIST_TARGETS ///< names on a line each; `target` does not matter
};

/// A text for people about what `cpu` or `attributes` may be for `target`, null for this machine's
/// architecture, or about what `target` may be: `result->output`, not terminated. `list` is an enum
/// w2n_list. Returns whether it succeeded. Errors: INVALID, UNSUPPORTED. Threads: any.
W2N_API bool w2n_list(const char *target, uint32_t list, w2n_compile_result *result);

/// Machine code to show as text.
typedef struct w2n_disassembly {
  /// As in the options of a compilation; null is this machine's architecture.
  const char *target;
  /// LLVM's names of features beyond the target's baseline, comma-separated, as artifacts record
  /// them; null is none.
  const char *features;
  const uint8_t *code;
  size_t code_bytes;
  uint64_t address; ///< of the first byte
  /// Called for each instruction in turn, on the caller's thread. `text` begins with a tab. Bytes
  /// that are no instruction are passed over to the next place where one may begin, as "(bad)".
  void (*instruction)(void *user, uint64_t address, size_t bytes, const char *text);
  /// The name of what is at `address`, where a branch goes, borrowed until the next call; may
  /// return null, and be null.
  const char *(*name)(void *user, uint64_t address);
  void *user;
} w2n_disassembly;

/// Disassembles. Returns whether it succeeded; `result` has no output, but the error. Errors:
/// UNSUPPORTED. The code may be any bytes. Threads: any.
W2N_API bool w2n_disassemble(const w2n_disassembly *request, w2n_compile_result *result);

/// Frees what `result` points to and clears it; a cleared result is allowed. Threads: any.
W2N_API void w2n_compile_result_free(w2n_compile_result *result);

/// "wasm2native 0.1.0 (LLVM 22.1.8)"; lives as long as the library. Threads: any.
W2N_API const char *w2n_compiler_version(void);

#ifdef __cplusplus
}
#endif

#endif
