// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/checkpoint/Checkpointer.h"

#include "runtime/platform/VirtualMemory.h"

namespace w2n::checkpoint {

using runtime::Caller;
using runtime::Function;
using runtime::Instance;
using runtime::Slot;

Result<std::shared_ptr<Checkpointer>>
Checkpointer::create(Folder folder, const runtime::Module &module,
                     std::shared_ptr<runtime::AddressPlan> addresses,
                     std::shared_ptr<wasi::WasiContext> world, Start start, Interval interval) {
  W2N_CHECK(runtime::checkCanBeCarried(module));
  const artifact::Metadata &metadata = module.metadata();
  Checkpoint checkpoint;
  checkpoint.start = std::move(start);
  checkpoint.interval = interval;
  checkpoint.artifactHash = metadata.header().checksum;
  checkpoint.artifactBytes = module.file().size();
  checkpoint.cpu = metadata.string(metadata.slices()[metadata.sliceInUse()].cpu);
  checkpoint.pageBytes = platform::pageBytes();
  checkpoint.firstAddress = addresses->first();
  W2N_CHECK(folder.writeArtifact(module.file()));
  std::shared_ptr<Checkpointer> made(new Checkpointer(std::move(folder), std::move(checkpoint),
                                                      std::move(addresses), std::move(world)));
  W2N_CHECK(made->openPages(/*isNew=*/true));
  return made;
}

Result<std::shared_ptr<Checkpointer>>
Checkpointer::resume(Folder folder, Checkpoint checkpoint,
                     std::shared_ptr<runtime::AddressPlan> addresses,
                     std::shared_ptr<wasi::WasiContext> world) {
  std::shared_ptr<Checkpointer> made(new Checkpointer(std::move(folder), std::move(checkpoint),
                                                      std::move(addresses), std::move(world)));
  W2N_CHECK(made->openPages(/*isNew=*/false));
  return made;
}

Status Checkpointer::openPages(bool isNew) {
  W2N_TRY(file, folder.openFile("pages", isNew));
  // A run that ended before its first checkpoint may have left some.
  if (isNew && ftruncate(file.get(), 0) != 0)
    return platform::failWithErrno("cannot write " + folder.pathOf("pages"));
  pages.emplace(std::move(file), checkpoint.pages);
  return {};
}

Result<std::shared_ptr<const runtime::Module>> Checkpointer::loadArtifact() const {
  W2N_TRY(file, folder.openFile("artifact", /*isNew=*/false));
  runtime::LoadOptions options;
  options.cpu = checkpoint.cpu;
  options.addresses = addresses;
  W2N_TRY(module, runtime::Module::loadDescriptor(file.get(), folder.pathOf("artifact"), options));
  if (module->metadata().header().checksum != checkpoint.artifactHash ||
      module->file().size() != checkpoint.artifactBytes)
    return fail(ErrorKind::Unsupported,
                "the checkpoint is of another artifact than " + folder.pathOf("artifact"));
  W2N_CHECK(runtime::checkCanBeCarried(*module));
  return module;
}

void Checkpointer::begin(Instance &instance, const runtime::GuestStack &stack) {
  running = &instance;
  lastTime = Clock::now();
  checkpoint.endAddress = addresses->end();
  checkpoint.stackBytes = stack.top - stack.limit;
}

Result<std::shared_ptr<Function>>
Checkpointer::imported(Instance &, uint32_t index, const std::shared_ptr<Function> &function) {
  // The instance keeps its boundary, and the function lives as long as the instance.
  auto host = [this, index, function](Caller caller, std::span<Slot> slots) {
    if (isDue())
      if (const Status taken = take(index, slots); !taken && failed)
        failed(taken.error());
    return function->host(caller, slots);
  };
  return runtime::makeHostFunction(function->type, std::move(host));
}

bool Checkpointer::isDue() {
  if (!running || std::exchange(isRepeated, false))
    return false;
  if (checkpoint.interval.calls != 0)
    return ++calls % checkpoint.interval.calls == 0;
  return Clock::now() - lastTime >= checkpoint.interval.time;
}

Status Checkpointer::take(uint32_t import, std::span<const Slot> slots) {
  auto image = runtime::takeImage(*running, import, slots);
  if (!image)
    return {};
  checkpoint.image = std::move(*image);
  const Status written = write();
  // After a failure as well: a disk that is full would slow down each call of the program.
  lastTime = Clock::now();
  return written;
}

Status Checkpointer::write() {
  checkpoint.world = wasi::saveWorld(*world, directories);
  W2N_TRY(index, pages->write(*running));
  checkpoint.pages = index;
  W2N_CHECK(folder.writeState(encodeCheckpoint(checkpoint)));
  pages->commit(std::move(index));
  return {};
}

} // namespace w2n::checkpoint
