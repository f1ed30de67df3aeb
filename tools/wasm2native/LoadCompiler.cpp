// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/LoadCompiler.h"

namespace w2n::tool {

namespace {

const char *orNull(const std::string &text) { return text.empty() ? nullptr : text.c_str(); }

void forwardProgress(void *user, uint32_t done, uint32_t total) {
  static_cast<const compiler::CompileOptions *>(user)->progress(done, total);
}

void forwardRemark(void *user, const char *text) {
  static_cast<const compiler::CompileOptions *>(user)->remark(text);
}

void forwardWarning(void *user, const char *text) {
  static_cast<const compiler::CompileOptions *>(user)->warning(text);
}

void forwardReport(void *user, const char *text) {
  static_cast<const compiler::CompileOptions *>(user)->report(text);
}

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

// CompilerEntry.cpp asserts that the enumerations agree.
w2n_compile_options optionsInC(const compiler::CompileOptions &options) {
  w2n_compile_options inC;
  w2n_compile_options_init(&inC);
  inC.level = uint32_t(options.level);
  inC.bounds_checks = uint32_t(options.boundsChecks);
  inC.emit = uint32_t(options.emit);
  inC.stop_after = uint32_t(options.stopAfter);
  inC.strict_trap_state = options.strictTrapState;
  inC.deterministic = options.deterministic;
  inC.meter = uint32_t(options.meter);
  inC.speculation_masks = uint32_t(options.speculationMasks);
  inC.threads = options.threads;
  inC.max_time_ms = options.maxTimeMs;
  inC.max_memory_bytes = options.maxMemoryBytes;
  inC.max_artifact_bytes = options.maxArtifactBytes;
  inC.target = orNull(options.target);
  inC.cpu = orNull(options.cpu);
  inC.attributes = orNull(options.attributes);
  inC.features = orNull(options.features);
  inC.generate_profile = options.generatesProfile;
  if (!options.profile.empty()) {
    inC.profile = options.profile.data();
    inC.profile_bytes = options.profile.size();
    inC.profile_name = options.profileName.c_str();
  }
  inC.report_time = options.reportsTime;
  inC.report_code = options.reportsCode;
  inC.report = options.report ? forwardReport : nullptr;
  inC.warning = options.warning ? forwardWarning : nullptr;
  inC.progress = options.progress ? forwardProgress : nullptr;
  inC.remark = options.remark ? forwardRemark : nullptr;
  inC.user = const_cast<compiler::CompileOptions *>(&options);
  return inC;
}

Result<std::vector<Result<std::vector<uint8_t>>>>
compileWithLibrary(std::span<const uint8_t> wasm, const compiler::CompileOptions &options,
                   std::span<const std::string> targets) {
  std::vector<const char *> names;
  for (const std::string &target : targets)
    names.push_back(orNull(target));
  return findCompiler().compileTargets(wasm, optionsInC(options), names);
}

Result<std::vector<uint8_t>> compileWithLibrary(std::span<const uint8_t> wasm,
                                                const compiler::CompileOptions &options) {
  return findCompiler().compile(wasm, optionsInC(options));
}

Result<std::string> listWithLibrary(const std::string &target, compiler::List list) {
  return cache::CompilerLibrary().list(orNull(target), uint32_t(list));
}

Result<std::string> targetsOfLibrary() {
  return cache::CompilerLibrary().list(nullptr, W2N_LIST_TARGETS);
}

Result<std::string> compilerVersion() { return cache::CompilerLibrary().version(); }

} // namespace w2n::tool
