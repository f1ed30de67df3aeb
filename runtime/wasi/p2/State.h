// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WASI 0.2: what the guest was given is a WasiContext, as for preview 1, and its functions are
// those of Interfaces.cpp. Nothing here belongs to a call: the guest's `realloc`, which lowering
// calls, may make calls of its own.
#pragma once

#include "runtime/component/HostFunction.h"
#include "runtime/wasi/WasiContext.h"

#include <atomic>

namespace w2n::wasi::p2 {

/// Counts descriptors of the host that a guest has opened. Threads: any.
class OpenFiles {
public:
  explicit OpenFiles(uint32_t most) : most(most) {}
  bool take() { return open.fetch_add(1) < most || (giveBack(), false); }
  void giveBack() { --open; }

private:
  const uint32_t most;
  std::atomic<uint32_t> open = 0;
};

class State final : public runtime::HostContext {
public:
  explicit State(std::shared_ptr<WasiContext> wasi);
  ~State() override { resources.clear(); }

  /// `file`, which counts among the open ones as long as anybody has it. Errors: Mfile.
  WasiResult<FileHandle> keep(File file);

  const std::shared_ptr<WasiContext> wasi;

private:
  std::shared_ptr<OpenFiles> openFiles;
};

/// The error of a call that ends the guest, because the host interrupts it.
std::unexpected<Error> interrupted();
/// The guest broke a rule whose breach traps.
std::unexpected<Error> trap(std::string text);

/// Defines all of WASI 0.2 but wasi:http. Errors: Link (defined already).
Status define(runtime::HostInterfaces &interfaces, std::shared_ptr<WasiContext> wasi);

} // namespace w2n::wasi::p2
