// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The core functions that canonical definitions make (CanonicalABI.md). A lowered function is one
// with the function that it calls: values go from where the caller has them to where the callee
// wants them, without a form in between.
#pragma once

#include "compiler/component/CodeEmitter.h"
#include "compiler/component/Handles.h"
#include "compiler/component/MergedModule.h"
#include "compiler/component/TypeNumbers.h"
#include "lib/component/CanonTrap.h"

#include <functional>

namespace w2n::compiler {

using component::CanonTrap;

class Translator;
struct FlatSlot;

class Adapters {
public:
  Adapters(MergedModule &module, const FlatProgram &program, const ServicePlan &services,
           const component::Types &types)
      : module(module), program(program), services(services), types(types),
        typeNumbers(program, types), handles(*this), trapHelper(makeTrap()) {}
  /// Writes all canonical functions. Errors: Unsupported.
  Status run();
  // Functions for the host.
  /// The function that the host calls for a lifted function.
  uint32_t entryOf(const LiftedFunc &lifted);
  /// A function of a component instance, `core`, during which the instance cannot call out: realloc
  /// and post-return.
  uint32_t insideOf(uint32_t componentInstance, const wasm::FunctionType &type,
                    const CoreItem &core);

  // Traps.
  /// `number`, a local, is for the message.
  void trap(CodeEmitter &e, CanonTrap reason, std::optional<uint32_t> number = std::nullopt);
  /// Traps if the i32 on the stack is not zero.
  void trapIf(CodeEmitter &e, CanonTrap reason);
  /// Traps if the address in `pointer` has not this alignment.
  void checkAlignment(CodeEmitter &e, uint32_t pointer, uint32_t alignment, CanonTrap reason);
  /// Whether the i64 on the stack, where something ends, is beyond the end of memory, as an i32.
  void isBeyondEnd(CodeEmitter &e, uint32_t memory);
  /// Traps if it is.
  void checkEnd(CodeEmitter &e, uint32_t memory, CanonTrap reason);
  /// realloc(0, 0, alignment, bytes) of `options`; the new address, checked, in a local.
  /// `outOfBounds` is what memory that ends too early is for the content.
  uint32_t allocate(CodeEmitter &e, const BoundOptions &options, uint32_t componentInstance,
                    uint32_t alignment, uint32_t bytesLocal, CanonTrap outOfBounds);
  /// Copies a string, address and length in locals, from one memory, in its encoding, to another
  /// (AdapterStrings.cpp).
  void copyString(CodeEmitter &e, const BoundOptions &from, const BoundOptions &to,
                  uint32_t toInstance, uint32_t address, uint32_t length);
  uint32_t memoryOf(const BoundOptions &options) const { return module.indexOf(*options.memory); }
  /// Checks a pointer, a local, to a value of a layout.
  void checkPointer(CodeEmitter &e, const BoundOptions &options, uint32_t pointer,
                    const component::Layout &layout);
  /// The parameters of a lowered function, in locals from `firstParam` on, as those of the lifted
  /// one that is called.
  Result<std::vector<FlatSlot>> passParams(CodeEmitter &e, Translator &translator,
                                           const CanonFunc &canon, const LiftedFunc &lifted,
                                           uint32_t firstParam);
  /// Globals, by slot.
  const std::map<uint32_t, uint32_t> &contextOf(uint32_t componentInstance) {
    return contexts[componentInstance];
  }

  MergedModule &module;
  const FlatProgram &program;
  const ServicePlan &services;
  const component::Types &types;
  TypeNumbers typeNumbers;
  Handles handles;

private:
  Status lowerThroughRuntime(uint32_t index, const CanonFunc &func);
  void addServiceCall(uint32_t index, const CanonFunc &func);
  void addNestedCall(uint32_t index, const CanonFunc &func);
  Status lower(uint32_t index, const CanonFunc &func);
  using HandleFilter = std::function<bool(const component::TypeBody &)>;
  /// Whether a handle that `filter` is true for is somewhere in a value.
  bool hasHandle(component::ValueType type, const HandleFilter &filter) const;
  struct Lending {
    /// Whether the caller's handles are marked as lent. Nothing can tell if the caller's instance
    /// runs no code before the call is over that gives a handle away: it is not called again,
    /// realloc may not call out, and only its tasks, or an own handle among the parameters, could.
    bool notesLoans;
    /// Whether the callee is given handles that it must drop.
    bool givesBorrows;
  };
  Lending lendingOf(const LiftedFunc &lifted) const;
  Status lowerHost(uint32_t index, const CanonFunc &func);
  Status forwardHost(uint32_t index, const CanonFunc &func);
  void addResourceBuiltin(uint32_t index, const CanonFunc &func);
  void addContextBuiltin(uint32_t index, const CanonFunc &func);
  /// Traps when it is called.
  void addStub(uint32_t index, const CanonFunc &func);
  void addCanonGlobals();
  /// Sets the context of a component instance to that of a new task; what it was, in locals.
  std::vector<uint32_t> beginTask(CodeEmitter &e, uint32_t componentInstance);
  void endTask(CodeEmitter &e, uint32_t componentInstance, const std::vector<uint32_t> &saved);
  void checkMayLeave(CodeEmitter &e, uint32_t componentInstance);
  void setMayLeave(CodeEmitter &e, uint32_t componentInstance, bool may);

  uint32_t makeTrap();
  /// A function (address, length) -> (address, length).
  uint32_t stringCopier(const BoundOptions &from, const BoundOptions &to, uint32_t toInstance);

  const uint32_t trapHelper;
  /// Globals: whether an instance may call out; of those alone that call out and at times may not.
  std::vector<std::optional<uint32_t>> flags;
  /// Globals of component instances: the slots of context.get.
  std::map<uint32_t, std::map<uint32_t, uint32_t>> contexts;
  std::map<std::string, uint32_t> helpers;
};

} // namespace w2n::compiler
