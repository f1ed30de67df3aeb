// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/lower/function/Spills.h"

#include "compiler/lower/function/BodyState.h"

#include <llvm/IR/Constants.h>

namespace w2n::compiler {

namespace {

constexpr llvm::Align slotAlignment = llvm::Align::Constant<8>();
/// Fewer values are loaded and stored one by one.
constexpr size_t fewestCopied = 8;

} // namespace

llvm::Value *Spills::at(llvm::Type *type, unsigned slot) {
  llvm::LoadInst *&name = names[{type, slot}];
  if (!name) {
    auto *nowhere = llvm::PoisonValue::get(llvm::PointerType::get(type->getContext(), 0));
    name = new llvm::LoadInst(type, nowhere, "", /*isVolatile=*/false, slotAlignment);
    slots[name] = slot;
    count = std::max(count, slot + slotsOf(type));
  }
  return name;
}

llvm::Value *BodyState::slotAddress(unsigned slot) {
  if (!spillArea) {
    llvm::IRBuilder<> entry(entryBlock, entryBlock->begin());
    spillArea = entry.CreateAlloca(module.i64, builder.getInt64(1));
  }
  return module.at(builder, spillArea, 8ull * slot);
}

unsigned BodyState::slotAt(size_t height) const {
  unsigned slots = 0;
  while (height-- > 0) {
    slots += slotsOf(stack[height]->getType());
    if (Spills::isSpilled(stack[height]))
      return spills.slotOf(stack[height]) + slots;
  }
  return slots;
}

llvm::Value *BodyState::valueOf(llvm::Value *operand) {
  if (!Spills::isSpilled(operand))
    return ssa.resolve(operand);
  return builder.CreateAlignedLoad(operand->getType(), slotAddress(spills.slotOf(operand)),
                                   slotAlignment);
}

void BodyState::spillTop(size_t count) {
  if (count == 0)
    return;
  unsigned slot = slotAt(stack.size() - count);
  for (size_t i = stack.size() - count; i < stack.size(); ++i) {
    llvm::Type *type = stack[i]->getType();
    if (!Spills::isSpilled(stack[i])) {
      llvm::Value *address = slotAddress(slot);
      builder.CreateAlignedStore(ssa.resolve(stack[i]), address, slotAlignment);
      stack[i] = spills.at(type, slot);
    }
    slot += slotsOf(type);
  }
}

void BodyState::pushSpilled(llvm::ArrayRef<llvm::Type *> types) {
  if (types.empty())
    return;
  unsigned slot = slotAt(stack.size());
  for (llvm::Type *type : types) {
    push(spills.at(type, slot));
    slot += slotsOf(type);
  }
}

void BodyState::moveSlots(unsigned to, unsigned from, llvm::ArrayRef<llvm::Type *> types) {
  uint64_t slots = 0;
  for (llvm::Type *type : types)
    slots += slotsOf(type);
  llvm::Value *source = slotAddress(from);
  builder.CreateMemMove(slotAddress(to), slotAlignment, source, slotAlignment, 8 * slots);
}

size_t BodyState::spilledRun(llvm::ArrayRef<llvm::Value *> operands,
                             llvm::ArrayRef<unsigned> bufferSlots) const {
  size_t count = 0;
  while (count < operands.size() && bufferSlots[count] != inRegister &&
         Spills::isSpilled(operands[count]) &&
         spills.slotOf(operands[count]) - spills.slotOf(operands[0]) ==
             bufferSlots[count] - bufferSlots[0])
    ++count;
  return count;
}

void BodyState::toBuffer(llvm::MutableArrayRef<llvm::Value *> operands,
                         llvm::ArrayRef<unsigned> bufferSlots, llvm::Value *context) {
  for (size_t i = 0; i < operands.size();) {
    const size_t run = spilledRun(operands.drop_front(i), bufferSlots.drop_front(i));
    if (run < fewestCopied) {
      operands[i] = valueOf(operands[i]);
      ++i;
      continue;
    }
    const llvm::Value *last = operands[i + run - 1];
    const unsigned first = spills.slotOf(operands[i]);
    const uint64_t slots = spills.slotOf(last) + slotsOf(last->getType()) - first;
    llvm::Value *source = slotAddress(first);
    builder.CreateMemCpy(module.bufferSlot(builder, context, bufferSlots[i]), slotAlignment, source,
                         slotAlignment, 8 * slots);
    std::fill_n(operands.begin() + i, run, nullptr);
    i += run;
  }
}

llvm::SmallVector<llvm::Value *, 8> BodyState::argumentsFor(const Signature &signature,
                                                            llvm::ArrayRef<llvm::Value *> operands,
                                                            llvm::Value *calleeContext) {
  llvm::SmallVector<llvm::Value *, 8> arguments(operands);
  llvm::SmallVector<unsigned, 8> bufferSlots;
  for (const Signature::Place &place : signature.params)
    bufferSlots.push_back(place.inBuffer ? place.index : inRegister);
  toBuffer(arguments, bufferSlots, calleeContext);
  return arguments;
}

void BodyState::returnOperands(size_t count) {
  llvm::SmallVector<llvm::Value *, 8> results = popOperands(count);
  llvm::SmallVector<unsigned, 8> bufferSlots{llvm::ArrayRef<unsigned>(signature.resultSlots)};
  std::fill_n(bufferSlots.begin(), signature.returned, inRegister);
  toBuffer(results, bufferSlots, resultHome());
  module.emitReturn(builder, signature, resultHome(), results);
}

void BodyState::pushResults(const Signature &callee, llvm::CallBase *call, llvm::Value *home) {
  if (callee.resultTypes.size() < fewestSpilled) {
    for (llvm::Value *result : module.readResults(builder, callee, call, home))
      push(result);
    return;
  }
  if (callee.returned)
    push(call);
  const unsigned first = slotAt(stack.size());
  pushSpilled(llvm::ArrayRef(callee.resultTypes).drop_front(callee.returned));
  const uint64_t bytes = 8ull * (slotAt(stack.size()) - first);
  llvm::Value *buffer = module.bufferSlot(builder, home, 0);
  builder.CreateMemCpy(slotAddress(first), slotAlignment, buffer, slotAlignment, bytes);
}

// Many functions of a few bytes may have a type of a thousand parameters.
llvm::BitVector BodyState::usedParameters() const {
  const size_t count = signature.params.size();
  llvm::BitVector used(unsigned(count), count < fewestSpilled);
  if (count < fewestSpilled)
    return used;
  for (const Instruction &instruction : wasm::Instructions(wasm.functions[functionIndex].code))
    if (wasm::infoOf(instruction.opcode).immediates == wasm::Immediates::Local &&
        instruction.index < count)
      used.set(instruction.index);
  return used;
}

} // namespace w2n::compiler
