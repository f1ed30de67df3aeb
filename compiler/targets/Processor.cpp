// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/targets/Processor.h"

#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/FormatVariadic.h>
#include <llvm/TargetParser/AArch64TargetParser.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/RISCVISAInfo.h>
#include <llvm/TargetParser/Triple.h>
#include <set>

namespace w2n::compiler {

namespace {

struct NotInCode {
  llvm::StringRef target, feature;
};

constexpr NotInCode notInCode[] = {
#define W2N_NOT_IN_CODE(target, feature) {target, feature},
#include "compiler/targets/NotInCode.def"
};

/// Names of our own: rows of FeatureSets.def.
struct FeatureSet {
  llvm::StringRef target, name;
  const char *cpu, *features, *description;
};

constexpr FeatureSet featureSets[] = {
#define W2N_FEATURE_SET(target, name, cpu, features, description)                                  \
  {target, name, cpu, features, description},
#include "compiler/targets/FeatureSets.def"
};

const FeatureSet *findFeatureSet(const TargetInfo &target, llvm::StringRef name) {
  for (const FeatureSet &set : featureSets)
    if (set.target == target.name && set.name == name)
      return &set;
  return nullptr;
}

bool isX86InstructionSet(llvm::StringRef feature) {
  constexpr llvm::StringRef names[] = {
#define X86_FEATURE(id, name) name,
#include <llvm/TargetParser/X86TargetParser.def>
  };
  return llvm::is_contained(names, feature);
}

/// Whether LLVM's `feature` is an extension of the instruction set, and not tuning or a choice
/// about code.
bool isInstructionSet(const llvm::Triple &triple, const std::string &feature) {
  if (triple.isX86())
    return isX86InstructionSet(feature);
  if (triple.isAArch64())
    return llvm::AArch64::targetFeatureToExtension("+" + feature).has_value();
  return llvm::RISCVISAInfo::isSupportedExtensionFeature(feature);
}

bool isInCode(const TargetInfo &target, const std::string &feature) {
  for (const NotInCode &row : notInCode) {
    llvm::StringRef name = row.feature;
    const bool isPrefix = name.consume_back("*");
    if (row.target == target.name &&
        (isPrefix ? llvm::StringRef(feature).starts_with(name) : name == feature))
      return false;
  }
  return isInstructionSet(llvm::Triple(target.triple), feature);
}

std::string join(const std::set<std::string> &names, const char *prefix) {
  std::string all;
  for (const std::string &name : names)
    all += (all.empty() ? "" : ",") + (prefix + name);
  return all;
}

std::string withMore(const std::string &list, const std::string &more) {
  return list.empty() || more.empty() ? list + more : list + "," + more;
}

/// The features of this machine that code may use. They are what cpuid or the system says: a
/// processor's name may imply some that a virtual machine masks.
std::string hostFeatures(const TargetInfo &target) {
  std::set<std::string> names;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    if (feature.second && isInCode(target, feature.first().str()))
      names.insert(feature.first().str());
  return join(names, "+");
}

bool isHost(const TargetInfo &target) {
  return llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArch() ==
         llvm::Triple(target.triple).getArch();
}

Processor baselineOf(const TargetInfo &target) {
  return {target.baseline, target.baseline, "", target.attributes};
}

std::set<std::string> enabledFeatures(const TargetInfo &target, const Processor &processor) {
  std::set<std::string> names;
  const auto subtarget = describeProcessor(target, processor);
  for (const llvm::SubtargetFeatureKV &feature : subtarget->getEnabledProcessorFeatures())
    names.insert(feature.Key);
  return names;
}

/// The first feature of the baseline that `processor` lacks, empty if it has all: calling
/// conventions and builtins rest on them.
std::string missingOfBaseline(const TargetInfo &target, const Processor &processor) {
  const std::set<std::string> has = enabledFeatures(target, processor);
  for (const std::string &name : enabledFeatures(target, baselineOf(target)))
    if ((isInCode(target, name) || name == "64bit") && !has.contains(name))
      return name;
  return {};
}

} // namespace

std::unique_ptr<llvm::MCSubtargetInfo> describeProcessor(const TargetInfo &info,
                                                         const Processor &processor) {
  std::string error;
  const llvm::Triple triple(info.triple);
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  return std::unique_ptr<llvm::MCSubtargetInfo>(
      target->createMCSubtargetInfo(triple, processor.cpu, processor.features));
}

bool isProcessor(const TargetInfo &target, const std::string &name) {
  if (name.empty())
    return true;
  if (name == "native")
    return isHost(target);
  if (findFeatureSet(target, name))
    return true;
  return describeProcessor(target, baselineOf(target))->isCPUStringValid(name) &&
         missingOfBaseline(target, {name, name, "", ""}).empty();
}

Result<Processor> resolveProcessor(const TargetInfo &target, const std::string &name) {
  Processor processor = baselineOf(target);
  if (name.empty() || name == target.baseline)
    return processor;
  processor.name = name;
  if (name == "native") {
    if (!isHost(target))
      return fail(ErrorKind::Unsupported, "--mcpu=native is for the host's own target only");
    processor.tuneCpu = llvm::sys::getHostCPUName().str();
    processor.features = withMore(processor.features, hostFeatures(target));
    return processor;
  }
  if (!isProcessor(target, name))
    return fail(ErrorKind::Unsupported, "unknown CPU '" + name + "' for target " + target.name +
                                            "; --mcpu=help lists those that are known");
  // Features of the baseline stay: the ABI rests on them.
  if (const FeatureSet *set = findFeatureSet(target, name)) {
    processor.cpu = set->cpu;
    processor.features = withMore(processor.features, set->features);
  } else {
    processor.cpu = name;
  }
  return processor;
}

Status addAttributes(const TargetInfo &target, Processor &processor,
                     const std::string &attributes) {
  const auto subtarget = describeProcessor(target, baselineOf(target));
  llvm::SmallVector<llvm::StringRef, 16> names;
  llvm::StringRef(attributes).split(names, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef name : names) {
    const bool isSigned = name.consume_front("+") || name.consume_front("-");
    if (!isSigned || !llvm::any_of(subtarget->getAllProcessorFeatures(),
                                   [&](const auto &feature) { return name == feature.Key; }))
      return fail(ErrorKind::Unsupported,
                  (isSigned ? "unknown processor feature '" : "no + or - before the feature '") +
                      name.str() + "' for target " + target.name +
                      "; --mattr=help lists those that are known");
  }
  processor.features = withMore(processor.features, attributes);
  if (const std::string missing = missingOfBaseline(target, processor); !missing.empty())
    return fail(ErrorKind::Unsupported, std::string("code for target ") + target.name +
                                            " needs the processor feature '" + missing + "'");
  return {};
}

std::string requiredFeatures(const TargetInfo &target, const Processor &processor) {
  std::set<std::string> needed;
  const std::set<std::string> given = enabledFeatures(target, baselineOf(target));
  for (const std::string &name : enabledFeatures(target, processor))
    if (!given.contains(name) && isInCode(target, name))
      needed.insert(name);
  return join(needed, "");
}

std::string listProcessors(const TargetInfo &target) {
  const Processor baseline = baselineOf(target);
  std::string text = "Processors of " + std::string(target.name) +
                     ", for --mcpu (default: " + target.baseline + "):\n";
  if (isHost(target))
    text += "  native: the baseline, with what this machine has: " +
            requiredFeatures(target, *resolveProcessor(target, "native")) + "\n";
  for (const FeatureSet &set : featureSets)
    if (set.target == target.name)
      text += ("  " + set.name + ": " + set.description + "\n").str();
  for (const llvm::SubtargetSubTypeKV &cpu :
       describeProcessor(target, baseline)->getAllProcessorDescriptions())
    if (isProcessor(target, cpu.Key))
      text += std::string("  ") + cpu.Key + "\n";
  return text + "Several, separated by commas, give an artifact that holds code for each. Where it "
                "is loaded, the last of them that\nthe machine can run is taken.\n";
}

std::string listFeatures(const TargetInfo &target) {
  std::string text = "Processor features of " + std::string(target.name) +
                     ", for --mattr (+NAME adds, -NAME removes):\n";
  const auto subtarget = describeProcessor(target, baselineOf(target));
  for (const llvm::SubtargetFeatureKV &feature : subtarget->getAllProcessorFeatures())
    if (isInCode(target, feature.Key))
      text += "  " + llvm::formatv("{0,-20} {1}\n", feature.Key, feature.Desc).str();
  return text;
}

} // namespace w2n::compiler
