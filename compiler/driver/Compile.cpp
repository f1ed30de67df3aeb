#include "compiler/driver/Compile.h"

#include "compiler/codegen/Partition.h"
#include "compiler/link/Image.h"
#include "compiler/link/Link.h"
#include "compiler/link/MetadataWriter.h"
#include "compiler/lower/Plan.h"

#include <llvm/Support/BLAKE3.h>
#include <mutex>

namespace w2n::compiler {

namespace {

/// What no wasm function is: thunks, closed tables, initialize; and the metadata, which names them.
void lowerModuleParts(ModuleLowering &lowering, const MemoryImage &image,
                      std::span<const uint8_t> sourceHash) {
  lowerThunks(lowering);
  lowerClosedTables(lowering);
  lowering.emitPersonalityPointer();
  bool hasInitialize = lowerInitialize(lowering);
  if (lowering.plan.options.stopAfter > StopAfter::Optimize)
    emitMetadata(lowering, image, hasInitialize, sourceHash);
}

/// Texts are one module, so that they can be read and compiled as a whole.
Result<std::vector<uint8_t>> emitText(const ModulePlan &plan, const TargetChoice &target,
                                      const MemoryImage &image, std::span<const uint8_t> hash) {
  return emitModule(plan, target, plan.options.level, [&](ModuleLowering &lowering) {
    for (uint32_t f = plan.wasm.importedFunctions; f < plan.wasm.functions.size(); ++f)
      lowerFunction(lowering, f);
    lowerModuleParts(lowering, image, hash);
  });
}

CompileOptions withOneRemarkAtATime(const CompileOptions &given, std::mutex &mutex) {
  CompileOptions options = given;
  if (given.remark)
    options.remark = [&given, &mutex](const std::string &text) {
      std::lock_guard lock(mutex);
      given.remark(text);
    };
  return options;
}

/// How much work the thunks are worth: they are short, and run once for each call from outside.
OptimizationLevel thunkLevel(OptimizationLevel level) {
  return std::min(level, OptimizationLevel::O1);
}

} // namespace

Result<std::vector<uint8_t>> compile(std::span<const uint8_t> bytes, const CompileOptions &given) {
  initializeLlvm();
  std::mutex remarking;
  const CompileOptions options = withOneRemarkAtATime(given, remarking);
  auto remark = [&](const std::string &text) {
    if (options.remark)
      options.remark(text);
  };
  W2N_TRY(target, chooseTarget(options));
  W2N_TRY(features, wasm::parseFeatures(options.features));
  W2N_TRY(module, wasm::decodeModule(bytes, features));
  remark("decoded " + std::to_string(bytes.size()) + " bytes: " +
         std::to_string(module.functions.size() - module.importedFunctions) + " functions");
  if (options.stopAfter == StopAfter::Decode)
    return std::vector<uint8_t>();
  // The lowering trusts types and indices because this call has proved them.
  W2N_CHECK(wasm::validateModule(module));
  if (options.stopAfter == StopAfter::Validate)
    return std::vector<uint8_t>();

  ModulePlan plan = makePlan(module, options, target);
  MemoryImage image = buildImage(module, plan.dataInImage);
  auto hash = llvm::BLAKE3::hash(llvm::ArrayRef<uint8_t>(bytes.data(), bytes.size()));
  bool isText = options.emit == Emit::Assembly || options.emit == Emit::LlvmIr ||
                options.stopAfter == StopAfter::Lower || options.stopAfter == StopAfter::Optimize;
  if (isText)
    return emitText(plan, target, image, hash);

  // Every function is machine code after this, in objects that do not depend on the number of
  // threads.
  std::vector<Partition> partitions = cutPartitions(module, options.level);
  remark("compiling " + std::to_string(partitions.size()) + " partitions for " + target.triple +
         ", processor " + plan.cpu);
  W2N_TRY(objects, compilePartitions(plan, target, partitions));
  W2N_TRY(rest, emitModule(plan, target, thunkLevel(options.level), [&](ModuleLowering &lowering) {
            lowerModuleParts(lowering, image, hash);
          }));
  // First if it has the personality pointer, which is to be the one that the linker keeps.
  objects.insert(plan.catchesExceptions ? objects.begin() : objects.end(), std::move(rest));
  remark("linking");
  bool wantsObject = options.emit == Emit::Object || options.stopAfter == StopAfter::Object;
  W2N_TRY(file,
          link(objects, target, wantsObject ? LinkKind::Relocatable : LinkKind::SharedObject));
  if (!wantsObject)
    W2N_CHECK(completeMetadata(file, image));
  return file;
}

} // namespace w2n::compiler
