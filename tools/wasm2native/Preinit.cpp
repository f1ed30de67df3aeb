// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Preinit.h"

#include "compiler/component/MergeComponent.h"
#include "lib/component/WorldSection.h"
#include "lib/wasm/EntryGuard.h"
#include "lib/wasm/Features.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Module.h"
#include "runtime/core/Snapshot.h"
#include "tools/wasm2native/LoadCompiler.h"
#include "tools/wasm2native/PreinitComponent.h"
#include "tools/wasm2native/Progress.h"

#include <algorithm>

namespace w2n::tool {

namespace {

using runtime::Instance;

constexpr std::string_view reactorEntry = "_initialize", commandEntry = "_start";

const wasm::Export *findFunction(const wasm::Module &module, std::string_view name) {
  for (const wasm::Export &exported : module.exports)
    if (exported.name == name && exported.kind == wasm::ExternKind::Function)
      return &exported;
  return nullptr;
}

const wasm::FunctionType voidType, statusType{{}, {wasm::ValueType::i32()}};

class Preinitializer {
public:
  Preinitializer(wasm::Module module, const PreinitRequest &request)
      : module(std::move(module)), request(request) {}

  Status chooseEntry();
  /// `artifact` is compiled from the module.
  Status run(std::span<const uint8_t> artifact);
  /// The module as it is now; the end of this.
  Result<std::vector<uint8_t>> bake();

private:
  Status refuseImports() const;
  Status call(std::string_view name);
  /// Takes back what `_start` stored to run only once, before it is called and after.
  void readGuards();
  void restoreGuards();
  std::span<uint8_t> bytesOf(const wasm::ConstantStore &store) const;
  std::vector<wasm::ExportChange> exportChanges() const;

  wasm::Module module;
  const PreinitRequest &request;
  std::string_view entry;
  std::shared_ptr<wasi::WasiContext> wasi;
  std::vector<wasi::FileHandle> filesBefore;
  std::shared_ptr<Instance> instance;
  std::vector<wasm::ConstantStore> guards;
  std::vector<std::vector<uint8_t>> guardsBefore;
};

// Before anything is compiled; the snapshot refuses them as well.
Status Preinitializer::refuseImports() const {
  for (const wasm::Import &import : module.imports)
    if (import.kind != wasm::ExternKind::Function)
      return cannot("\"" + std::string(import.module) + "\".\"" + std::string(import.name) +
                    "\" is imported, and only functions may be: what others hold is not the "
                    "module's");
  return {};
}

Status Preinitializer::chooseEntry() {
  W2N_CHECK(refuseImports());
  if (!request.exportName.empty()) {
    entry = request.exportName;
  } else {
    for (const PreinitConvention &convention : preinitConventions)
      if (entry.empty() && findFunction(module, convention.initialize))
        entry = convention.initialize;
    if (entry.empty() && findFunction(module, reactorEntry))
      entry = reactorEntry;
    if (entry.empty() && !module.start)
      return cannot("there is no start function, and none of wizer-initialize, wizer.initialize "
                    "and _initialize is exported; --preinit=EXPORT names another");
  }
  if (entry.empty())
    return {};
  const wasm::Export *exported = findFunction(module, entry);
  if (!exported)
    return cannot("no exported function '" + std::string(entry) + "'");
  const wasm::FunctionType &type = module.functionType(exported->index);
  if (type != voidType && type != statusType)
    return cannot("export '" + std::string(entry) + "' has type " + toString(type) + ", must be " +
                  toString(voidType) + ", or " + toString(statusType) + " with 0 for success");
  if (entry == commandEntry)
    guards = wasm::storesBeforeFirstCall(module, exported->index);
  return {};
}

std::span<uint8_t> Preinitializer::bytesOf(const wasm::ConstantStore &store) const {
  const std::span<uint8_t> memory = instance->memoryAt(store.memory).bytes();
  if (store.address > memory.size() || store.bytes > memory.size() - store.address)
    return {};
  return memory.subspan(store.address, store.bytes);
}

void Preinitializer::readGuards() {
  for (const wasm::ConstantStore &guard : guards) {
    const std::span<uint8_t> bytes = bytesOf(guard);
    guardsBefore.emplace_back(bytes.begin(), bytes.end());
  }
}

void Preinitializer::restoreGuards() {
  for (size_t i = 0; i < guards.size(); ++i)
    std::ranges::copy(guardsBefore[i], bytesOf(guards[i]).begin());
}

Status Preinitializer::call(std::string_view name) {
  auto found = instance->findExport(name);
  auto &function = std::get<std::shared_ptr<runtime::Function>>(*found);
  const std::string quoted = "'" + std::string(name) + "'";
  runtime::Slot status = 0;
  W2N_CHECK(withoutExit(runtime::call(*function, {&status, 1}), quoted));
  if (uint32_t(status) != 0)
    return cannot(quoted + " returned " + std::to_string(int32_t(status)));
  return {};
}

Status Preinitializer::run(std::span<const uint8_t> artifact) {
  W2N_TRY(loaded, runtime::Module::loadBytes(artifact, "initialization"));
  W2N_TRY(context, wasi::WasiContext::create(request.wasi));
  wasi = context;
  filesBefore = wasi->files.handles();
  auto resolve = [this](std::string_view from, std::string_view name, wasm::ExternKind kind) {
    return wasi->find(from, name, kind);
  };
  // Imports that are not called now may be there later.
  auto made = Instance::instantiate(loaded, resolve, {.trapOnUnknownImports = true});
  if (!made) {
    W2N_CHECK(withoutExit(std::unexpected(made.error()), "the start function"));
    return cannot("the start function ended the program, which leaves no instance");
  }
  instance = *made;
  readGuards();
  if (entry != reactorEntry && findFunction(module, reactorEntry))
    W2N_CHECK(call(reactorEntry));
  if (!entry.empty())
    W2N_CHECK(call(entry));
  restoreGuards();
  return checkFiles(filesBefore, wasi->files.handles());
}

std::vector<wasm::ExportChange> Preinitializer::exportChanges() const {
  std::vector<wasm::ExportChange> changes;
  for (std::string_view called : {entry, reactorEntry})
    if (!called.empty() && called != commandEntry && findFunction(module, called))
      changes.push_back({called, {}});
  for (const PreinitConvention &convention : preinitConventions)
    if (entry == convention.initialize && findFunction(module, convention.resume))
      changes.push_back({convention.resume, commandEntry});
  return changes;
}

Result<std::vector<uint8_t>> Preinitializer::bake() {
  auto snapshot = runtime::takeSnapshot(*instance);
  if (!snapshot)
    return cannot(snapshot.error().text);
  const auto changes = exportChanges();
  auto baked = wasm::bakeSnapshot(std::move(module), *snapshot, changes);
  if (!baked)
    return cannot(baked.error().text);
  return baked;
}

} // namespace

std::unexpected<Error> cannot(const std::string &reason) {
  return fail(ErrorKind::Unsupported, "cannot pre-initialize: " + reason);
}

Status withoutExit(Status status, const std::string &what) {
  if (status || status.error().kind != ErrorKind::Exit)
    return status;
  if (status.error().code == 0)
    return {};
  return cannot(what + " ended the program with status " + std::to_string(status.error().code));
}

Status checkFiles(const std::vector<wasi::FileHandle> &filesBefore,
                  const std::vector<wasi::FileHandle> &after) {
  for (size_t i = 0; i < std::max(after.size(), filesBefore.size()); ++i) {
    const auto before = i < filesBefore.size() ? filesBefore[i] : nullptr;
    const auto now = i < after.size() ? after[i] : nullptr;
    if (before == now)
      continue;
    return cannot("descriptor " + std::to_string(i) +
                  (!before ? " is open, and an open file is not part of a module"
                   : !now  ? " is closed, and would be open again"
                           : " is another file than at the start"));
  }
  return {};
}

namespace {

/// It runs once, here.
w2n_compile_options optionsForThisMachine(const w2n_compile_options &options) {
  w2n_compile_options forThisMachine = options;
  forThisMachine.level = W2N_LEVEL_O0;
  forThisMachine.emit = W2N_EMIT_SHARED_OBJECT;
  forThisMachine.stop_after = W2N_STOP_AFTER_LINK;
  forThisMachine.cpu = "native";
  forThisMachine.target = forThisMachine.attributes = nullptr;
  forThisMachine.generate_profile = false;
  forThisMachine.profile = nullptr;
  forThisMachine.profile_bytes = 0;
  forThisMachine.report_time = forThisMachine.report_code = false;
  return forThisMachine;
}

Result<std::vector<uint8_t>> bakeModule(std::span<const uint8_t> wasm,
                                        const PreinitRequest &request,
                                        const w2n_compile_options &options) {
  W2N_TRY(features, wasm::parseFeatures(orEmpty(options.features)));
  W2N_TRY(module, wasm::decodeModule(wasm, features));
  W2N_CHECK(wasm::validateModule(module));
  Preinitializer preinitializer(std::move(module), request);
  W2N_CHECK(preinitializer.chooseEntry());
  W2N_TRY(artifact, compileWithProgress(wasm, optionsForThisMachine(options)));
  W2N_CHECK(preinitializer.run(artifact));
  return preinitializer.bake();
}

/// The module that the component is merged into, with the component's world, as it is afterwards.
Result<std::vector<uint8_t>> mergeAndBake(std::span<const uint8_t> component,
                                          const PreinitRequest &request,
                                          const w2n_compile_options &options) {
  W2N_TRY(merged, compiler::mergeComponent(component));
  const std::vector<uint8_t> wasm =
      component::withWorld(std::move(merged.wasm), encodeWorld(merged.world));
  W2N_TRY(artifact, compileWithProgress(wasm, optionsForThisMachine(options)));
  W2N_TRY(features, wasm::parseFeatures(orEmpty(options.features)));
  features.add(compiler::featuresOfMerging());
  W2N_TRY(module, wasm::decodeModule(wasm, features));
  W2N_CHECK(wasm::validateModule(module));
  return bakeComponent(std::move(module), artifact, request);
}

} // namespace

Result<std::vector<uint8_t>> preinitialize(std::span<const uint8_t> wasm,
                                           const PreinitRequest &request,
                                           const w2n_compile_options &options) {
  const bool isComponent = component::kindOf(wasm) == component::BinaryKind::Component;
  W2N_TRY(baked, (isComponent ? mergeAndBake : bakeModule)(wasm, request, options));
  if (options.remark)
    options.remark(options.user,
                   ("pre-initialized: " + std::to_string(baked.size()) + " bytes").c_str());
  return baked;
}

} // namespace w2n::tool
