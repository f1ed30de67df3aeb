// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs the commands of a script against the compiler and the runtime. Every module takes the real
// path: compiled to a file, loaded, instantiated.
#pragma once

#include "runtime/core/Instance.h"
#include "test/spec/Spectest.h"
#include "test/spec/Value.h"
#include "tools/wasm2native/LoadCompiler.h"

#include <filesystem>
#include <thread>

namespace w2n::spec {

struct Counts {
  unsigned passed = 0;
  unsigned failed = 0;
  /// assert_malformed of text, which only a parser of the text format can judge; definitions larger
  /// than our limits.
  unsigned notApplicable = 0;
  /// Refused as it should be, in other words than the script's. Among `passed`.
  unsigned otherWords = 0;
  /// Instances that continued in a module made from their state.
  unsigned replaced = 0;

  void add(const Counts &other);
};

class Runner {
public:
  struct Options {
    w2n_compile_options compile = tool::defaultCompileOptions();
    runtime::LoadOptions load;
    /// The folders of the script's files, and of the artifacts that may be written.
    std::filesystem::path scriptFolder, artifactFolder;
    /// artifactFolder has all artifacts (CompiledScript.h): nothing is compiled.
    bool compiledBefore = false;
    /// Also print refusals in other words.
    bool verbose = false;
    /// Replace instances by those of modules that are made from their state (Replace.cpp).
    bool preinit = false;
    /// Collect garbage at every allocation, overwrite what becomes free, verify heaps.
    bool collectAlways = false;
  };

  Runner(Options options, Externs spectest);
  ~Runner();

  /// Runs `commands` in order; failures are printed with their lines.
  void run(const Json &commands);
  const Counts &counts() const { return totals; }

private:
  enum class Verdict { Passed, NotApplicable };
  using Outcome = Result<Verdict>;
  using InstanceHandle = std::shared_ptr<runtime::Instance>;
  using ModuleHandle = std::shared_ptr<const runtime::Module>;
  struct Handler;
  struct Results {
    std::vector<wasm::ValueType> types;
    std::vector<runtime::Slot> slots;
  };
  struct Thread;
  /// The source of a module, and how many actions its instances have seen.
  struct Source {
    std::vector<uint8_t> wasm;
    unsigned actions = 0;
  };

  Outcome runCommand(const Json &command);
  Outcome defineAndInstantiate(const Json &command);
  Outcome defineModule(const Json &command);
  Outcome instantiateDefinition(const Json &command);
  Outcome registerInstance(const Json &command);
  Outcome performAction(const Json &command);
  Outcome assertReturn(const Json &command);
  Outcome assertTrap(const Json &command);
  Outcome assertException(const Json &command);
  Outcome assertInvalid(const Json &command);
  Outcome assertMalformed(const Json &command);
  Outcome assertUnlinkable(const Json &command);
  Outcome assertUninstantiable(const Json &command);
  Outcome startThread(const Json &command);
  Outcome waitForThread(const Json &command);

  Result<std::vector<uint8_t>> readModule(const Json &command);
  Result<std::vector<uint8_t>> compileWasm(std::span<const uint8_t> wasm, uint32_t stopAfter);
  /// Decodes and validates the command's module.
  Status validate(const Json &command);
  Result<ModuleHandle> loadModule(const Json &command);
  Result<ModuleHandle> loadWasm(std::vector<uint8_t> wasm);
  Result<InstanceHandle> instantiate(ModuleHandle module);
  Outcome assertRefused(const Json &command, ErrorKind kind);
  Outcome assertInstantiationFails(const Json &command, ErrorKind kind);
  void makeCurrent(InstanceHandle instance, const std::string &name);
  /// The current instance if `name` is empty.
  Result<InstanceHandle> findInstance(const std::string &name);
  bool canReplace(const runtime::Instance &instance) const;
  /// `instance`, or one that takes its place.
  Result<InstanceHandle> replace(InstanceHandle instance);
  Result<Results> perform(const Json &action);
  Result<Results> invoke(runtime::Function &function, const Json &arguments);

  Options options;
  Externs spectest;
  Counts totals;
  /// The heap of all instances, which link with each other in any order; made for the first that
  /// needs one.
  std::shared_ptr<runtime::StoreHeap> heap;
  InstanceHandle current;
  std::map<std::string, InstanceHandle> instances;
  std::map<std::string, InstanceHandle, std::less<>> registered;
  std::map<std::string, ModuleHandle> definitions;
  std::map<std::string, std::unique_ptr<Thread>> threads;
  /// Only with --preinit.
  std::map<const runtime::Module *, Source> sources;
};

} // namespace w2n::spec
