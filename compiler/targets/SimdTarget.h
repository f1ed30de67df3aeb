// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Vector operations for which generic LLVM operations give poor code on some target, though it has
// an instruction or a short sequence: what a target can do, and one function for each of them.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/MC/MCSubtargetInfo.h>

namespace w2n::compiler {

/// A target's vector unit, as far as the lowering asks.
struct VectorTarget {
  enum class Architecture : uint8_t { X86_64, AArch64, Other };
  Architecture architecture = Architecture::Other;
  bool ssse3 = false, sse41 = false, avx = false, avx512bw = false;
  /// Fused multiply and add, in one instruction.
  bool fma = false;
  /// Vectors of any element can be accessed at any address.
  bool unalignedElements = false;

  static VectorTarget of(const llvm::MCSubtargetInfo &subtarget);
  /// Whether vectors travel in registers between functions.
  bool hasVectorRegisters() const { return architecture != Architecture::Other; }
};

/// The operands have the lanes that the name says; the relaxed forms may differ from the plain ones
/// where the specification lets them (section 4.3.6).
enum class VectorOperation : uint8_t {
  Swizzle,
  RelaxedSwizzle,
  Q15Multiply,
  RelaxedQ15Multiply,
  DotI16x8,
  RelaxedDotI8x16,
  PairwiseAddI8x16S,
  PairwiseAddI8x16U,
  PairwiseAddI16x8S,
  PairwiseAddI16x8U,
  NarrowI32x4U,
  /// Gives an i1.
  AnyTrue,
  /// Takes the lower half of an i32.
  SplatI16x8,
  // Operations on either float type.
  Min,
  Max,
  PseudoMin,
  PseudoMax,
  RelaxedMin,
  RelaxedMax,
  // The same, or scalars.
  Ceil,
  Floor,
  Trunc,
  Nearest,
  // To i32x4, saturating; of f64x2 the upper half is zero.
  TruncateF32x4S,
  TruncateF32x4U,
  TruncateF64x2S,
  TruncateF64x2U,
  RelaxedTruncateF32x4S,
  RelaxedTruncateF64x2S,
};

/// Null if the target has nothing better than the generic operations.
llvm::Value *emitVectorOperation(llvm::IRBuilder<> &builder, const VectorTarget &target,
                                 VectorOperation operation, llvm::ArrayRef<llvm::Value *> operands);

// For each architecture: SimdX86.cpp, SimdAArch64.cpp.
llvm::Value *emitX86VectorOperation(llvm::IRBuilder<> &builder, const VectorTarget &target,
                                    VectorOperation operation,
                                    llvm::ArrayRef<llvm::Value *> operands);
llvm::Value *emitAArch64VectorOperation(llvm::IRBuilder<> &builder, VectorOperation operation,
                                        llvm::ArrayRef<llvm::Value *> operands);

} // namespace w2n::compiler
