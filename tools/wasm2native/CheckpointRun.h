// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A run of `run --checkpoint`, or of `resume`: what differs from others.
#pragma once

#include "runtime/checkpoint/Resume.h"
#include "tools/wasm2native/RunRequest.h"

namespace w2n::tool {

/// A checkpoint to go on from.
struct SavedRun {
  checkpoint::Folder folder;
  checkpoint::Checkpoint checkpoint;
};

/// The host's directories that a program is given.
std::vector<std::string> directoriesOf(const wasi::WasiOptions &options);

/// Goes on with it; `request` is that of the run. Returns the exit status.
int runSaved(RunRequest &request, SavedRun saved);

class CheckpointRun {
public:
  /// Prepares a new run of `module` as `request` says, and sets where its instance is to be made.
  /// `module` becomes the same at its addresses. Errors: Io, Invalid, Unsupported, Limit.
  static Result<CheckpointRun> begin(RunRequest &request,
                                     std::shared_ptr<const runtime::Module> &module,
                                     std::shared_ptr<wasi::WasiContext> world);
  /// The same to go on with `checkpoint`; `module` is its artifact then.
  static Result<CheckpointRun> resume(RunRequest &request, checkpoint::Folder folder,
                                      checkpoint::Checkpoint checkpoint,
                                      std::shared_ptr<const runtime::Module> &module,
                                      std::shared_ptr<wasi::WasiContext> world);

  /// Runs `start` of `instance`, or goes on. A checkpoint that is left is removed if the program
  /// has ended well.
  Status run(runtime::Instance &instance, const runtime::Function *start);

private:
  void prepare(RunRequest &request) const;

  std::shared_ptr<runtime::AddressPlan> addresses;
  std::shared_ptr<checkpoint::Checkpointer> checkpointer;
  std::shared_ptr<wasi::WasiContext> world;
  bool isResumed = false;
};

} // namespace w2n::tool
