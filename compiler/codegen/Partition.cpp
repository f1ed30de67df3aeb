// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/codegen/Partition.h"

#include "compiler/codegen/CodeGeneration.h"
#include "compiler/codegen/PassTimes.h"
#include "compiler/codegen/Pipeline.h"
#include "compiler/codegen/StopAtBudget.h"
#include "compiler/ir/Contract.h"
#include "compiler/ir/LlvmError.h"
#include "compiler/plan/Slice.h"
#include "compiler/report/CodeReport.h"
#include "compiler/report/TimeReport.h"
#include "lib/support/ControlGroup.h"
#include "lib/support/Thread.h"

#include <atomic>
#include <deque>
#include <llvm/IR/DiagnosticHandler.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <mutex>
#include <numeric>

namespace w2n::compiler {

namespace {

/// Enough functions that setting up LLVM's passes does not count, few enough that the threads
/// finish together.
constexpr size_t partitionBytes = 48 * 1024;
/// From here on a function is alone, so that what is decided for it touches no other.
constexpr size_t largeFunctionBytes = 16 * 1024;

/// Adds to the report, if there is one, under the function's own name.
void report(const ModulePlan &plan, const Slice &slice, Cause cause, const std::string &detail,
            llvm::StringRef symbol) {
  if (slice.report)
    slice.report->add(cause, detail, plan.displayNameOf(symbol));
}

/// Collects errors, and for the report what the vectorizer says of loops that it leaves.
class CollectDiagnostics : public llvm::DiagnosticHandler {
public:
  CollectDiagnostics(const ModulePlan &plan, const Slice &slice, std::string &errors)
      : plan(plan), slice(slice), errors(errors) {}
  bool isAnalysisRemarkEnabled(llvm::StringRef pass) const override {
    return slice.report && pass == vectorizer;
  }
  bool isAnyRemarkEnabled() const override { return slice.report; }
  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    if (info.getSeverity() == llvm::DS_Error) {
      llvm::raw_string_ostream stream(errors);
      llvm::DiagnosticPrinterRawOStream printer(stream);
      info.print(printer);
    }
    switch (info.getKind()) {
    case llvm::DK_OptimizationRemarkAnalysis:
    case llvm::DK_OptimizationRemarkAnalysisFPCommute:
    case llvm::DK_OptimizationRemarkAnalysisAliasing:
      takeRemark(llvm::cast<llvm::DiagnosticInfoIROptimization>(info));
      break;
    default: // Nothing that anybody has asked for.
      break;
    }
    return true;
  }

private:
  static constexpr char vectorizer[] = "loop-vectorize";

  void takeRemark(const llvm::DiagnosticInfoIROptimization &remark) {
    const std::string message = remark.getMsg();
    llvm::StringRef reason = message;
    if (remark.getPassName() == vectorizer && reason.consume_front("loop not vectorized: "))
      report(plan, slice, Cause::NotVectorized, reason.str(), remark.getFunction().getName());
  }

  const ModulePlan &plan;
  const Slice &slice;
  std::string &errors;
};

std::vector<uint8_t> asBytes(llvm::StringRef text) {
  return {text.bytes_begin(), text.bytes_end()};
}

std::vector<uint8_t> printIr(const llvm::Module &module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return asBytes(text);
}

} // namespace

namespace {

/// Code that runs is to lie together, so that it needs few pages and cache lines.
std::vector<uint32_t> orderOfCode(const ModulePlan &plan) {
  std::vector<uint32_t> order(plan.wasm.functions.size() - plan.wasm.importedFunctions);
  std::iota(order.begin(), order.end(), plan.wasm.importedFunctions);
  if (!plan.profile)
    return order;
  std::vector<uint64_t> hotness(plan.wasm.functions.size());
  for (uint32_t function : order)
    hotness[function] = plan.profile->hotness(plan.displayNames[function]);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return hotness[a] > hotness[b]; });
  return order;
}

} // namespace

std::vector<Partition> cutPartitions(const ModulePlan &plan) {
  const OptimizationLevel level = plan.options.level;
  OptimizationLevel cheap = std::min(level, OptimizationLevel::O1);
  std::vector<Partition> partitions;
  size_t bytes = 0;
  for (uint32_t i : orderOfCode(plan)) {
    size_t functionBytes = plan.wasm.functions[i].code.size();
    bool isLarge = functionBytes >= largeFunctionBytes;
    if (partitions.empty() || bytes >= partitionBytes || isLarge) {
      partitions.push_back({{}, functionBytes >= hugeFunctionBytes ? cheap : level});
      bytes = 0;
    }
    partitions.back().functions.push_back(i);
    // The function after a large one begins a new partition.
    bytes += isLarge ? partitionBytes : functionBytes;
  }
  return partitions;
}

void lowerFunctions(ModuleLowering &module, std::span<const uint32_t> functions,
                    CounterBlock &counters) {
  // The last body may be incomplete when the budget is exceeded: nothing may look at it.
  CompileBudget &budget = *module.plan.budget;
  for (uint32_t function : functions)
    if (!budget.isExceeded())
      lowerFunction(module, function);
  if (budget.isExceeded())
    return;
  if (module.plan.options.generatesProfile) {
    countExecutions(module, counters);
    return;
  }
  lowerInlineCopies(module);
  if (budget.isExceeded())
    return;
  if (module.plan.profile)
    module.plan.profile->annotate(module);
  callDirectly(module);
}

Result<std::vector<uint8_t>> emitModule(const ModulePlan &plan, const Slice &slice,
                                        OptimizationLevel level,
                                        const std::function<void(ModuleLowering &)> &lower) {
  const CompileOptions &options = plan.options;
  std::string errors;
  llvm::LLVMContext context;
  context.setDiagnosticHandler(std::make_unique<CollectDiagnostics>(plan, slice, errors));
  BudgetGate gate(*plan.budget);
  context.setOptPassGate(gate);
  // Names cost time; only texts need them.
  bool isText = options.emit == Emit::LlvmIr || options.stopAfter < StopAfter::Object;
  context.setDiscardValueNames(!isText);
  W2N_TRY(machine, makeTargetMachine(slice.target));
  llvm::Module module("wasm", context);
  module.setTargetTriple(llvm::Triple(slice.target.triple));
  module.setDataLayout(machine->createDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
  if (plan.hasSharedMemory)
    module.addModuleFlag(llvm::Module::Override, sharedMemoryFlag, 1);
  ModuleLowering lowering(plan, slice, module);
  {
    const TimeReport::Scope scope(plan.times, TimeReport::Phase::Lower);
    lower(lowering);
    if (lowering.debug())
      lowering.debug()->finish();
  }
  W2N_CHECK(plan.budget->check());
  if (options.stopAfter == StopAfter::Lower)
    return printIr(module);
#ifndef NDEBUG
  llvm::raw_string_ostream verifierText(errors);
  if (llvm::verifyModule(module, &verifierText))
    return fail(ErrorKind::Internal, "lowering made invalid LLVM IR: " + errors);
#endif
  {
    const TimeReport::Scope scope(plan.times, TimeReport::Phase::Optimize);
    // Each pass by itself is for those who want to know more.
    std::optional<PassTimes> passTimes;
    if (plan.times && options.remark)
      passTimes.emplace();
    auto onFewer = [&](const llvm::Function &function, const char *reason) {
      if (plan.options.remark)
        plan.options.remark(plan.displayNameOf(function.getName()) +
                            ": optimizing less: " + reason);
      report(plan, slice, Cause::FewerPasses, "", function.getName());
    };
    llvm::PassInstrumentationCallbacks ownHooks;
    llvm::PassInstrumentationCallbacks &hooks = passTimes ? passTimes->callbacks() : ownHooks;
    skipPassesAtBudget(hooks, *plan.budget);
    optimizeModule(module, *machine, level, onFewer, &hooks);
    if (passTimes)
      plan.times->addPasses(passTimes->seconds());
  }
  W2N_CHECK(plan.budget->check());
  if (options.stopAfter == StopAfter::Optimize || options.emit == Emit::LlvmIr)
    return printIr(module);

  const TimeReport::Scope scope(plan.times, TimeReport::Phase::Generate);
  llvm::SmallVector<char, 0> output;
  llvm::raw_svector_ostream stream(output);
  llvm::legacy::PassManager passes;
  auto fileType = options.emit == Emit::Assembly ? llvm::CodeGenFileType::AssemblyFile
                                                 : llvm::CodeGenFileType::ObjectFile;
  if (!addCodeGeneration(passes, *machine, stream, fileType, *plan.budget,
                         {&lowering.subprograms(), plan.source != nullptr}))
    return fail(ErrorKind::Internal,
                "LLVM cannot emit this kind of file for " + slice.target.triple);
  passes.run(module);
  W2N_CHECK(plan.budget->check());
  if (!errors.empty())
    return fail(ErrorKind::Internal, errors);
  return std::vector<uint8_t>(output.begin(), output.end());
}

namespace {

/// "work and 11 smaller functions, 48123 bytes".
std::string describe(const ModulePlan &plan, const Slice &slice,
                     std::span<const uint32_t> functions) {
  size_t bytes = 0;
  uint32_t largest = functions.front();
  auto bytesOf = [&](uint32_t function) { return plan.wasm.functions[function].code.size(); };
  for (uint32_t function : functions) {
    bytes += bytesOf(function);
    if (bytesOf(function) > bytesOf(largest))
      largest = function;
  }
  return plan.displayNames[largest] +
         (functions.size() > 1
              ? " and " + std::to_string(functions.size() - 1) + " smaller functions"
              : "") +
         ", " + std::to_string(bytes) + " bytes" + slice.symbolSuffix;
}

} // namespace

void addPartitionJobs(std::vector<Job> &jobs, const ModulePlan &plan, const Slice &slice,
                      const std::vector<Partition> &partitions, std::span<CounterBlock> counters) {
  for (size_t i = 0; i < partitions.size(); ++i) {
    const std::vector<uint32_t> &functions = partitions[i].functions;
    Job job{&plan, &slice, partitions[i].level, {}, 0, uint32_t(functions.size()), {}};
    job.lower = [&functions, &block = counters[i]](ModuleLowering &module) {
      lowerFunctions(module, functions, block);
      module.addSymbolSuffix();
    };
    for (uint32_t function : functions)
      job.wasmBytes += plan.wasm.functions[function].code.size();
    if (plan.times)
      job.what = describe(plan, slice, functions);
    jobs.push_back(std::move(job));
  }
}

namespace {

/// An order of work in which no thread is left with a huge job when the others are done.
std::vector<size_t> largestFirst(const std::vector<Job> &jobs) {
  std::vector<size_t> order(jobs.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return jobs[a].wasmBytes > jobs[b].wasmBytes; });
  return order;
}

} // namespace

std::vector<Result<std::vector<uint8_t>>> runJobs(const std::vector<Job> &jobs,
                                                  const CompileOptions &options) {
  std::vector<Result<std::vector<uint8_t>>> outputs(jobs.size());
  std::atomic<size_t> next = 0;
  std::mutex mutex; // guards what follows
  uint32_t done = 0, total = 0;
  for (const Job &job : jobs)
    total += job.functions;

  const std::vector<size_t> order = largestFirst(jobs);
  auto work = [&](unsigned thread) {
    for (size_t position = next++; position < jobs.size(); position = next++) {
      const Job &job = jobs[order[position]];
      const Stopwatch stopwatch;
      // A partition that is not begun when the budget is exceeded costs nothing more.
      if (Status budget = job.plan->budget->check(); !budget) {
        outputs[order[position]] = std::unexpected(budget.error());
        continue;
      }
      outputs[order[position]] = emitModule(*job.plan, *job.slice, job.level, job.lower);
      if (job.plan->times)
        job.plan->times->addJob(thread, job.what, stopwatch.elapsed());
      std::lock_guard lock(mutex);
      done += job.functions;
      if (options.progress && job.functions != 0)
        options.progress(done, total);
    }
  };

  unsigned threads = options.threads ? options.threads : usableProcessors();
  threads = unsigned(std::clamp<size_t>(jobs.size(), 1, std::max(1u, threads)));
  // This thread does all of the work where the system denies others.
  std::deque<Thread> others;
  for (unsigned i = 1; i < threads && others.emplace_back().start([&, i] { work(i); }); ++i)
    ;
  work(0);
  others.clear();
  return outputs;
}

} // namespace w2n::compiler
