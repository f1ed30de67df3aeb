// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Compile.h"

#include "compiler/component/MergeComponent.h"
#include "compiler/driver/Build.h"
#include "compiler/driver/ScanModule.h"
#include "compiler/report/CodeReport.h"
#include "compiler/report/TimeReport.h"
#include "lib/component/ValidateComponent.h"
#include "lib/component/WorldSection.h"
#include "lib/support/CompileBudget.h"

#include <llvm/Support/BLAKE3.h>
#include <memory>
#include <mutex>
#include <optional>

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

/// The reports that were asked for, told at the end of the scope.
class Reports {
public:
  explicit Reports(const CompileOptions &options) : tell(options.report) {
    if (tell && options.reportsTime)
      timeReport.emplace();
  }
  Reports(const Reports &) = delete;
  Reports &operator=(const Reports &) = delete;
  ~Reports() {
    if (codeReport)
      tell(codeReport->text());
    if (timeReport)
      tell(timeReport->text());
  }
  TimeReport *times() { return timeReport ? &*timeReport : nullptr; }
  /// From here on; null if it is not asked for.
  CodeReport *beginCode(const ModulePlan &plan) {
    if (!tell || !plan.options.reportsCode)
      return nullptr;
    std::unordered_map<std::string, size_t> bytes;
    for (size_t i = 0; i < plan.displayNames.size(); ++i)
      bytes[plan.displayNames[i]] = plan.wasm.functions[i].code.size();
    return &codeReport.emplace(std::move(bytes));
  }

private:
  const std::function<void(const std::string &)> &tell;
  std::optional<TimeReport> timeReport;
  std::optional<CodeReport> codeReport;
};

using Phase = TimeReport::Phase;

/// The input of a compilation: a module, or one made of a component.
struct Source {
  std::span<const uint8_t> wasm;
  std::vector<uint8_t> merged;
  /// The component's world, encoded; empty for a module.
  std::vector<uint8_t> world;
  bool isChecked = false; ///< as far as options.stopAfter says
};

Result<Source> readSource(std::span<const uint8_t> bytes, const CompileOptions &options) {
  Source source{.wasm = bytes, .merged = {}, .world = {}};
  if (const component::Bytes world = component::worldOf(bytes); !world.empty()) {
    W2N_CHECK(component::decodeWorld(world));
    source.world.assign(world.begin(), world.end());
  }
  if (component::kindOf(bytes) != component::BinaryKind::Component)
    return source;
  if (options.stopAfter == StopAfter::Decode || options.stopAfter == StopAfter::Validate) {
    W2N_TRY(decoded, component::decodeComponent(bytes));
    component::Types types;
    if (options.stopAfter == StopAfter::Validate)
      W2N_CHECK(component::validateComponent(decoded, types));
    source.isChecked = true;
    return source;
  }
  W2N_TRY(merged, mergeComponent(bytes));
  source.merged = std::move(merged.wasm);
  source.world = encodeWorld(merged.world);
  source.wasm = source.merged;
  return source;
}

std::shared_ptr<const SourceInfo>
sourceInfoOf(const wasm::Module &module, const CompileOptions &options, CompileBudget &budget) {
  std::shared_ptr<const SourceInfo> source = readSourceInfo(module, budget);
  if (!options.warning)
    return source;
  if (!source)
    options.warning("there is no debug information to translate: the module has no DWARF");
  else
    for (const std::string &note : source->notes)
      options.warning("DWARF of the module: " + note);
  return source;
}

} // namespace

Result<std::vector<Result<std::vector<uint8_t>>>>
compileForTargets(std::span<const uint8_t> bytes, const CompileOptions &given,
                  std::span<const std::string> targets) {
  W2N_CHECK(initializeLlvm());
  std::mutex remarking;
  const CompileOptions options = withOneRemarkAtATime(given, remarking);
  auto remark = [&](const std::string &text) {
    if (options.remark)
      options.remark(text);
  };
  W2N_TRY(choices, chooseSlices(options, targets));
  W2N_TRY(features, wasm::parseFeatures(options.features));
  CompileBudget budget({options.maxTimeMs, options.maxMemoryBytes, options.maxArtifactBytes});
  Reports reports(options);
  std::optional<TimeReport::Scope> phase(std::in_place, reports.times(), Phase::Decode);
  // After this there are only modules.
  W2N_TRY(source, readSource(bytes, options));
  if (source.isChecked)
    return std::vector<Result<std::vector<uint8_t>>>(targets.size());
  if (!source.world.empty())
    features.add(featuresOfMerging());
  W2N_TRY(module, wasm::decodeModule(source.wasm, features));
  remark("decoded " + std::to_string(bytes.size()) + " bytes: " +
         std::to_string(module.functions.size() - module.importedFunctions) + " functions");
  const std::vector<Result<std::vector<uint8_t>>> nothing(targets.size());
  if (options.stopAfter == StopAfter::Decode)
    return nothing;
  phase.emplace(reports.times(), Phase::Validate);
  // The lowering trusts types and indices because this call has proved them.
  W2N_CHECK(wasm::validateModule(module));
  if (options.stopAfter == StopAfter::Validate)
    return nothing;

  phase.emplace(reports.times(), Phase::Plan);
  const auto hash = llvm::BLAKE3::hash(llvm::ArrayRef<uint8_t>(bytes.data(), bytes.size()));
  ModulePlan plan = makePlan(module, options);
  plan.component = source.world;
  if (!options.profile.empty()) {
    W2N_TRY(profile, ProfileUse::read(options.profile, options.profileName));
    plan.profile = std::move(profile);
  }
  plan.times = reports.times();
  if (options.debugInfo)
    plan.source = sourceInfoOf(module, options, budget);
  plan.budget = &budget;
  CodeReport *const codeReport = reports.beginCode(plan);
  const MemoryImage image = buildImage(module, plan.dataInImage);
  W2N_CHECK(budget.checkArtifact(image.bytes()));
  std::vector<std::unique_ptr<Build>> builds;
  // Another target would report the same once more.
  for (const std::vector<TargetChoice> &choice : choices)
    builds.push_back(
        std::make_unique<Build>(plan, image, choice, builds.empty() ? codeReport : nullptr, hash));
  if (codeReport)
    scanModule(plan, choices.front(), *codeReport);
  phase.reset();
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
  phase.emplace(reports.times(), Phase::Link);
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
  W2N_CHECK(initializeLlvm());
  W2N_TRY(info, findTarget(target));
  return list == List::Processors ? listProcessors(*info) : listFeatures(*info);
}

} // namespace w2n::compiler
