// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Build.h"

#include "compiler/link/Link.h"
#include "lib/support/CompileBudget.h"

namespace w2n::compiler {

namespace {

/// How much work the thunks are worth: they are short, and run once for each call from outside.
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
             const std::vector<TargetChoice> &slices, std::span<const uint8_t, 32> sourceHash)
    : options(plan.options), slices(slices), image(image), sourceHash(sourceHash) {
  // Jobs and codes point to the plans.
  plans.reserve(slices.size());
  for (const TargetChoice &slice : slices) {
    const std::string suffix = slices.size() > 1 ? "." + slice.processor.name : "";
    plans.push_back(planFor(plan, slice, suffix));
    // Other slices would say the same once more.
    if (plans.size() > 1)
      plans.back().report = nullptr;
    codes.push_back({&plans.back(), false});
  }
}

std::string Build::description() const {
  std::string names;
  for (const TargetChoice &slice : slices)
    names += (names.empty() ? "" : ", ") + slice.processor.name;
  return slices.front().triple + ", processor " + names;
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
    const ModulePlan &plan = plans[slice];
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
  CompileBudget &budget = *plans.front().budget;
  for (Result<std::vector<uint8_t>> &output : outputs) {
    W2N_TRY(object, std::move(output));
    objects.push_back(std::move(object));
  }
  // Before the image is printed and linked, each of which copies it.
  W2N_CHECK(budget.check());
  W2N_CHECK(budget.checkArtifact(image.bytes()));
  W2N_TRY(metadata, emitModule(plans.front(), slices.front(), OptimizationLevel::O0,
                               [&](ModuleLowering &lowering) {
                                 emitMetadata(lowering, image, codes, sourceHash);
                               }));
  objects.push_back(std::move(metadata));
  const bool wantsObject = options.emit == Emit::Object || options.stopAfter == StopAfter::Object;
  W2N_TRY(file, link(objects, slices.front(),
                     wantsObject ? LinkKind::Relocatable : LinkKind::SharedObject));
  if (!wantsObject)
    W2N_CHECK(finishArtifact(file, image, codes));
  W2N_CHECK(budget.checkArtifact(file.size()));
  return file;
}

// One LLVM module, so that it can be read and compiled as a whole.
Result<std::vector<uint8_t>> Build::emitText() {
  if (slices.size() > 1)
    return fail(ErrorKind::Invalid, "a text is for one processor, but " +
                                        std::to_string(slices.size()) + " were given");
  std::vector<uint32_t> functions;
  for (const Partition &partition : cutPartitions(plans.front()))
    functions.insert(functions.end(), partition.functions.begin(), partition.functions.end());
  codes.front().counters = makeCounterBlocks(1);
  return emitModule(plans.front(), slices.front(), options.level, [&](ModuleLowering &lowering) {
    lowerFunctions(lowering, functions, codes.front().counters.front());
    lowerModuleParts(lowering, 0);
    if (options.stopAfter > StopAfter::Optimize)
      emitMetadata(lowering, image, codes, sourceHash);
  });
}

} // namespace w2n::compiler
