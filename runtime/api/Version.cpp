// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "include/wasm2native/runtime.h"

#include "lib/artifact/Format.h"

const char *w2n_runtime_version(void) { return "wasm2native " W2N_VERSION; }

uint32_t w2n_runtime_artifact_format(void) { return w2n::artifact::formatVersion; }
