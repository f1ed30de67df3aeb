// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Build.h"

#include "compiler/link/Link.h"
#include "lib/support/CompileBudget.h"

namespace w2n::compiler {

namespace {

/// The work that thunks are worth: they are short, and run once for each call from outside.
OptimizationLevel thunkLevel(OptimizationLevel level) {
  return std::min(level, OptimizationLevel::O1);
}

std::vector<CounterBlock> makeCounterBlocks(size_t count) {
  std::vector<CounterBlock> blocks(count);
  for (size_t i = 0; i < count; ++i)
    blocks[i].symbol = "w2n.counters." + std::to_string(i);
  return blocks;
}

} // namespace

Build::Build(const ModulePlan &plan, const MemoryImage &image,
             const std::vector<TargetChoice> &targets, CodeReport *report,
             std::span<const uint8_t, 32> sourceHash)
    : plan(plan), options(plan.options), image(image), sourceHash(sourceHash) {
  // Jobs and codes point to the slices.
  slices.reserve(targets.size());
  for (const TargetChoice &target : targets) {
    const std::string suffix = targets.size() > 1 ? "." + target.processor.name : "";
    slices.push_back({target, suffix, slices.empty() ? report : nullptr});
    codes.push_back({&slices.back(), false});
  }
}

std::string Build::description() const {
  std::string names;
  for (const Slice &slice : slices)
    names += (names.empty() ? "" : ", ") + slice.target.processor.name;
  return slices.front().target.triple + ", processor " + names;
}

void Build::lowerModuleParts(ModuleLowering &lowering, size_t slice) {
  lowerThunks(lowering);
  lowerClosedTables(lowering);
  lowerTypedTables(lowering);
  lowering.emitPersonalityPointer();
  codes[slice].hasInitialize = lowerInitialize(lowering);
  lowering.addSymbolSuffix();
}

void Build::addJobs(std::vector<Job> &all, const std::vector<Partition> &partitions) {
  const size_t before = all.size();
  for (size_t slice = 0; slice < slices.size(); ++slice) {
    // Before the functions: it has the personality pointer, which is to be the one that the linker
    // keeps.
    all.push_back({&plan, &slices[slice], thunkLevel(options.level),
                   [this, slice](ModuleLowering &lowering) { lowerModuleParts(lowering, slice); },
                   0, 0, "thunks and tables"});
    codes[slice].counters = makeCounterBlocks(partitions.size());
    addPartitionJobs(all, plan, slices[slice], partitions, codes[slice].counters);
  }
  jobs = all.size() - before;
}

Result<std::vector<uint8_t>> Build::finish(std::span<Result<std::vector<uint8_t>>> outputs) {
  std::vector<std::vector<uint8_t>> objects;
  CompileBudget &budget = *plan.budget;
  for (Result<std::vector<uint8_t>> &output : outputs) {
    W2N_TRY(object, std::move(output));
    objects.push_back(std::move(object));
  }
  // Before the image is printed and linked, each of which copies it.
  W2N_CHECK(budget.check());
  W2N_CHECK(budget.checkArtifact(image.bytes()));
  W2N_TRY(metadata,
          emitModule(plan, slices.front(), OptimizationLevel::O0, [&](ModuleLowering &lowering) {
            emitMetadata(lowering, image, codes, sourceHash);
          }));
  objects.push_back(std::move(metadata));
  const bool wantsObject = options.emit == Emit::Object || options.stopAfter == StopAfter::Object;
  W2N_TRY(file, link(objects, slices.front().target,
                     wantsObject ? LinkKind::Relocatable : LinkKind::SharedObject));
  if (!wantsObject)
    W2N_CHECK(finishArtifact(file, plan, image, codes));
  W2N_CHECK(budget.checkArtifact(file.size()));
  return file;
}

// One LLVM module, so that it can be read and compiled as a whole.
Result<std::vector<uint8_t>> Build::emitText() {
  if (slices.size() > 1)
    return fail(ErrorKind::Invalid, "a text is for one processor, but " +
                                        std::to_string(slices.size()) + " were given");
  std::vector<uint32_t> functions;
  for (const Partition &partition : cutPartitions(plan))
    functions.insert(functions.end(), partition.functions.begin(), partition.functions.end());
  codes.front().counters = makeCounterBlocks(1);
  return emitModule(plan, slices.front(), options.level, [&](ModuleLowering &lowering) {
    lowerFunctions(lowering, functions, codes.front().counters.front());
    lowerModuleParts(lowering, 0);
    if (options.stopAfter > StopAfter::Optimize)
      emitMetadata(lowering, image, codes, sourceHash);
  });
}

} // namespace w2n::compiler
