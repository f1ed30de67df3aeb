// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Objects of the heap as compiled code sees them (lib/artifact/HeapLayout.h): where fields and
// elements are, and how they are read and written.
#pragma once

#include "lib/wasm/Module.h"

#include <llvm/IR/IRBuilder.h>
#include <map>

namespace w2n::compiler {

class ModuleLowering;

class Objects {
public:
  /// The offsets of the fields of a structure, and its size.
  struct Layout {
    std::vector<uint32_t> offsets;
    uint32_t bytes = 0;
  };

  explicit Objects(ModuleLowering &module) : module(module) {}

  const Layout &layout(uint32_t typeIndex);
  /// Log2 of the bytes of an element of an array.
  unsigned elementLog2(uint32_t typeIndex) const;
  /// Bytes of an array of `length` (i32) elements, as i64.
  llvm::Value *arrayBytes(llvm::IRBuilder<> &builder, uint32_t typeIndex, llvm::Value *length);

  /// The address of the object that `reference`, neither null nor an i31, refers to.
  llvm::Value *address(llvm::IRBuilder<> &builder, llvm::Value *heapBase, llvm::Value *reference);
  /// The length of an array.
  llvm::Value *length(llvm::IRBuilder<> &builder, llvm::Value *object);
  llvm::Value *fieldAddress(llvm::IRBuilder<> &builder, llvm::Value *object, uint32_t typeIndex,
                            uint32_t field);
  /// `index` is an i64.
  llvm::Value *elementAddress(llvm::IRBuilder<> &builder, llvm::Value *object, uint32_t typeIndex,
                              llvm::Value *index);
  /// The type of a field's value in an object.
  llvm::Type *storageType(const wasm::FieldType &field) const;
  /// The value of a field; a packed one is extended with its sign if `isSigned`.
  llvm::Value *load(llvm::IRBuilder<> &builder, const wasm::FieldType &field,
                    llvm::Value *fieldAddress, bool isSigned);
  void store(llvm::IRBuilder<> &builder, const wasm::FieldType &field, llvm::Value *value,
             llvm::Value *fieldAddress);
  /// The fields of a new structure, all of which are zero.
  void fillStruct(llvm::IRBuilder<> &builder, llvm::Value *object, uint32_t typeIndex,
                  llvm::ArrayRef<llvm::Value *> values);
  /// The elements of a new array, all of which are zero.
  void fillArray(llvm::IRBuilder<> &builder, llvm::Value *object, uint32_t typeIndex,
                 llvm::ArrayRef<llvm::Value *> values);
  /// Writes the low `8 << elementLog2` bits of `bits` to `count` (i64) elements from `address` on.
  void fillRun(llvm::IRBuilder<> &builder, llvm::Value *address, llvm::Value *bits,
               llvm::Value *count, unsigned elementLog2);
  /// A value as the two words that RuntimeServices::arrayFill takes.
  std::pair<llvm::Value *, llvm::Value *> words(llvm::IRBuilder<> &builder, llvm::Value *value);
  /// Calls RuntimeServices::allocateObject.
  llvm::Value *allocateInRuntime(llvm::IRBuilder<> &builder, llvm::Value *instanceContext,
                                 llvm::Value *typeId, llvm::Value *length);
  // Conversions; control flow of their own ends in the block that the builder is left in.
  /// any.convert_extern: an externref as a reference of the heap.
  llvm::Value *internalize(llvm::IRBuilder<> &builder, llvm::Value *instanceContext,
                           llvm::Value *value);
  /// extern.convert_any: a reference of the heap as an externref.
  llvm::Value *externalize(llvm::IRBuilder<> &builder, llvm::Value *heapBase,
                           llvm::Value *reference);

private:
  uint32_t fieldBytes(const wasm::FieldType &field) const;

  ModuleLowering &module;
  std::map<uint32_t, Layout> layouts;
};

} // namespace w2n::compiler
