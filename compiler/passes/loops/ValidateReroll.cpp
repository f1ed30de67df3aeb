// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The loops are the same if
//  1. they begin with the same values: each phi of the new body has an old one with its start;
//  2. from the same values, the old body run once and the new body run `copies` times access the
//     same addresses with the same values, and end with the same values in all phis;
//  3. the new loop has `copies` times as many iterations as the old one;
//  4. what is used behind them is the same after the last iteration.
// Then all iterations are the same by induction.
//
// For 2 and 4, both bodies become functions of what they use. An old phi that a constant is added
// to is its start plus a multiple of that constant, of an unknown number of iterations; every other
// phi is a parameter. LLVM unrolls the new body completely and simplifies both, without flags that
// could make poison. What is left are two blocks; equal values in them get equal numbers, with sums
// as polynomials of degree one. Loads and stores are calls of functions that LLVM knows nothing of,
// so that none is deleted, merged or moved. Loads between the same two stores may have changed
// places, and be repeated: their addresses are compared as sets.
//
// For 3, the number of iterations must be (B + 1) * copies with the number B of times that LLVM
// says the old back edge is taken. Where LLVM does not know that the counter meets the end, see
// isDistance().

#include "compiler/passes/loops/ValidateReroll.h"

#include "compiler/passes/loops/ValueNumbers.h"

#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/OptimizationRemarkEmitter.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/Analysis/Utils/Local.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/UnrollLoop.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

namespace w2n::compiler {

using namespace llvm;
using namespace llvm::PatternMatch;

namespace {

/// The step of `phi` in each iteration, if that is a constant.
const APInt *stepOf(const PHINode &phi, const BasicBlock &body) {
  const APInt *step;
  return phi.getType()->isIntegerTy() &&
                 match(phi.getIncomingValueForBlock(&body), m_Add(m_Specific(&phi), m_APInt(step)))
             ? step
             : nullptr;
}

/// Makes functions of the two bodies, and removes everything it has made.
class Scratch {
public:
  Scratch(const RerolledLoop &rerolled, FunctionAnalysisManager &analyses)
      : rerolled(rerolled), header(*rerolled.loop.getHeader()),
        preheader(*rerolled.loop.getLoopPreheader()), module(*header.getModule()),
        context(header.getContext()), analyses(analyses) {
    collectInputs(header);
    collectInputs(rerolled.body);
    for (PHINode &phi : header.phis()) {
      Value *start = phi.getIncomingValueForBlock(&preheader);
      if (!stepOf(phi, header))
        inputs.insert(&phi);
      else if (isInput(*start))
        inputs.insert(start);
    }
  }
  ~Scratch();

  /// The old body once, or the new one `copies` times; null if something in it has no such form.
  Function *makeOld() { return make(header, /*isNew=*/false); }
  Function *makeNew() { return make(rerolled.body, /*isNew=*/true); }
  /// The meaning of a call of `function`.
  bool isLoad(const Function &function) const { return loadFunctions.contains(&function); }

private:
  bool isInput(const Value &value) const;
  void collectInputs(BasicBlock &block);
  Function *make(BasicBlock &block, bool isNew);
  Value *initial(PHINode &old, Function &function, BasicBlock &entry, ValueToValueMapTy &map);
  void repeat(BasicBlock &body, BasicBlock &exit);
  void observe(BasicBlock &body, BasicBlock &exit, bool isNew, ValueToValueMapTy &map);
  bool makeOpaque(BasicBlock &body);
  Value *opaque(Instruction &access);
  bool unroll(Function &function);
  void simplify(Function &function);
  Function *declare(FunctionType *type, const Twine &name);

  /// All of an access but its address and value.
  using AccessKind =
      std::tuple<bool, Type *, uint64_t, bool, std::vector<std::pair<unsigned, MDNode *>>>;

  const RerolledLoop &rerolled;
  BasicBlock &header, &preheader;
  Module &module;
  LLVMContext &context;
  FunctionAnalysisManager &analyses;
  SmallSetVector<Value *, 32> inputs;
  std::map<AccessKind, Function *> accessFunctions;
  SmallPtrSet<const Function *, 8> loadFunctions;
  Function *observer = nullptr;
  SmallVector<Function *, 8> made; ///< in the order of their making
};

Scratch::~Scratch() {
  for (Function *function : made)
    if (!function->isDeclaration()) {
      analyses.clear(*function, function->getName());
      function->deleteBody();
    }
  for (Function *function : made)
    function->eraseFromParent();
}

/// Whether `value` is computed before the loop.
bool Scratch::isInput(const Value &value) const {
  const auto *instruction = dyn_cast<Instruction>(&value);
  return isa<Argument>(value) || (instruction && instruction->getParent() != &header &&
                                  instruction->getParent() != &rerolled.body);
}

void Scratch::collectInputs(BasicBlock &block) {
  auto add = [&](Value &value) {
    if (isInput(value))
      inputs.insert(&value);
  };
  for (PHINode &phi : block.phis())
    add(*phi.getIncomingValueForBlock(&block));
  for (Instruction &instruction : make_range(block.getFirstNonPHIIt(), block.end()))
    for (Value *operand : instruction.operands())
      add(*operand);
  for (auto [old, value] : rerolled.liveOuts)
    add(*value);
}

Function *Scratch::declare(FunctionType *type, const Twine &name) {
  Function *function =
      Function::Create(type, GlobalValue::ExternalLinkage, "w2n.validate." + name, module);
  function->setDoesNotThrow();
  made.push_back(function);
  return function;
}

/// The value of the phi at the beginning of any iteration of the old loop: its parameter, or its
/// start and the steps of the iterations before, whose number is the last parameter.
Value *Scratch::initial(PHINode &old, Function &function, BasicBlock &entry,
                        ValueToValueMapTy &map) {
  const APInt *step = stepOf(old, header);
  if (!step)
    return map.lookup(&old);
  IRBuilder<> builder(&entry);
  Value *number =
      builder.CreateZExtOrTrunc(function.getArg(unsigned(function.arg_size() - 1)), old.getType());
  Value *start = old.getIncomingValueForBlock(&preheader);
  if (Value *input = map.lookup(start))
    start = input;
  return builder.CreateAdd(builder.CreateMul(number, ConstantInt::get(old.getType(), *step)),
                           start);
}

Function *Scratch::make(BasicBlock &block, bool isNew) {
  SmallVector<Type *, 32> types;
  for (Value *input : inputs)
    types.push_back(input->getType());
  types.push_back(Type::getInt64Ty(context));
  Function *function = declare(FunctionType::get(Type::getVoidTy(context), types, false), "body");
  BasicBlock *entry = BasicBlock::Create(context, "entry", function);
  ValueToValueMapTy starts;
  for (auto [input, argument] : zip_first(inputs, function->args()))
    starts[input] = &argument;
  SmallDenseMap<PHINode *, Value *> initials;
  for (PHINode &phi : header.phis())
    initials[&phi] = initial(phi, *function, *entry, starts);
  for (auto [phi, old] : rerolled.oldPhis)
    initials[phi] = initials.lookup(old);
  ValueToValueMapTy map;
  BasicBlock *body = CloneBasicBlock(&block, map, "", function);
  // An input may be a phi of the block itself, whose clone must not be replaced by the parameter.
  for (Value *input : inputs)
    if (!map.count(input))
      map[input] = starts.lookup(input);
  BasicBlock *exit = BasicBlock::Create(context, "exit", function);
  map[&block] = body;
  map[&preheader] = entry;
  remapInstructionsInBlocks({body}, map);
  for (PHINode &phi : make_early_inc_range(block.phis())) {
    auto *clone = cast<PHINode>(map.lookup(&phi));
    Value *value = initials.lookup(&phi);
    if (isNew) {
      if (value)
        clone->setIncomingValueForBlock(entry, value);
      continue;
    }
    clone->replaceAllUsesWith(value);
    map[&phi] = value;
    clone->eraseFromParent();
  }
  BranchInst::Create(body, entry);
  if (isNew) {
    repeat(*body, *exit);
  } else {
    body->getTerminator()->eraseFromParent();
    BranchInst::Create(exit, body);
  }
  observe(*body, *exit, isNew, map);
  if (!makeOpaque(*body) || (isNew && !unroll(*function)))
    return nullptr;
  simplify(*function);
  return function->size() == 1 ? function : nullptr;
}

/// The branch at the end of the new body compares its count with the number of iterations, which
/// becomes the number of copies.
void Scratch::repeat(BasicBlock &body, BasicBlock &exit) {
  auto *branch = cast<BranchInst>(body.getTerminator());
  const unsigned leaving = branch->getSuccessor(0) == &body ? 1 : 0;
  branch->setSuccessor(leaving, &exit);
  cast<ICmpInst>(branch->getCondition())
      ->setOperand(1, ConstantInt::get(Type::getInt64Ty(context), rerolled.copies));
}

/// Ends `exit` with a call that everything which the loop hands on is given to.
void Scratch::observe(BasicBlock &body, BasicBlock &exit, bool isNew, ValueToValueMapTy &map) {
  IRBuilder<> builder(&exit);
  SmallVector<Value *, 16> values;
  auto add = [&](Value *value) {
    if (Value *mapped = map.lookup(value))
      value = mapped;
    PHINode *phi = builder.CreatePHI(value->getType(), 1);
    phi->addIncoming(value, &body);
    values.push_back(phi);
  };
  for (auto [phi, old] : rerolled.oldPhis)
    add(isNew ? phi->getIncomingValueForBlock(&rerolled.body)
              : old->getIncomingValueForBlock(&header));
  for (auto [old, value] : rerolled.liveOuts)
    add(isNew ? value : old);
  SmallVector<Type *, 16> types;
  for (Value *value : values)
    types.push_back(value->getType());
  if (!observer)
    observer = declare(FunctionType::get(builder.getVoidTy(), types, false), "observe");
  builder.CreateCall(observer, values);
  builder.CreateRetVoid();
}

/// A call in the place of `access`.
Value *Scratch::opaque(Instruction &access) {
  const bool isStore = isa<StoreInst>(access);
  Type *type = getLoadStoreType(&access);
  SmallVector<std::pair<unsigned, MDNode *>, 4> metadata;
  access.getAllMetadataOtherThanDebugLoc(metadata);
  const AccessKind kind(isStore, type, getLoadStoreAlignment(&access).value(), access.isVolatile(),
                        {metadata.begin(), metadata.end()});
  Value *address = getLoadStorePointerOperand(&access);
  Function *&function = accessFunctions[kind];
  if (!function) {
    Type *none = Type::getVoidTy(context);
    auto *signature = isStore ? FunctionType::get(none, {address->getType(), type}, false)
                              : FunctionType::get(type, {address->getType()}, false);
    function = declare(signature, isStore ? "store" : "load");
    if (!isStore)
      loadFunctions.insert(function);
  }
  IRBuilder<> builder(&access);
  if (isStore)
    return builder.CreateCall(function, {address, access.getOperand(0)});
  return builder.CreateCall(function, {address});
}

/// Makes addresses numbers, and accesses calls; drops what is only said of values.
bool Scratch::makeOpaque(BasicBlock &body) {
  for (Instruction &instruction : make_early_inc_range(body)) {
    // LLVM may replace these by different values in the two functions.
    if (any_of(instruction.operands(), [](Value *operand) { return isa<UndefValue>(operand); }))
      return false;
    instruction.dropDbgRecords();
    const auto *either = dyn_cast<PossiblyDisjointInst>(&instruction);
    const bool isSum = either && either->isDisjoint();
    instruction.dropPoisonGeneratingFlags();
    IRBuilder<> builder(&instruction);
    Value *replacement = nullptr;
    if (isSum) {
      // Bits that are known before the loop are not known here. (The new body has no flags.)
      replacement = builder.CreateAdd(instruction.getOperand(0), instruction.getOperand(1));
    } else if (auto *address = dyn_cast<GetElementPtrInst>(&instruction)) {
      if (!address->getType()->isPointerTy())
        return false;
      Value *offset =
          emitGEPOffset(&builder, body.getDataLayout(), address, /*NoAssumptions=*/true);
      Value *base = builder.CreatePtrToInt(address->getPointerOperand(), offset->getType());
      replacement = builder.CreateIntToPtr(builder.CreateAdd(base, offset), address->getType());
    } else if (isa<LoadInst, StoreInst>(instruction)) {
      if (instruction.isAtomic())
        return false;
      replacement = opaque(instruction);
    } else if (!isa<AssumeInst>(instruction)) {
      if (instruction.mayReadOrWriteMemory())
        return false;
      instruction.dropUnknownNonDebugMetadata();
      continue;
    }
    if (replacement && !instruction.getType()->isVoidTy())
      instruction.replaceAllUsesWith(replacement);
    instruction.eraseFromParent();
  }
  return true;
}

bool Scratch::unroll(Function &function) {
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  if (loops.getTopLevelLoops().size() != 1)
    return false;
  UnrollLoopOptions options{};
  options.Count = rerolled.copies;
  options.Force = true;
  const LoopUnrollResult result =
      UnrollLoop(loops.getTopLevelLoops()[0], options, &loops,
                 &analyses.getResult<ScalarEvolutionAnalysis>(function),
                 &analyses.getResult<DominatorTreeAnalysis>(function),
                 &analyses.getResult<AssumptionAnalysis>(function),
                 &analyses.getResult<TargetIRAnalysis>(function),
                 &analyses.getResult<OptimizationRemarkEmitterAnalysis>(function),
                 /*PreserveLCSSA=*/true);
  analyses.invalidate(function, PreservedAnalyses::none());
  return result == LoopUnrollResult::FullyUnrolled;
}

void Scratch::simplify(Function &function) {
  auto run = [&](auto pass) { analyses.invalidate(function, pass.run(function, analyses)); };
  run(SimplifyCFGPass());
  run(InstCombinePass());
  run(EarlyCSEPass());
  run(InstCombinePass());
}

/// The loads before an effect, and the effect.
struct Effect {
  std::set<ValueNumber> loads;
  ValueNumber effect = 0;
  bool operator==(const Effect &) const = default;
};

/// The effects of `function`; nothing if it has instructions that have no number.
std::optional<std::vector<Effect>> effectsOf(Function &function, const Scratch &scratch,
                                             ValueNumbers &numbers) {
  numbers.begin(function);
  std::vector<Effect> effects(1);
  for (Instruction &instruction : function.getEntryBlock()) {
    if (isa<ReturnInst>(instruction))
      return effects;
    auto *call = dyn_cast<CallInst>(&instruction);
    const bool isAccess = call && !isa<IntrinsicInst>(call);
    // A load sees what the stores before it have left.
    const auto number =
        isAccess ? numbers.numberAccess(*call, effects.size()) : numbers.number(instruction);
    if (!number)
      return std::nullopt;
    if (isAccess && scratch.isLoad(*call->getCalledFunction())) {
      effects.back().loads.insert(*number);
    } else if (isAccess) {
      effects.back().effect = *number;
      effects.emplace_back();
    }
  }
  return std::nullopt;
}

bool isSameBody(const RerolledLoop &rerolled, FunctionAnalysisManager &analyses) {
  Scratch scratch(rerolled, analyses);
  Function *before = scratch.makeOld();
  Function *after = before ? scratch.makeNew() : nullptr;
  if (!after)
    return false;
  ValueNumbers numbers;
  const auto old = effectsOf(*before, scratch, numbers);
  const auto now = effectsOf(*after, scratch, numbers);
  return old && now && *old == *now;
}

/// Whether all phis of the new body but one, which counts, begin as old ones do.
bool haveSameStarts(const RerolledLoop &rerolled, const PHINode &count) {
  const BasicBlock *preheader = rerolled.loop.getLoopPreheader();
  return all_of(rerolled.body.phis(), [&](PHINode &phi) {
    auto found = rerolled.oldPhis.find(&phi);
    if (&phi == &count)
      return found == rerolled.oldPhis.end();
    return found != rerolled.oldPhis.end() &&
           found->second->getParent() == rerolled.loop.getHeader() &&
           found->second->getType() == phi.getType() &&
           found->second->getIncomingValueForBlock(preheader) ==
               phi.getIncomingValueForBlock(preheader);
  });
}

/// The phi of the new body that goes 0, 1, 2, ... and ends the loop when the next is `iterations`;
/// null if it is not as simple.
PHINode *countOf(const RerolledLoop &rerolled) {
  auto *branch = dyn_cast<BranchInst>(rerolled.body.getTerminator());
  if (!branch || !branch->isConditional() || branch->getSuccessor(0) == branch->getSuccessor(1) ||
      !is_contained(branch->successors(), &rerolled.body) ||
      !is_contained(branch->successors(), rerolled.loop.getExitBlock()))
    return nullptr;
  const auto goesOn =
      branch->getSuccessor(0) == &rerolled.body ? CmpInst::ICMP_NE : CmpInst::ICMP_EQ;
  auto *compare = dyn_cast<ICmpInst>(branch->getCondition());
  if (!compare || !compare->hasOneUse() || compare->getPredicate() != goesOn ||
      compare->getOperand(1) != rerolled.iterations ||
      !rerolled.iterations->getType()->isIntegerTy(64))
    return nullptr;
  Value *next = compare->getOperand(0), *phi;
  if (!match(next, m_Add(m_Value(phi), m_One())) || !isa<PHINode>(phi) || !next->hasNUses(2) ||
      !phi->hasOneUse())
    return nullptr;
  auto *count = cast<PHINode>(phi);
  return count->getParent() == &rerolled.body &&
                 count->getIncomingValueForBlock(&rerolled.body) == next &&
                 match(count->getIncomingValueForBlock(rerolled.loop.getLoopPreheader()), m_Zero())
             ? count
             : nullptr;
}

/// (taken + 1) * copies in 64 bits.
const SCEV *timesCopies(const SCEV *taken, unsigned copies, ScalarEvolution &evolution) {
  Type *type = Type::getInt64Ty(evolution.getContext());
  const SCEV *iterations =
      evolution.getAddExpr(evolution.getTruncateOrZeroExtend(taken, type), evolution.getOne(type));
  return evolution.getMulExpr(iterations, evolution.getConstant(type, copies));
}

/// An old loop may end when a 32-bit counter with a step of plus or minus 2^k equals `end`: it
/// first does after d / 2^k steps, for the distance d modulo 2^32 from where it begins to the end,
/// if 2^k divides d, and never otherwise (test/proofs/reroll-distance.smt2). Then 2^62 iterations,
/// some hundred years, stand for never.
bool isDistance(const RerolledLoop &rerolled, ScalarEvolution &evolution) {
  BasicBlock *header = rerolled.loop.getHeader();
  auto *branch = cast<BranchInst>(header->getTerminator());
  auto *compare = dyn_cast<ICmpInst>(branch->getCondition());
  const auto goesOn = branch->getSuccessor(0) == header ? CmpInst::ICMP_NE : CmpInst::ICMP_EQ;
  if (!compare || compare->getPredicate() != goesOn ||
      !compare->getOperand(0)->getType()->isIntegerTy(32))
    return false;
  auto *counter = dyn_cast<SCEVAddRecExpr>(evolution.getSCEV(compare->getOperand(0)));
  const SCEV *end = evolution.getSCEV(compare->getOperand(1));
  if (!counter || counter->getLoop() != &rerolled.loop || !counter->isAffine() ||
      !evolution.isLoopInvariant(end, &rerolled.loop))
    return false;
  auto *constant = dyn_cast<SCEVConstant>(counter->getStepRecurrence(evolution));
  if (!constant || !constant->getAPInt().abs().isPowerOf2())
    return false;
  const bool isDown = constant->getAPInt().isNegative();
  const APInt stride = constant->getAPInt().abs().zext(64);
  const SCEV *apart =
      evolution.getZeroExtendExpr(isDown ? evolution.getMinusSCEV(counter->getStart(), end)
                                         : evolution.getMinusSCEV(end, counter->getStart()),
                                  Type::getInt64Ty(header->getContext()));
  const SCEV *expected = timesCopies(evolution.getUDivExpr(apart, evolution.getConstant(stride)),
                                     rerolled.copies, evolution);
  if (stride.isOne())
    return evolution.getSCEV(rerolled.iterations) == expected;
  Value *distance, *iterations;
  const APInt *mask;
  return match(rerolled.iterations,
               m_Select(m_SpecificICmp(CmpInst::ICMP_EQ, m_And(m_Value(distance), m_APInt(mask)),
                                       m_Zero()),
                        m_Value(iterations), m_SpecificInt(uint64_t(1) << 62))) &&
         *mask == stride - 1 && evolution.getSCEV(distance) == apart &&
         evolution.getSCEV(iterations) == expected;
}

bool isRunAsOften(const RerolledLoop &rerolled, ScalarEvolution &evolution) {
  const SCEV *taken = evolution.getBackedgeTakenCount(&rerolled.loop);
  if (isa<SCEVCouldNotCompute>(taken))
    return isDistance(rerolled, evolution);
  constexpr unsigned maxBits = 56; // with up to 16 copies there are less than 2^62 iterations
  return evolution.getUnsignedRangeMax(taken).getActiveBits() <= maxBits &&
         evolution.getSCEV(rerolled.iterations) == timesCopies(taken, rerolled.copies, evolution);
}

/// Whether nothing that is used behind the loop has been forgotten.
bool hasAllLiveOuts(const RerolledLoop &rerolled) {
  return all_of(*rerolled.loop.getHeader(), [&](Instruction &instruction) {
    return rerolled.liveOuts.contains(&instruction) || all_of(instruction.users(), [&](User *user) {
             return cast<Instruction>(user)->getParent() == instruction.getParent();
           });
  });
}

} // namespace

bool isSameLoop(const RerolledLoop &rerolled, ScalarEvolution &evolution,
                FunctionAnalysisManager &analyses) {
  const PHINode *count = countOf(rerolled);
  return count && haveSameStarts(rerolled, *count) && hasAllLiveOuts(rerolled) &&
         isRunAsOften(rerolled, evolution) && isSameBody(rerolled, analyses);
}

} // namespace w2n::compiler
