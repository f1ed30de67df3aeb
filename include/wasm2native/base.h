// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The common part of runtime.h and compiler.h: the export attribute and the kinds of error. C11
/// and C++.
#ifndef WASM2NATIVE_BASE_H
#define WASM2NATIVE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define W2N_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

/// The kind of an error, for programs; its text is for people.
typedef enum w2n_error_kind {
  /// Bytes are not what they claim to be. Core specification, chapter 5 ("malformed").
  W2N_ERROR_MALFORMED,
  /// A module that decodes but breaks a rule of validation (core specification, chapter 3), or an
  /// argument of this API that does not fit: a wrong count, a wrong type, an unknown enumerator.
  W2N_ERROR_INVALID,
  /// Valid, but this build or this machine cannot do it.
  W2N_ERROR_UNSUPPORTED,
  /// Larger than a limit, or than what the system has left.
  W2N_ERROR_LIMIT,
  /// A file, or the operating system, said no.
  W2N_ERROR_IO,
  /// An import is missing or has another type (core specification, section 4.5.4), or a name is
  /// defined twice.
  W2N_ERROR_LINK,
  /// The guest trapped (core specification, section 4.2, "Results").
  W2N_ERROR_TRAP,
  /// The guest ended the program (WASI's proc_exit): no failure if the status is 0.
  W2N_ERROR_EXIT,
  /// A bug of wasm2native that it noticed in time.
  W2N_ERROR_INTERNAL,
  /// The guest was stopped from outside: its deadline passed, or another thread asked.
  W2N_ERROR_INTERRUPTED
} w2n_error_kind;

/// The byte offset of an error that has none.
#define W2N_NO_OFFSET UINT64_MAX

#ifdef __cplusplus
}
#endif

#endif
