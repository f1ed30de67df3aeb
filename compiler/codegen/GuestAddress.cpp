#include "compiler/codegen/GuestAddress.h"

#include <llvm/IR/DataLayout.h>
#include <llvm/IR/Operator.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Whether `pointer` is the base of a marked memory plus a constant, which it adds to `offset`.
bool isMarkedBase(const Value *pointer, int64_t &offset) {
  APInt constant(64, 0);
  if (const auto *address = dyn_cast<GEPOperator>(pointer)) {
    if (!address->accumulateConstantOffset(cast<Instruction>(pointer)->getDataLayout(), constant))
      return false;
    pointer = address->getPointerOperand();
  }
  offset += constant.getSExtValue();
  const auto *load = dyn_cast<LoadInst>(pointer);
  return load && load->hasMetadata(wrapGuardMark);
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

/// `user` as the GEP that adds `index` to a marked base, whose constant goes to `offset`; or null.
GetElementPtrInst *asIndexed(User &user, const Value *index, int64_t &offset) {
  auto *indexed = dyn_cast<GetElementPtrInst>(&user);
  if (!indexed || !indexed->getSourceElementType()->isIntegerTy(8) ||
      indexed->getNumIndices() != 1 || (index && indexed->getOperand(1) != index) ||
      !isMarkedBase(indexed->getPointerOperand(), offset))
    return nullptr;
  return indexed;
}

} // namespace

SmallVector<GuestAccess, 4> guestAccessesOf(const Value &index) {
  SmallVector<GuestAccess, 4> accesses;
  for (const User *user : index.users()) {
    int64_t offset = 0;
    if (auto *indexed = asIndexed(const_cast<User &>(*user), &index, offset))
      collectAccesses(*indexed, *indexed, offset, accesses);
  }
  return accesses;
}

bool hasOnlyGuestAccesses(const User &indexed) {
  SmallVector<GuestAccess, 4> accesses;
  int64_t offset = 0;
  auto *address = asIndexed(const_cast<User &>(indexed), nullptr, offset);
  return address && collectAccesses(*address, *address, offset, accesses);
}

} // namespace w2n::compiler
