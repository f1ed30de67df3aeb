// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Lowers the body of one function. Its instructions have been validated, so types, indices and the
// shape of the operand stack are trusted here. Each family of instructions is a class with its
// handlers, which Lowering.def names; it sees the state of the body and the helpers of its own and
// of the families that it names as bases.
#pragma once

#include "compiler/lower/function/AtomicLowering.h"
#include "compiler/lower/function/CallLowering.h"
#include "compiler/lower/function/FuelMetering.h"
#include "compiler/lower/function/ObjectLowering.h"
#include "compiler/lower/function/VariableLowering.h"
#include "compiler/lower/simd/VectorLowering.h"

namespace w2n::compiler {

class BodyLowering final : public virtual BodyState,
                           public virtual ControlLowering,
                           public virtual TableLowering,
                           public virtual MemoryLowering,
                           public virtual NumericLowering,
                           public CallLowering,
                           public VariableLowering,
                           public AtomicLowering,
                           public ObjectLowering,
                           public VectorLowering,
                           public FuelMetering {
public:
  BodyLowering(ModuleLowering &module, uint32_t functionIndex, Locals locals)
      : BodyState(module, functionIndex, locals) {}
  bool run() override;

private:
  void beginDebug(const SourceCode &source);
  void joinDebug(const Instruction &instruction);
};

} // namespace w2n::compiler
