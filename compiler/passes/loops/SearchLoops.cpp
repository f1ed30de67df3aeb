// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

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
// A comparison of two ranges has two pointers that go on together, and only one of them can be
// aligned. Vectors of the others are loaded as long as they lie in the page of the last element
// that the loop has loaded by that pointer, or before it. Then the loop does a number of
// iterations, once for each page, before vectors again.
//
// Nothing here depends on what memory or bounds checks are made of: those are exits like others.
// That elements are loaded twice is not seen as long as no other thread writes them.

#include "compiler/passes/loops/SearchLoops.h"

#include "compiler/ir/Contract.h"
#include "compiler/passes/loops/FindSearchLoops.h"
#include "compiler/passes/loops/LaneExpression.h"

#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/Cloning.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// The least size of a page of any machine; larger ones have the same bounds.
constexpr uint64_t pageBytes = 4096;

/// Emits what comes before the loop: its copy for short searches, and the loop over vectors.
class Stepper {
public:
  explicit Stepper(SearchLoop &search)
      : search(search), vectorBytes(search.vectorBytes), elementBytes(search.elementBytes),
        lanes(vectorBytes / elementBytes), preheader(search.loop->getLoopPreheader()),
        header(search.loop->getHeader()), latch(search.loop->getLoopLatch()),
        builder(header->getContext()), enter(makeBlock("search.enter")),
        first(makeBlock("search.first")), step(makeBlock("search.step")),
        vector(makeBlock("search.vector")), found(makeBlock("search.found")) {}

  void emit() {
    copyLoop();
    moveExpanded();
    emitEnter();
    emitVectors();
    emitFound();
  }

private:
  /// How far the loop comes before vectors are worth it.
  static constexpr uint64_t shortIterations = 16;

  BasicBlock *makeBlock(const char *name) {
    return BasicBlock::Create(header->getContext(), name, header->getParent(), header);
  }

  /// Makes the preheader go to a copy of the loop that leaves for `enter` when short searches end,
  /// and the loop itself begin with the copy's values then.
  void copyLoop() {
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
    BasicBlock *count =
        emitCount(*copiedHeader, *copiedLatch, builder.getInt64(shortIterations), *preheader);
    for (PHINode &phi : header->phis()) {
      Value *value = phi.getIncomingValueForBlock(latch);
      if (auto copy = copies.lookup(value))
        value = copy;
      phi.setIncomingValue(unsigned(phi.getBasicBlockIndex(preheader)), value);
      phi.replaceIncomingBlockWith(preheader, enter);
    }
    if (search.loads.size() > 1)
      makeRounds(*count);
  }

  /// Makes the loop from `top` to `bottom` leave for `enter` after `iterations`, i64, from when it
  /// was entered from `outside`. Returns the block that counts.
  BasicBlock *emitCount(BasicBlock &top, BasicBlock &bottom, Value *iterations,
                        BasicBlock &outside) {
    BasicBlock *count = makeBlock("search.count");
    bottom.getTerminator()->replaceSuccessorWith(&top, count);
    top.replacePhiUsesWith(&bottom, count);
    builder.SetInsertPoint(&top, top.begin());
    PHINode *left = builder.CreatePHI(builder.getInt64Ty(), 2, "search.left");
    builder.SetInsertPoint(count);
    Value *next = builder.CreateSub(left, builder.getInt64(1));
    keepRolled(builder.CreateCondBr(isZero(next), enter, &top));
    left->addIncoming(iterations, &outside);
    left->addIncoming(next, count);
    return count;
  }

  /// Makes the loop, which is entered from `on` now, come back to `enter` as its copy does from
  /// `count`.
  void makeRounds(BasicBlock &count) {
    Type *i64 = builder.getInt64Ty();
    Value *shortBytes = builder.getInt64(shortIterations * elementBytes);
    near = makeBlock("search.near");
    near->moveBefore(first);
    on = makeBlock("search.on");
    header->replacePhiUsesWith(enter, on);
    SmallVector<PHINode *, 4> phis(make_pointer_range(header->phis()));
    from = PHINode::Create(i64, 3, "search.from", on);
    iterations = PHINode::Create(i64, 3, "search.iterations", on);
    BasicBlock *recount = emitCount(*header, *latch, iterations, *on);
    builder.SetInsertPoint(on);
    PHINode *reached = PHINode::Create(i64, 2, "search.done", enter);
    reached->addIncoming(shortBytes, &count);
    reached->addIncoming(builder.CreateAdd(from, shortBytes), recount);
    builder.CreateBr(header);
    done = reached;
    for (PHINode *phi : phis) {
      PHINode *left = PHINode::Create(phi->getType(), 2, "", enter->begin());
      left->addIncoming(phi->getIncomingValueForBlock(on), &count);
      left->addIncoming(phi->getIncomingValueForBlock(recount), recount);
      PHINode *entry = PHINode::Create(phi->getType(), 3, "", on->begin());
      entry->addIncoming(left, enter);
      entry->addIncoming(left, near);
      phi->setIncomingValueForBlock(on, entry);
      entries[phi] = entry;
    }
    addRound(*enter, done, /*count=*/0);
    addRound(*near, done, shortIterations);
  }

  /// From `block`, with `bytes` of elements behind it, to `on`.
  void addRound(BasicBlock &block, Value *bytes, uint64_t count) {
    from->addIncoming(bytes, &block);
    iterations->addIncoming(builder.getInt64(count), &block);
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
  void moveExpanded() {
    SmallPtrSet<const User *, 8> moved;
    for (Instruction *instruction : reverse(search.expanded)) {
      if (!all_of(instruction->users(), [&](const User *user) { return moved.contains(user); }))
        continue;
      instruction->moveBefore(*enter, enter->getFirstNonPHIIt());
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

  /// Where the element at `offset` begins, negative when that is where it ends for a search that
  /// goes down: what is left of a vector or page follows from the low bits.
  Value *position(const SearchLoad &load, Value *offset) {
    Value *address = builder.CreatePtrToInt(load.firstAddress, builder.getInt64Ty());
    if (!search.isDescending)
      return builder.CreateAdd(address, offset);
    return builder.CreateSub(offset, builder.CreateAdd(address, builder.getInt64(elementBytes)));
  }

  /// Decides whether vectors are used from here. Offsets are from the first element, in the
  /// direction of the search.
  void emitEnter() {
    builder.SetInsertPoint(enter);
    if (!done)
      done = builder.getInt64(shortIterations * elementBytes);
    before = builder.CreateAnd(position(search.loads.front(), done), vectorBytes - 1);
    Value *enters = builder.CreateICmpUGT(search.limitBytes, done);
    Value *unaligned = builder.CreateAnd(before, elementBytes - 1);
    enters = builder.CreateAnd(enters, builder.CreateICmpEQ(unaligned, builder.getInt64(0)));
    end = search.limitBytes;
    if (!on) {
      builder.CreateCondBr(enters, first, header);
      return;
    }
    builder.CreateCondBr(enters, near, on);
    builder.SetInsertPoint(near);
    end = builder.CreateBinaryIntrinsic(Intrinsic::smin, end, pageLimit());
    Value *offset = builder.CreateSub(done, before);
    // All that the first vectors have before `done` has been loaded.
    assert(vectorBytes <= shortIterations * elementBytes);
    builder.CreateCondBr(builder.CreateICmpSLT(offset, end), first, on);
  }

  /// The offset at which vectors are no longer in the page of the last element loaded, for any of
  /// the pointers that are not aligned.
  Value *pageLimit() {
    Value *limit = nullptr;
    for (const SearchLoad &each : drop_begin(search.loads)) {
      Value *left = builder.CreateAnd(builder.CreateNeg(position(each, done)), pageBytes - 1);
      limit = limit ? builder.CreateBinaryIntrinsic(Intrinsic::umin, limit, left) : left;
    }
    return builder.CreateSub(builder.CreateAdd(done, limit), builder.getInt64(vectorBytes - 1));
  }

  void emitVectors() {
    Type *i64 = builder.getInt64Ty();
    LaneEmitter lane(*search.loop, lanes, enter->getTerminator());
    builder.SetInsertPoint(first);
    Value *firstOffset = builder.CreateSub(done, before);
    Value *skipped = builder.CreateLShr(before, Log2_32(elementBytes));
    Value *mask = exitMask(lane, firstOffset);
    mask =
        search.isDescending ? builder.CreateShl(mask, skipped) : builder.CreateLShr(mask, skipped);
    Value *firstFound = builder.CreateAdd(done, bytesBefore(mask));
    builder.CreateCondBr(isZero(mask), step, found);

    builder.SetInsertPoint(step);
    PHINode *last = builder.CreatePHI(i64, 2, "search.last");
    Value *offset = builder.CreateAdd(last, builder.getInt64(vectorBytes));
    builder.CreateCondBr(builder.CreateICmpSLT(offset, end), vector, found);

    builder.SetInsertPoint(vector);
    mask = exitMask(lane, offset);
    Value *vectorFound = builder.CreateAdd(offset, bytesBefore(mask));
    builder.CreateCondBr(isZero(mask), step, found);
    last->addIncoming(firstOffset, first);
    last->addIncoming(offset, vector);

    exit = PHINode::Create(i64, 3, "search.exit", found);
    exit->addIncoming(firstFound, first);
    exit->addIncoming(offset, step);
    exit->addIncoming(vectorFound, vector);
  }

  /// The bytes before the first lane in `mask`.
  Value *bytesBefore(Value *mask) {
    const Intrinsic::ID zeros = search.isDescending ? Intrinsic::ctlz : Intrinsic::cttz;
    Value *index = builder.CreateBinaryIntrinsic(zeros, mask, builder.getTrue());
    return builder.CreateShl(index, Log2_32(elementBytes));
  }

  /// A bit for each lane of the vectors at `offset` that the loop can be left at, i64: the lowest
  /// for the first, or the highest in a search that goes down.
  Value *exitMask(LaneEmitter &lane, Value *offset) {
    DenseMap<const Value *, Value *> vectors;
    auto *type = FixedVectorType::get(builder.getIntNTy(elementBytes * 8), lanes);
    for (auto [index, each] : enumerate(search.loads)) {
      const Align alignment = index == 0 ? Align(vectorBytes) : each.load->getAlign();
      Value *loaded = loadAgain(each, type, addressOf(each, offset, vectorBytes), alignment);
      vectors[each.load] = loaded;
      if (each.carried)
        vectors[each.carried] = loaded;
    }
    Value *all = nullptr;
    for (const ValueExit &exit : search.valueExits) {
      Value *condition = leaves(exit, lane.emit(builder, exit.subject, vectors));
      // A later condition may be poison where an earlier one holds.
      all = all ? builder.CreateLogicalOr(all, condition) : condition;
    }
    Value *bits = builder.CreateBitCast(builder.CreateFreeze(all), builder.getIntNTy(lanes));
    bits = builder.CreateZExt(bits, builder.getInt64Ty());
    return search.isDescending ? builder.CreateShl(bits, 64 - lanes) : bits;
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

  /// From vectors to the loop, as if it had come to the element at `exit` by itself.
  void emitFound() {
    builder.SetInsertPoint(found);
    Value *bytes = builder.CreateBinaryIntrinsic(Intrinsic::umin, exit, search.limitBytes);
    auto entry = [&](PHINode *phi) { return on ? entries.lookup(phi) : phi; };
    if (search.loads.front().isAhead)
      bytes = builder.CreateSub(bytes, builder.getInt64(elementBytes));
    for (const SearchLoad &each : search.loads)
      if (each.carried)
        entry(each.carried)
            ->addIncoming(loadAgain(each, each.load->getType(),
                                    addressOf(each, bytes, elementBytes), each.load->getAlign()),
                          found);
    Value *passed = builder.CreateLShr(bytes, Log2_32(elementBytes));
    for (const SearchCounter &counter : search.counters) {
      Type *type = counter.phi->getType();
      Value *steps = builder.CreateMul(builder.CreateZExtOrTrunc(passed, type),
                                       ConstantInt::get(type, counter.step));
      entry(counter.phi)->addIncoming(builder.CreateAdd(counter.start, steps), found);
    }
    if (on)
      addRound(*found, bytes, shortIterations);
    builder.CreateBr(on ? on : header);
  }

  /// The lowest address of `bytes` of elements from the one at `offset` on.
  Value *addressOf(const SearchLoad &load, Value *offset, unsigned bytes) {
    if (search.isDescending)
      offset = builder.CreateSub(builder.getInt64(int64_t(elementBytes) - int64_t(bytes)), offset);
    return builder.CreateGEP(builder.getInt8Ty(), load.firstAddress, offset);
  }

  /// A load of what the loop loads, too.
  Value *loadAgain(const SearchLoad &load, Type *type, Value *address, Align alignment) {
    LoadInst *loaded = builder.CreateAlignedLoad(type, address, alignment);
    loaded->setMetadata(LLVMContext::MD_tbaa, load.load->getMetadata(LLVMContext::MD_tbaa));
    loaded->setMetadata(repeatedLoadMetadata, MDNode::get(loaded->getContext(), {}));
    return loaded;
  }

  SearchLoop &search;
  const unsigned vectorBytes, elementBytes, lanes;
  BasicBlock *preheader, *header, *latch;
  IRBuilder<> builder;
  BasicBlock *enter, *first, *step, *vector, *found;
  // Of several pointers; null if there is one.
  BasicBlock *near = nullptr, *on = nullptr;
  DenseMap<const PHINode *, PHINode *> entries; ///< into the loop's phis, in `on`
  PHINode *from = nullptr;                      ///< the bytes behind when the loop is entered
  PHINode *iterations = nullptr;                ///< for which it is entered; 0 for all
  Value *done = nullptr;   ///< the bytes of the iterations that are complete in `enter`
  Value *before = nullptr; ///< of them, those in the first vector
  Value *end = nullptr;    ///< where vectors end
  PHINode *exit = nullptr; ///< the bytes of the elements where no exit can be taken
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
    if (auto search = findSearchLoop(*loop, evolution, dominators, target, vectorBytes))
      found.push_back(std::move(*search));
  if (found.empty())
    return PreservedAnalyses::all();
  for (SearchLoop &search : found)
    Stepper(search).emit();
  return PreservedAnalyses::none();
}

} // namespace w2n::compiler
