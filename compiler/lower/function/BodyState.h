// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The state of the lowering of one body, and what all families of instructions use: operands,
// constants of the context, blocks and traps.
#pragma once

#include "compiler/lower/function/Spills.h"
#include "compiler/lower/function/SsaBuilder.h"
#include "compiler/lower/module/ModuleLowering.h"
#include "lib/wasm/Instruction.h"
#include "lib/wasm/LocalTypes.h"

#include <llvm/ADT/BitVector.h>

namespace w2n::compiler {

class DebugBody;

class BodyState {
public:
  /// The place of locals: values in SSA form, or stack slots where that would take too long.
  enum class Locals { Ssa, StackSlots };
  using Instruction = wasm::Instruction;

  BodyState(const BodyState &) = delete;
  BodyState &operator=(const BodyState &) = delete;
  /// False if the locals have to be in stack slots: the body is to be made anew.
  virtual bool run() = 0;

protected:
  BodyState(ModuleLowering &module, uint32_t functionIndex, Locals locals);
  ~BodyState();

  // The operand stack.
  void push(llvm::Value *value) { stack.push_back(value); }
  /// Pushes a reference that has `type` from the instruction on that makes it, so that checks of
  /// what the type says can be left out wherever the value gets.
  void push(llvm::Value *value, const wasm::ValueType &type);
  void noteType(llvm::Value *value, const wasm::ValueType &type);
  /// The type that is known of a reference in the hierarchy of `heap`.
  wasm::ValueType knownType(llvm::Value *reference, wasm::HeapKind heap) const;
  llvm::Value *pop();
  llvm::SmallVector<llvm::Value *, 8> popMany(size_t count);
  /// Operands as they are, so that those in memory can be copied together.
  llvm::SmallVector<llvm::Value *, 8> popOperands(size_t count);

  // Operands in memory (Spills.cpp).
  /// The value of an operand, which may be in memory.
  llvm::Value *valueOf(llvm::Value *operand);
  llvm::Value *slotAddress(unsigned slot);
  /// The slot of the operand at `height` of the stack, if it is in memory.
  unsigned slotAt(size_t height) const;
  /// Has the top operands in memory.
  void spillTop(size_t count);
  /// Pushes what is in memory already.
  void pushSpilled(llvm::ArrayRef<llvm::Type *> types);
  void moveSlots(unsigned to, unsigned from, llvm::ArrayRef<llvm::Type *> types);
  static constexpr unsigned inRegister = ~0u;
  /// The number of the first `operands` can be copied at once to their slots in a buffer.
  size_t spilledRun(llvm::ArrayRef<llvm::Value *> operands,
                    llvm::ArrayRef<unsigned> bufferSlots) const;
  /// Turns `operands` into values, but for those that it copies from memory to the buffer of
  /// `context`, which become null.
  void toBuffer(llvm::MutableArrayRef<llvm::Value *> operands, llvm::ArrayRef<unsigned> bufferSlots,
                llvm::Value *context);
  llvm::SmallVector<llvm::Value *, 8> argumentsFor(const Signature &signature,
                                                   llvm::ArrayRef<llvm::Value *> operands,
                                                   llvm::Value *calleeContext);
  /// The context whose buffer takes the results of this function.
  llvm::Value *resultHome() const {
    return signature.homeArgument ? function->getArg(signature.homeArgument) : instanceContext;
  }
  void returnOperands(size_t count);
  /// Pushes the results of `call`, of which those that are not returned are in the buffer of
  /// `home`.
  void pushResults(const Signature &callee, llvm::CallBase *call, llvm::Value *home);
  /// The parameters that the body names; all if they are few.
  llvm::BitVector usedParameters() const;

  // Blocks and traps.
  llvm::BasicBlock *makeBlock(const llvm::Twine &name);
  void branchTo(llvm::BasicBlock *target);
  void branchIf(llvm::Value *condition, llvm::BasicBlock *yes, llvm::BasicBlock *no,
                bool yesUnlikely = false);
  void branchIf(llvm::Value *condition, llvm::BasicBlock *yes, llvm::BasicBlock *no,
                llvm::MDNode *weights);
  /// Continues in a new block; traps with `kind` if `condition`.
  void trapIf(llvm::Value *condition, artifact::TrapKind kind);
  /// The one cold block of this function for `kind`, or of its line if lines are known.
  llvm::BasicBlock *trapBlock(artifact::TrapKind kind);
  void trapIfNull(llvm::Value *reference, artifact::TrapKind kind);

  // Values and calls of the runtime.
  llvm::Value *entryLoad(llvm::Type *type, uint64_t contextOffset);
  llvm::Value *zeroExtend(llvm::Value *value);
  llvm::Type *typeOf(wasm::ValueKind kind);
  void callSegmentService(const Instruction &instruction, uint64_t service);
  void callHelper(llvm::Function *helper, llvm::ArrayRef<llvm::Value *> arguments);
  bool isDeterministic() const { return module.plan.options.deterministic; }

  ModuleLowering &module;
  const wasm::Module &wasm;
  uint32_t functionIndex;
  const Signature &signature;
  llvm::Function *function;
  llvm::IRBuilder<> builder;
  /// Loads of the context's constants go to the end of this block, once each.
  llvm::BasicBlock *entryBlock;
  llvm::Value *instanceContext;
  const Locals locals;
  const wasm::LocalTypes localTypes;
  SsaBuilder ssa;
  std::vector<llvm::AllocaInst *> slots;
  /// Before `stack`, which names what is in it.
  Spills spills;
  llvm::AllocaInst *spillArea = nullptr;
  std::vector<llvm::Value *> stack;
  bool unreachable = false;
  /// By kind, and by location if the module's lines are known.
  llvm::DenseMap<std::pair<unsigned, const llvm::DILocation *>, llvm::BasicBlock *> trapBlocks;
  /// Lines and variables; null if nothing is known of them.
  std::unique_ptr<DebugBody> debug;
  llvm::DenseMap<uint64_t, llvm::Value *> entryLoads;
  /// The types of references, of arguments and instructions that are never erased.
  llvm::DenseMap<llvm::Value *, wasm::ValueType> knownTypes;
};

} // namespace w2n::compiler
