// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/ir/GuestAddress.h"

#include <llvm/IR/DataLayout.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Operator.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Names of types of TBAA: the second is below the first.
constexpr char memoryBaseMark[] = "memory base", wrapGuardMark[] = "memory base with wrap guard";

const MDNode *accessType(const LoadInst &load) {
  const MDNode *tag = load.getMetadata(LLVMContext::MD_tbaa);
  return tag ? dyn_cast<MDNode>(tag->getOperand(1)) : nullptr;
}

/// The mark of `value`, or the name of its alias class; empty if it has none.
StringRef markOf(const Value &value) {
  const auto *load = dyn_cast<LoadInst>(&value);
  const MDNode *type = load ? accessType(*load) : nullptr;
  const auto *name = type ? dyn_cast<MDString>(type->getOperand(0)) : nullptr;
  return name ? name->getString() : StringRef();
}

/// Appends the accesses at `address`, and at constants from it; false if there are other uses.
bool collectAccesses(Value &address, User &indexed, int64_t offset,
                     SmallVectorImpl<GuestAccess> &accesses) {
  bool isComplete = true;
  for (User *user : address.users()) {
    if (isa<LoadInst>(user) || isa<AtomicCmpXchgInst>(user) || isa<AtomicRMWInst>(user) ||
        isa<StoreInst>(user)) {
      const bool isAddress = getLoadStorePointerOperand(user) == &address ||
                             ((isa<AtomicCmpXchgInst>(user) || isa<AtomicRMWInst>(user)) &&
                              user->getOperand(0) == &address);
      if (isAddress && offset >= 0)
        accesses.push_back({cast<Instruction>(user), &indexed, offset});
      isComplete &= isAddress && offset >= 0;
      continue;
    }
    APInt more(64, 0);
    auto *further = dyn_cast<GetElementPtrInst>(user);
    if (further && further->accumulateConstantOffset(further->getDataLayout(), more))
      isComplete &= collectAccesses(*further, indexed, offset + more.getSExtValue(), accesses);
    else
      isComplete = false;
  }
  return isComplete;
}

} // namespace

void markMemoryBase(LoadInst &base, bool hasWrapGuard) {
  if (isMemoryBase(base))
    return;
  assert(accessType(base) && "a base is loaded from the context");
  MDBuilder metadata(base.getContext());
  MDNode *type =
      metadata.createTBAAScalarTypeNode(memoryBaseMark, const_cast<MDNode *>(accessType(base)));
  if (hasWrapGuard)
    type = metadata.createTBAAScalarTypeNode(wrapGuardMark, type);
  base.setMetadata(LLVMContext::MD_tbaa, metadata.createTBAAStructTagNode(type, type, 0));
}

bool hasWrapGuard(const Value &value) { return markOf(value) == wrapGuardMark; }

bool isMemoryBase(const Value &value) {
  return markOf(value) == memoryBaseMark || hasWrapGuard(value);
}

std::optional<std::pair<Value *, int64_t>> markedBase(const GetElementPtrInst &address) {
  if (!address.getSourceElementType()->isIntegerTy(8) || address.getNumIndices() != 1)
    return std::nullopt;
  const Value *base = address.getPointerOperand();
  APInt constant(64, 0);
  if (const auto *inner = dyn_cast<GEPOperator>(base)) {
    if (!inner->accumulateConstantOffset(address.getDataLayout(), constant))
      return std::nullopt;
    base = inner->getPointerOperand();
  }
  if (!isMemoryBase(*base))
    return std::nullopt;
  return std::pair(const_cast<Value *>(base), constant.getSExtValue());
}

ZExtInst *asExtendedIndex(Value &value) {
  auto *extension = dyn_cast<ZExtInst>(&value);
  return extension && extension->getSrcTy()->isIntegerTy(32) &&
                 extension->getDestTy()->isIntegerTy(64)
             ? extension
             : nullptr;
}

SmallVector<GuestAccess, 4> guestAccessesOf(const Value &index) {
  SmallVector<GuestAccess, 4> accesses;
  for (const User *user : index.users())
    if (auto *indexed = dyn_cast<GetElementPtrInst>(user);
        indexed && indexed->getOperand(1) == &index)
      if (auto base = markedBase(*indexed))
        collectAccesses(const_cast<GetElementPtrInst &>(*indexed),
                        const_cast<GetElementPtrInst &>(*indexed), base->second, accesses);
  return accesses;
}

bool hasOnlyGuestAccesses(const User &indexed) {
  SmallVector<GuestAccess, 4> accesses;
  auto *address = dyn_cast<GetElementPtrInst>(&const_cast<User &>(indexed));
  auto base = address ? markedBase(*address) : std::nullopt;
  return base && collectAccesses(*address, *address, base->second, accesses);
}

} // namespace w2n::compiler
