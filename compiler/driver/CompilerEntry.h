// The C entry of libwasm2native-compiler.so: what the command finds with dlopen and dlsym. No LLVM
// here.
#pragma once

#include <stddef.h>
#include <stdint.h>

extern "C" {

/// One compilation. Strings are UTF-8, terminated, borrowed for the call; null is the default.
struct W2nCompileRequest {
  const uint8_t *wasm;
  size_t wasmBytes;
  const char *name;
  uint32_t level;        ///< compiler::OptimizationLevel
  uint32_t boundsChecks; ///< compiler::BoundsChecks
  uint32_t emit;         ///< compiler::Emit
  uint32_t stopAfter;    ///< compiler::StopAfter
  uint32_t strictTrapState;
  uint32_t threads;
  uint32_t verbose;
  const char *target, *cpu, *attributes;
  void (*progress)(void *user, uint32_t done, uint32_t total);
  void *user;
};

/// What came of it: `output` on success, else `errorKind` (ErrorKind), `errorOffset` and
/// `errorText`. Freed by w2nFreeCompileResult.
struct W2nCompileResult {
  uint8_t *output;
  size_t outputBytes;
  uint32_t errorKind;
  uint64_t errorOffset;
  char *errorText;
};

/// Returns 0 on success. Threads: any.
int w2nCompile(const W2nCompileRequest *request, W2nCompileResult *result);
void w2nFreeCompileResult(W2nCompileResult *result);
/// "wasm2native 0.1.0 (LLVM 22.1.8)"; static.
const char *w2nCompilerVersion(void);
}
