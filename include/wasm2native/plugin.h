// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Plug-ins: shared libraries that see each call between a program and its host before and after
/// it, and may deny, answer or delay it (`run --plugin LIBRARY`). C11 and C++.
///
/// A plug-in runs in the process of the host and is trusted as the host is. It exports the
/// function w2n_plugin_start.
#ifndef WASM2NATIVE_PLUGIN_H
#define WASM2NATIVE_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The version of this header; a plug-in that was built with another one is refused.
enum { W2N_PLUGIN_VERSION = 1 };
/// The room for a text, its end included.
enum { W2N_PLUGIN_TEXT_BYTES = 256 };

/// A call of the guest to its host: of WASI, or of any function that it imports.
typedef struct w2n_plugin_call {
  /// "wasi_snapshot_preview1", "fd_write"; "wasi:io/streams@0.2.0",
  /// "[method]output-stream.write".
  const char *module, *name;
  /// The core values of the call. An i32 and the bits of an f32 are in the low half, and a v128 has
  /// two; references are 0. Valid for the function that gets them.
  const uint64_t *arguments;
  size_t argument_count;
  /// After a call that returned.
  const uint64_t *results;
  size_t result_count;
  /// After it: how long it took, without what the plug-in did.
  uint64_t ns;
  /// After it: the line that `run --trace` prints, without its end; null for a function that has
  /// none. Texts are the guest's choice, and may have control characters.
  const char *text;
  /// After it: why it ended the program, or null.
  const char *error;
  /// The first memory of the guest; null if it has none. A component may have more.
  uint8_t *memory;
  uint64_t memory_bytes;
} w2n_plugin_call;

typedef enum w2n_plugin_action {
  W2N_PLUGIN_CONTINUE, ///< the host does it
  W2N_PLUGIN_ANSWER,   ///< the guest gets `result`, and the host hears nothing
  W2N_PLUGIN_TRAP      ///< the guest traps with `text`
} w2n_plugin_action;

/// The fate of a call; all zeros before.
typedef struct w2n_plugin_decision {
  /// How long the call waits first; a deadline of the guest ends it.
  uint64_t delay_ns;
  /// ANSWER, for functions with one number as their result: for those of preview 1 the number of an
  /// error in WASI, such as 76 (notcapable).
  uint64_t result;
  /// TRAP.
  char text[W2N_PLUGIN_TEXT_BYTES];
} w2n_plugin_decision;

/// The functions of a plug-in, on the guest's threads, several at a time if it has several. Those
/// that are not wanted are null.
typedef struct w2n_plugin {
  void *user;
  w2n_plugin_action (*before)(void *user, const w2n_plugin_call *call,
                              w2n_plugin_decision *decision);
  /// Not called for what was answered or has trapped in `before`.
  void (*after)(void *user, const w2n_plugin_call *call);
  /// When the program has ended.
  void (*end)(void *user);
} w2n_plugin;

/// The function that a plug-in exports: fills `plugin`. `options` is what follows the library's
/// name on the command line, "" for nothing. Returns W2N_PLUGIN_VERSION, or 0 for an error, with a
/// text in `error`, which has W2N_PLUGIN_TEXT_BYTES.
#ifdef __GNUC__
__attribute__((visibility("default")))
#endif
uint32_t w2n_plugin_start(const char *options, w2n_plugin *plugin, char *error);

#ifdef __cplusplus
}
#endif

#endif
