// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Imports and exports of instances: functions, tables, memories, globals (core specification,
// section 4.2). Each is shared by pointer; whoever holds it keeps what it belongs to alive.
#pragma once

#include "lib/artifact/Abi.h"
#include "lib/support/Error.h"
#include "lib/wasm/Types.h"
#include "runtime/core/CanonicalTypes.h"

#include <functional>
#include <memory>
#include <span>
#include <variant>

struct w2n_error;

namespace w2n::runtime {

class HostWrites;
class Instance;
class InstanceGroup;

/// One 64-bit slot: i32 and f32 in the low half, references as pointers. A vector takes two, the
/// low half first.
using Slot = uint64_t;

/// The caller of a host function, as far as the function knows it.
struct Caller {
  Instance *instance;
  /// Memory 0 of the caller; empty if it has none. Valid until the guest runs again.
  std::span<uint8_t> memory() const;
};

/// The code of a host function: reads its arguments from `slots` and writes its results there. An
/// error leaves the guest: kind Exit ends the program, others trap with the error's text.
using HostCallback = std::function<Status(Caller caller, std::span<Slot> slots)>;

/// The same without what std::function costs: null, or the error, which the runtime frees.
using PlainHostCallback = w2n_error *(*)(Instance * caller, void *user, Slot *slots);

/// A function: of an instance (reference into its context), or of the host.
struct Function {
  wasm::FunctionType type;
  /// For wasm functions: lives in the owner's context. For host functions: null until a module
  /// imports it.
  const artifact::FunctionReference *reference = nullptr;
  std::shared_ptr<Instance> owner;
  /// Only for host functions.
  HostCallback host;
  /// Called by guests in place of `host`, with `user`, if it is not null.
  PlainHostCallback plainHost = nullptr;
  void *user = nullptr;
  /// The host function, as the host has made it, if this one was got from a guest that imports a
  /// host function.
  std::shared_ptr<Function> definition = nullptr;
  /// Canonical number of `type` (CanonicalTypes.h).
  uint32_t typeId = 0;
  /// Holds that type if there is no owner, whose module holds it.
  HeldTypes held = {};
  /// The owner's thunk for this type; null for host functions, or if the owner has none.
  artifact::EntryThunk entry = nullptr;
  /// The places in its caller's memories where `host` writes (Boundary.h); null if anywhere.
  std::shared_ptr<const HostWrites> writes = nullptr;
};

struct Table;  // Table.h: TableRecord plus type and growth
struct Memory; // Memory.h: MemoryRecord plus reservation and limits

struct Global {
  wasm::GlobalType type;
  artifact::GlobalCell *cell = nullptr;
  /// Owner of the cell if it is not in an instance's context.
  std::unique_ptr<artifact::GlobalCell> storage;
  std::shared_ptr<Instance> owner;
  /// Its type, if there is no owner.
  HeldTypes held = {};
  /// Only for host globals of references: those whose references it may hold; owns the global.
  InstanceGroup *group = nullptr;
};

/// The tag of exceptions, by which they are told apart.
struct Tag {
  /// The parameters are what an exception carries.
  wasm::FunctionType type;
  /// Its identity; in the context of the instance that defines it.
  const artifact::TagRecord *record = nullptr;
  /// Owner of the record if it is not in an instance's context.
  std::unique_ptr<artifact::TagRecord> storage = nullptr;
  std::shared_ptr<Instance> owner;
  /// Its type, if there is no owner.
  HeldTypes held = {};
};

using Extern = std::variant<std::shared_ptr<Function>, std::shared_ptr<Table>,
                            std::shared_ptr<Memory>, std::shared_ptr<Global>, std::shared_ptr<Tag>>;

/// For these five, defined types of `type` are canonical numbers that are held; what is made holds
/// them from then on.
std::shared_ptr<Function> makeHostFunction(wasm::FunctionType type, HostCallback body);
/// `initial` fills the low slot. Threads: any.
std::shared_ptr<Global> makeGlobal(wasm::GlobalType type, Slot initial);
/// `guard`: reserve 8 GiB so that modules with guard-page checks accept it. It never has more than
/// `maxBytes`. Errors: Limit, Io.
Result<std::shared_ptr<Memory>> makeMemory(wasm::MemoryType type, bool guard = true,
                                           uint64_t maxBytes = UINT64_MAX);
Result<std::shared_ptr<Table>> makeTable(wasm::TableType type, Slot initial = 0);
std::shared_ptr<Tag> makeTag(wasm::FunctionType type);

/// The function that a funcref points to; null for a null reference. Keeps the function's instance
/// alive.
std::shared_ptr<Function> functionOf(Slot reference);
/// `function` as a funcref, or 0 if it is a host function that no module has imported. Valid while
/// `function`'s owner lives.
Slot referenceTo(const Function &function);
/// The same for any function: one that the host made gets a reference of `receiver`, which is the
/// caller that the function then sees, and keeps it. Errors: Unsupported (a host function of a type
/// for which the module of `receiver` has no code: it neither imports a function of this type nor
/// gets references to functions).
Result<Slot> referenceFor(const std::shared_ptr<Function> &function, Instance &receiver);
/// Whether `reference`, a function or null where `type` is of functions, is a value of `type`: to
/// be asked of what the host hands in, as compiled code trusts types.
bool isReferenceOf(wasm::ValueType type, Slot reference);
/// For a reference that the host hands to `receiver`, which may keep it: keeps what it points to
/// alive as long as `receiver`. Null is allowed. False if its instance has another heap.
bool handReference(Instance &receiver, Slot reference);
/// Writes an element, and keeps what a funcref points to alive as long as the table. False if
/// `index` is out of range, or the funcref's instance has another heap than the table's.
bool setElement(Table &table, uint64_t index, Slot value);
/// Appends `delta` elements, and keeps what a funcref points to alive as long as the table. The old
/// number of elements, or -1 if it cannot grow or setElement would fail. Source: core
/// specification, "table.grow".
int64_t growTable(Table &table, uint64_t delta, Slot value);
/// Writes the low slot of a mutable global, and keeps what a funcref points to alive as long as the
/// global. False if the funcref's instance has another heap than the global's.
bool setGlobal(Global &global, Slot value);

} // namespace w2n::runtime
