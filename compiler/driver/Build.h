// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The code of one target on its way: its slices, from the plan to the linked file.
#pragma once

#include "compiler/codegen/Partition.h"
#include "compiler/link/Image.h"
#include "compiler/link/MetadataWriter.h"
#include "compiler/plan/Plan.h"

#include <span>

namespace w2n::compiler {

class Build {
public:
  /// Everything must outlive the build. `plan` is makePlan's, with `image`; `targets` are
  /// the processors of one target, one at least; `report` may be null; `sourceHash` is of the wasm
  /// bytes.
  Build(const ModulePlan &plan, const MemoryImage &image, const std::vector<TargetChoice> &targets,
        CodeReport *report, std::span<const uint8_t, 32> sourceHash);
  Build(const Build &) = delete;
  Build &operator=(const Build &) = delete;

  /// Adds the jobs of all slices, jobCount() of them; the build and `partitions` must outlive them.
  void addJobs(std::vector<Job> &jobs, const std::vector<Partition> &partitions);
  size_t jobCount() const { return jobs; }
  /// Links what the jobs made, in their order. Errors: the first of theirs; Io, Internal.
  Result<std::vector<uint8_t>> finish(std::span<Result<std::vector<uint8_t>>> outputs);

  /// The module as one text, as options.emit and options.stopAfter say. Errors: Invalid if there
  /// are several slices.
  Result<std::vector<uint8_t>> emitText();

  /// "x86_64-unknown-linux-gnu, processor x86-64-v3", for remarks.
  std::string description() const;

private:
  /// Lowers all that is no wasm function: thunks, closed tables, initialize.
  void lowerModuleParts(ModuleLowering &lowering, size_t slice);

  const ModulePlan &plan;
  const CompileOptions &options;
  const MemoryImage &image;
  const std::span<const uint8_t, 32> sourceHash;
  std::vector<Slice> slices;
  /// By slice; of each, whether it has something to initialize is known when its job is done.
  std::vector<SliceCode> codes;
  size_t jobs = 0;
};

} // namespace w2n::compiler
