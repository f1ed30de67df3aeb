// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Small functions that handle short runs of bytes or elements themselves, and leave everything
// else, traps included, to the runtime: a call into it switches stacks.
#pragma once

#include "compiler/lower/module/ModuleLowering.h"
#include "lib/artifact/HeapLayout.h"

namespace w2n::compiler {

/// Longer runs are worth the runtime's memmove, which knows the machine's vectors.
inline constexpr uint64_t longRunBytes = 512;

/// Builds one of the helpers: void(context, ..., i64 count), shared between partitions by name.
class HelperLowering {
public:
  /// Runs of up to `maxInHelper`, of what `count` counts, are handled without the runtime.
  HelperLowering(ModuleLowering &module, const std::string &name,
                 llvm::ArrayRef<llvm::Type *> parameters, uint64_t maxInHelper = longRunBytes)
      : module(module), builder(module.context) {
    llvm::SmallVector<llvm::Type *, 4> types{module.pointer};
    types.append(parameters.begin(), parameters.end());
    function =
        module.makeFunction(llvm::FunctionType::get(module.voidType, types, false), name, true);
    function->setLinkage(llvm::GlobalValue::LinkOnceODRLinkage);
    function->setComdat(module.module.getOrInsertComdat(name));
    fast = llvm::BasicBlock::Create(module.context, "short", function);
    slow = llvm::BasicBlock::Create(module.context, "long", function);
    auto *entry = llvm::BasicBlock::Create(module.context, "entry", function, fast);
    builder.SetInsertPoint(entry);
    isShort = builder.CreateICmpULE(count(), builder.getInt64(maxInHelper));
  }

  llvm::Value *argument(unsigned index) { return function->getArg(index + 1); }
  llvm::Value *count() { return function->getArg(unsigned(function->arg_size()) - 1); }

  /// `memory` at `address`, and requires that `count` bytes there are in bounds.
  llvm::Value *checked(uint32_t memory, llvm::Value *address) {
    uint64_t slot = module.plan.layout.memorySlots() + sizeof(artifact::MemorySlot) * memory;
    llvm::Value *record = module.loadInvariant(builder, module.pointer, function->getArg(0),
                                               slot + offsetof(artifact::MemorySlot, memory));
    llvm::Value *bytes = module.loadMemoryBytes(builder, memory, record);
    // Saturated, an address near 2^64 is still out of bounds.
    llvm::Value *end =
        module.plan.wasm.memories[memory].type.limits.is64
            ? builder.CreateBinaryIntrinsic(llvm::Intrinsic::uadd_sat, address, count())
            : builder.CreateAdd(address, count(), "", /*NUW=*/true, /*NSW=*/true);
    isShort = builder.CreateAnd(isShort, builder.CreateICmpULE(end, bytes));
    llvm::Value *base = module.loadInvariant(builder, module.pointer, function->getArg(0),
                                             slot + offsetof(artifact::MemorySlot, base));
    return builder.CreateInBoundsGEP(module.i8, base, address);
  }

  /// The element at `index` of `array` (both i32), and requires that `count` elements are there.
  llvm::Value *checkedElement(llvm::Value *array, llvm::Value *index, unsigned elementLog2) {
    llvm::Value *base = module.loadInvariant(builder, module.pointer, function->getArg(0),
                                             offsetof(artifact::InstanceContext, heapBase));
    llvm::Value *object = module.objects.address(builder, base, array);
    llvm::Value *length = module.objects.length(builder, object);
    llvm::Value *first = builder.CreateZExt(index, module.i64);
    llvm::Value *end = builder.CreateAdd(first, count());
    isShort = builder.CreateAnd(isShort,
                                builder.CreateICmpULE(end, builder.CreateZExt(length, module.i64)));
    llvm::Value *distance = builder.CreateShl(first, elementLog2);
    return builder.CreateGEP(module.i8, module.at(builder, object, artifact::objectHeaderBytes),
                             distance);
  }

  /// `emitShort` is the fast path; `service` with `arguments` the slow one.
  template <typename EmitShort>
  llvm::Function *finish(uint64_t service, llvm::ArrayRef<llvm::Value *> arguments,
                         EmitShort emitShort) {
    builder.CreateCondBr(isShort, fast, slow);
    builder.SetInsertPoint(fast);
    emitShort();
    builder.CreateRetVoid();
    builder.SetInsertPoint(slow);
    module.callService(builder, function->getArg(0), service, module.voidType, arguments);
    builder.CreateRetVoid();
    return function;
  }

  ModuleLowering &module;
  llvm::IRBuilder<> builder;

private:
  llvm::Function *function;
  llvm::BasicBlock *fast, *slow;
  llvm::Value *isShort;
};

} // namespace w2n::compiler
