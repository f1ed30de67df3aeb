// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Takes checkpoints of an instance while it runs: a boundary (runtime/core/Boundary.h) that saves
// the state before the instance calls the host, when it is time.
#pragma once

#include "runtime/checkpoint/Folder.h"
#include "runtime/checkpoint/Pages.h"
#include "runtime/core/Boundary.h"

namespace w2n::checkpoint {

using Clock = std::chrono::steady_clock;

class Checkpointer : public runtime::Boundary, public std::enable_shared_from_this<Checkpointer> {
public:
  /// For a new run of `module`, of which it keeps a copy, in `world`, which is new. `addresses` are
  /// those that the module and its instance have. Errors: Io; Unsupported.
  static Result<std::shared_ptr<Checkpointer>>
  create(Folder folder, const runtime::Module &module,
         std::shared_ptr<runtime::AddressPlan> addresses, std::shared_ptr<wasi::WasiContext> world,
         Start start, Interval interval);
  /// For a run that goes on from `checkpoint`, which is in `folder`. Errors: Io.
  static Result<std::shared_ptr<Checkpointer>>
  resume(Folder folder, Checkpoint checkpoint, std::shared_ptr<runtime::AddressPlan> addresses,
         std::shared_ptr<wasi::WasiContext> world);

  /// Called with what is wrong when a checkpoint cannot be written; the program goes on, and the
  /// last one stays. The next try is when the next checkpoint is due.
  std::function<void(const Error &)> failed;

  /// The instance has its addresses and runs on `stack`: from now on checkpoints are taken.
  void begin(runtime::Instance &instance, const runtime::GuestStack &stack);
  /// The next call is the one before which the last checkpoint was taken.
  void repeatsCall() { isRepeated = true; }
  /// The last checkpoint, for a run that was resumed.
  const Checkpoint &last() const { return checkpoint; }
  /// The artifact, mapped at the addresses. Errors: Io, Malformed; Unsupported (another artifact,
  /// or one for another processor); Limit (the addresses are not free).
  Result<std::shared_ptr<const runtime::Module>> loadArtifact() const;
  Status loadPages(runtime::Instance &instance) const { return pages->load(instance); }
  /// The program has ended, and is not to go on.
  void clear() const { folder.clear(); }

  Result<std::shared_ptr<runtime::Function>>
  imported(runtime::Instance &instance, uint32_t index,
           const std::shared_ptr<runtime::Function> &function) override;
  void instantiated(runtime::Instance &, const Status &) override {}
  void exported(runtime::Instance &, uint32_t, runtime::Function &) override {}
  void wrote(const runtime::MemoryRange &) override {}

private:
  Checkpointer(Folder folder, Checkpoint checkpoint,
               std::shared_ptr<runtime::AddressPlan> addresses,
               std::shared_ptr<wasi::WasiContext> world)
      : folder(std::move(folder)), checkpoint(std::move(checkpoint)),
        addresses(std::move(addresses)), world(std::move(world)),
        directories(wasi::givenDirectories(*this->world)) {}
  Status openPages(bool isNew);
  bool isDue();
  Status take(uint32_t import, std::span<const runtime::Slot> slots);
  Status write();

  const Folder folder;
  Checkpoint checkpoint;
  const std::shared_ptr<runtime::AddressPlan> addresses;
  const std::shared_ptr<wasi::WasiContext> world;
  const std::vector<wasi::GivenDirectory> directories;
  std::optional<PageFile> pages;
  runtime::Instance *running = nullptr;
  uint64_t calls = 0;
  bool isRepeated = false;
  Clock::time_point lastTime;
};

} // namespace w2n::checkpoint
