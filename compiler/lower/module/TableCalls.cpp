// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/lower/module/TableCalls.h"

#include "compiler/lower/module/ModuleLowering.h"

#include <llvm/Transforms/Utils/Local.h>

namespace w2n::compiler {

namespace {

/// A phi in front of `call.called` in place of the result; null if nobody uses it.
llvm::PHINode *joinResults(const TableCall &site, llvm::CallBase *call) {
  if (call->use_empty())
    return nullptr;
  auto *result = llvm::PHINode::Create(call->getType(), 2);
  result->insertBefore(site.called->begin());
  call->replaceAllUsesWith(result);
  result->addIncoming(call, *llvm::pred_begin(site.called));
  return result;
}

/// `call` once more, in a block of its own, as a call of `callee`.
llvm::BasicBlock *addDirectCall(ModuleLowering &module, const TableCall &site, llvm::CallBase *call,
                                llvm::Function *callee, llvm::PHINode *result) {
  auto *target =
      llvm::BasicBlock::Create(module.context, "target", call->getFunction(), site.lookup);
  auto *direct = llvm::cast<llvm::CallBase>(call->clone());
  direct->setCalledFunction(callee);
  direct->insertInto(target, target->end());
  if (call->getDebugLoc())
    direct->setDebugLoc(call->getDebugLoc());
  else if (module.plan.hasInlineCandidates)
    direct->setDebugLoc(module.location(site.functionIndex));
  if (auto *invoke = llvm::dyn_cast<llvm::InvokeInst>(direct)) {
    invoke->setNormalDest(site.called);
    for (llvm::PHINode &phi : invoke->getUnwindDest()->phis())
      phi.addIncoming(phi.getIncomingValueForBlock(call->getParent()), target);
  } else {
    llvm::BranchInst::Create(site.called, target);
  }
  if (result)
    result->addIncoming(direct, target);
  return target;
}

/// The calls that are left can only trap.
void endInTrap(llvm::CallBase *call) {
  if (auto *invoke = llvm::dyn_cast<llvm::InvokeInst>(call))
    call = llvm::changeToCall(invoke);
  call->setDoesNotReturn();
  call->addFnAttr(llvm::Attribute::Cold);
  llvm::changeToUnreachable(call->getNextNode());
}

void makeDirect(ModuleLowering &module, const TableCall &site, const Targets &targets) {
  auto *call = llvm::cast<llvm::CallBase>(static_cast<llvm::Value *>(site.call));
  llvm::Value *index = site.index;
  llvm::PHINode *result = joinResults(site, call);
  llvm::Instruction *entry = site.lookup->getSinglePredecessor()->getTerminator();
  auto *choice = llvm::SwitchInst::Create(index, site.lookup, unsigned(targets.elements.size()),
                                          entry->getIterator());
  entry->eraseFromParent();
  for (uint32_t element : targets.elements) {
    llvm::Function *callee = module.function((*module.plan.closedTables[site.table])[element]);
    choice->addCase(
        llvm::cast<llvm::ConstantInt>(llvm::ConstantInt::get(index->getType(), element)),
        addDirectCall(module, site, call, callee, result));
  }
  if (targets.isAll)
    endInTrap(call);
}

} // namespace

void ModuleLowering::addTableCall(TableCall call) {
  const Targets *targets = plan.targetsOf(call.table, call.typeNumber);
  if (!targets)
    return;
  for (uint32_t element : targets->elements)
    function((*plan.closedTables[call.table])[element]);
  noted.push_back(std::move(call));
}

void callDirectly(ModuleLowering &module) {
  for (const TableCall &site : module.tableCalls()) {
    const Targets *targets = module.plan.targetsOf(site.table, site.typeNumber);
    if (site.call && targets)
      makeDirect(module, site, *targets);
  }
}

} // namespace w2n::compiler
