// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/LoadCompiler.h"

#include <deque>

namespace w2n::tool {

namespace {

std::function<void(const Error &)> overrunHandler;

} // namespace

void onCompileOverrun(std::function<void(const Error &)> handler) {
  overrunHandler = std::move(handler);
}

cache::CompilerLibrary findCompiler() {
  cache::CompilerLibrary library;
  library.onOverrun([](const Error &error) {
    if (overrunHandler)
      overrunHandler(error);
  });
  return library;
}

w2n_compile_options defaultCompileOptions() {
  w2n_compile_options options;
  w2n_compile_options_init(&options);
  return options;
}

const char *keepText(std::string text) {
  static std::deque<std::string> kept;
  return text.empty() ? nullptr : kept.emplace_back(std::move(text)).c_str();
}

Result<std::vector<Result<std::vector<uint8_t>>>>
compileWithLibrary(std::span<const uint8_t> wasm, const w2n_compile_options &options,
                   std::span<const std::string> targets) {
  std::vector<const char *> names;
  for (const std::string &target : targets)
    names.push_back(orNull(target));
  return findCompiler().compileTargets(wasm, options, names);
}

Result<std::vector<uint8_t>> compileWithLibrary(std::span<const uint8_t> wasm,
                                                const w2n_compile_options &options) {
  return findCompiler().compile(wasm, options);
}

Result<std::string> listWithLibrary(const std::string &target, uint32_t list) {
  return cache::CompilerLibrary().list(orNull(target), list);
}

Result<std::string> targetsOfLibrary() {
  return cache::CompilerLibrary().list(nullptr, W2N_LIST_TARGETS);
}

Result<std::string> compilerVersion() { return cache::CompilerLibrary().version(); }

} // namespace w2n::tool
