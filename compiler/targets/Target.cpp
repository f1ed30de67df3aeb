// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/targets/Target.h"

#include "compiler/targets/TargetNames.h"
#include "lib/artifact/Format.h"
#include "lib/artifact/TargetNames.h"

#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <mutex>

namespace w2n::compiler {

namespace {

constexpr TargetInfo targets[] = {
#define W2N_TARGET(name, triple, baseline, attributes, emulation, ...)                             \
  {name, triple, baseline, attributes, emulation, {__VA_ARGS__}},
#include "compiler/targets/Targets.def"
};

std::string knownTargets() {
  std::string names;
  for (const TargetInfo &target : targets)
    names += (names.empty() ? "" : ", ") + std::string(target.name);
  return names;
}

std::vector<std::string> splitList(const std::string &list) {
  llvm::SmallVector<llvm::StringRef, 8> parts;
  llvm::StringRef(list).split(parts, ',', -1, /*KeepEmpty=*/false);
  return {parts.begin(), parts.end()};
}

Result<TargetChoice> chooseSlice(const TargetInfo &info, const std::string &cpu,
                                 const CompileOptions &options) {
  W2N_TRY(processor, resolveProcessor(info, cpu));
  W2N_CHECK(addAttributes(info, processor, options.attributes));
  TargetChoice choice{&info, info.triple, processor, requiredFeatures(info, processor)};
  choice.vectorTarget = VectorTarget::of(*describeProcessor(info, processor));
  return choice;
}

/// The slices for those of `cpus` that `info` knows. If there is but one target, all, so that an
/// unknown one is an error that names the target.
Result<std::vector<TargetChoice>> slicesOf(const TargetInfo &info,
                                           const std::vector<std::string> &cpus, bool isOnly,
                                           const CompileOptions &options) {
  std::vector<TargetChoice> slices;
  for (const std::string &cpu : cpus) {
    if (!isOnly && !isProcessor(info, cpu))
      continue;
    W2N_TRY(choice, chooseSlice(info, cpu, options));
    for (const TargetChoice &other : slices)
      if (other.processor.name == choice.processor.name)
        return fail(ErrorKind::Invalid, "CPU '" + cpu + "' is given twice");
    slices.push_back(std::move(choice));
  }
  if (slices.empty()) {
    W2N_TRY(choice, chooseSlice(info, "", options));
    slices.push_back(std::move(choice));
  }
  if (slices.size() > artifact::maxSlices)
    return fail(ErrorKind::Invalid, std::to_string(slices.size()) + " CPUs for target " +
                                        info.name + ", most is " +
                                        std::to_string(artifact::maxSlices));
  return slices;
}

/// Settings that LLVM has only as options of its command line.
struct HiddenOption {
  const char *name, *value;
};

constexpr HiddenOption hiddenOptions[] = {
    // Sinking a load into a branch drops the assumption that keeps it trapping
    // (lower/function/Memory.cpp);
    // what makes branches of conditional moves sinks even volatile ones that are their operands.
    {"instcombine-code-sinking", "false"},
    {"x86-cmov-converter-force-mem-operand", "false"},
    // Live ranges of many values, as the locals of large functions have where the producer saves
    // and restores all of them: joining two of them looks at all that is in both, which is given up
    // after so many times; and a region to keep one in a register grows by so many blocks.
    {"large-interval-size-threshold", "50"},
    {"large-interval-freq-threshold", "10"},
    {"grow-region-complexity-budget", "1000"},
};

/// Errors: Internal, as another LLVM may lack an option that code or compile time rests on.
Status setHiddenOptions() {
  auto &options = llvm::cl::getRegisteredOptions();
  for (const auto &[name, value] : hiddenOptions) {
    auto option = options.find(name);
    if (option == options.end() || option->second->addOccurrence(0, name, value))
      return fail(ErrorKind::Internal,
                  std::string("LLVM does not take option -") + name + "=" + value);
  }
  return {};
}

} // namespace

Status initializeLlvm() {
  static std::once_flag once;
  static Status status;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
    status = setHiddenOptions();
  });
  return status;
}

std::string listTargets() {
  std::string text;
  for (const TargetInfo &target : targets)
    text += std::string(target.name) + "\n";
  return text;
}

Result<const TargetInfo *> findTarget(const std::string &name) {
  const std::string triple = name.empty() ? llvm::sys::getDefaultTargetTriple() : name;
  const std::string_view arch = artifact::architectureOf(triple);
  for (const TargetInfo &target : targets)
    if (arch == target.name)
      return &target;
  return fail(ErrorKind::Unsupported, "unknown target '" + name + "', known are " + knownTargets());
}

Result<std::vector<std::vector<TargetChoice>>> chooseSlices(const CompileOptions &options,
                                                            std::span<const std::string> targets) {
  const std::vector<std::string> cpus = splitList(options.cpu);
  if (targets.size() > 1 && !options.attributes.empty())
    return fail(ErrorKind::Invalid, "processor features are of one target, but there are several");
  std::vector<std::vector<TargetChoice>> choices;
  std::vector<const TargetInfo *> infos;
  for (const std::string &name : targets) {
    W2N_TRY(info, findTarget(name));
    if (llvm::is_contained(infos, info))
      return fail(ErrorKind::Invalid, std::string("target ") + info->name + " is given twice");
    infos.push_back(info);
    W2N_TRY(slices, slicesOf(*info, cpus, targets.size() == 1, options));
    choices.push_back(std::move(slices));
  }
  for (const std::string &cpu : cpus)
    if (llvm::none_of(infos, [&](const TargetInfo *info) { return isProcessor(*info, cpu); }))
      return fail(ErrorKind::Unsupported, "unknown CPU '" + cpu + "' for every target");
  return choices;
}

Result<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const TargetChoice &choice) {
  std::string error;
  llvm::Triple triple(choice.triple);
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return fail(ErrorKind::Unsupported, error);
  llvm::TargetOptions options;
  std::unique_ptr<llvm::TargetMachine> machine(
      target->createTargetMachine(triple, choice.processor.cpu, choice.processor.features, options,
                                  llvm::Reloc::PIC_, llvm::CodeModel::Small));
  if (!machine)
    return fail(ErrorKind::Internal, "LLVM made no target machine for " + choice.triple);
  return machine;
}

} // namespace w2n::compiler
