// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WASI 0.2 and 0.3: what the guest was given is a WasiContext, as for preview 1, and the functions
// are those of Interfaces.cpp, here and in p3. Nothing here belongs to a call: the guest's
// `realloc`, which lowering calls, may make calls of its own.
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

class HttpClient;

class State final : public runtime::HostContext {
public:
  explicit State(std::shared_ptr<WasiContext> wasi);
  /// One of an instance: with the types of `prototype`.
  State(std::shared_ptr<WasiContext> wasi, const runtime::HostContext &prototype);
  ~State() override { resources.clear(); }

  /// `file`, which counts among the open ones as long as anybody has it. Errors: Mfile.
  WasiResult<FileHandle> keep(File file);

  const std::shared_ptr<WasiContext> wasi;
  /// The client that makes requests of the guest; null if it may make none.
  std::shared_ptr<HttpClient> httpClient;

private:
  void countOpenFiles();

  std::shared_ptr<OpenFiles> openFiles;
};

/// The error of a call that ends the guest, because the host interrupts it.
std::unexpected<Error> interrupted();
/// The guest broke a rule whose breach traps.
std::unexpected<Error> trap(std::string text);

/// The part that the states of instances share: the types of their resources.
class StatePrototype final : public runtime::HostContext {
public:
  StatePrototype();
};

/// Defines all of WASI 0.2 and 0.3. `httpClient` may be null. Errors: Link (defined already).
Status define(runtime::HostInterfaces &interfaces, std::shared_ptr<WasiContext> wasi,
              std::shared_ptr<HttpClient> httpClient = nullptr);
/// The same for instances that have a State each, as their userData (as a HostContext).
Status definePerInstance(runtime::HostInterfaces &interfaces, const StatePrototype &prototype,
                         const TraceSink &trace);

} // namespace w2n::wasi::p2
