// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Process-wide numbers of types: two types are equal exactly if their numbers are, whatever modules
// they are from, so that an indirect call compares one 32-bit number. In the runtime the type index
// of a reference type (wasm::ValueType::typeIndex) is such a number.
//
// A number means its type as long as something holds the type, and is another's afterwards. Modules
// hold their types; host functions, tables and globals those of their signatures. A function
// reference is of a type of its module, or of the module that imports the host's function, and
// whatever keeps the reference keeps that instance (InstanceGroup.h) and thereby its module. So two
// numbers that guest or host can compare are both held, and questions about them need no lock.
#pragma once

#include "lib/artifact/Metadata.h"
#include "lib/wasm/TypeTable.h"

#include <utility>
#include <vector>

namespace w2n::runtime {

/// Types with their numbers, held until this ends.
class HeldTypes {
public:
  HeldTypes() = default;
  HeldTypes(HeldTypes &&other) noexcept { *this = std::move(other); }
  HeldTypes &operator=(HeldTypes &&other) noexcept {
    std::swap(held, other.held);
    return *this;
  }
  ~HeldTypes();

  std::span<const uint32_t> numbers() const { return held; }

private:
  friend HeldTypes holdType(const wasm::FunctionType &type);
  friend HeldTypes holdType(wasm::ValueType type);
  friend Result<HeldTypes> holdTypes(const artifact::Metadata &metadata);
  std::vector<uint32_t> held;
};

/// The number of `type`, final and without supertype, whose references are to types that are held.
/// Threads: any.
HeldTypes holdType(const wasm::FunctionType &type);
/// The number in `type`, which is held already, or none if there is none in it. Threads: any.
HeldTypes holdType(wasm::ValueType type);
/// The numbers of all types of `metadata`, by type index. Errors: Limit (more types of objects than
/// a process can have). Threads: any.
Result<HeldTypes> holdTypes(const artifact::Metadata &metadata);

/// The function type with the number `id`; valid as long as it is held. Threads: any; takes no
/// lock.
const wasm::FunctionType &canonicalType(uint32_t id);

/// Whether `sub` is `super` or declared below it. Threads: any; takes no lock.
bool isSubtype(uint32_t sub, uint32_t super);
/// Whether values of `sub` are values of `super` (core specification, section 3.3). Threads: any;
/// takes no lock.
bool matches(wasm::ValueType sub, wasm::ValueType super);
/// Whether `type` is of references to functions. Threads: any; takes no lock.
bool holdsFunctions(wasm::ValueType type);

/// Whether `type` is of references to objects of the heap: in the hierarchy of any. Threads: any;
/// takes no lock.
bool isHeapReference(wasm::ValueType type);

/// The number of types in the process. Threads: any.
uint32_t canonicalTypeCount();

} // namespace w2n::runtime
