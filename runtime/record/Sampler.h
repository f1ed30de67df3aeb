// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A profile of a run by samples: a timer of the thread's processor time sends SIGPROF, whose
// handler walks the stack of the guest. What it needs is prepared before, and names are looked up
// at the end. Calls of the host are the frame above the guest's function that made them.
#pragma once

#include "runtime/record/LayeredBoundary.h"
#include "runtime/record/SampleTable.h"
#include "runtime/record/StackTree.h"

#include <csignal>
#include <ctime>
#include <optional>
#include <vector>

namespace w2n::record {

class Sampler final : public LayeredBoundary {
public:
  /// Samples the calling thread until `stop`. One at a time in a process, for modules whose
  /// unwindTable was asked for. `below` is the boundary of what this one sees, or null. Errors: Io
  /// (the system gives no timer).
  static Result<std::shared_ptr<Sampler>> create(std::shared_ptr<Boundary> below);
  ~Sampler() override;
  Sampler(const Sampler &) = delete;
  Sampler &operator=(const Sampler &) = delete;

  /// Ends the timer; the handler that was there before is installed again.
  void stop();
  /// The stacks (StackTree.h), each with its number of samples. After `stop`, while the modules are
  /// loaded.
  std::string foldedStacks() const;
  std::string speedscope(const std::string &name) const;

  Result<std::shared_ptr<runtime::Function>>
  imported(runtime::Instance &instance, uint32_t index,
           const std::shared_ptr<runtime::Function> &function) override;

private:
  explicit Sampler(std::shared_ptr<Boundary> below) : LayeredBoundary(std::move(below)) {}
  Status start();
  static void handle(int number, siginfo_t *info, void *context);
  void sample(const void *context);
  /// The stacks by names, which are in `names` then.
  StackTree makeTree(std::vector<std::string> &names) const;

  std::vector<std::string> importNames; ///< of the numbers that samples have
  SampleTable samples;
  std::optional<timer_t> timer;
  struct sigaction previous = {};
};

} // namespace w2n::record
