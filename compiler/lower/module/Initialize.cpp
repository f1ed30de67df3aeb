// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The `initialize` function of an artifact: what of instantiation is computed (core specification,
// section 4.5.4): globals, then element segments, then data segments, in order. The start function
// is the loader's to call.

#include "compiler/lower/module/ModuleLowering.h"
#include "compiler/plan/ConstantExpression.h"
#include "lib/artifact/Format.h"
#include "lib/wasm/Instruction.h"

namespace w2n::compiler {

using artifact::RuntimeServices;

namespace {

class InitializeLowering {
public:
  explicit InitializeLowering(ModuleLowering &module)
      : module(module), wasm(module.plan.wasm), layout(module.plan.layout),
        function(
            module.makeFunction(llvm::FunctionType::get(module.voidType, {module.pointer}, false),
                                initializeSymbol, false)),
        builder(llvm::BasicBlock::Create(module.context, "entry", function)),
        instanceContext(function->getArg(0)) {}

  bool run() {
    initializeGlobals();
    initializeTables();
    initializeElements();
    initializeData();
    if (builder.GetInsertBlock()->empty()) {
      function->eraseFromParent();
      return false;
    }
    builder.CreateRetVoid();
    return true;
  }

private:
  llvm::Value *evaluate(const wasm::ConstExpr &expression);
  llvm::Value *globalCell(uint32_t global);
  llvm::Value *functionReference(uint32_t functionIndex);
  llvm::Value *widen(llvm::Value *offset) { return builder.CreateZExt(offset, module.i64); }
  llvm::Value *asSlot(llvm::Value *reference) {
    return reference->getType()->isPointerTy() ? builder.CreatePtrToInt(reference, module.i64)
                                               : widen(reference);
  }
  llvm::Value *allocate(uint32_t typeIndex, llvm::Value *length);
  llvm::Value *objectAddress(llvm::Value *reference);
  llvm::Value *newObject(const wasm::Instruction &instruction, std::vector<llvm::Value *> &stack);
  llvm::Value *heapBase() {
    return module.loadInvariant(builder, module.pointer, instanceContext,
                                offsetof(artifact::InstanceContext, heapBase));
  }
  void callService(uint64_t service, llvm::ArrayRef<llvm::Value *> arguments) {
    module.callService(builder, instanceContext, service, module.voidType, arguments);
  }
  void initializeGlobals();
  void initializeTables();
  void initializeElements();
  void initializeData();

  ModuleLowering &module;
  const wasm::Module &wasm;
  const artifact::ContextLayout &layout;
  llvm::Function *function;
  llvm::IRBuilder<> builder;
  llvm::Value *instanceContext;
};

llvm::Value *InitializeLowering::globalCell(uint32_t global) {
  if (global < wasm.importedGlobals)
    return module.loadInvariant(builder, module.pointer, instanceContext,
                                layout.globalPointers() + 8ull * global);
  return module.at(builder, instanceContext,
                   layout.globalCells() +
                       sizeof(artifact::GlobalCell) * (global - wasm.importedGlobals));
}

llvm::Value *InitializeLowering::functionReference(uint32_t functionIndex) {
  bool imported = functionIndex < wasm.importedFunctions;
  uint64_t array = imported ? layout.importReferences() : layout.functionReferences();
  uint64_t index = imported ? functionIndex : module.plan.references[functionIndex];
  return module.at(builder, instanceContext, array + sizeof(artifact::FunctionReference) * index);
}

llvm::Value *InitializeLowering::evaluate(const wasm::ConstExpr &expression) {
  std::vector<llvm::Value *> stack;
  auto binary = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value *rhs = stack.back();
    stack.pop_back();
    stack.back() = builder.CreateBinOp(operation, stack.back(), rhs);
  };
  for (const wasm::Instruction &instruction : wasm::Instructions(expression.code)) {
    llvm::APInt bits(64, instruction.bits);
    switch (instruction.opcode) {
    case wasm::Opcode::I32Const:
      stack.push_back(builder.getInt32(uint32_t(instruction.bits)));
      break;
    case wasm::Opcode::I64Const:
      stack.push_back(builder.getInt64(instruction.bits));
      break;
    case wasm::Opcode::F32Const:
      stack.push_back(llvm::ConstantFP::get(
          module.context, llvm::APFloat(llvm::APFloat::IEEEsingle(), bits.trunc(32))));
      break;
    case wasm::Opcode::F64Const:
      stack.push_back(
          llvm::ConstantFP::get(module.context, llvm::APFloat(llvm::APFloat::IEEEdouble(), bits)));
      break;
    case wasm::Opcode::V128Const:
      stack.push_back(llvm::ConstantExpr::getBitCast(
          llvm::ConstantDataVector::get(module.context, llvm::ArrayRef(instruction.bytes)),
          module.typeOf(wasm::ValueType::v128())));
      break;
    case wasm::Opcode::GlobalGet:
      stack.push_back(module.load(builder, module.typeOf(wasm.globals[instruction.index].type.type),
                                  globalCell(instruction.index), AliasClass::Global));
      break;
    case wasm::Opcode::RefNull:
      stack.push_back(llvm::Constant::getNullValue(module.typeOf(instruction.type)));
      break;
    case wasm::Opcode::RefFunc:
      stack.push_back(functionReference(instruction.index));
      break;
    case wasm::Opcode::I32Add:
    case wasm::Opcode::I64Add:
      binary(llvm::Instruction::Add);
      break;
    case wasm::Opcode::I32Sub:
    case wasm::Opcode::I64Sub:
      binary(llvm::Instruction::Sub);
      break;
    case wasm::Opcode::I32Mul:
    case wasm::Opcode::I64Mul:
      binary(llvm::Instruction::Mul);
      break;
    case wasm::Opcode::StructNew:
    case wasm::Opcode::StructNewDefault:
    case wasm::Opcode::ArrayNew:
    case wasm::Opcode::ArrayNewDefault:
    case wasm::Opcode::ArrayNewFixed:
      stack.push_back(newObject(instruction, stack));
      break;
    case wasm::Opcode::RefI31:
      stack.back() = builder.CreateOr(builder.CreateShl(stack.back(), 1), 1);
      break;
    case wasm::Opcode::AnyConvertExtern:
      stack.back() = module.objects.internalize(builder, instanceContext, stack.back());
      break;
    case wasm::Opcode::ExternConvertAny:
      stack.back() = module.objects.externalize(builder, heapBase(), stack.back());
      break;
    default: // No other instruction is constant (section 3.4.11), and the expression is valid.
      break;
    }
  }
  return stack.back();
}

llvm::Value *InitializeLowering::objectAddress(llvm::Value *reference) {
  return module.objects.address(builder, heapBase(), reference);
}

llvm::Value *InitializeLowering::allocate(uint32_t typeIndex, llvm::Value *length) {
  llvm::Value *typeId = module.loadInvariant(builder, module.i32, instanceContext,
                                             layout.typeIds() + 4ull * typeIndex);
  return module.objects.allocateInRuntime(builder, instanceContext, typeId, length);
}

/// Pops the operands of an instruction that makes an object.
llvm::Value *InitializeLowering::newObject(const wasm::Instruction &instruction,
                                           std::vector<llvm::Value *> &stack) {
  const uint32_t typeIndex = instruction.index;
  auto pop = [&stack](size_t count) {
    std::vector<llvm::Value *> values(stack.end() - ptrdiff_t(count), stack.end());
    stack.resize(stack.size() - count);
    return values;
  };
  if (instruction.opcode == wasm::Opcode::StructNewDefault)
    return allocate(typeIndex, builder.getInt32(0));
  if (instruction.opcode == wasm::Opcode::ArrayNewDefault)
    return allocate(typeIndex, pop(1)[0]);
  if (instruction.opcode == wasm::Opcode::ArrayNew) {
    const auto operands = pop(2);
    llvm::Value *reference = allocate(typeIndex, operands[1]);
    auto [low, high] = module.objects.words(builder, operands[0]);
    callService(offsetof(RuntimeServices, arrayFill),
                {reference, builder.getInt32(0), operands[1], low, high});
    return reference;
  }
  const bool isStruct = instruction.opcode == wasm::Opcode::StructNew;
  const auto values = pop(isStruct ? wasm.types[typeIndex].fields.size() : instruction.index2);
  llvm::Value *reference = allocate(typeIndex, builder.getInt32(isStruct ? 0 : instruction.index2));
  if (isStruct)
    module.objects.fillStruct(builder, objectAddress(reference), typeIndex, values);
  else
    module.objects.fillArray(builder, objectAddress(reference), typeIndex, values);
  return reference;
}

// Cells start as zero, so that a null needs no store.
void InitializeLowering::initializeGlobals() {
  for (uint32_t i = wasm.importedGlobals; i < wasm.globals.size(); ++i) {
    llvm::Value *value = evaluate(wasm.globals[i].init);
    auto *constant = llvm::dyn_cast<llvm::Constant>(value);
    if (!constant || !constant->isNullValue())
      module.store(builder, value, globalCell(i), AliasClass::Global);
  }
}

void InitializeLowering::initializeTables() {
  for (uint32_t i = wasm.importedTables; i < wasm.tables.size(); ++i) {
    const wasm::Table &table = wasm.tables[i];
    if (table.init)
      callService(offsetof(RuntimeServices, tableFill),
                  {builder.getInt32(i), builder.getInt64(0), asSlot(evaluate(*table.init)),
                   builder.getInt64(table.type.limits.min)});
  }
}

void InitializeLowering::initializeElements() {
  for (uint32_t i = 0; i < wasm.elements.size(); ++i) {
    const wasm::ElementSegment &segment = wasm.elements[i];
    for (uint32_t k = 0; k < segment.expressions.size(); ++k) {
      const wasm::ConstExpr &expression = segment.expressions[k];
      if (!elementInMetadata(expression))
        callService(offsetof(RuntimeServices, elementSet),
                    {builder.getInt32(i), builder.getInt32(k), asSlot(evaluate(expression))});
    }
  }
  for (uint32_t i = 0; i < wasm.elements.size(); ++i) {
    const wasm::ElementSegment &segment = wasm.elements[i];
    if (module.plan.isInClosedTable(segment))
      continue;
    if (segment.mode == wasm::SegmentMode::Active)
      callService(offsetof(RuntimeServices, tableInit),
                  {builder.getInt32(segment.tableIndex), builder.getInt32(i),
                   widen(evaluate(segment.offset)), builder.getInt64(0),
                   builder.getInt64(segment.size())});
    if (segment.mode != wasm::SegmentMode::Passive)
      callService(offsetof(RuntimeServices, elementDrop), {builder.getInt32(i)});
  }
}

void InitializeLowering::initializeData() {
  for (uint32_t i = 0; i < wasm.data.size(); ++i) {
    const wasm::DataSegment &segment = wasm.data[i];
    if (segment.mode != wasm::SegmentMode::Active || module.plan.dataInImage[i])
      continue;
    callService(offsetof(RuntimeServices, memoryInit),
                {builder.getInt32(segment.memoryIndex), builder.getInt32(i),
                 widen(evaluate(segment.offset)), builder.getInt64(0),
                 builder.getInt64(segment.bytes.size())});
    callService(offsetof(RuntimeServices, dataDrop), {builder.getInt32(i)});
  }
}

} // namespace

bool lowerInitialize(ModuleLowering &module) { return InitializeLowering(module).run(); }

} // namespace w2n::compiler
