// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The promises of the lowering to the passes, and of the passes to each other: how accesses are
// marked, which loads must trap, and how a load is kept until code is generated.
//
//  - Every access has the TBAA type of its alias class. LLVM keeps the type when it merges
//  accesses,
//    or drops it; an access without one is taken for a guest's.
//  - A load of guest memory must trap when its address is out of bounds, whatever becomes of its
//    value. While IR passes run, an assumption names such a load, so that it is never dead
//    (keepAlive); passes/traps/PinLoads.cpp replaces assumptions by volatile loads at the end.
//  - The module flag sharedMemoryFlag says that other threads may write to guest memory.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

namespace w2n::compiler {

enum class AliasClass : uint8_t {
#define W2N_ALIAS_CLASS(name, text) name,
#include "compiler/ir/AliasClasses.def"
};
inline constexpr size_t aliasClassCount = 0
#define W2N_ALIAS_CLASS(name, text) +1
#include "compiler/ir/AliasClasses.def"
    ;

/// The name of the TBAA type of `aliasClass`.
const char *aliasClassName(AliasClass aliasClass);

/// Whether `load` may have to trap: every load but those that are invariant or that their alias
/// classes say are something else.
bool isGuestLoad(const llvm::LoadInst &load);

/// Names `load`, of guest memory, by an assumption that says nothing else, so that it does not
/// become dead: noundef is true of every byte of guest memory.
void keepAlive(llvm::IRBuilder<> &builder, llvm::LoadInst &load);

/// Says that the module has a shared memory.
inline constexpr const char *sharedMemoryFlag = "w2n.shared.memory";

} // namespace w2n::compiler
