// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A jump table is compared with and then jumped through: whoever trains the predictor of the
// comparison has the processor jump to what lies behind the table. Here the index of an entry is
// its distance from the first case, and a conditional move makes everything else the table's last
// entry, the default's. The default of the new switch is unreachable, so that the code generator
// does not compare again.
//
// The code generator makes a jump table of any row of sorted cases that is dense and has at least
// four runs (cases with one target, next to each other). Here the cases are cut into such rows and
// what lies between them. A dense row of 8 or more runs has a dense half, so that it suffices to
// look at rows of 4 to 7 runs to find all.

#include "compiler/passes/speculation/MaskSwitches.h"

#include "compiler/ir/SpeculationMasks.h"
#include "compiler/passes/PassCounts.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/ConstantRange.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/ProfDataUtils.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Fewer runs never become a jump table, and in more there is a dense part if there is one.
constexpr size_t fewestRuns = 4, maxRunsToLookAt = 2 * fewestRuns - 1;

/// Cases with one target, next to each other; `cases` and `values` in order.
struct Run {
  int64_t first, last;
  BasicBlock *target;
  uint64_t weight;

  uint64_t size() const { return uint64_t(last) - uint64_t(first) + 1; }
};

/// Runs that become one switch.
struct Row {
  ArrayRef<Run> runs;
  bool isTable;
};

/// Whether operations alone, whatever branches and flags say, keep `value` from `first` to `last`.
bool isWithin(const Value &value, int64_t first, int64_t last, const DataLayout &layout) {
  const SimplifyQuery query(layout, nullptr, nullptr, nullptr, nullptr, /*UseInstrInfo=*/false);
  const ConstantRange range =
      ConstantRange::fromKnownBits(computeKnownBits(&value, query), /*IsSigned=*/true);
  return range.getSignedMin().getSExtValue() >= first &&
         range.getSignedMax().getSExtValue() <= last;
}

class SwitchMasking {
public:
  explicit SwitchMasking(SwitchInst &original)
      : original(original), function(*original.getFunction()), index(original.getCondition()),
        fallback(original.getDefaultDest()), leastDensity(function.hasOptSize() ? 40 : 10) {}

  bool run() {
    const unsigned bits = index->getType()->getIntegerBitWidth();
    if (bits > 64 || original.getNumCases() < fewestRuns)
      return countWay(PassWay::MaskSwitchesFewRuns), false;
    collectRuns();
    cutRows();
    if (none_of(rows, [&](const Row &row) { return needsMask(row); }))
      return countWay(rows.size() == 1 && rows.front().isTable ? PassWay::MaskSwitchesBounded
                                                               : PassWay::MaskSwitchesFewRuns),
             false;
    giveEdgesBlocks();
    replace();
    return true;
  }

private:
  void collectRuns() {
    SmallVector<uint32_t> weights;
    const bool hasWeights = extractBranchWeights(original, weights);
    for (const auto &choice : original.cases()) {
      const int64_t value = choice.getCaseValue()->getSExtValue();
      runs.push_back({value, value, choice.getCaseSuccessor(),
                      hasWeights ? weights[choice.getSuccessorIndex()] : 0});
    }
    if (hasWeights)
      fallbackWeight = weights.front();
    sort(runs, [](const Run &a, const Run &b) { return a.first < b.first; });
    size_t kept = 0;
    for (const Run &run : drop_begin(runs)) {
      Run &before = runs[kept];
      if (run.target == before.target && run.first == before.last + 1) {
        before.last = run.last;
        before.weight += run.weight;
      } else {
        runs[++kept] = run;
      }
    }
    runs.truncate(kept + 1);
  }

  /// Whether the code generator finds `row` dense; `cases` of its values are cases.
  bool isDense(ArrayRef<Run> row, uint64_t cases) const {
    const uint64_t range = uint64_t(row.back().last) - uint64_t(row.front().first);
    return range < UINT64_MAX / 100 - 1 && cases * 100 >= (range + 1) * leastDensity;
  }

  /// The number of runs from `begin` on make a table; 0 if none do.
  size_t tableAt(size_t begin) const {
    uint64_t cases = 0;
    size_t found = 0;
    for (size_t end = begin; end < runs.size(); ++end) {
      cases += runs[end].size();
      const size_t count = end + 1 - begin;
      if (count >= fewestRuns && isDense(ArrayRef(runs).slice(begin, count), cases))
        found = count;
      else if (count >= maxRunsToLookAt)
        break;
    }
    return found;
  }

  void cutRows() {
    size_t between = 0;
    for (size_t begin = 0; begin < runs.size();) {
      const size_t count = tableAt(begin);
      if (!count) {
        ++begin;
        continue;
      }
      if (between < begin)
        rows.push_back({ArrayRef(runs).slice(between, begin - between), false});
      rows.push_back({ArrayRef(runs).slice(begin, count), true});
      begin = between = begin + count;
    }
    if (between < runs.size())
      rows.push_back({ArrayRef(runs).drop_front(between), false});
  }

  bool needsMask(const Row &row) const {
    return row.isTable && !isWithin(*index, row.runs.front().first, row.runs.back().last,
                                    function.getDataLayout());
  }

  /// So that any number of branches may lead to a target, phis get one edge for all of them.
  BasicBlock *edgeTo(BasicBlock *target) {
    if (target->phis().empty())
      return target;
    BasicBlock *&edge = edges[target];
    if (edge)
      return edge;
    BasicBlock *from = original.getParent();
    edge = BasicBlock::Create(function.getContext(), "edge", &function, target);
    BranchInst::Create(target, edge)->setDebugLoc(original.getDebugLoc());
    for (PHINode &phi : target->phis()) {
      Value *value = phi.getIncomingValueForBlock(from);
      phi.removeIncomingValueIf(
          [&](unsigned incoming) { return phi.getIncomingBlock(incoming) == from; },
          /*DeletePHIIfEmpty=*/false);
      phi.addIncoming(value, edge);
    }
    return edge;
  }

  void giveEdgesBlocks() {
    for (Run &run : runs)
      run.target = edgeTo(run.target);
    fallback = edgeTo(fallback);
  }

  void replace() {
    BasicBlock *block = original.getParent();
    IRBuilder<> builder(&original);
    Type *type = builder.getIntNTy(index->getType()->getIntegerBitWidth() > 32 ? 64 : 32);
    index = builder.CreateSExt(index, type);
    const DebugLoc location = original.getDebugLoc();
    original.eraseFromParent();
    builder.SetInsertPoint(block);
    builder.SetCurrentDebugLocation(location);
    emitRows(builder, rows);
  }

  void emitRows(IRBuilder<> &builder, ArrayRef<Row> part) {
    if (part.size() == 1)
      return needsMask(part.front()) ? emitTable(builder, part.front().runs)
                                     : emitCases(builder, part.front().runs);
    const auto [lower, upper] =
        std::pair(part.take_front(part.size() / 2), part.drop_front(part.size() / 2));
    auto *below = BasicBlock::Create(function.getContext(), "below", &function);
    auto *above = BasicBlock::Create(function.getContext(), "above", &function);
    builder.CreateCondBr(builder.CreateICmpSLT(index, number(upper.front().runs.front().first)),
                         below, above);
    builder.SetInsertPoint(below);
    emitRows(builder, lower);
    builder.SetInsertPoint(above);
    emitRows(builder, upper);
  }

  void emitCases(IRBuilder<> &builder, ArrayRef<Run> cases) {
    SwitchInst *choice = builder.CreateSwitch(index, fallback, unsigned(cases.size()));
    SmallVector<uint32_t> weights = {uint32_t(fallbackWeight)};
    for (const Run &run : cases)
      for (uint64_t i = 0; i < run.size(); ++i) {
        choice->addCase(number(run.first + int64_t(i)), run.target);
        weights.push_back(uint32_t(run.weight / run.size()));
      }
    setWeights(*choice, weights);
  }

  void emitTable(IRBuilder<> &builder, ArrayRef<Run> cases) {
    countWay(PassWay::MaskSwitchesTable);
    const int64_t first = cases.front().first;
    const uint64_t entries = uint64_t(cases.back().last) - uint64_t(first) + 1;
    Value *distance = builder.CreateSub(index, number(first));
    Value *bound = number(int64_t(entries));
    Value *entry = selectInside(builder, builder.CreateICmpULT(distance, bound), distance, bound);
    // SimplifyCFG, which is part of the code generator for AArch64, would compare the smaller of a
    // value and a bound once more.
    entry = hideValue(builder, entry);
    auto *nowhere = BasicBlock::Create(function.getContext(), "nowhere", &function);
    new UnreachableInst(function.getContext(), nowhere);
    SwitchInst *choice = builder.CreateSwitch(entry, nowhere, unsigned(entries + 1));
    SmallVector<uint32_t> weights = {0};
    uint64_t next = 0;
    auto add = [&](BasicBlock *target, uint64_t weight) {
      choice->addCase(number(int64_t(next++)), target);
      weights.push_back(uint32_t(weight));
    };
    for (const Run &run : cases) {
      while (next < uint64_t(run.first) - uint64_t(first))
        add(fallback, 0);
      for (uint64_t i = 0; i < run.size(); ++i)
        add(run.target, run.weight / run.size());
    }
    add(fallback, fallbackWeight);
    setWeights(*choice, weights);
  }

  void setWeights(SwitchInst &choice, ArrayRef<uint32_t> weights) const {
    if (any_of(weights, [](uint32_t weight) { return weight != 0; }))
      setBranchWeights(choice, weights, /*IsExpected=*/false);
  }

  ConstantInt *number(int64_t value) const {
    return cast<ConstantInt>(
        ConstantInt::getSigned(index->getType(), value, /*ImplicitTrunc=*/true));
  }

  SwitchInst &original;
  Function &function;
  Value *index;
  BasicBlock *fallback;
  const uint64_t leastDensity; ///< in percent
  uint64_t fallbackWeight = 0;
  SmallVector<Run, 0> runs;
  SmallVector<Row, 4> rows;
  DenseMap<BasicBlock *, BasicBlock *> edges;
};

/// The elements of the table that LLVM has made of a switch and that `address` is in; 0 if it is
/// something else.
uint64_t lookupTableSize(const GetElementPtrInst &address) {
  const auto *table = dyn_cast<GlobalVariable>(address.getPointerOperand());
  if (!table || !table->isConstant() || !table->hasLocalLinkage() ||
      address.hasAllConstantIndices())
    return 0;
  const DataLayout &layout = address.getDataLayout();
  const uint64_t stride = layout.getTypeAllocSize(address.getResultElementType());
  const bool isElement =
      address.getNumIndices() == 1 ||
      (address.getNumIndices() == 2 && cast<Constant>(address.idx_begin()->get())->isNullValue());
  assert(isElement && "how LLVM addresses its tables");
  return isElement ? layout.getTypeAllocSize(table->getValueType()) / stride : 0;
}

bool maskLookup(GetElementPtrInst &address) {
  const uint64_t count = lookupTableSize(address);
  if (!count)
    return false;
  Use &last = *(address.idx_end() - 1);
  Value *index = last.get();
  if (index->getType()->isVectorTy() ||
      isWithin(*index, 0, int64_t(count) - 1, address.getDataLayout()))
    return countWay(PassWay::MaskSwitchesBoundedLookup), false;
  countWay(PassWay::MaskSwitchesLookup);
  IRBuilder<> builder(&address);
  index = builder.CreateSExt(index, builder.getInt64Ty());
  last.set(maskIndex(builder, index, builder.getInt64(count)));
  return true;
}

} // namespace

PreservedAnalyses MaskSwitchesPass::run(Function &function, FunctionAnalysisManager &) {
  if (!function.hasFnAttribute(maskedTablesAttribute)) {
    countWay(PassWay::MaskSwitchesNotAsked);
    return PreservedAnalyses::all();
  }
  SmallVector<SwitchInst *> switches;
  for (BasicBlock &block : function)
    if (auto *choice = dyn_cast<SwitchInst>(block.getTerminator()))
      switches.push_back(choice);
  bool changed = false;
  for (SwitchInst *choice : switches)
    changed |= SwitchMasking(*choice).run();
  for (Instruction &instruction : instructions(function))
    if (auto *address = dyn_cast<GetElementPtrInst>(&instruction))
      changed |= maskLookup(*address);
  return changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace w2n::compiler
