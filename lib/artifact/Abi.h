// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The agreement between compiled code and runtime: the instance context that every compiled
// function receives, and the records it points to. Compiled code addresses all of it by constant
// offsets, asserted here; a change to any of them raises `formatVersion` in Format.h.
//
// Calling convention: the target's C convention with the context in the `swiftself` register (r13
// on x86-64, x20 on AArch64; the first argument on RISC-V), which C calls preserve. At most
// `maxIntegerRegisters` integer and `maxFloatRegisters` floating-point and vector parameters follow
// in registers (no vectors on RISC-V), so that no call has stack arguments; the rest, and the
// results past the first, go through the argumentBuffer of the callee's context, parameters and
// results each from its slot 0.
#pragma once

#include <cstddef>
#include <cstdint>

namespace w2n::artifact {

enum class TrapKind : uint32_t {
#define W2N_TRAP(name, text) name,
#include "lib/artifact/Traps.def"
};

/// The message of a trap; "unknown trap" if `kind` is none of the enumerators.
const char *trapMessage(TrapKind kind);

/// Integer and reference parameters passed in registers: what x86-64 has.
inline constexpr unsigned maxIntegerRegisters = 6;
inline constexpr unsigned maxFloatRegisters = 8;
/// Most values in the argument buffer, a vector of which takes two slots: the JS API's limit of
/// 1,000 parameters and 1,000 results.
inline constexpr unsigned argumentBufferSlots = 1000;

struct InstanceContext;
struct HeapRecord; // HeapLayout.h

/// A function that can be referenced: `funcref` values point to one, null is the null pointer.
/// Immutable once made; lives as long as the instance (or host function) that it belongs to.
struct FunctionReference {
  /// Entry point in the calling convention above.
  const void *code;
  /// The callee's context: an InstanceContext, or for a host function its HostFunction record
  /// (Runtime.h).
  InstanceContext *context;
  /// Process-wide canonical type number.
  uint32_t typeId;
  uint32_t reserved;
  /// Entry point for tail calls, with a convention of its own
  /// (compiler/lower/function/TailCall.cpp); null if there is none, and `code` is called instead.
  const void *tailCode;
};

/// No memory is larger: what processors can address.
inline constexpr uint64_t maxMemoryBytes = uint64_t(1) << 56;
/// After all that a memory of 64-bit addresses can grow to come so many bytes that are never
/// accessible: compiled code that relies on guard pages compares its index with `bytes`, and leaves
/// a constant offset and the width of the access up to this sum to them.
inline constexpr uint64_t memoryGuardBytes = 32 << 20;
/// So many bytes before the base of every memory are never accessible, and of memories of which
/// wasm::MemoryType::neverHasLastPage says so, the last of the 4 GiB that 32-bit addresses reach
/// neither. Compiled code may leave it to them that `index - constant` and `index + constant` wrap
/// around (compiler/passes/addresses/WidenAddresses.cpp).
inline constexpr uint64_t wrapGuardBytes = 64 << 10;

/// A linear memory as compiled code sees it. `base` never changes; `bytes` changes when it grows,
/// and is atomic if the memory is shared.
struct MemoryRecord {
  uint8_t *base;
  uint64_t bytes;
};

/// A table as compiled code sees it: references of 8 bytes, null is 0. Both fields change when it
/// grows.
struct TableRecord {
  uint64_t *elements;
  uint64_t count;
};

/// The contents of a memory's slot in the context.
struct MemorySlot {
  uint8_t *base; ///< equals memory->base, one load less
  MemoryRecord *memory;
};

/// A global's storage: 16 bytes so that a vector fits.
struct alignas(16) GlobalCell {
  uint64_t bits[2];
};

/// A tag of an instance: its address is its identity. Immutable once made; lives as long as the
/// instance.
struct TagRecord {
  /// Canonical number of its function type.
  uint32_t typeId;
  uint32_t reserved;
};

/// An exception: what an exnref points to, null is the null pointer. The runtime makes and frees
/// it; the code that throws fills the payload. Values follow each other in 64-bit slots, a vector
/// in two.
struct Exception {
  const TagRecord *tag;
  // The runtime's, which compiled code does not look at: the Instance that threw it, and how many
  // errors of the host hold it.
  void *instance;
  uint32_t payloadSlots;
  uint32_t holders;

  uint64_t *payload() { return reinterpret_cast<uint64_t *>(this + 1); }
};

/// Services that compiled code calls, in the target's C convention. A service that traps does not
/// return. Those marked "bounds" check everything before any effect and trap as the specification
/// says. Indices are those of the module.
struct RuntimeServices {
  /// Does not return.
  void (*trap)(InstanceContext *, uint32_t kind);
  /// Returns the old size in pages, or -1.
  uint64_t (*memoryGrow)(InstanceContext *, uint32_t memory, uint64_t deltaPages);
  void (*memoryCopy)(InstanceContext *, uint32_t destinationMemory, uint32_t sourceMemory,
                     uint64_t destination, uint64_t source, uint64_t count); // bounds
  void (*memoryFill)(InstanceContext *, uint32_t memory, uint64_t destination, uint32_t value,
                     uint64_t count); // bounds
  void (*memoryInit)(InstanceContext *, uint32_t memory, uint32_t segment, uint64_t destination,
                     uint64_t source,
                     uint64_t count); // bounds
  void (*dataDrop)(InstanceContext *, uint32_t segment);
  uint64_t (*tableGrow)(InstanceContext *, uint32_t table, uint64_t value, uint64_t delta);
  void (*tableFill)(InstanceContext *, uint32_t table, uint64_t destination, uint64_t value,
                    uint64_t count); // bounds
  void (*tableCopy)(InstanceContext *, uint32_t destinationTable, uint32_t sourceTable,
                    uint64_t destination, uint64_t source, uint64_t count); // bounds
  void (*tableInit)(InstanceContext *, uint32_t table, uint32_t segment, uint64_t destination,
                    uint64_t source,
                    uint64_t count); // bounds
  void (*elementDrop)(InstanceContext *, uint32_t segment);
  /// Only from `initialize`: gives an element of a segment a value that metadata cannot hold.
  void (*elementSet)(InstanceContext *, uint32_t segment, uint32_t element, uint64_t value);
  // Threads. All three trap if `address` is not aligned; then "bounds".
  /// Returns 0 when notified, 1 if the value is not `expected`, 2 after `timeoutNs`, which if
  /// negative never comes. Traps if the memory is not shared.
  uint32_t (*memoryWait32)(InstanceContext *, uint32_t memory, uint64_t address, uint64_t expected,
                           int64_t timeoutNs);
  uint32_t (*memoryWait64)(InstanceContext *, uint32_t memory, uint64_t address, uint64_t expected,
                           int64_t timeoutNs);
  /// Returns how many it woke, at most `count`.
  uint32_t (*memoryNotify)(InstanceContext *, uint32_t memory, uint64_t address, uint32_t count);
  /// 1 if the type with the canonical number `sub` is declared below that with `super`, else 0.
  uint64_t (*isSubtype)(InstanceContext *, uint32_t sub, uint32_t super);
  /// A new exception with `tag` and a payload of zeros. It may be freed in the next call if no
  /// exnref of it is on the guest's stack, in its registers, or in a table or global of type
  /// exnref.
  Exception *(*exceptionMake)(InstanceContext *, const TagRecord *tag, uint32_t payloadSlots);
  /// Continues at the landing pad of the innermost call that has one, the exception in the target's
  /// first exception register; without one, leaves the guest. Does not return.
  void (*exceptionThrow)(InstanceContext *, Exception *exception);
  // The heap; see HeapLayout.h. Where there is no room, allocation traps.
  /// A new object of the type with the canonical number `typeId`, all zero behind its header.
  uint64_t (*allocateObject)(InstanceContext *, uint32_t typeId, uint32_t length);
  /// A box of a host's value, which is not null.
  uint64_t (*allocateExternBox)(InstanceContext *, uint64_t value);
  // Operations on arrays that are not null. `segment` has the index of the segment in its lower
  // half, log2 of the bytes of an element in its upper half.
  void (*arrayCopy)(InstanceContext *, uint32_t destination, uint32_t destinationIndex,
                    uint32_t source, uint32_t sourceIndex, uint32_t count); // bounds
  /// A vector has two words.
  void (*arrayFill)(InstanceContext *, uint32_t array, uint32_t index, uint32_t count,
                    uint64_t value, uint64_t upperValue); // bounds
  uint64_t (*arrayNewData)(InstanceContext *, uint32_t typeId, uint64_t segment, uint32_t offset,
                           uint32_t count); // bounds
  uint64_t (*arrayNewElement)(InstanceContext *, uint32_t typeId, uint64_t segment, uint32_t offset,
                              uint32_t count); // bounds
  void (*arrayInitData)(InstanceContext *, uint32_t array, uint32_t index, uint64_t segment,
                        uint32_t offset, uint32_t count); // bounds
  void (*arrayInitElement)(InstanceContext *, uint32_t array, uint32_t index, uint64_t segment,
                           uint32_t offset, uint32_t count); // bounds
};

/// The fixed part of the context. The variable part follows at the offsets of ContextLayout.
struct InstanceContext {
  const RuntimeServices *services;
  /// Overflow parameters and results; owned by the thread that runs the instance.
  uint64_t *argumentBuffer;
  /// The runtime's Instance; compiled code does not look at it.
  void *instance;
  /// The fuel that is left for code that was compiled with --meter=fuel.
  uint64_t fuel;
  /// The heap of the instance's group, and its `base`; null if the module has no types of objects.
  HeapRecord *heap;
  uint8_t *heapBase;
};

static_assert(offsetof(InstanceContext, services) == 0);
static_assert(offsetof(InstanceContext, argumentBuffer) == 8);
static_assert(offsetof(InstanceContext, instance) == 16);
static_assert(offsetof(InstanceContext, fuel) == 24);
static_assert(offsetof(InstanceContext, heap) == 32);
static_assert(offsetof(InstanceContext, heapBase) == 40);
static_assert(sizeof(InstanceContext) == 48);
static_assert(offsetof(FunctionReference, code) == 0);
static_assert(offsetof(FunctionReference, context) == 8);
static_assert(offsetof(FunctionReference, typeId) == 16);
static_assert(offsetof(FunctionReference, tailCode) == 24);
static_assert(sizeof(FunctionReference) == 32);
static_assert(offsetof(MemoryRecord, base) == 0 && offsetof(MemoryRecord, bytes) == 8);
static_assert(offsetof(TableRecord, elements) == 0 && offsetof(TableRecord, count) == 8);
static_assert(sizeof(TagRecord) == 8 && offsetof(Exception, tag) == 0 && sizeof(Exception) == 24);
static_assert(sizeof(MemorySlot) == 16 && sizeof(GlobalCell) == 16);

/// Host to wasm: stores `slots` into registers and argument buffer, calls `code` with `context`,
/// writes the results to `slots`. One slot of 64 bits a value (i32 and f32 in the low half), two
/// for a vector; parameters and results each from slot 0.
using EntryThunk = void (*)(InstanceContext *context, const void *code, uint64_t *slots);

/// A function that the embedder provides. The artifact's import thunks, which have the wasm calling
/// convention, receive it as their context, collect the arguments into an array of slots and call
/// `invoke`.
struct HostFunction {
  /// Called with itself and the slots (arguments in, results out).
  /// Traps by not returning.
  void (*invoke)(HostFunction *self, uint64_t *slots);
  /// Whatever is called finds its overflow parameters, and leaves its overflow results, in the
  /// buffer of its own context: at the same offset here as in an InstanceContext. Never null.
  uint64_t *argumentBuffer;
};
static_assert(offsetof(HostFunction, invoke) == 0);
static_assert(offsetof(HostFunction, argumentBuffer) == offsetof(InstanceContext, argumentBuffer));

/// The offsets of the arrays in the variable part of a context, from the counts of the module's
/// index spaces: the one place where these offsets are computed. All counts are those of the
/// metadata header.
struct ContextLayout {
  uint32_t importedFunctions = 0, memories = 0, tables = 0, importedGlobals = 0, definedGlobals = 0,
           referencedFunctions = 0, types = 0, definedMemories = 0, definedTables = 0,
           importedTags = 0, definedTags = 0, profileCounters = 0;

  // GlobalCell[definedGlobals]: first, because it wants 16 bytes of alignment and is the hottest.
  constexpr uint64_t globalCells() const { return sizeof(InstanceContext); }
  // MemorySlot[memories]
  constexpr uint64_t memorySlots() const { return globalCells() + 16ull * definedGlobals; }
  // TableRecord *[tables]
  constexpr uint64_t tablePointers() const { return memorySlots() + 16ull * memories; }
  // TableRecord[definedTables]: the records of the tables that this module defines.
  constexpr uint64_t tableRecords() const { return tablePointers() + 8ull * tables; }
  // MemoryRecord[definedMemories]
  constexpr uint64_t memoryRecords() const { return tableRecords() + 16ull * definedTables; }
  // GlobalCell *[importedGlobals]
  constexpr uint64_t globalPointers() const { return memoryRecords() + 16ull * definedMemories; }
  // FunctionReference[importedFunctions]
  constexpr uint64_t importReferences() const { return globalPointers() + 8ull * importedGlobals; }
  // FunctionReference[referencedFunctions]: defined functions that are exported, in a segment, or
  // named by ref.func.
  constexpr uint64_t functionReferences() const {
    return importReferences() + 32ull * importedFunctions;
  }
  // uint32_t[types]: canonical type numbers of the module's types.
  constexpr uint64_t typeIds() const { return functionReferences() + 32ull * referencedFunctions; }
  // const TagRecord *[importedTags]
  constexpr uint64_t tagPointers() const { return (typeIds() + 4ull * types + 7) & ~7ull; }
  // TagRecord[definedTags]
  constexpr uint64_t tagRecords() const { return tagPointers() + 8ull * importedTags; }
  // uint64_t *[profileCounters], of which there is at most one: the counters of this instance, for
  // code that was compiled with --profile-generate.
  constexpr uint64_t counterPointer() const { return tagRecords() + 8ull * definedTags; }
  constexpr uint64_t bytes() const {
    return (counterPointer() + 8ull * profileCounters + 15) & ~15ull;
  }
};

} // namespace w2n::artifact
