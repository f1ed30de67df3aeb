// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// memory.copy and memory.fill. Most are short, and a call into the runtime switches stacks, so each
// module that needs them gets a small function that handles a short run in bounds itself and leaves
// everything else, traps included, to the runtime. All checks come before any effect (core
// specification, section 4.4.7).

#include "compiler/lower/function/BodyLowering.h"

namespace w2n::compiler {

using artifact::MemorySlot;
using artifact::RuntimeServices;

namespace {

/// Longer runs are worth the runtime's memmove, which knows the machine's vectors.
constexpr uint64_t longRunBytes = 512;

/// Builds one of the helpers: void(context, i64..., i64 count), shared between partitions by name.
class HelperLowering {
public:
  HelperLowering(ModuleLowering &module, const std::string &name,
                 llvm::ArrayRef<llvm::Type *> parameters)
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
    isShort = builder.CreateICmpULE(count(), builder.getInt64(longRunBytes));
  }

  llvm::Value *argument(unsigned index) { return function->getArg(index + 1); }
  llvm::Value *count() { return function->getArg(unsigned(function->arg_size()) - 1); }

  /// `memory` at `address`, and requires that `count` bytes there are in bounds.
  llvm::Value *checked(uint32_t memory, llvm::Value *address) {
    uint64_t slot = module.plan.layout.memorySlots() + sizeof(MemorySlot) * memory;
    llvm::Value *record = module.loadInvariant(builder, module.pointer, function->getArg(0),
                                               slot + offsetof(MemorySlot, memory));
    llvm::Value *bytes = module.loadMemoryBytes(builder, memory, record);
    // Saturated, an address near 2^64 is still out of bounds.
    llvm::Value *end =
        module.plan.wasm.memories[memory].type.limits.is64
            ? builder.CreateBinaryIntrinsic(llvm::Intrinsic::uadd_sat, address, count())
            : builder.CreateAdd(address, count(), "", /*NUW=*/true, /*NSW=*/true);
    isShort = builder.CreateAnd(isShort, builder.CreateICmpULE(end, bytes));
    llvm::Value *base = module.loadInvariant(builder, module.pointer, function->getArg(0),
                                             slot + offsetof(MemorySlot, base));
    return builder.CreateInBoundsGEP(module.i8, base, address);
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

llvm::Function *copyHelper(ModuleLowering &module, uint32_t destination, uint32_t source) {
  std::string name = "w2n.copy." + std::to_string(destination) + "." + std::to_string(source);
  if (llvm::Function *existing = module.module.getFunction(name))
    return existing;
  HelperLowering helper(module, name, {module.i64, module.i64, module.i64});
  llvm::IRBuilder<> &builder = helper.builder;
  llvm::Value *to = helper.checked(destination, helper.argument(0));
  llvm::Value *from = helper.checked(source, helper.argument(1));
  return helper.finish(
      offsetof(RuntimeServices, memoryCopy),
      {builder.getInt32(destination), builder.getInt32(source), helper.argument(0),
       helper.argument(1), helper.count()},
      [&] { builder.CreateMemMove(to, llvm::Align(1), from, llvm::Align(1), helper.count()); });
}

llvm::Function *fillHelper(ModuleLowering &module, uint32_t memory) {
  std::string name = "w2n.fill." + std::to_string(memory);
  if (llvm::Function *existing = module.module.getFunction(name))
    return existing;
  HelperLowering helper(module, name, {module.i64, module.i32, module.i64});
  llvm::IRBuilder<> &builder = helper.builder;
  llvm::Value *to = helper.checked(memory, helper.argument(0));
  return helper.finish(
      offsetof(RuntimeServices, memoryFill),
      {builder.getInt32(memory), helper.argument(0), helper.argument(1), helper.count()}, [&] {
        builder.CreateMemSet(to, builder.CreateTrunc(helper.argument(1), module.i8), helper.count(),
                             llvm::Align(1));
      });
}

} // namespace

void BodyLowering::callHelper(llvm::Function *helper, llvm::ArrayRef<llvm::Value *> arguments) {
  llvm::SmallVector<llvm::Value *, 4> all{instanceContext};
  all.append(arguments.begin(), arguments.end());
  llvm::CallInst *call = builder.CreateCall(helper, all);
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  call->setDoesNotThrow();
}

void BodyLowering::lowerMemoryCopy(const Instruction &instruction) {
  llvm::Value *count = zeroExtend(pop());
  llvm::Value *source = zeroExtend(pop());
  llvm::Value *destination = zeroExtend(pop());
  callHelper(copyHelper(module, instruction.index, instruction.index2),
             {destination, source, count});
}

void BodyLowering::lowerMemoryFill(const Instruction &instruction) {
  llvm::Value *count = zeroExtend(pop());
  llvm::Value *value = pop();
  llvm::Value *destination = zeroExtend(pop());
  callHelper(fillHelper(module, instruction.index), {destination, value, count});
}

} // namespace w2n::compiler
