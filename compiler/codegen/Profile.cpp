// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/codegen/Profile.h"

#include "compiler/plan/FunctionNames.h"

#include <llvm/Analysis/ProfileSummaryInfo.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/ProfileData/InstrProfWriter.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Transforms/Instrumentation/PGOInstrumentation.h>

namespace w2n::compiler {

namespace {

/// Runs the passes on a module.
class ModulePasses {
public:
  ModulePasses() {
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(callGraph);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, callGraph, modules);
  }
  template <typename Pass> void run(Pass pass, llvm::Module &module) { pass.run(module, modules); }

private:
  llvm::PassBuilder builder;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
};

constexpr llvm::StringRef namePrefix = "wasm:";
/// Names that begin like this have a meaning to LLVM, or are symbols of ours.
constexpr llvm::StringRef takenPrefixes[] = {"llvm.", "__", "w2n.", "fn", "DW.ref.", namePrefix};

/// Whether a line of the text format that is `name` is not a comment, a header or a number, and a
/// function can have that name in an LLVM module.
bool isProfileName(llvm::StringRef name) {
  const auto first = static_cast<unsigned char>(name.front());
  return (llvm::isAlpha(char(first)) || first == '_' || first >= 0x80) &&
         llvm::none_of(takenPrefixes,
                       [&](llvm::StringRef taken) { return name.starts_with(taken); });
}

std::string profileName(llvm::StringRef displayName) {
  return ((isProfileName(displayName) ? "" : namePrefix) + displayName).str();
}

/// Gives functions the names that profiles know them by, in a scope: display names, because indices
/// change whenever the program does. Counts that come to another function by such a name cost
/// speed at most; LLVM compares a hash of the control flow besides.
class ProfileNames {
public:
  explicit ProfileNames(ModuleLowering &lowering) {
    for (llvm::Function &function : lowering.module)
      if (!function.isDeclaration() && functionIndexOf(function.getName())) {
        renamed.push_back({&function, function.getName().str()});
        function.setName(profileName(lowering.plan.displayNameOf(function.getName())));
      }
  }
  ~ProfileNames() {
    for (auto &[function, name] : renamed)
      function->setName(name);
  }
  ProfileNames(const ProfileNames &) = delete;
  ProfileNames &operator=(const ProfileNames &) = delete;

private:
  std::vector<std::pair<llvm::Function *, std::string>> renamed;
};

/// Makes instructions of the intrinsics that count.
class IncrementLowering {
public:
  IncrementLowering(ModuleLowering &lowering, CounterBlock &block)
      : lowering(lowering), block(block),
        begin(new llvm::GlobalVariable(lowering.module, lowering.i64, /*isConstant=*/true,
                                       llvm::GlobalValue::ExternalLinkage, nullptr, block.symbol)) {
    begin->setVisibility(llvm::GlobalValue::HiddenVisibility);
    begin->setDSOLocal(true);
  }

  void run();

private:
  void lower(llvm::Function &function);
  llvm::Value *countersOf(llvm::Function &function);
  void increment(llvm::InstrProfIncrementInst &increment, llvm::Value *counters);

  ModuleLowering &lowering;
  CounterBlock &block;
  llvm::GlobalVariable *begin;
  uint32_t nextCounter = 0;
};

void IncrementLowering::run() {
  for (llvm::Function &function : lowering.module)
    if (!function.isDeclaration())
      lower(function);
  // Variables for LLVM's own runtime.
  for (llvm::GlobalVariable &global : llvm::make_early_inc_range(lowering.module.globals()))
    if (global.use_empty() && (global.getName().starts_with("__profn_") ||
                               global.getName() == "__llvm_profile_raw_version"))
      global.eraseFromParent();
}

void IncrementLowering::lower(llvm::Function &function) {
  llvm::SmallVector<llvm::InstrProfIncrementInst *> increments;
  for (llvm::BasicBlock &code : function)
    for (llvm::Instruction &instruction : llvm::make_early_inc_range(code)) {
      if (auto *found = llvm::dyn_cast<llvm::InstrProfIncrementInst>(&instruction))
        increments.push_back(found);
      else if (llvm::isa<llvm::InstrProfValueProfileInst>(instruction))
        instruction.eraseFromParent();
    }
  if (increments.empty())
    return;
  const uint64_t hash = increments.front()->getHash()->getZExtValue();
  const auto count = uint32_t(increments.front()->getNumCounters()->getZExtValue());
  block.functions.push_back({function.getName().str(), hash, count});
  llvm::Value *counters = countersOf(function);
  for (llvm::InstrProfIncrementInst *found : increments)
    increment(*found, counters);
  nextCounter += count;
}

llvm::Value *IncrementLowering::countersOf(llvm::Function &function) {
  llvm::BasicBlock &entry = function.getEntryBlock();
  llvm::IRBuilder<> builder(&entry, entry.getFirstInsertionPt());
  llvm::Value *all = lowering.loadInvariant(builder, lowering.pointer, function.getArg(0),
                                            lowering.plan.layout.counterPointer());
  llvm::LoadInst *offset = builder.CreateLoad(lowering.i64, begin);
  offset->setMetadata(llvm::LLVMContext::MD_invariant_load,
                      llvm::MDNode::get(lowering.context, {}));
  return lowering.at(builder, builder.CreatePtrAdd(all, offset), 8ull * nextCounter);
}

// Atomic, so that a counter stays in memory: what ends a program in the middle of a loop finds what
// the loop has counted. Not an atomic addition, because each instance counts for itself.
void IncrementLowering::increment(llvm::InstrProfIncrementInst &increment, llvm::Value *counters) {
  llvm::IRBuilder<> builder(&increment);
  llvm::Value *address = lowering.at(builder, counters, 8 * increment.getIndex()->getZExtValue());
  llvm::LoadInst *before =
      lowering.load(builder, lowering.i64, address, AliasClass::ProfileCounter);
  before->setAtomic(llvm::AtomicOrdering::Monotonic);
  llvm::Value *after = builder.CreateAdd(before, increment.getStep());
  lowering.store(builder, after, address, AliasClass::ProfileCounter)
      ->setAtomic(llvm::AtomicOrdering::Monotonic);
  increment.eraseFromParent();
}

} // namespace

void countExecutions(ModuleLowering &lowering, CounterBlock &block) {
  const ProfileNames names(lowering);
  ModulePasses().run(llvm::PGOInstrumentationGen(), lowering.module);
  IncrementLowering(lowering, block).run();
}

namespace {

/// PGOInstrumentationUse's name of the file in its file system.
constexpr char fileName[] = "profile";

std::unique_ptr<llvm::MemoryBuffer> toIndexed(const artifact::Profile &profile) {
  llvm::InstrProfWriter writer;
  llvm::consumeError(writer.mergeProfileKind(llvm::InstrProfKind::IRInstrumentation));
  for (const auto &[name, versions] : profile.functions())
    for (const auto &[hash, counts] : versions)
      // LLVM makes none without counters, and reads the first of each.
      if (!counts.empty())
        writer.addRecord(llvm::NamedInstrProfRecord(name, hash, counts),
                         [](llvm::Error error) { llvm::consumeError(std::move(error)); });
  return writer.writeBuffer();
}

} // namespace

ProfileUse::ProfileUse(artifact::Profile given, std::string name)
    : profile(std::move(given)), name(std::move(name)), indexed(toIndexed(profile)) {}

Result<std::shared_ptr<const ProfileUse>> ProfileUse::read(std::span<const uint8_t> bytes,
                                                           const std::string &name) {
  auto profile = artifact::Profile::parse(bytes);
  if (profile && profile->functions().empty())
    profile = fail(ErrorKind::Malformed, "a profile of nothing");
  if (!profile) {
    profile.error().text.insert(0, name + ": ");
    return std::unexpected(std::move(profile).error());
  }
  return std::shared_ptr<const ProfileUse>(new ProfileUse(std::move(*profile), name));
}

void ProfileUse::annotate(ModuleLowering &lowering) const {
  const ProfileNames names(lowering);
  auto files = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  files->addFileNoOwn(fileName, 0, indexed->getMemBufferRef());
  llvm::SmallPtrSet<const llvm::Function *, 16> mayBeInlined;
  for (const llvm::Function &function : lowering.module)
    if (function.hasFnAttribute(llvm::Attribute::InlineHint))
      mayBeInlined.insert(&function);
  ModulePasses().run(llvm::PGOInstrumentationUse(fileName, "", /*IsCS=*/false, files),
                     lowering.module);
  for (llvm::Function &function : lowering.module) {
    if (function.isDeclaration())
      continue;
    // LLVM says by this attribute that a function is hot, and the lowering which may be inlined.
    if (!mayBeInlined.contains(&function))
      function.removeFnAttr(llvm::Attribute::InlineHint);
    // A copy of another partition's function.
    if (function.hasAvailableExternallyLinkage())
      continue;
    if (function.getEntryCount())
      ++fitting;
    else if (profile.functions().contains(std::string_view(function.getName())))
      ++changed;
    else
      ++unknown;
  }
}

uint64_t ProfileUse::hotness(const std::string &displayName) const {
  const auto found = profile.functions().find(profileName(displayName));
  uint64_t maxCount = 0;
  if (found != profile.functions().end())
    for (const auto &[hash, counts] : found->second)
      for (uint64_t count : counts)
        maxCount = std::max(maxCount, count);
  return maxCount;
}

ProfileUse::Outcome ProfileUse::outcome() const {
  return {name + ": of " + std::to_string(fitting + changed + unknown) + " functions, " +
              std::to_string(fitting) + " have counts, " + std::to_string(changed) +
              " have changed since they were counted, and " + std::to_string(unknown) +
              " are not in the profile",
          changed != 0 || fitting == 0};
}

} // namespace w2n::compiler
