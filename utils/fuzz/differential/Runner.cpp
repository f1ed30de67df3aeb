// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Compiles modules of the differential fuzzer in several modes and calls their functions, in one
// process: loading LLVM costs as much as compiling a small module.
//
//   w2nDifferentialRunner [--pass-counts] [--sums] CALLS MODES MODULE...
//
// CALLS is a file with two numbers (i64) on a line, MODES a list like O0,O3,O3-strict. For each
// module, mode, function and pair of numbers there is a line: mode, module, function, call, what
// came of it, and a hash of memory and globals then. With --sums there is one line for each
// function, with sums of what its calls gave (utils/fuzz/differential/Sums.h). An instance lives
// until a trap. Lines are written at once, so that the last says where a crash was. With
// --pass-counts what passes did while they compiled goes to standard error at the end
// (compiler/passes/PassCounts.h).
#include "Sums.h"
#include "compiler/driver/TestEntry.h"
#include "wasm2native/compiler.h"
#include "wasm2native/runtime.h"
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

// More than the longest call takes, on a busy machine.
constexpr uint64_t callTimeoutNs = 20'000'000'000;

using Error = std::unique_ptr<w2n_error, decltype(&w2n_error_free)>;
using Instance = std::unique_ptr<w2n_instance, decltype(&w2n_instance_free)>;
using Loaded = std::unique_ptr<w2n_module, decltype(&w2n_module_free)>;
using Linker = std::unique_ptr<w2n_linker, decltype(&w2n_linker_free)>;

[[noreturn]] void fail(const std::string &text) {
  std::fprintf(stderr, "w2nDifferentialRunner: %s\n", text.c_str());
  std::exit(1);
}

void check(w2n_error *error, const std::string &what) {
  if (error)
    fail(what + ": " + w2n_error_text(error));
}

struct Call {
  uint64_t first, second;
};

std::vector<Call> readCalls(const char *path) {
  std::ifstream file(path);
  std::vector<Call> calls;
  for (Call call; file >> call.first >> call.second;)
    calls.push_back(call);
  if (calls.empty())
    fail(std::string("no calls in ") + path);
  return calls;
}

std::vector<std::string> split(const std::string &text) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');)
    parts.push_back(part);
  return parts;
}

/// "O3-explicit-strict": the level, then what differs from the defaults.
w2n_compile_options optionsOf(const std::string &mode) {
  w2n_compile_options options;
  w2n_compile_options_init(&options);
  options.level = mode.starts_with("O0")   ? W2N_LEVEL_O0
                  : mode.starts_with("O1") ? W2N_LEVEL_O1
                  : mode.starts_with("O2") ? W2N_LEVEL_O2
                  : mode.starts_with("Os") ? W2N_LEVEL_OS
                                           : W2N_LEVEL_O3;
  if (mode.find("-explicit") != std::string::npos)
    options.bounds_checks = W2N_BOUNDS_CHECKS_EXPLICIT;
  options.strict_trap_state = mode.find("-strict") != std::string::npos;
  if (mode.find("-native") != std::string::npos)
    options.cpu = "native";
  options.threads = 1;
  return options;
}

Loaded compile(const std::string &bytes, const std::string &mode, const std::string &path) {
  w2n_compile_options options = optionsOf(mode);
  w2n_compile_result result;
  if (!w2n_compile(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size(), &options,
                   &result))
    fail(path + " does not compile (" + mode + "): " + result.error_text);
  w2n_module *module = nullptr;
  check(w2n_module_load_bytes(result.output, result.output_bytes, W2N_VERIFY_STRUCTURE, &module),
        path);
  w2n_compile_result_free(&result);
  return {module, w2n_module_free};
}

/// The result of a function, or why it has none.
struct Outcome {
  uint64_t value = 0;
  std::string trap; // empty if it returned

  /// "= 0x12" or "! out of bounds memory access".
  std::string text() const {
    char number[32];
    std::snprintf(number, sizeof number, "= 0x%016" PRIx64, value);
    return trap.empty() ? number : "! " + trap;
  }
};

Outcome call(w2n_function *function, const Call *arguments) {
  w2n_value values[2] = {};
  if (arguments) {
    values[0].kind = values[1].kind = W2N_I64;
    values[0].of.i64 = static_cast<int64_t>(arguments->first);
    values[1].of.i64 = static_cast<int64_t>(arguments->second);
  }
  w2n_value result;
  Error error(w2n_function_call(function, values, arguments ? 2 : 0, &result, 1), w2n_error_free);
  if (!error)
    return {static_cast<uint64_t>(result.of.i64), {}};
  const char *name = w2n_error_trap_name(error.get());
  return {0, name ? name : w2n_error_text(error.get())};
}

Outcome callWithDeadline(w2n_function *function, const Call &arguments) {
  w2n_interrupt *interrupt = nullptr;
  check(w2n_interrupt_new(callTimeoutNs, &interrupt), "interrupt");
  w2n_interrupt_enter(interrupt);
  Outcome outcome = call(function, &arguments);
  w2n_interrupt_leave();
  w2n_interrupt_free(interrupt);
  return outcome;
}

Instance instantiate(w2n_linker *linker, const w2n_module *module) {
  w2n_instance *instance = nullptr;
  check(w2n_linker_instantiate(linker, module, &instance), "instantiate");
  return {instance, w2n_instance_free};
}

/// A hash of the state that calls leave: what the module's own `hash` says, and the memory that it
/// exports as `state`.
Outcome stateOf(w2n_instance *instance) {
  Outcome outcome = call(w2n_instance_function(instance, "hash"), nullptr);
  if (const w2n_memory *memory = w2n_instance_memory(instance, "state")) {
    const uint64_t bytes = w2n_memory_size_bytes(memory);
    const void *words = w2n_memory_at(memory, 0, bytes);
    outcome.value =
        mixed(outcome.value, memoryHash(static_cast<const uint32_t *>(words), bytes / 4));
  }
  return outcome;
}

/// Calls function `name` with all of `calls`; false if there is none.
bool runFunction(w2n_linker *linker, const w2n_module *module, const std::string &name,
                 const std::vector<Call> &calls, const std::string &prefix, bool withSums) {
  Sums sums;
  Instance instance = instantiate(linker, module);
  for (size_t index = 0; index < calls.size(); ++index) {
    w2n_function *function = w2n_instance_function(instance.get(), name.c_str());
    if (!function)
      return false;
    Outcome outcome = callWithDeadline(function, calls[index]);
    Outcome state = stateOf(instance.get());
    if (withSums)
      sums.add(index, outcome.value, outcome.trap, state.value);
    else
      std::printf("%s %s %zu %s | %s\n", prefix.c_str(), name.c_str(), index,
                  outcome.text().c_str(), state.text().c_str());
    if (!outcome.trap.empty())
      instance = instantiate(linker, module);
  }
  if (withSums)
    std::printf("%s %s %s\n", prefix.c_str(), name.c_str(), sums.text().c_str());
  std::fflush(stdout);
  return true;
}

void run(const w2n_module *module, const std::vector<Call> &calls, const std::string &prefix,
         bool withSums) {
  Linker linker(w2n_linker_new(), w2n_linker_free);
  for (size_t index = 0;
       runFunction(linker.get(), module, "f" + std::to_string(index), calls, prefix, withSums);)
    ++index;
}

void printPassCounts() {
  w2n_compile_result counts;
  if (!w2n_compiler_pass_counts(&counts))
    fail(counts.error_text);
  std::fwrite(counts.output, 1, counts.output_bytes, stderr);
  w2n_compile_result_free(&counts);
}

} // namespace

int main(int argc, char **argv) {
  bool withCounts = false, withSums = false;
  for (; argc > 1 && argv[1][0] == '-'; --argc, ++argv) {
    withCounts |= std::string_view(argv[1]) == "--pass-counts";
    withSums |= std::string_view(argv[1]) == "--sums";
  }
  if (argc < 4)
    fail("usage: [--pass-counts] [--sums] CALLS MODES MODULE...");
  std::vector<Call> calls = readCalls(argv[1]);
  std::vector<std::string> modes = split(argv[2]);
  for (int i = 3; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    for (const std::string &mode : modes) {
      std::string prefix = mode + " " + argv[i];
      std::printf("%s begin\n", prefix.c_str());
      std::fflush(stdout);
      Loaded module = compile(bytes, mode, argv[i]);
      run(module.get(), calls, prefix, withSums);
    }
  }
  if (withCounts)
    printPassCounts();
}
