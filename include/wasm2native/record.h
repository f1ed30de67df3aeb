// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Records of runs, part of libwasm2native-runtime: all that an instance gets from its host, in a
/// file, and the same run once more without the host. docs/hosts.md has examples. A record holds
/// what the guest read, secrets included: the file is for its owner alone. C11 and C++. What
/// runtime.h says of every function holds here.
#ifndef WASM2NATIVE_RECORD_H
#define WASM2NATIVE_RECORD_H

#include "component.h"
#include "plugin.h"
#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct w2n_record w2n_record;

/// The next instance that `linker` makes, which must be of `module`, is recorded in a new file
/// `path` of at most `max_bytes` bytes: calls of the host's functions fail that would make it
/// larger. Before w2n_linker_instantiate, and after everything is set that the instance is to have.
///
/// WASI says where it writes in memory. For other host functions, and between two calls of the
/// guest, memories are copied and compared, which takes as long as their size. Not recorded: what
/// the host writes to globals and tables. The instance's functions are called with numbers, by
/// their exports; direct calls (w2n_function_direct) are refused.
/// Errors: IO (the file exists), UNSUPPORTED (a module that imports more than functions, or has a
/// shared memory), INVALID (the linker has a plug-in).
W2N_API w2n_error *w2n_linker_record(w2n_linker *linker, const w2n_module *module, const char *path,
                                     uint64_t max_bytes, w2n_record **out);
/// The same for a component, whose host functions say where they write by the types that they have.
W2N_API w2n_error *w2n_component_linker_record(w2n_component_linker *linker,
                                               const w2n_component *component, const char *path,
                                               uint64_t max_bytes, w2n_record **out);
/// Writes that the run has ended; nothing of the instance can be called afterwards. Without it, the
/// record is that of a process that was killed. Errors: what keeps it from being complete (IO,
/// LIMIT). Threads: the thread of the instance.
W2N_API w2n_error *w2n_record_finish(w2n_record *record);
/// The file stays, as it is.
W2N_API void w2n_record_free(w2n_record *record);

typedef enum w2n_replay_end {
  W2N_REPLAY_COMPLETE,    ///< the whole run was the same
  W2N_REPLAY_RECORD_ENDS, ///< all that was recorded was the same, but the run went on
  W2N_REPLAY_INTERRUPTED, ///< the same up to the last call before a deadline ended the run
  W2N_REPLAY_DIVERGED,    ///< the run differs from the record
  W2N_REPLAY_DAMAGED,     ///< the record is damaged
} w2n_replay_end;

typedef struct w2n_replay_result {
  w2n_replay_end end;
  /// Calls of the host, and comparisons of memories.
  uint64_t calls, comparisons;
  /// The difference or the damage in words, terminated, cut off where it is longer; "" if complete.
  char text[256];
} w2n_replay_result;

/// Runs `module` as the record in the file `path` says, without any host. Errors: IO, MALFORMED (no
/// record), INVALID (of another artifact). Threads: any.
W2N_API w2n_error *w2n_replay(const char *path, const w2n_module *module, w2n_replay_result *out);

/// The functions of `plugin`, which is copied, see the calls between the host and each instance
/// that `linker` makes from now on, before those of plug-ins that the linker has already; `end` is
/// called when neither the linker nor an instance has them any more. `text` of a call is null.
/// Errors: INVALID (the next instance is recorded: a replay has no plug-in).
W2N_API w2n_error *w2n_linker_interpose(w2n_linker *linker, const w2n_plugin *plugin);
W2N_API w2n_error *w2n_component_linker_interpose(w2n_component_linker *linker,
                                                  const w2n_plugin *plugin);

#ifdef __cplusplus
}
#endif

#endif
