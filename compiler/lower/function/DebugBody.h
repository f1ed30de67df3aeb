// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Lines and variables of one body while it is lowered.
//
// Each instruction gets the location of the row that its offset is in, inside the innermost scope
// that its offset is in. Variables are places in terms of wasm locals: whenever such a local is
// written, or values of it meet, LLVM is told the value that the variable has from there on.
//
// Without optimization, what lies in the frame in memory is found through a stack slot with the
// frame's address, which is written when the local is, so that it is known everywhere.
#pragma once

#include "compiler/lower/module/DebugMetadata.h"

#include <functional>
#include <llvm/ADT/BitVector.h>
#include <llvm/IR/IRBuilder.h>
#include <map>
#include <optional>
#include <set>

namespace w2n::compiler {

class DebugBody {
public:
  struct Environment {
    llvm::IRBuilder<> &builder;
    llvm::Value *context; ///< of the instance
    /// The offset in it of the address of memory 0; nothing if there is no such memory.
    std::optional<uint64_t> memoryOffset;
    bool usesSlots; ///< see above
    /// By local: how often it is written, as far as that matters: up to 2.
    std::vector<uint8_t> writes;
    /// The value that a local has where `builder` is.
    std::function<llvm::Value *(uint32_t local)> read;
    /// The address of memory 0.
    std::function<llvm::Value *()> memoryBase;
  };

  DebugBody(const SourceInfo &source, DebugMetadata &metadata, const SourceCode &code,
            llvm::DISubprogram *own, Environment environment);

  /// In the block behind the entry block, before anything is lowered.
  void begin();
  /// Before the instruction at `offset` of the module.
  void at(uint64_t offset, bool isReachable);
  /// When `local` has got `value`.
  void written(uint32_t local, llvm::Value *value);
  /// To be called where several paths meet.
  void join();

private:
  /// The begin or the end of a scope, or of a place of a variable.
  struct Event {
    uint64_t address;
    bool begins;
    uint32_t index, place;
  };
  using Scope = DebugMetadata::Scope;

  void addEvents();
  void addSlots();
  llvm::AllocaInst *makeSlot(llvm::Type *type);
  void enterScopes(uint64_t address);
  void enterPlaces(uint64_t address, bool isReachable);
  void setLocation(uint64_t address);
  const SourcePlace &placeOf(uint32_t variable) const {
    return code.variables[variable].places[active[variable]];
  }
  /// Tells LLVM the value of an active variable.
  void describe(uint32_t variable);
  void describe(uint32_t variable, llvm::Value *local);
  void forget(uint32_t variable);
  void record(uint32_t variable, llvm::Metadata *values, llvm::ArrayRef<uint64_t> operations);
  llvm::DILocation *locationOf(uint32_t variable);
  bool isDeclared(uint32_t variable) const;

  const SourceInfo &source;
  DebugMetadata &metadata;
  const SourceCode &code;
  llvm::DISubprogram *const own;
  const Environment environment;
  llvm::IRBuilder<> &builder;
  const std::vector<Scope> scopes;
  const std::span<const SourceRow> rows;
  size_t nextRow = 0;
  size_t lastRow = ~size_t(0); ///< of the location that the builder has
  uint32_t lastScope = noSource;
  uint64_t prologueEnd = 0;
  std::vector<Event> scopeEvents, placeEvents; ///< by address, ends first
  size_t nextScopeEvent = 0, nextPlaceEvent = 0;
  std::set<uint32_t> openScopes; ///< inner ones come behind those around them
  std::vector<uint32_t> active;  ///< by variable: the index of its place, or noSource
  std::map<uint32_t, std::set<uint32_t>> variablesOf; ///< active ones, by local or noSource
  llvm::BitVector isWritten;                          ///< by local
  /// By local that is the base of a frame: its address here.
  std::map<uint32_t, llvm::AllocaInst *> slots;
  std::set<uint32_t> changed; ///< variables that LLVM has not been told of
  size_t recordCount = 0;
};

} // namespace w2n::compiler
