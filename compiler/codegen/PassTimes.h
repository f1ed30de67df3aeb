// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The time of each of LLVM's passes, itself, without those that it runs.
#pragma once

#include <chrono>
#include <llvm/IR/PassInstrumentation.h>
#include <map>
#include <string>
#include <vector>

namespace w2n::compiler {

/// For one module, on one thread.
class PassTimes {
public:
  PassTimes();
  PassTimes(const PassTimes &) = delete;
  PassTimes &operator=(const PassTimes &) = delete;

  /// For llvm::PassBuilder; they refer to this object.
  llvm::PassInstrumentationCallbacks &callbacks() { return hooks; }
  /// Seconds by name.
  const std::map<std::string, double> &seconds() const { return spent; }

private:
  using Clock = std::chrono::steady_clock;
  void switchTo(Clock::time_point now);
  void begin(llvm::StringRef name);
  void end();

  llvm::PassInstrumentationCallbacks hooks;
  std::map<std::string, double> spent;
  std::vector<std::string> running;
  Clock::time_point since;
};

} // namespace w2n::compiler
