// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/checkpoint/Resume.h"

#include "runtime/core/Thread.h"
#include "runtime/platform/VirtualMemory.h"

namespace w2n::checkpoint {

using runtime::AddressPlan;
using runtime::GuestStack;
using runtime::Instance;

Result<Checkpoint> readCheckpoint(const Folder &folder) {
  W2N_TRY(bytes, folder.readState());
  W2N_TRY(checkpoint, decodeCheckpoint(bytes));
  if (checkpoint.pageBytes != platform::pageBytes())
    return fail(ErrorKind::Unsupported, "the checkpoint is of a system with pages of " +
                                            std::to_string(checkpoint.pageBytes) +
                                            " bytes, this one has " +
                                            std::to_string(platform::pageBytes()));
  return checkpoint;
}

namespace {

/// Makes a stack of `bytes` the thread's.
Result<std::shared_ptr<GuestStack>> makeStack(AddressPlan &addresses, uint64_t bytes) {
  W2N_TRY(stack, GuestStack::createIn(addresses, bytes));
  W2N_CHECK(runtime::useGuestStack(stack));
  return stack;
}

} // namespace

Status runWithCheckpoints(Checkpointer &checkpointer, Instance &instance,
                          const runtime::Function &function, AddressPlan &addresses) {
  W2N_TRY(stack, makeStack(addresses, instance.stackBytes()));
  checkpointer.begin(instance, *stack);
  return runtime::callFixed(instance, function);
}

Status resumeProgram(Checkpointer &checkpointer, Instance &instance, wasi::WasiContext &world,
                     AddressPlan &addresses) {
  const Checkpoint &last = checkpointer.last();
  W2N_TRY(stack, makeStack(addresses, last.stackBytes));
  if (addresses.end() != last.endAddress)
    return fail(ErrorKind::Unsupported, "the checkpoint is of another version of wasm2native");
  // The checkpoint changes as soon as the program runs.
  const runtime::InstanceImage image = last.image;
  W2N_CHECK(runtime::restoreImage(instance, *stack, image));
  W2N_CHECK(checkpointer.loadPages(instance));
  W2N_CHECK(wasi::restoreWorld(world, last.world));
  checkpointer.begin(instance, *stack);
  checkpointer.repeatsCall();
  return runtime::resumeImage(instance, image);
}

} // namespace w2n::checkpoint
