// A loop that looks for something in memory has an exit that depends on what it loads, so that
// LLVM, which may not load past that exit, leaves it one element at a time. Here an element may be
// loaded early under one condition: that a load which cannot trap unless the loop traps covers it.
// An aligned vector lies in one page, and a page is accessible or not as a whole; so if the loop
// reaches any element of an aligned vector, loading all of it traps if and only if the loop does.
//
// Most searches are short, and for those a vector costs more than it saves. So the loop, which is a
// chain of blocks without effects, becomes
//
//   the loop, for a number of iterations
//   while no exit can be taken at an element of this aligned vector, go to the next one
//   the loop, from the first element at which an exit can be taken
//
// and decides about that exit as always. So all that must hold is that the iterations which were
// stepped over would have gone on to the next:
//  - exits that depend on the element are computed for all lanes;
//  - exits that are counted (an end, a length) bound the iterations that are stepped over;
//  - a 32-bit index that would wrap around within the vectors bounds them, too.
// A vector is loaded only if its first element is one that the loop would load: no exit was found
// before it, and it is below the bound.
//
// Often an element is tested in the iteration after the one that loads it, being a phi, as loops
// are rotated. Then what the phi begins with counts as the first element.
//
// Nothing here depends on what memory or bounds checks are made of: those are exits like others.
// That elements are loaded twice is not seen as long as no other thread writes them.

#include "compiler/codegen/SearchLoops.h"

#include "compiler/codegen/LaneExpression.h"
#include "compiler/codegen/PinLoads.h"

#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Taken if `subject` is one of `values`, or if it is none of them.
struct ValueExit {
  Value *subject;
  SmallVector<ConstantInt *, 4> values;
  bool leavesIfEqual;
};

struct Counter {
  PHINode *phi;
  Value *start;
  APInt step;
};

/// A loop that can be stepped ahead, and what its preheader computes for that.
struct SearchLoop {
  Loop *loop;
  LoadInst *load = nullptr;
  PHINode *carried = nullptr; ///< of the load, for the next iteration; may be null
  SmallVector<ValueExit, 4> valueExits;
  SmallVector<const SCEV *, 4> counts; ///< of iterations until each counted exit
  SmallVector<Counter, 4> counters;
  SmallVector<Instruction *, 8> expanded; ///< in the preheader, for what follows
  Value *firstAddress = nullptr;          ///< of the first element
  Value *limitBytes = nullptr;            ///< from the first element; others are the loop's; i64
};

/// Where the elements are, as a polynomial of the iteration.
struct Walk {
  const SCEV *firstAddress = nullptr;
  const SCEV *firstIndex = nullptr; ///< may wrap around; null if it cannot
};

class Finder {
public:
  Finder(Loop &loop, ScalarEvolution &evolution, const DominatorTree &dominators,
         unsigned vectorBytes)
      : evolution(evolution), dominators(dominators), vectorBytes(vectorBytes) {
    found.loop = &loop;
  }

  /// Emits what the preheader computes if the loop qualifies.
  std::optional<SearchLoop> find() {
    Loop &loop = *found.loop;
    if (!loop.isInnermost() || !loop.isLoopSimplifyForm() || !loop.isLCSSAForm(dominators) ||
        !findLoad() || !sortPhis() || !sortExits() || found.valueExits.empty())
      return std::nullopt;
    Walk walk = findWalk();
    if (!walk.firstAddress || !expand(walk))
      return std::nullopt;
    return found;
  }

private:
  unsigned elementBytes() const {
    return unsigned(found.load->getType()->getIntegerBitWidth() / 8);
  }

  /// One load of an integer, and no effects.
  bool findLoad() {
    for (BasicBlock *block : found.loop->blocks())
      for (Instruction &instruction : *block) {
        if (auto *load = dyn_cast<LoadInst>(&instruction)) {
          if (found.load || !load->isSimple())
            return false;
          found.load = load;
        } else if (!isa<AssumeInst>(instruction) &&
                   (instruction.mayReadOrWriteMemory() || instruction.mayHaveSideEffects())) {
          return false;
        }
      }
    if (!found.load || !found.load->getType()->isIntegerTy())
      return false;
    unsigned bits = found.load->getType()->getIntegerBitWidth();
    return bits == 8 || bits == 16 || bits == 32 || bits == 64;
  }

  bool sortPhis() {
    for (PHINode &phi : found.loop->getHeader()->phis()) {
      if (phi.getIncomingValueForBlock(found.loop->getLoopLatch()) == found.load) {
        if (found.carried)
          return false;
        found.carried = &phi;
        continue;
      }
      const auto *recurrence = phi.getType()->isIntegerTy()
                                   ? dyn_cast<SCEVAddRecExpr>(evolution.getSCEV(&phi))
                                   : nullptr;
      const auto *step = recurrence && recurrence->getLoop() == found.loop && recurrence->isAffine()
                             ? dyn_cast<SCEVConstant>(recurrence->getStepRecurrence(evolution))
                             : nullptr;
      if (!step || phi.getType()->getIntegerBitWidth() > 64)
        return false;
      found.counters.push_back(
          {&phi, phi.getIncomingValueForBlock(found.loop->getLoopPreheader()), step->getAPInt()});
    }
    return true;
  }

  /// Follows the chain of blocks from the header to the latch.
  bool sortExits() {
    Loop &loop = *found.loop;
    SmallVector<const Value *, 2> elements{found.load};
    if (found.carried)
      elements.push_back(found.carried);
    BasicBlock *block = loop.getHeader();
    for (unsigned blocks = 1;; ++blocks) {
      BasicBlock *next = onlySuccessorInLoop(*block);
      if (!next)
        return false;
      if (std::optional<ValueExit> exit = exitOf(*block, *next)) {
        if (isLaneExpression(exit->subject, loop, elements, vectorBytes / elementBytes()))
          found.valueExits.push_back(*exit);
        else if (const SCEV *count = iterationsBefore(*block, *exit))
          found.counts.push_back(count);
        else
          return false;
      }
      if (next == loop.getHeader())
        return blocks == loop.getNumBlocks();
      block = next;
    }
  }

  /// Null if there are several, or if `block` ends with something else than a branch or a switch.
  BasicBlock *onlySuccessorInLoop(BasicBlock &block) const {
    if (!isa<BranchInst, SwitchInst>(block.getTerminator()))
      return nullptr;
    BasicBlock *only = nullptr;
    for (BasicBlock *successor : successors(&block))
      if (found.loop->contains(successor)) {
        if (only && only != successor)
          return nullptr;
        only = successor;
      }
    return only;
  }

  /// What leaves the loop from `block` rather than going to `next`; nothing if that is certain.
  static std::optional<ValueExit> exitOf(BasicBlock &block, const BasicBlock &next) {
    if (block.getSingleSuccessor())
      return std::nullopt;
    if (auto *choice = dyn_cast<SwitchInst>(block.getTerminator())) {
      // Either the default stays in the loop, or all cases that do not leave it do.
      const bool defaultStays = choice->getDefaultDest() == &next;
      ValueExit exit{choice->getCondition(), {}, defaultStays};
      for (auto &each : choice->cases())
        if ((each.getCaseSuccessor() == &next) != defaultStays)
          exit.values.push_back(each.getCaseValue());
      return exit;
    }
    auto *branch = cast<BranchInst>(block.getTerminator());
    ConstantInt *leaving =
        ConstantInt::getBool(block.getContext(), branch->getSuccessor(1) == &next);
    return ValueExit{branch->getCondition(), {leaving}, true};
  }

  /// How many iterations at least are complete before the exit of `block` is taken, or null.
  const SCEV *iterationsBefore(const BasicBlock &block, const ValueExit &exit) {
    const SCEV *count = evolution.getExitCount(found.loop, &block);
    if (!isa<SCEVCouldNotCompute>(count))
      return count;
    return iterationsWhileAbove(exit);
  }

  /// Of `{start,+,-step} > least`, unsigned, which cannot wrap around if step <= least + 1. LLVM
  /// wants a flag that says so.
  const SCEV *iterationsWhileAbove(const ValueExit &exit) {
    auto *compare = dyn_cast<ICmpInst>(exit.subject);
    if (!compare)
      return nullptr;
    CmpPredicate predicate =
        exit.values[0]->isOne() ? compare->getInversePredicate() : compare->getPredicate();
    const auto *counter = dyn_cast<SCEVAddRecExpr>(evolution.getSCEV(compare->getOperand(0)));
    const auto *least = dyn_cast<SCEVConstant>(evolution.getSCEV(compare->getOperand(1)));
    if (predicate != ICmpInst::ICMP_UGT || !counter || counter->getLoop() != found.loop ||
        !counter->isAffine() || !least)
      return nullptr;
    const auto *step = dyn_cast<SCEVConstant>(counter->getStepRecurrence(evolution));
    if (!step || !step->getAPInt().isNegative() || (-step->getAPInt() - 1).ugt(least->getAPInt()))
      return nullptr;
    const SCEV *above =
        evolution.getMinusSCEV(evolution.getUMaxExpr(counter->getStart(), least), least);
    return evolution.getUDivCeilSCEV(above, evolution.getConstant(-step->getAPInt()));
  }

  bool isWalk(const SCEV *expression) const {
    const auto *recurrence = dyn_cast<SCEVAddRecExpr>(expression);
    if (!recurrence || recurrence->getLoop() != found.loop || !recurrence->isAffine())
      return false;
    const auto *step = dyn_cast<SCEVConstant>(recurrence->getStepRecurrence(evolution));
    return step && step->getAPInt() == elementBytes();
  }

  /// What `recurrence` is for the first element of all.
  const SCEV *first(const SCEV *recurrence) {
    const SCEV *start = cast<SCEVAddRecExpr>(recurrence)->getStart();
    if (!found.carried)
      return start;
    Type *type = evolution.getEffectiveSCEVType(start->getType());
    return evolution.getAddExpr(start,
                                evolution.getConstant(type, -uint64_t(elementBytes()), true));
  }

  Walk findWalk() {
    const SCEV *address = evolution.getSCEV(found.load->getPointerOperand());
    if (isWalk(address))
      return {first(address), nullptr};
    const auto *sum = dyn_cast<SCEVAddExpr>(address);
    if (!sum)
      return {};
    Walk walk;
    SmallVector<const SCEV *, 4> terms;
    for (const SCEV *term : sum->operands()) {
      const auto *extended = dyn_cast<SCEVZeroExtendExpr>(term);
      if (extended && !walk.firstIndex && isWalk(extended->getOperand())) {
        walk.firstIndex = first(extended->getOperand());
        term = evolution.getZeroExtendExpr(walk.firstIndex, extended->getType());
      } else if (!evolution.isLoopInvariant(term, found.loop)) {
        return {};
      }
      terms.push_back(term);
    }
    walk.firstAddress = walk.firstIndex ? evolution.getAddExpr(terms) : nullptr;
    return walk;
  }

  bool expand(const Walk &walk) {
    Instruction *place = found.loop->getLoopPreheader()->getTerminator();
    SCEVExpander expander(evolution, "search");
    SmallVector<const SCEV *, 4> all(found.counts);
    all.push_back(walk.firstAddress);
    if (walk.firstIndex)
      all.push_back(walk.firstIndex);
    for (const SCEV *expression : all)
      if (!expander.isSafeToExpandAt(expression, place) ||
          evolution.getTypeSizeInBits(expression->getType()) > 64)
        return false;
    Instruction *last = place->getPrevNode();
    auto expanded = [&](const SCEV *expression) {
      return expander.expandCodeFor(expression, expression->getType(), place);
    };
    IRBuilder<> builder(place);
    Value *limit = builder.getInt64(mostBytes);
    if (walk.firstIndex)
      limit = bytesToWrap(builder, expanded(walk.firstIndex));
    for (const SCEV *count : found.counts)
      limit = builder.CreateBinaryIntrinsic(Intrinsic::umin, limit,
                                            countBytes(builder, expanded(count)));
    found.limitBytes = limit;
    // The use shows the search for another loop that this one needs the address as well.
    found.firstAddress =
        builder.CreateGEP(builder.getInt8Ty(), expanded(walk.firstAddress), builder.getInt64(0));
    BasicBlock &block = *place->getParent();
    for (Instruction &instruction :
         make_range(last ? std::next(last->getIterator()) : block.begin(), place->getIterator()))
      found.expanded.push_back(&instruction);
    return true;
  }

  /// The bytes of the elements before `index` wraps around.
  Value *bytesToWrap(IRBuilder<> &builder, Value *index) {
    Value *end = builder.getInt64(1ull << index->getType()->getIntegerBitWidth());
    Value *bytes = builder.CreateSub(end, builder.CreateZExt(index, builder.getInt64Ty()));
    return builder.CreateAnd(bytes, -uint64_t(elementBytes()));
  }

  /// The bytes of the elements before the exit that is taken after `count` iterations.
  Value *countBytes(IRBuilder<> &builder, Value *count) {
    count = builder.CreateZExt(count, builder.getInt64Ty());
    count = builder.CreateBinaryIntrinsic(Intrinsic::umin, count,
                                          builder.getInt64(mostBytes / vectorBytes));
    if (found.carried)
      count = builder.CreateAdd(count, builder.getInt64(1));
    return builder.CreateMul(count, builder.getInt64(elementBytes()));
  }

  /// A bound for sums that shall not wrap around; longer searches go on one element at a time.
  static constexpr uint64_t mostBytes = 1ull << 48;

  ScalarEvolution &evolution;
  const DominatorTree &dominators;
  const unsigned vectorBytes;
  SearchLoop found;
};

/// Emits what comes before the loop: its copy for short searches, and the loop over vectors.
class Stepper {
public:
  Stepper(SearchLoop &search, unsigned vectorBytes)
      : search(search), vectorBytes(vectorBytes),
        elementBytes(unsigned(search.load->getType()->getIntegerBitWidth() / 8)),
        lanes(vectorBytes / elementBytes), preheader(search.loop->getLoopPreheader()),
        header(search.loop->getHeader()), latch(search.loop->getLoopLatch()),
        elements{search.load, search.carried}, builder(header->getContext()) {}

  void emit() {
    BasicBlock *enter = makeBlock("search.enter"), *first = makeBlock("search.first");
    BasicBlock *step = makeBlock("search.step"), *vector = makeBlock("search.vector");
    BasicBlock *found = makeBlock("search.found");
    copyLoop(enter);
    moveExpanded(enter);

    // Offsets are from the first element.
    Type *i64 = builder.getInt64Ty();
    Value *done = builder.getInt64(shortIterations * elementBytes);
    builder.SetInsertPoint(enter);
    Value *start = builder.CreatePtrToInt(search.firstAddress, i64);
    Value *before = builder.CreateAnd(builder.CreateAdd(start, done), vectorBytes - 1);
    Value *enters = builder.CreateICmpUGT(search.limitBytes, done);
    Value *unaligned = builder.CreateAnd(before, elementBytes - 1);
    enters = builder.CreateAnd(enters, builder.CreateICmpEQ(unaligned, builder.getInt64(0)));
    Value *firstOffset = builder.CreateSub(done, before);
    LaneEmitter lane(*search.loop, elements, lanes, builder.CreateCondBr(enters, first, header));

    builder.SetInsertPoint(first);
    Value *skipped = builder.CreateLShr(before, Log2_32(elementBytes));
    Value *mask = builder.CreateLShr(exitMask(lane, firstOffset), skipped);
    Value *firstFound = builder.CreateAdd(done, bytesBefore(mask));
    builder.CreateCondBr(isZero(mask), step, found);

    builder.SetInsertPoint(step);
    PHINode *last = builder.CreatePHI(i64, 2, "search.last");
    Value *offset = builder.CreateAdd(last, builder.getInt64(vectorBytes));
    builder.CreateCondBr(builder.CreateICmpSLT(offset, search.limitBytes), vector, found);

    builder.SetInsertPoint(vector);
    mask = exitMask(lane, offset);
    Value *vectorFound = builder.CreateAdd(offset, bytesBefore(mask));
    builder.CreateCondBr(isZero(mask), step, found);
    last->addIncoming(firstOffset, first);
    last->addIncoming(offset, vector);

    builder.SetInsertPoint(found);
    PHINode *exit = builder.CreatePHI(i64, 3, "search.exit");
    exit->addIncoming(firstFound, first);
    exit->addIncoming(search.limitBytes, step);
    exit->addIncoming(vectorFound, vector);
    enterLoop(builder.CreateBinaryIntrinsic(Intrinsic::umin, exit, search.limitBytes));
  }

private:
  /// How far the loop comes before vectors are worth it.
  static constexpr uint64_t shortIterations = 16;

  BasicBlock *makeBlock(const char *name) {
    return BasicBlock::Create(header->getContext(), name, header->getParent(), header);
  }

  /// Makes the preheader go to a copy of the loop that leaves for `enter` when short searches end,
  /// and the loop itself begin with the copy's values then.
  void copyLoop(BasicBlock *enter) {
    ValueToValueMapTy copies;
    SmallVector<BasicBlock *, 4> blocks;
    for (BasicBlock *block : search.loop->blocks()) {
      blocks.push_back(CloneBasicBlock(block, copies, ".short", header->getParent()));
      blocks.back()->moveBefore(enter);
      copies[block] = blocks.back();
    }
    remapInstructionsInBlocks(blocks, copies);
    auto *copiedHeader = cast<BasicBlock>(copies[header]);
    auto *copiedLatch = cast<BasicBlock>(copies[latch]);
    preheader->getTerminator()->replaceSuccessorWith(header, copiedHeader);
    addExits(copies);

    // The count of what is left.
    BasicBlock *count = makeBlock("search.count");
    copiedLatch->getTerminator()->replaceSuccessorWith(copiedHeader, count);
    copiedHeader->replacePhiUsesWith(copiedLatch, count);
    builder.SetInsertPoint(copiedHeader, copiedHeader->begin());
    PHINode *left = builder.CreatePHI(builder.getInt32Ty(), 2, "search.left");
    builder.SetInsertPoint(count);
    Value *next = builder.CreateSub(left, builder.getInt32(1));
    keepRolled(builder.CreateCondBr(isZero(next), enter, copiedHeader));
    left->addIncoming(builder.getInt32(shortIterations), preheader);
    left->addIncoming(next, count);

    for (PHINode &phi : header->phis()) {
      Value *value = phi.getIncomingValueForBlock(latch);
      if (auto copy = copies.lookup(value))
        value = copy;
      phi.setIncomingValue(unsigned(phi.getBasicBlockIndex(preheader)), value);
      phi.replaceIncomingBlockWith(preheader, enter);
    }
  }

  /// Every phi behind the loop gets the copy's value from the copy.
  void addExits(const ValueToValueMapTy &copies) {
    SmallVector<Loop::Edge, 4> edges;
    search.loop->getExitEdges(edges);
    for (auto [from, to] : edges)
      for (PHINode &phi : to->phis()) {
        Value *value = phi.getIncomingValueForBlock(from);
        if (auto copy = copies.lookup(value))
          value = copy;
        phi.addIncoming(value, cast<BasicBlock>(copies.lookup(from)));
      }
  }

  /// Short searches do without. What the search for another loop has found and used stays.
  void moveExpanded(BasicBlock *enter) {
    SmallPtrSet<const User *, 8> moved;
    for (Instruction *instruction : reverse(search.expanded)) {
      if (!all_of(instruction->users(), [&](const User *user) { return moved.contains(user); }))
        continue;
      instruction->moveBefore(*enter, enter->begin());
      moved.insert(instruction);
    }
  }

  /// The copy has a known number of iterations, which is no reason to have it that often.
  static void keepRolled(BranchInst *branch) {
    LLVMContext &context = branch->getContext();
    auto *disable = MDNode::get(context, MDString::get(context, "llvm.loop.unroll.disable"));
    MDNode *loop = MDNode::getDistinct(context, {nullptr, disable});
    loop->replaceOperandWith(0, loop);
    branch->setMetadata(LLVMContext::MD_loop, loop);
  }

  Value *isZero(Value *value) { return builder.CreateIsNull(value); }

  /// The bytes before the first lane in `mask`.
  Value *bytesBefore(Value *mask) {
    Value *index = builder.CreateBinaryIntrinsic(Intrinsic::cttz, mask, builder.getTrue());
    return builder.CreateShl(index, Log2_32(elementBytes));
  }

  /// A bit for each lane of the vector at `offset` that the loop can be left at, i64.
  Value *exitMask(LaneEmitter &lane, Value *offset) {
    auto *type = FixedVectorType::get(search.load->getType(), lanes);
    Value *loaded = loadAgain(type, offset, Align(vectorBytes));
    Value *all = nullptr;
    for (const ValueExit &exit : search.valueExits) {
      Value *condition = leaves(exit, lane.emit(builder, exit.subject, loaded));
      // A later condition may be poison where an earlier one holds.
      all = all ? builder.CreateLogicalOr(all, condition) : condition;
    }
    Value *bits = builder.CreateBitCast(builder.CreateFreeze(all), builder.getIntNTy(lanes));
    return builder.CreateZExt(bits, builder.getInt64Ty());
  }

  /// The lanes of `subject` for which `exit` is taken.
  Value *leaves(const ValueExit &exit, Value *subject) {
    Value *equal = ConstantInt::getFalse(subject->getType()->getWithNewBitWidth(1));
    for (ConstantInt *value : exit.values) {
      Value *splat = ConstantVector::getSplat(ElementCount::getFixed(lanes), value);
      equal = builder.CreateOr(equal, builder.CreateICmpEQ(subject, splat));
    }
    return exit.leavesIfEqual ? equal : builder.CreateNot(equal);
  }

  /// From `found` to the loop, as if it had come to the element at `exit` by itself.
  void enterLoop(Value *exit) {
    BasicBlock *block = builder.GetInsertBlock();
    if (search.carried) {
      exit = builder.CreateSub(exit, builder.getInt64(elementBytes));
      search.carried->addIncoming(loadAgain(search.load->getType(), exit, search.load->getAlign()),
                                  block);
    }
    Value *iterations = builder.CreateLShr(exit, Log2_32(elementBytes));
    for (const Counter &counter : search.counters) {
      Type *type = counter.phi->getType();
      Value *steps = builder.CreateMul(builder.CreateZExtOrTrunc(iterations, type),
                                       ConstantInt::get(type, counter.step));
      counter.phi->addIncoming(builder.CreateAdd(counter.start, steps), block);
    }
    builder.CreateBr(header);
  }

  /// A load of what the loop loads, too.
  Value *loadAgain(Type *type, Value *offset, Align alignment) {
    Value *address = builder.CreateGEP(builder.getInt8Ty(), search.firstAddress, offset);
    LoadInst *loaded = builder.CreateAlignedLoad(type, address, alignment);
    loaded->setMetadata(LLVMContext::MD_tbaa, search.load->getMetadata(LLVMContext::MD_tbaa));
    loaded->setMetadata(repeatedLoadMetadata, MDNode::get(loaded->getContext(), {}));
    return loaded;
  }

  SearchLoop &search;
  const unsigned vectorBytes, elementBytes, lanes;
  BasicBlock *preheader, *header, *latch;
  const Value *elements[2];
  IRBuilder<> builder;
};

} // namespace

PreservedAnalyses SearchLoopsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  if (function.hasFnAttribute(Attribute::NoImplicitFloat) ||
      function.getParent()->getModuleFlag(sharedMemoryFlag))
    return PreservedAnalyses::all();
  auto &target = analyses.getResult<TargetIRAnalysis>(function);
  const uint64_t registerBits =
      target.getRegisterBitWidth(TargetTransformInfo::RGK_FixedWidthVector).getFixedValue();
  if (registerBits < 128)
    return PreservedAnalyses::all();
  const unsigned vectorBytes = registerBits >= 256 ? 32 : 16;
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  auto &dominators = analyses.getResult<DominatorTreeAnalysis>(function);
  SmallVector<SearchLoop, 4> found;
  for (Loop *loop : loops.getLoopsInPreorder())
    if (auto search = Finder(*loop, evolution, dominators, vectorBytes).find())
      found.push_back(std::move(*search));
  if (found.empty())
    return PreservedAnalyses::all();
  for (SearchLoop &search : found)
    Stepper(search, vectorBytes).emit();
  return PreservedAnalyses::none();
}

} // namespace w2n::compiler
