// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Processors by name, and the features that code for them needs.
#pragma once

#include "lib/support/Error.h"

#include <llvm/MC/MCSubtargetInfo.h>
#include <memory>
#include <string>
#include <vector>

namespace w2n::compiler {

/// In what LLVM's code for a target differs from that for others.
struct TargetTraits {
  /// Tail entries have one prototype, for want of a calling convention.
  bool uniformTailEntries = false;
  /// Calls pass i32 sign-extended to the width of a register, as RISC-V's C convention says, so
  /// that whoever receives one need not do it.
  bool extendsIntegers = false;
  /// Code for rounding leaves signaling NaNs as they are.
  bool roundingKeepsNans = false;
  /// Vectors become scalars, of which LLVM folds each by itself.
  bool foldsLanes = false;
  /// An access that is not aligned may be one to each of its bytes: in a shared memory none may
  /// become part of a wider one, which would be less aligned than it was.
  bool unalignedMayTear = false;
};

/// One of the targets that we generate code for: a row of Targets.def.
struct TargetInfo {
  const char *name;       ///< what --target takes
  const char *triple;     ///< LLVM's
  const char *baseline;   ///< CPU that artifacts are compiled for unless --mcpu says otherwise
  const char *attributes; ///< features that go with it
  const char *emulation;  ///< lld's -m
  TargetTraits traits;
};

/// The processor that code is generated for.
struct Processor {
  std::string name;     ///< as it was asked for
  std::string cpu;      ///< LLVM's name
  std::string tuneCpu;  ///< LLVM's name of whose costs are assumed; empty is `cpu`
  std::string features; ///< "+avx2,-bmi": what LLVM adds to `cpu`
};

/// The processor called `name` on `target`: empty is the baseline; "native" is the baseline with
/// the features that this machine has; else it is LLVM's name of a processor. Errors: Unsupported.
Result<Processor> resolveProcessor(const TargetInfo &target, const std::string &name);

/// Whether resolveProcessor knows `name`, and it has what the target's baseline has.
bool isProcessor(const TargetInfo &target, const std::string &name);

/// Adds `attributes`, "+avx2,-bmi". Errors: Unsupported, if LLVM does not know one, or if the
/// processor no longer has what the target's baseline has.
Status addAttributes(const TargetInfo &target, Processor &processor, const std::string &attributes);

/// LLVM's description of `processor`; never null for one that resolveProcessor made.
std::unique_ptr<llvm::MCSubtargetInfo> describeProcessor(const TargetInfo &target,
                                                         const Processor &processor);

/// The features that code for `processor` may use and the target's baseline does not have, LLVM's
/// names in alphabetical order, comma-separated: what the loader checks. Of tuning, and of what
/// only operating systems use, nothing.
std::string requiredFeatures(const TargetInfo &target, const Processor &processor);

/// Texts for people: what --mcpu and --mattr take for `target`.
std::string listProcessors(const TargetInfo &target);
std::string listFeatures(const TargetInfo &target);

} // namespace w2n::compiler
