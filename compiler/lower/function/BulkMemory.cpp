// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// memory.copy and memory.fill. Most are short, and a call into the runtime switches stacks, so each
// module that needs them gets a small function that handles a short run in bounds itself and leaves
// everything else, traps included, to the runtime. All checks come before any effect (core
// specification, section 4.4.7).

#include "compiler/lower/function/BulkHelper.h"
#include "compiler/lower/function/MemoryLowering.h"

namespace w2n::compiler {

using artifact::RuntimeServices;

namespace {

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

void MemoryLowering::lowerMemoryCopy(const Instruction &instruction) {
  llvm::Value *count = zeroExtend(pop());
  llvm::Value *source = zeroExtend(pop());
  llvm::Value *destination = zeroExtend(pop());
  callHelper(copyHelper(module, instruction.index, instruction.index2),
             {destination, source, count});
}

void MemoryLowering::lowerMemoryFill(const Instruction &instruction) {
  llvm::Value *count = zeroExtend(pop());
  llvm::Value *value = pop();
  llvm::Value *destination = zeroExtend(pop());
  callHelper(fillHelper(module, instruction.index), {destination, value, count});
}

} // namespace w2n::compiler
