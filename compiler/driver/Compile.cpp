#include "compiler/driver/Compile.h"

#include "compiler/driver/Build.h"

#include <llvm/Support/BLAKE3.h>
#include <memory>
#include <mutex>

namespace w2n::compiler {

namespace {

CompileOptions withOneRemarkAtATime(const CompileOptions &given, std::mutex &mutex) {
  CompileOptions options = given;
  if (given.remark)
    options.remark = [&given, &mutex](const std::string &text) {
      std::lock_guard lock(mutex);
      given.remark(text);
    };
  return options;
}

bool isText(const CompileOptions &options) {
  return options.emit == Emit::Assembly || options.emit == Emit::LlvmIr ||
         options.stopAfter == StopAfter::Lower || options.stopAfter == StopAfter::Optimize;
}

} // namespace

Result<std::vector<Result<std::vector<uint8_t>>>>
compileForTargets(std::span<const uint8_t> bytes, const CompileOptions &given,
                  std::span<const std::string> targets) {
  initializeLlvm();
  std::mutex remarking;
  const CompileOptions options = withOneRemarkAtATime(given, remarking);
  auto remark = [&](const std::string &text) {
    if (options.remark)
      options.remark(text);
  };
  W2N_TRY(choices, chooseLevels(options, targets));
  W2N_TRY(features, wasm::parseFeatures(options.features));
  W2N_TRY(module, wasm::decodeModule(bytes, features));
  remark("decoded " + std::to_string(bytes.size()) + " bytes: " +
         std::to_string(module.functions.size() - module.importedFunctions) + " functions");
  const std::vector<Result<std::vector<uint8_t>>> nothing(targets.size());
  if (options.stopAfter == StopAfter::Decode)
    return nothing;
  // The lowering trusts types and indices because this call has proved them.
  W2N_CHECK(wasm::validateModule(module));
  if (options.stopAfter == StopAfter::Validate)
    return nothing;

  const auto hash = llvm::BLAKE3::hash(llvm::ArrayRef<uint8_t>(bytes.data(), bytes.size()));
  ModulePlan plan = makePlan(module, options);
  if (!options.profile.empty()) {
    W2N_TRY(profile, ProfileUse::read(options.profile, options.profileName));
    plan.profile = std::move(profile);
  }
  const MemoryImage image = buildImage(module, plan.dataInImage);
  std::vector<std::unique_ptr<Build>> builds;
  for (const std::vector<TargetChoice> &levels : choices)
    builds.push_back(std::make_unique<Build>(plan, image, levels, hash));
  if (isText(options)) {
    std::vector<Result<std::vector<uint8_t>>> texts;
    for (const auto &build : builds)
      texts.push_back(build->emitText());
    return texts;
  }

  // Every function is machine code after this, in objects that do not depend on the number of
  // threads.
  const std::vector<Partition> partitions = cutPartitions(plan);
  std::vector<Job> jobs;
  for (const auto &build : builds)
    build->addJobs(jobs, partitions);
  for (const auto &build : builds)
    remark("compiling " + std::to_string(partitions.size()) + " partitions for " +
           build->description());
  auto objects = runJobs(jobs, options);
  if (plan.profile) {
    const ProfileUse::Outcome outcome = plan.profile->outcome();
    const auto &tell = outcome.isWarning ? options.warning : options.remark;
    if (tell)
      tell(outcome.text);
  }
  remark("linking");
  std::vector<Result<std::vector<uint8_t>>> files;
  size_t position = 0;
  for (const auto &build : builds) {
    const size_t count = build->jobCount();
    files.push_back(build->finish(std::span(objects).subspan(position, count)));
    if (!files.back() && builds.size() > 1)
      files.back().error().text.insert(0, build->description() + ": ");
    position += count;
  }
  return files;
}

Result<std::string> listFor(const std::string &target, List list) {
  initializeLlvm();
  W2N_TRY(info, findTarget(target));
  return list == List::Processors ? listProcessors(*info) : listFeatures(*info);
}

} // namespace w2n::compiler
