#include "compiler/codegen/Target.h"

#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/X86TargetParser.h>
#include <mutex>
#include <set>

namespace w2n::compiler {

namespace {

constexpr TargetInfo targets[] = {
#define W2N_TARGET(name, triple, baseline, attributes, emulation)                                  \
  {name, triple, baseline, attributes, emulation},
#include "compiler/targets/Targets.def"
};

const TargetInfo *findTarget(const std::string &name) {
  std::string arch =
      llvm::Triple(name.empty() ? llvm::sys::getDefaultTargetTriple() : name).getArchName().str();
  for (const TargetInfo &target : targets)
    if (arch == target.name)
      return &target;
  return nullptr;
}

std::string knownTargets() {
  std::string names;
  for (const TargetInfo &target : targets)
    names += (names.empty() ? "" : ", ") + std::string(target.name);
  return names;
}

std::string hostFeatures() {
  std::vector<std::string> names;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    names.push_back((feature.second ? "+" : "-") + feature.first().str());
  std::sort(names.begin(), names.end());
  std::string all;
  for (const std::string &name : names)
    all += (all.empty() ? "" : ",") + name;
  return all;
}

/// What code for `choice` needs of a machine beyond the baseline. A CPU's tuning flags are no
/// instructions and do not count.
std::string requiredFeatures(const TargetChoice &choice) {
  std::set<std::string> needed;
  bool isX86 = llvm::Triple(choice.triple).isX86();
  auto addCpu = [&](llvm::StringRef cpu, bool add) {
    llvm::SmallVector<llvm::StringRef, 64> names;
    if (isX86 && llvm::X86::parseArchX86(cpu, /*Only64Bit=*/true) != llvm::X86::CK_None)
      llvm::X86::getFeaturesForCPU(cpu, names);
    for (llvm::StringRef name : names)
      add ? void(needed.insert(name.str())) : void(needed.erase(name.str()));
  };
  addCpu(choice.cpu, true);
  llvm::SmallVector<llvm::StringRef, 64> attributes;
  llvm::StringRef(choice.features).split(attributes, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef attribute : attributes)
    if (attribute.consume_front("+"))
      needed.insert(attribute.str());
    else if (attribute.consume_front("-"))
      needed.erase(attribute.str());
  addCpu(choice.info->baseline, false);
  llvm::SmallVector<llvm::StringRef, 64> baseline;
  llvm::StringRef(choice.info->attributes).split(baseline, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef attribute : baseline)
    needed.erase(attribute.drop_front().str());
  std::string all;
  for (const std::string &name : needed)
    all += (all.empty() ? "" : ",") + name;
  return all;
}

} // namespace

void initializeLlvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
    // Sinking a load into a branch drops the assumption that keeps it trapping (lower/Memory.cpp).
    auto &options = llvm::cl::getRegisteredOptions();
    auto sinking = options.find("instcombine-code-sinking");
    if (sinking != options.end())
      static_cast<llvm::cl::opt<bool> *>(sinking->second)->setValue(false);
  });
}

Result<TargetChoice> chooseTarget(const CompileOptions &options) {
  const TargetInfo *info = findTarget(options.target);
  if (!info)
    return fail(ErrorKind::Unsupported,
                "unknown target '" + options.target + "', known are " + knownTargets());
  TargetChoice choice{info, info->triple, info->baseline, info->attributes, {}};
  if (options.cpu == "native") {
    if (findTarget("") != info)
      return fail(ErrorKind::Unsupported, "--mcpu=native is for the host's own target only");
    choice.cpu = llvm::sys::getHostCPUName().str();
    // The features are what cpuid says: a name may imply some that a virtual machine masks.
    choice.features = hostFeatures();
  } else if (!options.cpu.empty()) {
    choice.cpu = options.cpu;
    choice.features.clear();
  }
  if (!options.attributes.empty())
    choice.features += (choice.features.empty() ? "" : ",") + options.attributes;
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(llvm::Triple(choice.triple), error);
  if (!target)
    return fail(ErrorKind::Unsupported, error);
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      target->createMCSubtargetInfo(llvm::Triple(choice.triple), info->baseline, ""));
  if (!subtarget->isCPUStringValid(choice.cpu))
    return fail(ErrorKind::Unsupported,
                "unknown CPU '" + choice.cpu + "' for target " + info->name);
  choice.requiredFeatures = requiredFeatures(choice);
  subtarget.reset(
      target->createMCSubtargetInfo(llvm::Triple(choice.triple), choice.cpu, choice.features));
  choice.vectorTarget = VectorTarget::of(*subtarget);
  return choice;
}

Result<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const TargetChoice &choice) {
  std::string error;
  llvm::Triple triple(choice.triple);
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return fail(ErrorKind::Unsupported, error);
  llvm::TargetOptions options;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, choice.cpu, choice.features, options, llvm::Reloc::PIC_, llvm::CodeModel::Small));
  if (!machine)
    return fail(ErrorKind::Internal, "LLVM made no target machine for " + choice.triple);
  return machine;
}

} // namespace w2n::compiler
