// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native-bindgen --wit alone, for builds without clang's libraries.
#include "tools/wasm2native-bindgen/wit/Main.h"

int main(int argc, char **argv) {
  return w2n::bindgen::runWit({const_cast<const char *const *>(argv) + 1, size_t(argc - 1)});
}
