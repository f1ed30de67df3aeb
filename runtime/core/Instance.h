// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// An instance of a module: its context, what it owns, what it imports, what it exports.
#pragma once

#include "runtime/core/AddressPlan.h"
#include "runtime/core/Extern.h"
#include "runtime/core/GuestStack.h"
#include "runtime/core/InstanceLimits.h"
#include "runtime/core/Module.h"

#include <optional>
#include <string_view>

namespace w2n::runtime {

class Boundary;
class InstancePool;
class StoreHeap;

/// Finds the import `module`.`name`; nullopt if there is none. Types are checked by the caller.
using Resolver = std::function<std::optional<Extern>(std::string_view module, std::string_view name,
                                                     wasm::ExternKind kind)>;

struct InstanceOptions {
  /// Functions that the resolver does not find trap when called instead of failing to link.
  bool trapOnUnknownImports = false;
  /// The same for those of which it says so.
  std::function<bool(std::string_view module, std::string_view name)> trapsUnknown = nullptr;
  /// The fuel that it begins with, for `initialize` and the start function, too. Only for modules
  /// that were compiled with --meter=fuel; without a value, those have as good as endless fuel.
  std::optional<uint64_t> fuel = {};
  InstanceLimits limits = {};
  /// Shared with other instances; null: the instance has one of its own, of limits.maxHostBytes.
  std::shared_ptr<HostBudget> budget = nullptr;
  /// Counts the instances made with these options; null: any number.
  std::shared_ptr<InstanceQuota> quota = nullptr;
  /// The heap in which the module's objects live, with those of other instances; null: that of the
  /// instances that it imports from, or one of its own, of limits.maxHeapBytes.
  std::shared_ptr<StoreHeap> heap = nullptr;
  /// Takes a slot of this pool, whose limits then hold as well; null: none.
  std::shared_ptr<InstancePool> pool = nullptr;
  /// Waits for a slot where there is none free, rather than failing.
  bool waitForSlot = false;
  /// The pointer that host functions find at Instance::hostData.
  void *hostData = nullptr;
  /// Instance::userData of the instance when it runs `initialize` and the start function.
  void *userData = nullptr;
  /// Sees what crosses between the instance and the host (Boundary.h); null: nothing does.
  std::shared_ptr<Boundary> boundary = nullptr;
  /// The addresses of all that its code knows addresses of, which another process can have again;
  /// null: any. For modules that define their memories and tables, and without a pool.
  std::shared_ptr<AddressPlan> addresses = nullptr;
  /// Its state is about to be restored (InstanceImage.h): neither `initialize` nor the start
  /// function runs.
  bool isRestored = false;
};

class Instance : public std::enable_shared_from_this<Instance> {
public:
  /// Links, makes memories, tables and globals, runs `initialize` and the start function. Errors:
  /// Link ("unknown import: ...", "incompatible import type: ..."), Trap, Exit, Limit, Io. After a
  /// trap, writes to imported memories and tables stay (core specification, section 4.5.4), and
  /// function references that escaped keep the instance alive. Threads: any; one instance runs on
  /// one thread at a time.
  static Result<std::shared_ptr<Instance>> instantiate(std::shared_ptr<const Module> module,
                                                       const Resolver &resolver,
                                                       const InstanceOptions &options = {});
  /// The same with the imports of `module` as resolveImports (Link.h) has found them, with the same
  /// options; they can be used again.
  static Result<std::shared_ptr<Instance>> instantiateLinked(std::shared_ptr<const Module> module,
                                                             std::span<const Extern> imports,
                                                             const InstanceOptions &options = {});
  ~Instance();

  /// The export `name`, or nullopt.
  std::optional<Extern> findExport(std::string_view name);
  /// The `index`-th export of the metadata. The index must be in range.
  Extern exportAt(uint32_t index);
  /// Memory 0, or null.
  Memory *memory0();
  /// The memory `index`, which must be in range.
  Memory &memoryAt(uint32_t index);
  /// Keeps the instance alive.
  std::shared_ptr<Instance> handle();

  /// The fuel that is left; nothing if the module was compiled without --meter=fuel.
  std::optional<uint64_t> fuel() const;
  /// Errors: Invalid (the same).
  Status setFuel(uint64_t fuel);

  /// InstanceOptions::hostData; from before its start function on.
  void *hostData() const { return hostDataPtr; }
  /// Keeps `object` for as long as the instance lives.
  void attach(std::shared_ptr<void> object);
  /// The embedder's own, for its host functions; null at first, or what the options say.
  void *userData = nullptr;

  /// InstanceOptions::boundary.
  Boundary *boundary() const;

  const Module &module() const { return *moduleRef; }
  const std::shared_ptr<const Module> &sharedModule() const { return moduleRef; }
  artifact::InstanceContext *context() { return contextPtr; }
  /// The size of the native stack, for each call from the host.
  uint64_t stackBytes() const { return stackByteLimit; }
  /// Says that the instance runs on `stack`, which is cleared when the instance ends.
  void noteStack(GuestStack &stack) { stacks.note(stack, stackByteLimit); }
  /// The place of the stack on which it can be called without preparation.
  DirectCalls *const *usualStack() const { return stacks.usualStack(); }

  struct State; // Instance.cpp
  State &state() { return *statePtr; }

private:
  Instance() = default;
  std::shared_ptr<const Module> moduleRef;
  artifact::InstanceContext *contextPtr = nullptr;
  uint64_t stackByteLimit = 0;
  void *hostDataPtr = nullptr;
  std::unique_ptr<State> statePtr;
  NotedStacks stacks;
};

/// Calls `function`: arguments in `slots`, results there afterwards; slots.size() must be at least
/// max(parameters, results). Errors: Trap (code is the TrapKind, text the specification's message,
/// notes the backtrace), Exit. Re-entrant: a host function may call. Threads: the thread of the
/// instance.
Status call(Function &function, std::span<Slot> slots);

} // namespace w2n::runtime
