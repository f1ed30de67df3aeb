// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The commands of a script of the component-model test suite.
#pragma once

#include "compiler/Options.h"
#include "lib/component/ValidateComponent.h"
#include "runtime/component/ComponentInstance.h"
#include "test/component/JsonValues.h"

#include <filesystem>

namespace w2n::component {

struct RunnerOptions {
  std::filesystem::path folder;
  compiler::CompileOptions compile;
  /// Components are only decoded and validated.
  bool validateOnly = false;
  bool verbose = false;
  /// Permutes the order in which tasks run; 0: it is that of the runtime.
  uint64_t taskOrder = 0;
};

struct Counts {
  unsigned passed = 0, failed = 0;
  /// Commands of the text format, and with validateOnly those that call functions.
  unsigned notApplicable = 0;
  /// Refused as they should be, with a message of our own.
  unsigned otherWords = 0;
};

class Runner {
public:
  explicit Runner(RunnerOptions options) : options(std::move(options)) {}
  /// Can be called again, with another order of tasks.
  void run(const Json &commands);
  void setTaskOrder(uint64_t seed) { options.taskOrder = seed; }
  const Counts &counts() const { return counted; }

private:
  using Definition = std::shared_ptr<const runtime::LinkedComponent>;
  using InstanceHandle = std::shared_ptr<runtime::ComponentInstance>;

  Status runCommand(const Json &command);
  Status validate(const Json &command) const;
  Status define(const Json &command);
  Status instantiateDefinition(const Json &command);
  Status expectRefused(const Json &command);
  Status expectReturn(const Json &command);
  Status expectTrap(const Json &command);
  Status expectUninstantiable(const Json &command);
  Result<Definition> compile(const Json &command) const;
  Result<Definition> compileAnew(const Json &command) const;
  Result<InstanceHandle> instantiate(Definition definition) const;
  Result<Json> perform(const Json &action);
  Status expectFailure(const Json &command, const std::optional<Error> &error);
  void makeCurrent(InstanceHandle instance, const std::string &name);

  RunnerOptions options;
  Counts counted;
  InstanceHandle current;
  std::map<std::string, InstanceHandle> instances;
  std::map<std::string, Definition> definitions;
  /// By file, so that a script that runs again compiles nothing.
  mutable std::map<std::string, Definition> compiled;
};

} // namespace w2n::component
