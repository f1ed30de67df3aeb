// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/lower/function/SsaBuilder.h"

#include <algorithm>

namespace w2n::compiler {

/// Making a phi, filling it and finding that it is trivial, against a look at a block.
constexpr uint64_t phiSteps = 32;

SsaBuilder::~SsaBuilder() {
  // Kept until now, because operand stacks may still name them.
  for (llvm::PHINode *phi : removed)
    phi->deleteValue();
}

void SsaBuilder::addPredecessor(llvm::BasicBlock *block, llvm::BasicBlock *predecessor) {
  blocks[block].predecessors.push_back(predecessor);
}

void SsaBuilder::markUnsealed(llvm::BasicBlock *block) { blocks[block].sealed = false; }

llvm::ArrayRef<llvm::BasicBlock *> SsaBuilder::predecessors(llvm::BasicBlock *block) const {
  auto found = blocks.find(block);
  if (found == blocks.end())
    return {};
  return found->second.predecessors;
}

void SsaBuilder::seal(llvm::BasicBlock *block) {
  BlockState &state = blocks[block];
  state.sealed = true;
  for (auto [variable, phi] : state.incomplete)
    pending.push_back({block, variable, phi});
  state.incomplete.clear();
  completePending();
}

void SsaBuilder::setDominator(llvm::BasicBlock *block, llvm::BasicBlock *dominator,
                              uint32_t writesBefore) {
  BlockState &state = blocks[block];
  state.dominator = dominator;
  state.writesBefore = writesBefore;
  state.writesAfter = writeCount;
}

void SsaBuilder::write(llvm::BasicBlock *block, unsigned variable, llvm::Value *value) {
  writesOf[variable].push_back(writeCount++);
  definitions[{block, variable}] = value;
}

llvm::Value *SsaBuilder::resolve(llvm::Value *value) const {
  if (replaced.empty())
    return value;
  for (auto found = replaced.find(value); found != replaced.end(); found = replaced.find(value))
    value = found->second;
  return value;
}

llvm::Value *SsaBuilder::read(llvm::BasicBlock *block, unsigned variable) {
  llvm::Value *value = readOrMakePhi(block, variable);
  completePending();
  return resolve(value);
}

/// The block whose definition of `variable` also holds in the block of `state`, or null.
llvm::BasicBlock *SsaBuilder::skipTo(const BlockState &state, unsigned variable) const {
  if (!state.sealed)
    return nullptr;
  if (state.predecessors.size() == 1)
    return state.predecessors[0];
  if (!state.dominator)
    return nullptr;
  auto numbers = writesOf.find(variable);
  if (numbers == writesOf.end())
    return state.dominator;
  auto next = std::lower_bound(numbers->second.begin(), numbers->second.end(), state.writesBefore);
  bool written = next != numbers->second.end() && *next < state.writesAfter;
  return written ? nullptr : state.dominator;
}

// Walks up to a definition or a join; a join gets a phi whose operands are looked up later.
llvm::Value *SsaBuilder::readOrMakePhi(llvm::BasicBlock *block, unsigned variable) {
  llvm::SmallVector<llvm::BasicBlock *, 16> walked;
  llvm::Value *value = nullptr;
  while (true) {
    auto found = definitions.find({block, variable});
    if (found != definitions.end()) {
      value = resolve(found->second);
      break;
    }
    walked.push_back(block);
    ++stepCount;
    BlockState &state = blocks[block];
    if (llvm::BasicBlock *above = skipTo(state, variable)) {
      block = above;
      continue;
    }
    llvm::Type *type = typeOf(variable);
    if (state.sealed && state.predecessors.empty()) {
      value = llvm::Constant::getNullValue(type);
      break;
    }
    stepCount += phiSteps;
    auto *phi = llvm::PHINode::Create(type, unsigned(state.predecessors.size()));
    phi->insertBefore(block->begin());
    if (state.sealed)
      pending.push_back({block, variable, phi});
    else
      state.incomplete.push_back({variable, phi});
    value = phi;
    break;
  }
  for (llvm::BasicBlock *passed : walked)
    definitions[{passed, variable}] = value;
  return value;
}

void SsaBuilder::completePending() {
  llvm::SmallVector<llvm::PHINode *, 16> completed;
  while (!pending.empty()) {
    PendingPhi next = pending.back();
    pending.pop_back();
    // A copy: the look-up may add blocks and move the states.
    llvm::SmallVector<llvm::BasicBlock *, 8> edges(predecessors(next.block));
    if (blocks[next.block].isLandingPad)
      landingPadOperandCount += edges.size();
    for (llvm::BasicBlock *predecessor : edges)
      next.phi->addIncoming(readOrMakePhi(predecessor, next.variable), predecessor);
    completed.push_back(next.phi);
  }
  for (auto it = completed.rbegin(); it != completed.rend(); ++it)
    removeIfTrivial(*it);
}

void SsaBuilder::removeIfTrivial(llvm::PHINode *start) {
  // A label's phi gets an operand with each branch: until code follows it, or to a loop for longer.
  auto mayGrow = [&](llvm::PHINode &phi) {
    llvm::BasicBlock *block = phi.getParent();
    return llvm::isa<llvm::PHINode>(block->back()) || !blocks[block].sealed;
  };
  llvm::SmallVector<llvm::PHINode *, 8> worklist{start};
  while (!worklist.empty()) {
    llvm::PHINode *phi = worklist.pop_back_val();
    // Incomplete and already removed ones have no operands.
    if (phi->getNumIncomingValues() == 0 || replaced.count(phi))
      continue;
    llvm::Value *same = nullptr;
    bool trivial = true;
    for (llvm::Value *operand : phi->incoming_values()) {
      if (operand == phi || operand == same)
        continue;
      trivial = !same;
      same = operand;
      if (!trivial)
        break;
    }
    if (!trivial || !same)
      continue;
    for (llvm::User *user : phi->users())
      if (auto *userPhi = llvm::dyn_cast<llvm::PHINode>(user);
          userPhi && userPhi != phi && !mayGrow(*userPhi))
        worklist.push_back(userPhi);
    phi->replaceAllUsesWith(same);
    phi->removeFromParent();
    phi->dropAllReferences();
    replaced[phi] = same;
    removed.push_back(phi);
  }
}

} // namespace w2n::compiler
