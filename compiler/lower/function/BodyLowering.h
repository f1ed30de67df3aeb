// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Lowers the body of one function. Its instructions have been validated, so types, indices and the
// shape of the operand stack are trusted here. One file for each family of instructions defines the
// members: Body, Control, Call, TailCall, Variable, Numeric, WideArithmetic, Memory, BoundsCheck,
// BulkMemory, Table, Reference, Struct, Array, Cast, Atomic, Fuel, and Simd* for vectors.
#pragma once

#include "compiler/lower/function/Spills.h"
#include "compiler/lower/function/SsaBuilder.h"
#include "compiler/lower/module/ModuleLowering.h"
#include "compiler/lower/simd/VectorShape.h"
#include "compiler/targets/SimdTarget.h"
#include "lib/wasm/Instruction.h"
#include "lib/wasm/LocalTypes.h"

#include <llvm/ADT/BitVector.h>

namespace w2n::artifact {
enum class ObjectKind : uint8_t;
}

namespace w2n::compiler {

class BodyLowering {
public:
  /// Where locals are: values in SSA form, or stack slots where that would take too long.
  enum class Locals { Ssa, StackSlots };

  BodyLowering(ModuleLowering &module, uint32_t functionIndex, Locals locals);
  /// False if the locals have to be in stack slots: the body is to be made anew.
  bool run();

  // The handlers that Lowering.def names. Each gets the instruction and the operand of its row.
  using Instruction = wasm::Instruction;

  // Control.cpp
  void lowerUnreachable(const Instruction &);
  void lowerNop(const Instruction &);
  void lowerBlock(const Instruction &);
  void lowerLoop(const Instruction &);
  void lowerIf(const Instruction &);
  void lowerElse(const Instruction &);
  void lowerEnd(const Instruction &);
  void lowerBr(const Instruction &);
  void lowerBrIf(const Instruction &);
  void lowerBrTable(const Instruction &);
  void lowerReturn(const Instruction &);
  // Call.cpp
  void lowerCall(const Instruction &);
  void lowerCallIndirect(const Instruction &);
  void lowerCallRef(const Instruction &);
  // TailCall.cpp
  void lowerReturnCall(const Instruction &);
  void lowerReturnCallIndirect(const Instruction &);
  void lowerReturnCallRef(const Instruction &);
  // Reference.cpp
  void lowerRefAsNonNull(const Instruction &);
  void lowerBrOnNull(const Instruction &);
  void lowerBrOnNonNull(const Instruction &);
  // Variable.cpp
  void lowerDrop(const Instruction &);
  void lowerSelect(const Instruction &);
  void lowerLocalGet(const Instruction &);
  void lowerLocalSet(const Instruction &);
  void lowerLocalTee(const Instruction &);
  void lowerGlobalGet(const Instruction &);
  void lowerGlobalSet(const Instruction &);
  // Numeric.cpp
  void lowerConstant(const Instruction &, wasm::ValueKind kind);
  void lowerUnary(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerFloatUnary(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerFloatRound(const Instruction &, VectorOperation operation,
                       llvm::Intrinsic::ID intrinsic);
  void lowerPromote(const Instruction &);
  void lowerCountZeros(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerBinary(const Instruction &, llvm::Instruction::BinaryOps operation);
  void lowerBinaryIntrinsic(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerShift(const Instruction &, llvm::Instruction::BinaryOps operation);
  void lowerRotate(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerCompare(const Instruction &, llvm::CmpInst::Predicate predicate);
  void lowerEqz(const Instruction &);
  void lowerDivide(const Instruction &, llvm::Instruction::BinaryOps operation);
  void lowerFloatArithmetic(const Instruction &, llvm::Instruction::BinaryOps operation);
  void lowerFloatNegate(const Instruction &);
  void lowerMinMax(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerCast(const Instruction &, llvm::Instruction::CastOps operation, wasm::ValueKind to);
  void lowerSignExtend(const Instruction &, unsigned fromBits);
  void lowerDemote(const Instruction &);
  void lowerTruncate(const Instruction &, bool isSigned, wasm::ValueKind to);
  void lowerTruncateSaturating(const Instruction &, llvm::Intrinsic::ID intrinsic,
                               wasm::ValueKind to);
  // WideArithmetic.cpp
  void lowerBinary128(const Instruction &, llvm::Instruction::BinaryOps operation);
  void lowerMultiplyWide(const Instruction &, llvm::Instruction::CastOps extension);
  // Memory.cpp
  void lowerLoad(const Instruction &, wasm::ValueKind kind, unsigned bits, bool isSigned);
  void lowerStore(const Instruction &, unsigned bits);
  void lowerMemorySize(const Instruction &);
  void lowerMemoryGrow(const Instruction &);
  void lowerMemoryInit(const Instruction &);
  void lowerDataDrop(const Instruction &);
  // BulkMemory.cpp
  void lowerMemoryCopy(const Instruction &);
  void lowerMemoryFill(const Instruction &);
  // Table.cpp
  void lowerTableGet(const Instruction &);
  void lowerTableSet(const Instruction &);
  void lowerTableSize(const Instruction &);
  void lowerTableGrow(const Instruction &);
  void lowerTableFill(const Instruction &);
  void lowerTableCopy(const Instruction &);
  void lowerTableInit(const Instruction &);
  void lowerElementDrop(const Instruction &);
  void lowerRefNull(const Instruction &);
  void lowerRefIsNull(const Instruction &);
  void lowerRefFunc(const Instruction &);
  // Struct.cpp
  void lowerStructNew(const Instruction &);
  void lowerStructNewDefault(const Instruction &);
  void lowerStructGet(const Instruction &, bool isSigned);
  void lowerStructSet(const Instruction &);
  // Array.cpp
  void lowerArrayNew(const Instruction &);
  void lowerArrayNewDefault(const Instruction &);
  void lowerArrayNewFixed(const Instruction &);
  void lowerArrayNewSegment(const Instruction &, uint64_t service);
  void lowerArrayGet(const Instruction &, bool isSigned);
  void lowerArraySet(const Instruction &);
  void lowerArrayLen(const Instruction &);
  void lowerArrayFill(const Instruction &);
  void lowerArrayCopy(const Instruction &);
  void lowerArrayInitSegment(const Instruction &, uint64_t service);
  // Cast.cpp
  void lowerRefTest(const Instruction &, bool takesNull);
  void lowerRefCast(const Instruction &, bool takesNull);
  void lowerBrOnCast(const Instruction &, bool branchesIfNot);
  void lowerRefEq(const Instruction &);
  void lowerRefI31(const Instruction &);
  void lowerI31Get(const Instruction &, bool isSigned);
  void lowerAnyConvertExtern(const Instruction &);
  void lowerExternConvertAny(const Instruction &);
  // Simd.cpp
  void lowerVectorConstant(const Instruction &);
  void lowerShuffle(const Instruction &);
  void lowerSwizzle(const Instruction &, VectorOperation operation);
  void lowerSplat(const Instruction &, VectorShape shape);
  void lowerExtractLane(const Instruction &, VectorShape shape, bool isSigned);
  void lowerReplaceLane(const Instruction &, VectorShape shape);
  void lowerVectorNot(const Instruction &);
  void lowerVectorAndNot(const Instruction &);
  void lowerBitselect(const Instruction &);
  void lowerAnyTrue(const Instruction &);
  void lowerAllTrue(const Instruction &, VectorShape shape);
  void lowerBitmask(const Instruction &, VectorShape shape);
  void lowerNarrow(const Instruction &, VectorShape shape, bool isSigned);
  void lowerExtendHalf(const Instruction &, VectorShape shape, bool isHigh, bool isSigned);
  // SimdMemory.cpp
  void lowerVectorLoadExtend(const Instruction &, VectorShape shape, bool isSigned);
  void lowerVectorLoadSplat(const Instruction &, VectorShape shape);
  void lowerVectorLoadZero(const Instruction &, VectorShape shape);
  void lowerVectorLoadLane(const Instruction &, VectorShape shape);
  void lowerVectorStoreLane(const Instruction &, VectorShape shape);
  // SimdInteger.cpp
  void lowerVectorBinary(const Instruction &, VectorShape shape,
                         llvm::Instruction::BinaryOps operation);
  void lowerVectorBinaryIntrinsic(const Instruction &, VectorShape shape,
                                  llvm::Intrinsic::ID intrinsic);
  void lowerVectorUnary(const Instruction &, VectorShape shape, llvm::Intrinsic::ID intrinsic);
  void lowerVectorAbs(const Instruction &, VectorShape shape);
  void lowerVectorNegate(const Instruction &, VectorShape shape);
  void lowerVectorShift(const Instruction &, VectorShape shape,
                        llvm::Instruction::BinaryOps operation);
  void lowerVectorCompare(const Instruction &, VectorShape shape,
                          llvm::CmpInst::Predicate predicate);
  void lowerAverage(const Instruction &, VectorShape shape);
  void lowerExtendMultiply(const Instruction &, VectorShape shape, bool isHigh, bool isSigned);
  void lowerPairwiseAdd(const Instruction &, VectorShape shape, VectorOperation operation,
                        bool isSigned);
  void lowerDot(const Instruction &);
  void lowerQ15Multiply(const Instruction &, VectorOperation operation);
  // SimdFloat.cpp
  void lowerVectorFloatArithmetic(const Instruction &, VectorShape shape,
                                  llvm::Instruction::BinaryOps operation);
  void lowerVectorFloatUnary(const Instruction &, VectorShape shape, llvm::Intrinsic::ID intrinsic);
  void lowerVectorRound(const Instruction &, VectorShape shape, VectorOperation operation,
                        llvm::Intrinsic::ID intrinsic);
  void lowerVectorFloatNegate(const Instruction &, VectorShape shape);
  void lowerVectorMinMax(const Instruction &, VectorShape shape, VectorOperation operation,
                         llvm::Intrinsic::ID intrinsic);
  void lowerPseudoMinMax(const Instruction &, VectorShape shape, bool isMin);
  void lowerVectorDemote(const Instruction &);
  void lowerVectorPromote(const Instruction &);
  void lowerVectorConvert(const Instruction &, VectorShape to, bool isSigned);
  void lowerVectorTruncate(const Instruction &, VectorShape from, VectorOperation operation,
                           bool isSigned);
  // SimdRelaxed.cpp
  void lowerRelaxedSwizzle(const Instruction &);
  void lowerRelaxedQ15Multiply(const Instruction &);
  void lowerRelaxedTruncate(const Instruction &, VectorShape from, VectorOperation plain,
                            VectorOperation relaxed);
  void lowerRelaxedMultiplyAdd(const Instruction &, VectorShape shape, bool isNegated);
  void lowerRelaxedLaneselect(const Instruction &, VectorShape shape);
  void lowerRelaxedMinMax(const Instruction &, VectorShape shape, VectorOperation plain,
                          VectorOperation relaxed, llvm::Intrinsic::ID intrinsic);
  void lowerRelaxedDot(const Instruction &);
  void lowerRelaxedDotAdd(const Instruction &);
  // Atomic.cpp
  void lowerAtomicLoad(const Instruction &, wasm::ValueKind kind, unsigned bits);
  void lowerAtomicStore(const Instruction &, unsigned bits);
  void lowerAtomicRmw(const Instruction &, llvm::AtomicRMWInst::BinOp operation, unsigned bits);
  void lowerAtomicCompareExchange(const Instruction &, unsigned bits);
  void lowerAtomicFence(const Instruction &);
  void lowerAtomicWait(const Instruction &, unsigned bits);
  void lowerAtomicNotify(const Instruction &);
  // Exceptions.cpp
  void lowerThrow(const Instruction &);
  void lowerThrowRef(const Instruction &);
  void lowerTryTable(const Instruction &);
  void lowerTry(const Instruction &);
  void lowerCatch(const Instruction &);
  void lowerCatchAll(const Instruction &);
  void lowerRethrow(const Instruction &);
  void lowerDelegate(const Instruction &);

private:
  struct Frame {
    enum class Kind { Function, Block, Loop, If, Else, TryTable, Try, Catch } kind = Kind::Block;
    /// Where `br` to this label goes, with the phis that its values feed (for loops: parameters).
    llvm::BasicBlock *target = nullptr;
    llvm::SmallVector<llvm::PHINode *, 1> phis;
    /// Instead of phis, if the label takes many values: their types, and where they are in memory.
    std::vector<llvm::Type *> spilledTypes;
    unsigned spilledSlot = 0;
    /// Where control is after `end`; the same block and phis as `target` except for loops.
    llvm::BasicBlock *after = nullptr;
    llvm::BasicBlock *elseBlock = nullptr;
    /// For `else`: the parameters again.
    llvm::SmallVector<llvm::Value *, 1> params;
    size_t stackHeight = 0;
    /// Where the construct began, and how many writes of locals had been lowered then.
    llvm::BasicBlock *before = nullptr;
    uint32_t writesBefore = 0;
    /// The innermost frame, this or one around it, whose clauses see what is thrown in this one.
    uint32_t handler = noHandler;
    /// For frames with clauses: where its calls unwind to, where its clauses are tried, and the
    /// exception there. Null while nothing in the frame can throw.
    llvm::BasicBlock *landingPad = nullptr;
    llvm::BasicBlock *dispatch = nullptr;
    llvm::PHINode *exception = nullptr;
    std::vector<wasm::CatchClause> catches;
    /// For `catch`: where the next clause is tried; null if nothing gets there.
    llvm::BasicBlock *nextClause = nullptr;
  };
  static constexpr uint32_t noHandler = ~uint32_t(0);

  // Operand stack.
  void push(llvm::Value *value) { stack.push_back(value); }
  /// Pushes a reference that has `type` from the instruction on that makes it, so that checks of
  /// what the type says can be left out wherever the value gets.
  void push(llvm::Value *value, const wasm::ValueType &type);
  void noteType(llvm::Value *value, const wasm::ValueType &type);
  /// What is known of a reference in the hierarchy of `heap`.
  wasm::ValueType knownType(llvm::Value *reference, wasm::HeapKind heap) const;
  llvm::Value *pop();
  llvm::SmallVector<llvm::Value *, 8> popMany(size_t count);
  /// Operands as they are, so that those in memory can be copied together.
  llvm::SmallVector<llvm::Value *, 8> popOperands(size_t count);

  // Spills.cpp
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
  /// How many of the first `operands` can be copied at once to their slots in a buffer.
  size_t spilledRun(llvm::ArrayRef<llvm::Value *> operands,
                    llvm::ArrayRef<unsigned> bufferSlots) const;
  /// Turns `operands` into values, but for those that it copies from memory to the buffer of
  /// `context`, which become null.
  void toBuffer(llvm::MutableArrayRef<llvm::Value *> operands, llvm::ArrayRef<unsigned> bufferSlots,
                llvm::Value *context);
  llvm::SmallVector<llvm::Value *, 8> argumentsFor(const Signature &signature,
                                                   llvm::ArrayRef<llvm::Value *> operands,
                                                   llvm::Value *calleeContext);
  void returnOperands(size_t count);
  /// Pushes the results of `call`, of which those that are not returned are in the buffer of
  /// `home`.
  void pushResults(const Signature &callee, llvm::CallBase *call, llvm::Value *home);
  /// The parameters that the body names; all if they are few.
  llvm::BitVector usedParameters() const;

  // Control (Control.cpp).
  Frame &frameAt(uint32_t label) { return frames[frames.size() - 1 - label]; }
  const wasm::FunctionType blockTypeOf(const wasm::BlockType &type) const;
  llvm::BasicBlock *makeBlock(const llvm::Twine &name);
  llvm::SmallVector<llvm::PHINode *, 1> makePhis(llvm::BasicBlock *block,
                                                 const std::vector<wasm::ValueType> &types);
  void pushFrame(Frame frame);
  /// Notes in `frame`, which is about to begin, what is before it.
  void noteBefore(Frame &frame);
  /// Makes the phis, or the place in memory, for the values that the label of `frame` takes. Its
  /// `target` and `stackHeight` are there.
  void setLabelTypes(Frame &frame, const std::vector<wasm::ValueType> &types);
  static size_t labelArity(const Frame &frame) {
    return frame.phis.size() + frame.spilledTypes.size();
  }
  /// Pushes the values that the label of `frame` was given.
  void pushLabelValues(const Frame &frame);
  /// Passes the top operands to the label from the current block; the terminator, an unconditional
  /// branch, is the caller's.
  void passOperands(Frame &frame);
  /// The same for a conditional branch: returns where it goes.
  llvm::BasicBlock *passOperandsOnEdge(Frame &frame);
  void branchTo(llvm::BasicBlock *target);
  void branchIf(llvm::Value *condition, llvm::BasicBlock *yes, llvm::BasicBlock *no,
                bool yesUnlikely = false);
  void branchIf(llvm::Value *condition, llvm::BasicBlock *yes, llvm::BasicBlock *no,
                llvm::MDNode *weights);
  /// What the module's branch hints say of `instruction`, a br_if or if; null is nothing.
  llvm::MDNode *hintedWeights(const Instruction &instruction);
  void finishFrame(Frame &frame);
  void becomeUnreachable();
  /// Whether the next instruction, which nothing reaches, has no code: all but those that end or
  /// continue the current frame.
  bool isSkipped(wasm::OpcodeClass opcodeClass);
  /// Continues in a new block; traps with `kind` if `condition`.
  void trapIf(llvm::Value *condition, artifact::TrapKind kind);
  /// The one cold block of this function for `kind`.
  llvm::BasicBlock *trapBlock(artifact::TrapKind kind);

  // Call.cpp
  struct Callee {
    uint32_t typeIndex;
    llvm::Value *code = nullptr;
    llvm::Value *context = nullptr;
    /// What a tail call jumps to; null, here or when it runs, if there is no such thing.
    llvm::Value *tailCode = nullptr;
    bool tailCodeMayBeNull = true;
  };
  // Each pops what selects the callee, and leaves the arguments.
  Callee directCallee(const Instruction &instruction);
  /// Of an index that is popped already.
  Callee closedCallee(const Instruction &instruction, llvm::Value *index);
  /// The code whose distance from `table` is at `element` + `offset` bytes.
  llvm::Value *codeAtDistance(llvm::GlobalVariable *table, llvm::Value *element, uint64_t offset);
  Callee indirectCallee(const Instruction &instruction);
  Callee referencedCallee(const Instruction &instruction);
  void checkCalleeType(llvm::Value *reference, uint32_t typeIndex);
  /// Where the next call goes on: known to `ssa` from here on.
  CallEdges makeEdges();
  void callAndPush(const Callee &callee);
  void callThroughClosedTable(const Instruction &instruction);

  // TailCall.cpp
  static bool isTailCall(const Instruction &instruction);
  void tailCall(const Callee &callee);
  void callAndReturn(const Callee &callee, llvm::ArrayRef<llvm::Value *> operands);
  void jumpToTailEntry(const Callee &callee, llvm::ArrayRef<llvm::Value *> operands);
  /// The context whose buffer takes the results of this function.
  llvm::Value *resultHome() const {
    return signature.homeArgument ? function->getArg(signature.homeArgument) : instanceContext;
  }

  // Numeric.cpp: of scalars and vectors.
  llvm::Value *floatArithmetic(llvm::Instruction::BinaryOps operation, llvm::Value *lhs,
                               llvm::Value *rhs);
  llvm::Value *floatMinMax(llvm::Intrinsic::ID intrinsic, llvm::Value *lhs, llvm::Value *rhs);
  /// `value`, the result of arithmetic; with --deterministic the one NaN in place of any.
  llvm::Value *chosenNan(llvm::Value *value);
  llvm::Value *floatUnary(llvm::Intrinsic::ID intrinsic, llvm::Value *value);

  // Simd.cpp
  llvm::FixedVectorType *vectorType(VectorShape shape);
  llvm::Value *castVector(llvm::Value *value, llvm::Type *type);
  llvm::Value *popVector(VectorShape shape);
  void pushVector(llvm::Value *value);
  /// Lanes `first`, `first` + 2 and so on.
  llvm::Value *everyOther(llvm::Value *vector, unsigned first);
  /// To twice the width: half of the lanes, or all.
  llvm::Value *extendHalf(llvm::Value *vector, bool isHigh, bool isSigned);
  llvm::Value *extendLanes(llvm::Value *vector, bool isSigned);
  llvm::Value *appendZeros(llvm::Value *vector);
  /// Null if the generic operations are best.
  llvm::Value *emitVectorOperation(VectorOperation operation,
                                   llvm::ArrayRef<llvm::Value *> operands);
  // SimdInteger.cpp
  llvm::Value *dotProduct(llvm::Value *lhs, llvm::Value *rhs);
  // SimdRelaxed.cpp
  llvm::Value *relaxedDotProduct();
  // SimdMemory.cpp
  llvm::LoadInst *loadGuest(const Instruction &instruction, llvm::Value *index, llvm::Type *type);

  bool isDeterministic() const { return module.plan.options.deterministic; }

  // Exceptions.cpp
  void beginTry(const Instruction &instruction, Frame::Kind kind);
  llvm::BasicBlock *landingPadOf(Frame &frame);
  llvm::BasicBlock *dispatchOf(Frame &frame);
  /// Ends the block: goes to the clauses of the frame `handler`, or leaves the function.
  void throwTo(uint32_t handler, llvm::Value *exception);
  /// Continues in a block where `exception` has the tag; returns the one where it has not.
  llvm::BasicBlock *testTag(llvm::Value *exception, uint32_t tag);
  void pushPayload(llvm::Value *exception, uint32_t tag);
  llvm::Value *tagAddress(uint32_t tag);
  /// Ends the body of a try, or the clause before.
  void beginClause();
  void enterDispatch(Frame &frame);
  /// After the `end` of a frame with clauses, which is no longer on the stack: what happens to
  /// exceptions that no clause has caught so far.
  void finishClauses(Frame &frame, uint32_t outerHandler);
  uint32_t currentHandler() const { return frames.empty() ? noHandler : frames.back().handler; }

  // Memory.cpp
  llvm::Value *memoryBase(uint32_t memory);
  llvm::Value *memoryRecord(uint32_t memory);
  llvm::LoadInst *memoryBytes(uint32_t memory);
  /// Address of an access of `bytes` bytes: checked here in explicit mode, by the guard pages else.
  llvm::Value *effectiveAddress(const Instruction &instruction, llvm::Value *index, unsigned bytes);
  void keepTrapping(llvm::LoadInst *load);
  llvm::Type *memoryAddressType(uint32_t memory);

  // BoundsCheck.cpp
  /// What compiled code does for the `bytes` bytes at `index` + `offset` to be inside `memory`, or
  /// to trap. Whether they are inside, as LLVM does not know it, if the place is to be masked; else
  /// null.
  llvm::Value *checkBounds(uint32_t memory, llvm::Value *index, uint64_t offset, unsigned bytes);
  llvm::Value *boundedMemoryBytes(uint32_t memory);
  bool hasGuards(uint32_t memory) const;
  llvm::Value *isOutside(uint32_t memory, llvm::Value *index, uint64_t offset, unsigned bytes);

  // BulkMemory.cpp
  void callHelper(llvm::Function *helper, llvm::ArrayRef<llvm::Value *> arguments);

  // Table.cpp
  llvm::Value *tableRecord(uint32_t table);
  llvm::Type *tableAddressType(uint32_t table);
  /// `index`, which was found to be less than `count`, also where the processor only guesses so.
  llvm::Value *maskTableIndex(llvm::Value *index, llvm::Value *count);
  llvm::Value *tableElementAddress(uint32_t table, llvm::Value *index, artifact::TrapKind kind);
  llvm::Value *functionReference(uint32_t functionIndex);
  /// The 64 bits of a reference in a table.
  llvm::Value *elementBits(llvm::Value *reference);

  // Struct.cpp
  llvm::Value *objectAddress(llvm::Value *reference);
  /// The canonical number of a type.
  llvm::Value *typeId(uint32_t typeIndex);
  /// A new object of `bytes` (i64) bytes with its header, all else zero.
  llvm::Value *allocate(uint32_t typeIndex, llvm::Value *bytes, llvm::Value *length);
  llvm::Value *allocateStruct(uint32_t typeIndex);
  /// Pushes a new object of the type that the instruction names.
  void pushNew(llvm::Value *reference, const Instruction &instruction);
  void trapIfNull(llvm::Value *reference, artifact::TrapKind kind);
  /// Pops a structure: the address of the field that the instruction names.
  llvm::Value *popField(const Instruction &instruction);

  // Array.cpp
  llvm::Value *allocateArray(uint32_t typeIndex, llvm::Value *length);
  void fillElements(uint32_t typeIndex, llvm::Value *reference, llvm::Value *index,
                    llvm::Value *count, llvm::Value *value);
  llvm::Value *segmentOperand(const Instruction &instruction);
  llvm::Value *popElement(const Instruction &instruction);

  // Cast.cpp: each ends the block, with a branch to either edge.
  struct CastEdges {
    llvm::BasicBlock *yes, *no;
  };
  /// `reference`, of type `source`, is of `type`?
  void branchOnType(llvm::Value *reference, const wasm::ValueType &source,
                    const wasm::ValueType &type, const CastEdges &edges);
  // The same for references that are not null.
  void branchOnAny(llvm::Value *reference, const wasm::ValueType &type, bool mayBeI31,
                   const CastEdges &edges);
  void branchOnObject(llvm::Value *reference, uint32_t typeIndex, const CastEdges &edges);
  void branchOnFunction(llvm::Value *reference, const wasm::ValueType &type,
                        const CastEdges &edges);
  /// Two new blocks, to which branchOnType branches.
  CastEdges testType(llvm::Value *reference, const wasm::ValueType &source,
                     const wasm::ValueType &type);
  llvm::Value *isI31(llvm::Value *reference);
  llvm::Value *objectTypeId(llvm::Value *reference);
  llvm::Value *hasKind(llvm::Value *reference, artifact::ObjectKind kind);
  /// A field of the HeapRecord that never changes.
  llvm::Value *heapConstant(uint64_t offset);
  llvm::Value *displayEntry(llvm::Value *actual, uint32_t depth);

  // Atomic.cpp
  /// Address of an atomic access of `bits` bits, which traps if it is not aligned.
  llvm::Value *atomicAddress(const Instruction &instruction, llvm::Value *index, unsigned bits);
  /// The top of the stack without what lies beyond the access.
  llvm::Value *popAtomicOperand(unsigned bits);
  llvm::Value *popServiceAddress(const Instruction &instruction);

  // Variable.cpp
  void makeLocals(llvm::ArrayRef<llvm::Value *> parameters);
  llvm::Value *readLocal(uint32_t local);
  void writeLocal(uint32_t local, llvm::Value *value);
  llvm::Value *globalAddress(uint32_t global);

  // Fuel.cpp: around each instruction that is lowered, if fuel is metered.
  /// What a run of instructions costs is known at its end, where the amounts get their value.
  struct Charge {
    llvm::ICmpInst *compare = nullptr;
    llvm::BinaryOperator *subtract = nullptr;
    uint64_t cost = 0;
  };
  void beforeInstruction(const Instruction &instruction);
  void afterInstruction(const Instruction &instruction);
  /// Takes `amount`, or traps.
  Charge emitCharge(llvm::Value *amount);
  void endCharge();

  // WideArithmetic.cpp
  llvm::Value *pop128();
  void push128(llvm::Value *value);

  llvm::Value *zeroExtend(llvm::Value *value);
  llvm::Type *typeOf(wasm::ValueKind kind);
  void callSegmentService(const Instruction &instruction, uint64_t service);

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
  std::vector<Frame> frames;
  /// Nested blocks opened in unreachable code; meaningful only if `unreachable`.
  uint32_t skippedDepth = 0;
  /// Of the run that is being lowered.
  Charge charge;
  bool unreachable = false;
  llvm::DenseMap<unsigned, llvm::BasicBlock *> trapBlocks;
  llvm::DenseMap<uint64_t, llvm::Value *> entryLoads;
  /// The types of references, of arguments and instructions that are never erased.
  llvm::DenseMap<llvm::Value *, wasm::ValueType> knownTypes;

  llvm::Value *entryLoad(llvm::Type *type, uint64_t contextOffset);
};

} // namespace w2n::compiler
