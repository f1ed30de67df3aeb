// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A plug-in between an instance and its host (include/wasm2native/plugin.h).
#pragma once

#include "include/wasm2native/plugin.h"
#include "runtime/record/Imports.h"
#include "runtime/record/LayeredBoundary.h"

#include <chrono>
#include <memory>
#include <shared_mutex>

namespace w2n::record {

/// Threads: any.
class Interposer final : public LayeredBoundary {
public:
  /// Opens the library `path` and starts it with `options`. `below` is the boundary of what this
  /// one sees, or null. Errors: Io, Unsupported (another version), Invalid (it says no).
  static Result<std::shared_ptr<Interposer>>
  open(const std::string &path, const std::string &options, std::shared_ptr<Boundary> below);

  explicit Interposer(const w2n_plugin &plugin, std::shared_ptr<Boundary> below)
      : LayeredBoundary(std::move(below)), plugin(plugin) {}
  ~Interposer() override { end(); }

  /// The program has ended: the plug-in hears of no more calls, which other threads may still make.
  void end();

  Result<std::shared_ptr<runtime::Function>>
  imported(runtime::Instance &instance, uint32_t index,
           const std::shared_ptr<runtime::Function> &function) override;

private:
  struct Target;
  Status callHost(const Target &target, runtime::Caller caller, std::span<runtime::Slot> slots);
  Status decide(const Target &target, const w2n_plugin_call &call, std::span<runtime::Slot> slots,
                bool &isAnswered);

  /// Held exclusively to end, shared to call the plug-in's functions.
  std::shared_mutex lock;
  w2n_plugin plugin;
};

} // namespace w2n::record
