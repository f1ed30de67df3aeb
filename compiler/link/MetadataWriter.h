// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Writes the metadata of an artifact (lib/artifact/Format.h) as LLVM globals, so that the linker
// fills in the distances to code and data.
#pragma once

#include "compiler/codegen/Profile.h"
#include "compiler/link/Image.h"
#include "compiler/lower/module/ModuleLowering.h"
#include "compiler/plan/Slice.h"

namespace w2n::compiler {

/// The code of one slice, as far as metadata names it.
struct SliceCode {
  const Slice *slice;
  bool hasInitialize; ///< whether lowerInitialize made something
  /// The blocks of counters, in the order of the counters; empty without --profile-generate.
  std::vector<CounterBlock> counters = {};
};

/// Adds metadata, data segments and memory image to `lowering.module`, which may hold the code or
/// leave it to other objects. `slices` are of the same module and target. `sourceHash` has 32
/// bytes.
void emitMetadata(ModuleLowering &lowering, const MemoryImage &image,
                  std::span<const SliceCode> slices, std::span<const uint8_t> sourceHash);

/// `plan` is that of the slices. Fills in what only the linked file tells: the slices' ranges of
/// code, where the unwind tables are, file offsets of the image. Then exchanges the symbols for
/// display names (RenameSymbols.h), and seals the artifact with its checksum. Errors: Internal.
Status finishArtifact(std::vector<uint8_t> &elf, const ModulePlan &plan, const MemoryImage &image,
                      std::span<const SliceCode> slices);

} // namespace w2n::compiler
