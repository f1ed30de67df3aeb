// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/CheckpointRun.h"

#include "tools/wasm2native/Diagnostics.h"

#include <climits>
#include <unistd.h>

namespace w2n::tool {

using runtime::AddressPlan;

std::vector<std::string> directoriesOf(const wasi::WasiOptions &options) {
  std::vector<std::string> directories;
  for (const wasi::Preopen &preopen : options.preopens)
    if (!preopen.makeTree)
      directories.push_back(preopen.hostPath);
  return directories;
}

void CheckpointRun::prepare(RunRequest &request) const {
  request.instance.addresses = addresses;
  request.instance.boundary = checkpointer;
  request.instance.isRestored = isResumed;
  // Once: a disk that is full is so at each checkpoint.
  checkpointer->failed = [isTold = false](const Error &error) mutable {
    if (!std::exchange(isTold, true))
      printWarning("no checkpoint is written: " + error.text);
  };
}

Result<CheckpointRun> CheckpointRun::begin(RunRequest &request,
                                           std::shared_ptr<const runtime::Module> &module,
                                           std::shared_ptr<wasi::WasiContext> world) {
  W2N_CHECK(wasi::checkCanBeSaved(request.wasi));
  W2N_CHECK(runtime::checkCanBeCarried(*module));
  if (wasi::ThreadGroup::isFor(*module))
    return fail(ErrorKind::Unsupported, "a checkpoint cannot be taken of a program with threads");
  char directory[PATH_MAX];
  if (!getcwd(directory, sizeof(directory)))
    return fail(ErrorKind::Io, "the working directory has no name");
  checkpoint::Start start = {.program = request.file,
                             .options = request.options,
                             .workingDirectory = directory,
                             .arguments = request.wasi.arguments,
                             .environment = request.wasi.environment};
  CheckpointRun run;
  run.world = world;
  W2N_TRY(folder,
          checkpoint::Folder::create(request.checkpoint->directory, directoriesOf(request.wasi)));
  W2N_TRY(addresses, AddressPlan::choose());
  run.addresses = addresses;
  W2N_TRY(made, checkpoint::Checkpointer::create(std::move(folder), *module, addresses, world,
                                                 std::move(start), request.checkpoint->interval));
  run.checkpointer = std::move(made);
  W2N_TRY(placed, run.checkpointer->loadArtifact());
  module = std::move(placed);
  run.prepare(request);
  return run;
}

Result<CheckpointRun> CheckpointRun::resume(RunRequest &request, checkpoint::Folder folder,
                                            checkpoint::Checkpoint checkpoint,
                                            std::shared_ptr<const runtime::Module> &module,
                                            std::shared_ptr<wasi::WasiContext> world) {
  CheckpointRun run;
  run.world = world;
  run.isResumed = true;
  run.addresses = AddressPlan::at(uintptr_t(checkpoint.firstAddress));
  W2N_TRY(made, checkpoint::Checkpointer::resume(std::move(folder), std::move(checkpoint),
                                                 run.addresses, world));
  run.checkpointer = std::move(made);
  W2N_TRY(placed, run.checkpointer->loadArtifact());
  module = std::move(placed);
  run.prepare(request);
  return run;
}

Status CheckpointRun::run(runtime::Instance &instance, const runtime::Function *start) {
  const Status status =
      isResumed ? checkpoint::resumeProgram(*checkpointer, instance, *world, *addresses)
                : checkpoint::runWithCheckpoints(*checkpointer, instance, *start, *addresses);
  if (status || (status.error().kind == ErrorKind::Exit && status.error().code == 0))
    checkpointer->clear();
  return status;
}

} // namespace w2n::tool
