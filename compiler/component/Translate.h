// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Values on their way from one component instance to another.
#pragma once

#include "compiler/component/Adapters.h"

namespace w2n::compiler {

/// A local with a core value of a flattened component value.
struct FlatSlot {
  uint32_t local = 0;
  wasm::ValueKind kind = wasm::ValueKind::I32;
};

/// The place of a value: in locals, or in memory at the address that a local holds.
struct Place {
  std::span<const FlatSlot> slots;
  bool isInMemory = false;
  uint32_t address = 0; ///< a local
  uint64_t offset = 0;

  static Place flat(std::span<const FlatSlot> slots) { return {slots, false, 0, 0}; }
  static Place memory(uint32_t address, uint64_t offset = 0) { return {{}, true, address, offset}; }
};

/// One of the two instances between which values go.
struct Side {
  BoundOptions options;
  uint32_t componentInstance = 0;
};

class Translator {
public:
  /// `typeInstance` is the component instance whose resources the types name.
  Translator(Adapters &adapters, CodeEmitter &e, Side from, Side to, uint32_t typeInstance)
      : adapters(adapters), types(adapters.types), e(e), from(std::move(from)), to(std::move(to)),
        typeInstance(typeInstance) {}

  /// Reads a value at `source`, checks it, and writes it to `target`. Errors: Unsupported.
  Status translate(component::ValueType type, const Place &source, const Place &target);
  /// Members of a record, a tuple or a parameter list, one after the other.
  Status translateAll(std::span<const component::Field> fields, Place source, Place target);
  /// Borrows are of a task of the runtime, whose number is in a local.
  void setTask(uint32_t local) { task = local; }
  /// Borrows are not counted as loans: no handle can be given away before the call is over.
  void leaveLoans() { notesLoans = false; }
  /// Core values stay as they are, within one component instance.
  void setRaw() { isRaw = true; }
  /// `count` elements at addresses that are checked; all are locals.
  Status translateElements(std::span<const component::Field> element, uint32_t length,
                           uint32_t source, uint32_t target);
  /// Whether every pattern of bytes is a value and means the same on the other side.
  bool isPlain(component::ValueType type) const;

private:
  Status translatePrimitive(component::Primitive primitive, const Place &source,
                            const Place &target);
  Status translateVariant(const component::TypeBody &body, const Place &source,
                          const Place &target);
  /// The elements are values of `element`, one after the other, as those of a tuple.
  Status translateList(std::span<const component::Field> element, const Place &source,
                       const Place &target);
  Status translateMap(const component::TypeBody &body, const Place &source, const Place &target);
  Status translateFixedList(const component::TypeBody &body, Place source, Place target);
  void translateFlags(const component::TypeBody &body, const Place &source, const Place &target);
  void translateHandle(const component::TypeBody &body, const Place &source, const Place &target);
  /// Without a look at what they stand for. False if the type is none of these.
  bool copyRaw(const component::TypeBody &body, const Place &source, const Place &target);
  void copyPair(const Place &source, const Place &target);
  void translateString(const Place &source, const Place &target);
  void translateEnd(const component::TypeBody &body, const Place &source, const Place &target);

  /// Pushes the core value at `source`; `load` is of memory.
  void read(const Place &source, wasm::ValueKind kind, Op load);
  /// Emits the code before and after the value that is written.
  void beginWrite(const Place &target);
  void endWrite(const Place &target, wasm::ValueKind kind, Op store);
  void convert(wasm::ValueKind from, wasm::ValueKind to);
  /// Two locals for the address and length at `source`.
  std::pair<uint32_t, uint32_t> readPair(const Place &source);
  void writePair(const Place &target, uint32_t address, uint32_t length);
  Place part(const Place &place, size_t firstSlot, uint64_t offset) const;
  size_t slotsOf(component::ValueType type) const;

  Adapters &adapters;
  const component::Types &types;
  CodeEmitter &e;
  const Side from, to;
  const uint32_t typeInstance;
  std::optional<uint32_t> task;
  bool isRaw = false, notesLoans = true;
};

} // namespace w2n::compiler
