// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/lower/function/BodyState.h"

#include "compiler/lower/function/DebugBody.h"

namespace w2n::compiler {

BodyState::BodyState(ModuleLowering &module, uint32_t functionIndex, Locals locals)
    : module(module), wasm(module.plan.wasm), functionIndex(functionIndex),
      signature(module.bodySignature(functionIndex)), function(module.bodyFunction(functionIndex)),
      builder(module.context), instanceContext(function->getArg(0)), locals(locals),
      localTypes(wasm.functionType(functionIndex).params, wasm.functions[functionIndex].locals) {}

BodyState::~BodyState() = default;

llvm::Value *BodyState::pop() {
  llvm::Value *value = valueOf(stack.back());
  stack.pop_back();
  return value;
}

void BodyState::push(llvm::Value *value, const wasm::ValueType &type) {
  stack.push_back(value);
  noteType(value, type);
}

// A constant is one value wherever it is, and a spilled operand is a name for many.
void BodyState::noteType(llvm::Value *value, const wasm::ValueType &type) {
  if (type.isRef() && !llvm::isa<llvm::Constant>(value) && !Spills::isSpilled(value))
    knownTypes.try_emplace(value, type);
}

wasm::ValueType BodyState::knownType(llvm::Value *reference, wasm::HeapKind heap) const {
  const auto found = knownTypes.find(reference);
  return found == knownTypes.end() ? wasm::ValueType::reference(heap) : found->second;
}

llvm::SmallVector<llvm::Value *, 8> BodyState::popMany(size_t count) {
  llvm::SmallVector<llvm::Value *, 8> values = popOperands(count);
  for (llvm::Value *&value : values)
    value = valueOf(value);
  return values;
}

llvm::SmallVector<llvm::Value *, 8> BodyState::popOperands(size_t count) {
  const llvm::ArrayRef<llvm::Value *> all = stack;
  llvm::SmallVector<llvm::Value *, 8> operands(all.take_back(count));
  stack.resize(stack.size() - count);
  return operands;
}

llvm::Value *BodyState::entryLoad(llvm::Type *type, uint64_t contextOffset) {
  llvm::Value *&loaded = entryLoads[contextOffset];
  if (!loaded) {
    llvm::IRBuilder<> entry(entryBlock->getTerminator());
    loaded = module.loadInvariant(entry, type, instanceContext, contextOffset);
  }
  return loaded;
}

llvm::Value *BodyState::zeroExtend(llvm::Value *value) {
  return builder.CreateZExt(value, module.i64);
}

llvm::Type *BodyState::typeOf(wasm::ValueKind kind) { return module.typeOf(wasm::ValueType{kind}); }

llvm::BasicBlock *BodyState::makeBlock(const llvm::Twine &name) {
  return llvm::BasicBlock::Create(module.context, name, function);
}

void BodyState::branchTo(llvm::BasicBlock *target) {
  ssa.addPredecessor(target, builder.GetInsertBlock());
  builder.CreateBr(target);
}

void BodyState::branchIf(llvm::Value *condition, llvm::BasicBlock *yes, llvm::BasicBlock *no,
                         bool yesUnlikely) {
  branchIf(condition, yes, no, yesUnlikely ? module.unlikely() : nullptr);
}

void BodyState::branchIf(llvm::Value *condition, llvm::BasicBlock *yes, llvm::BasicBlock *no,
                         llvm::MDNode *weights) {
  ssa.addPredecessor(yes, builder.GetInsertBlock());
  ssa.addPredecessor(no, builder.GetInsertBlock());
  builder.CreateCondBr(condition, yes, no, weights);
}

llvm::BasicBlock *BodyState::trapBlock(artifact::TrapKind kind) {
  const llvm::DILocation *line = debug ? builder.getCurrentDebugLocation().get() : nullptr;
  llvm::BasicBlock *&block = trapBlocks[{unsigned(kind), line}];
  if (!block) {
    block = makeBlock("trap");
    llvm::IRBuilder<> cold(block);
    cold.SetCurrentDebugLocation(builder.getCurrentDebugLocation());
    module.emitTrap(cold, instanceContext, kind);
  }
  return block;
}

void BodyState::trapIf(llvm::Value *condition, artifact::TrapKind kind) {
  if (auto *constant = llvm::dyn_cast<llvm::ConstantInt>(condition); constant && constant->isZero())
    return;
  llvm::BasicBlock *next = makeBlock("checked");
  branchIf(condition, trapBlock(kind), next, /*yesUnlikely=*/true);
  builder.SetInsertPoint(next);
}

void BodyState::trapIfNull(llvm::Value *reference, artifact::TrapKind kind) {
  if (knownType(reference, wasm::HeapKind::Any).nullable)
    trapIf(builder.CreateIsNull(reference), kind);
}

// memory.init and table.init: segment in `index`, memory or table in `index2`.
void BodyState::callSegmentService(const Instruction &instruction, uint64_t service) {
  llvm::Value *count = zeroExtend(pop());
  llvm::Value *source = zeroExtend(pop());
  llvm::Value *destination = zeroExtend(pop());
  module.callService(builder, instanceContext, service, module.voidType,
                     {builder.getInt32(instruction.index2), builder.getInt32(instruction.index),
                      destination, source, count});
}

void BodyState::callHelper(llvm::Function *helper, llvm::ArrayRef<llvm::Value *> arguments) {
  llvm::SmallVector<llvm::Value *, 4> all{instanceContext};
  all.append(arguments.begin(), arguments.end());
  llvm::CallInst *call = builder.CreateCall(helper, all);
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  // The helper's integers are extended as its ABI wants.
  for (unsigned i = 1; i < all.size(); ++i)
    if (helper->hasParamAttribute(i, llvm::Attribute::SExt))
      call->addParamAttr(i, llvm::Attribute::SExt);
  call->setDoesNotThrow();
}

} // namespace w2n::compiler
