// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The commands of a script of the component-model test suite.
#pragma once

#include "lib/support/Error.h"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace w2n::component {

using Json = nlohmann::json;

struct RunnerOptions {
  std::filesystem::path folder;
  bool verbose = false;
};

struct Counts {
  unsigned passed = 0, failed = 0;
  /// Commands of the text format, and those that call functions of components.
  unsigned notApplicable = 0;
  /// Refused as they should be, with a message of our own.
  unsigned otherWords = 0;
};

class Runner {
public:
  explicit Runner(RunnerOptions options) : options(std::move(options)) {}
  void run(const Json &commands);
  const Counts &counts() const { return counted; }

private:
  void runCommand(const Json &command);
  void expectValid(const Json &command);
  void expectRefused(const Json &command);
  Status check(const Json &command) const;
  void pass() { ++counted.passed; }
  void fail(const Json &command, const std::string &why);

  RunnerOptions options;
  Counts counted;
};

} // namespace w2n::component
