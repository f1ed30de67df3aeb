// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The C entry of libwasm2native-compiler.so, on compile().
#include "include/wasm2native/compiler.h"

#include "compiler/driver/Compile.h"
#include "compiler/driver/Disassemble.h"
#include "compiler/driver/TestEntry.h"
#include "compiler/passes/PassCounts.h"
#include "compiler/targets/TargetNames.h"
#include "lib/support/PublicErrorKind.h"
#include "lib/support/PublicOptions.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <llvm/Config/llvm-config.h>

namespace w2n::compiler {

namespace {

// The public enumerations are ours by another name: here, and in the command, which asks for a
// compilation in C, values are cast.
static_assert(W2N_LEVEL_O0 == int(OptimizationLevel::O0));
static_assert(W2N_LEVEL_O1 == int(OptimizationLevel::O1));
static_assert(W2N_LEVEL_O2 == int(OptimizationLevel::O2));
static_assert(W2N_LEVEL_O3 == int(OptimizationLevel::O3));
static_assert(W2N_LEVEL_OS == int(OptimizationLevel::Os));
static_assert(W2N_BOUNDS_CHECKS_GUARD == int(BoundsChecks::Guard));
static_assert(W2N_BOUNDS_CHECKS_EXPLICIT == int(BoundsChecks::Explicit));
static_assert(W2N_METER_NONE == int(Meter::None));
static_assert(W2N_METER_FUEL == int(Meter::Fuel));
static_assert(W2N_SPECULATION_MASKS_TABLES == int(SpeculationMasks::Tables));
static_assert(W2N_SPECULATION_MASKS_ALL == int(SpeculationMasks::All));
static_assert(W2N_SPECULATION_MASKS_NONE == int(SpeculationMasks::None));
static_assert(W2N_EMIT_SHARED_OBJECT == int(Emit::SharedObject));
static_assert(W2N_EMIT_OBJECT == int(Emit::Object));
static_assert(W2N_EMIT_ASSEMBLY == int(Emit::Assembly));
static_assert(W2N_EMIT_LLVM_IR == int(Emit::LlvmIr));
static_assert(W2N_STOP_AFTER_DECODE == int(StopAfter::Decode));
static_assert(W2N_STOP_AFTER_VALIDATE == int(StopAfter::Validate));
static_assert(W2N_STOP_AFTER_LOWER == int(StopAfter::Lower));
static_assert(W2N_STOP_AFTER_OPTIMIZE == int(StopAfter::Optimize));
static_assert(W2N_STOP_AFTER_OBJECT == int(StopAfter::Object));
static_assert(W2N_STOP_AFTER_LINK == int(StopAfter::Link));

template <typename T> Status readEnum(const char *name, uint32_t value, T last, T &out) {
  if (value > uint32_t(last))
    return fail(ErrorKind::Invalid, std::string("option ") + name + " is " + std::to_string(value) +
                                        ", most is " + std::to_string(uint32_t(last)));
  out = T(value);
  return {};
}

std::string orEmpty(const char *text) { return text ? text : ""; }

Result<CompileOptions> optionsOf(const w2n_compile_options &given) {
  CompileOptions options;
  W2N_CHECK(readEnum("level", given.level, OptimizationLevel::Os, options.level));
  W2N_CHECK(
      readEnum("bounds_checks", given.bounds_checks, BoundsChecks::Explicit, options.boundsChecks));
  W2N_CHECK(readEnum("emit", given.emit, Emit::LlvmIr, options.emit));
  W2N_CHECK(readEnum("stop_after", given.stop_after, StopAfter::Link, options.stopAfter));
  W2N_CHECK(readEnum("meter", given.meter, Meter::Fuel, options.meter));
  W2N_CHECK(readEnum("speculation_masks", given.speculation_masks, SpeculationMasks::None,
                     options.speculationMasks));
  options.strictTrapState = given.strict_trap_state;
  options.deterministic = given.deterministic;
  options.debugInfo = given.debug_info;
  options.signsReturnAddresses = given.sign_return_addresses;
  options.threads = given.threads;
  options.maxTimeMs = given.max_time_ms;
  options.maxMemoryBytes = given.max_memory_bytes;
  options.maxArtifactBytes = given.max_artifact_bytes;
  options.target = orEmpty(given.target);
  options.cpu = orEmpty(given.cpu);
  options.attributes = orEmpty(given.attributes);
  options.features = orEmpty(given.features);
  options.generatesProfile = given.generate_profile;
  if (given.profile)
    options.profile.assign(given.profile, given.profile + given.profile_bytes);
  options.profileName = given.profile_name ? given.profile_name : "profile";
  if (options.generatesProfile && given.profile)
    return fail(ErrorKind::Invalid, "code that counts cannot be made with a profile as well");
  options.reportsTime = given.report_time;
  options.reportsCode = given.report_code;
  if (given.report)
    options.report = [report = given.report, user = given.user](const std::string &text) {
      report(user, text.c_str());
    };
  if (given.warning)
    options.warning = [warning = given.warning, user = given.user](const std::string &text) {
      warning(user, text.c_str());
    };
  if (given.progress)
    options.progress = [progress = given.progress, user = given.user](
                           uint32_t done, uint32_t total) { progress(user, done, total); };
  if (given.remark)
    options.remark = [remark = given.remark, user = given.user](const std::string &text) {
      remark(user, text.c_str());
    };
  return options;
}

using Outputs = std::vector<Result<std::vector<uint8_t>>>;

Result<Outputs> compileWith(std::span<const uint8_t> wasm, const w2n_compile_options *given,
                            std::span<const char *const> names) {
  W2N_TRY(all, completed(given));
  W2N_TRY(options, optionsOf(all));
  std::vector<std::string> targets;
  for (const char *name : names)
    targets.push_back(orEmpty(name));
  return compileForTargets(wasm, options, targets);
}

Result<std::vector<uint8_t>> listWith(const char *target, uint32_t list) {
  static_assert(W2N_LIST_PROCESSORS == int(List::Processors));
  static_assert(W2N_LIST_FEATURES == int(List::Features));
  if (list == W2N_LIST_TARGETS) {
    const std::string names = listTargets();
    return std::vector<uint8_t>(names.begin(), names.end());
  }
  List read = List::Processors;
  W2N_CHECK(readEnum("list", list, List::Features, read));
  W2N_TRY(text, listFor(orEmpty(target), read));
  return std::vector<uint8_t>(text.begin(), text.end());
}

/// Puts `output` in C into `result`; returns whether it is a success.
bool fill(w2n_compile_result &result, const Result<std::vector<uint8_t>> &output) {
  result = {};
  if (!output) {
    result.error_kind = publicKind(output.error().kind);
    result.error_offset = output.error().offset;
    result.error_text = strdup(output.error().text.c_str());
    return false;
  }
  // One more, so that it is not null without bytes.
  result.output = static_cast<uint8_t *>(malloc(output->size() + 1));
  if (!result.output) {
    result.error_kind = W2N_ERROR_LIMIT;
    result.error_offset = W2N_NO_OFFSET;
    result.error_text = strdup("no memory for the output");
    return false;
  }
  result.output_bytes = output->size();
  std::copy(output->begin(), output->end(), result.output);
  return true;
}

} // namespace

} // namespace w2n::compiler

bool w2n_compile(const uint8_t *wasm, size_t wasmBytes, const w2n_compile_options *options,
                 w2n_compile_result *result) {
  const char *const target = options ? options->target : nullptr;
  return w2n_compile_targets(wasm, wasmBytes, options, &target, 1, result);
}

bool w2n_compile_targets(const uint8_t *wasm, size_t wasmBytes, const w2n_compile_options *options,
                         const char *const *targets, size_t targetCount,
                         w2n_compile_result *results) {
  auto outputs = w2n::compiler::compileWith({wasm, wasmBytes}, options, {targets, targetCount});
  bool allSucceeded = true;
  for (size_t i = 0; i < targetCount; ++i)
    allSucceeded &=
        w2n::compiler::fill(results[i], outputs ? (*outputs)[i] : std::unexpected(outputs.error()));
  return allSucceeded;
}

bool w2n_list(const char *target, uint32_t list, w2n_compile_result *result) {
  return w2n::compiler::fill(*result, w2n::compiler::listWith(target, list));
}

bool w2n_compiler_pass_counts(w2n_compile_result *result) {
  const std::string text = w2n::compiler::passCountsText();
  return w2n::compiler::fill(*result, std::vector<uint8_t>(text.begin(), text.end()));
}

bool w2n_disassemble(const w2n_disassembly *request, w2n_compile_result *result) {
  const auto done = w2n::compiler::disassemble(*request);
  using Output = w2n::Result<std::vector<uint8_t>>;
  return w2n::compiler::fill(*result, done ? Output() : Output(std::unexpected(done.error())));
}

void w2n_compile_result_free(w2n_compile_result *result) {
  free(result->output);
  free(result->error_text);
  *result = {};
}

const char *w2n_compiler_version(void) {
  return "wasm2native " W2N_VERSION " (LLVM " LLVM_VERSION_STRING ")";
}
