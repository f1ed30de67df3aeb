// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/lower/module/ModuleLowering.h"

#include "compiler/ir/SpeculationMasks.h"
#include "compiler/plan/Slice.h"
#include "compiler/report/CodeReport.h"
#include "lib/artifact/Format.h"

namespace w2n::compiler {

std::string entryThunkSymbol(uint32_t typeIndex) {
  return "w2n.entry." + std::to_string(typeIndex);
}
std::string importThunkSymbol(uint32_t typeIndex) {
  return "w2n.import." + std::to_string(typeIndex);
}

/// Has the code generator mark where indirect calls and jumps may lead, and note in the file that
/// it has: `endbr64`, which no kernel asks of programs yet, and `bti`, which the runtime asks for
/// where the processor has it (platform::mapFile). Whatever the processor, both are no operations
/// to others.
static void markBranchTargets(llvm::Module &module) {
  if (module.getTargetTriple().isX86())
    module.addModuleFlag(llvm::Module::Override, "cf-protection-branch", 1);
  else if (module.getTargetTriple().isAArch64())
    module.addModuleFlag(llvm::Module::Min, "branch-target-enforcement", 1);
}

ModuleLowering::ModuleLowering(const ModulePlan &plan, const Slice &slice, llvm::Module &module)
    : plan(plan), slice(slice), module(module), context(module.getContext()),
      voidType(llvm::Type::getVoidTy(context)), i8(llvm::Type::getInt8Ty(context)),
      i32(llvm::Type::getInt32Ty(context)), i64(llvm::Type::getInt64Ty(context)),
      f32(llvm::Type::getFloatTy(context)), f64(llvm::Type::getDoubleTy(context)),
      pointer(llvm::PointerType::get(context, 0)), debugInfo(module) {
  if (plan.source)
    debugMetadata = std::make_unique<DebugMetadata>(*plan.source, module);
  llvm::MDBuilder metadata(context);
  llvm::MDNode *root = metadata.createTBAARoot("wasm2native");
  for (size_t i = 0; i < aliasClassCount; ++i) {
    llvm::MDNode *type = metadata.createTBAAScalarTypeNode(aliasClassName(AliasClass(i)), root);
    aliasTags[i] = metadata.createTBAAStructTagNode(type, type, 0);
  }
  emptyNode = llvm::MDNode::get(context, {});
  unlikelyWeights = metadata.createUnlikelyBranchWeights();
  markBranchTargets(module);
}

void ModuleLowering::remark(uint32_t functionIndex, const char *text) const {
  if (plan.options.remark)
    plan.options.remark(wasm::describeFunction(plan.wasm, functionIndex) + ": " + text);
  if (slice.report)
    slice.report->add(Cause::LocalsOnStack, "", plan.displayNames[functionIndex]);
}

const Signature &ModuleLowering::signature(uint32_t typeIndex) {
  auto found = signatures.find(typeIndex);
  if (found == signatures.end())
    found = signatures
                .emplace(typeIndex,
                         Signature::of(context, plan.wasm, plan.wasm.types[typeIndex].function,
                                       slice.target.vectorTarget.hasVectorRegisters()))
                .first;
  return found->second;
}

const Signature &ModuleLowering::tailSignature(uint32_t typeIndex) {
  auto found = tailSignatures.find(typeIndex);
  if (found == tailSignatures.end())
    found =
        tailSignatures
            .emplace(typeIndex,
                     Signature::ofTailEntry(context, plan.wasm, plan.wasm.types[typeIndex].function,
                                            slice.target.vectorTarget.hasVectorRegisters(),
                                            slice.traits().uniformTailEntries))
            .first;
  return found->second;
}

template <typename Callable> void ModuleLowering::extendIntegers(Callable &callable) {
  if (!slice.traits().extendsIntegers)
    return;
  const llvm::FunctionType &type = *callable.getFunctionType();
  for (unsigned i = 0; i < type.getNumParams(); ++i)
    if (type.getParamType(i) == i32)
      callable.addParamAttr(i, llvm::Attribute::SExt);
  if (type.getReturnType() == i32)
    callable.addRetAttr(llvm::Attribute::SExt);
}

llvm::Function *ModuleLowering::makeFunction(llvm::FunctionType *type, const llvm::Twine &name,
                                             bool takesContext) {
  auto *function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  // Traps leave without unwinding, so nothing throws as LLVM means it unless there is somebody to
  // catch; the tables are for backtraces and for exceptions that pass through, and exact at every
  // instruction because a memory access may fault anywhere.
  if (!plan.catchesExceptions)
    function->setDoesNotThrow();
  function->setUWTableKind(llvm::UWTableKind::Async);
  // A frame larger than the guard region must not step over it.
  function->addFnAttr("probe-stack", "inline-asm");
  // Places that indirect branches lead to are marked, on AArch64 and x86-64 (markBranchTargets).
  if (module.getTargetTriple().isAArch64())
    function->addFnAttr("branch-target-enforcement");
  if (signsReturnAddresses())
    function->addFnAttr("sign-return-address", "non-leaf");
  if (plan.options.speculationMasks != SpeculationMasks::None)
    function->addFnAttr(maskedTablesAttribute);
  function->addFnAttr("target-cpu", slice.target.processor.cpu);
  if (!slice.target.processor.tuneCpu.empty())
    function->addFnAttr("tune-cpu", slice.target.processor.tuneCpu);
  if (!slice.target.processor.features.empty())
    function->addFnAttr("target-features", slice.target.processor.features);
  // Vectors of bytes, which is how unaligned ones are accessed, may tear what lies across several.
  if (slice.traits().unalignedMayTear && plan.hasSharedMemory &&
      !slice.target.vectorTarget.unalignedElements)
    function->addFnAttr(llvm::Attribute::NoImplicitFloat);
  extendIntegers(*function);
  if (takesContext) {
    function->addParamAttr(0, llvm::Attribute::SwiftSelf);
    function->addParamAttr(0, llvm::Attribute::NonNull);
    function->addParamAttr(0, llvm::Attribute::NoUndef);
  }
  return function;
}

llvm::Function *ModuleLowering::function(uint32_t functionIndex) {
  const std::string symbol = plan.functionSymbol(functionIndex);
  if (llvm::Function *existing = module.getFunction(symbol))
    return existing;
  llvm::Function *function =
      makeFunction(signature(plan.wasm.functions[functionIndex].typeIndex).type, symbol, true);
  function->addDereferenceableParamAttr(0, plan.layout.bytes());
  if (plan.inlineCandidates[functionIndex])
    candidates[function] = functionIndex;
  return function;
}

// Without DWARF there is only what the inliner hands on: the unit says that none is to be emitted.
llvm::DISubprogram *ModuleLowering::makeSubprogram(uint32_t functionIndex) {
  if (debugMetadata && plan.source->codeOf(functionIndex))
    return debugMetadata->subprogram(functionIndex, plan.displayNames[functionIndex]);
  // Inlined code keeps its lines only in functions that have a place themselves.
  if (debugMetadata && !plan.source->units.empty())
    return debugMetadata->artificialSubprogram(plan.displayNames[functionIndex]);
  if (!debugFile) {
    debugFile = debugInfo.createFile("wasm", "");
    debugInfo.createCompileUnit(llvm::dwarf::DW_LANG_C11, debugFile, "", false, "", 0, "",
                                llvm::DICompileUnit::DebugEmissionKind::NoDebug);
  }
  return debugInfo.createFunction(
      debugFile, "", "", debugFile, functionIndex,
      debugInfo.createSubroutineType(debugInfo.getOrCreateTypeArray({})), functionIndex,
      llvm::DINode::FlagZero, llvm::DISubprogram::SPFlagDefinition);
}

llvm::DILocation *ModuleLowering::location(uint32_t functionIndex) {
  llvm::DILocation *&known = locations[functionIndex];
  llvm::Function *function = bodyFunction(functionIndex);
  if (known) {
    // A body that is made anew has lost it.
    function->setSubprogram(known->getScope()->getSubprogram());
    return known;
  }
  if (locations.size() == 1)
    module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  llvm::DISubprogram *subprogram = makeSubprogram(functionIndex);
  function->setSubprogram(subprogram);
  subprogramFunctions[subprogram] = functionIndex;
  return known = llvm::DILocation::get(context, 0, 0, subprogram);
}

uint32_t ModuleLowering::inlineCandidateCalled(const llvm::Function &declared) const {
  auto found = candidates.find(&declared);
  return found != candidates.end() && declared.isDeclaration() ? found->second : artifact::noIndex;
}

llvm::Function *ModuleLowering::tailFunction(uint32_t functionIndex) {
  const std::string &symbol = plan.symbols[functionIndex];
  if (llvm::Function *existing = module.getFunction(symbol))
    return existing;
  const Signature &signature = tailSignature(plan.wasm.functions[functionIndex].typeIndex);
  llvm::Function *function = makeFunction(signature.type, symbol, true);
  function->addDereferenceableParamAttr(0, plan.layout.bytes());
  function->setCallingConv(signature.convention);
  return function;
}

llvm::GlobalVariable *ModuleLowering::closedTable(uint32_t table) {
  llvm::SmallVector<llvm::Type *, 4> words(closedTableEntryBytes(table) / 4, i32);
  auto *entry = llvm::StructType::get(context, words);
  return constant("w2n.table." + std::to_string(table),
                  llvm::ArrayType::get(entry, plan.closedTables[table]->size()), 8);
}

llvm::GlobalVariable *ModuleLowering::typedTable(uint32_t table, uint32_t typeNumber) {
  return constant("w2n.table." + std::to_string(table) + ".type." + std::to_string(typeNumber),
                  llvm::ArrayType::get(i32, plan.closedTables[table]->size()), 4);
}

llvm::GlobalVariable *ModuleLowering::constant(const std::string &name, llvm::Type *type,
                                               uint64_t alignment) {
  if (llvm::GlobalVariable *existing = module.getNamedGlobal(name))
    return existing;
  auto *global = new llvm::GlobalVariable(module, type, true, llvm::GlobalValue::ExternalLinkage,
                                          nullptr, name);
  global->setVisibility(llvm::GlobalValue::HiddenVisibility);
  global->setDSOLocal(true);
  global->setAlignment(llvm::Align(alignment));
  return global;
}

void ModuleLowering::setAliasClass(llvm::Instruction *access, AliasClass aliasClass) {
  access->setMetadata(llvm::LLVMContext::MD_tbaa, aliasTags[unsigned(aliasClass)]);
}

llvm::Value *ModuleLowering::at(llvm::IRBuilder<> &builder, llvm::Value *base, uint64_t offset) {
  if (offset == 0)
    return base;
  return builder.CreateConstInBoundsGEP1_64(i8, base, offset);
}

llvm::LoadInst *ModuleLowering::loadInvariant(llvm::IRBuilder<> &builder, llvm::Type *type,
                                              llvm::Value *base, uint64_t offset) {
  llvm::LoadInst *loaded = load(builder, type, at(builder, base, offset), AliasClass::Context);
  loaded->setMetadata(llvm::LLVMContext::MD_invariant_load, emptyNode);
  return loaded;
}

namespace {

/// A vector in slots of 64 bits is aligned as they are.
llvm::MaybeAlign alignmentOf(AliasClass aliasClass, llvm::Type *type) {
  if (aliasClass == AliasClass::Buffer && type->isVectorTy())
    return llvm::Align(8);
  return std::nullopt;
}

} // namespace

llvm::LoadInst *ModuleLowering::load(llvm::IRBuilder<> &builder, llvm::Type *type,
                                     llvm::Value *address, AliasClass aliasClass) {
  llvm::LoadInst *loaded = builder.CreateAlignedLoad(type, address, alignmentOf(aliasClass, type));
  setAliasClass(loaded, aliasClass);
  return loaded;
}

llvm::LoadInst *ModuleLowering::loadMemoryBytes(llvm::IRBuilder<> &builder, uint32_t memory,
                                                llvm::Value *record) {
  llvm::LoadInst *bytes =
      load(builder, i64, at(builder, record, offsetof(artifact::MemoryRecord, bytes)),
           AliasClass::MemorySize);
  if (plan.wasm.memories[memory].type.limits.shared)
    bytes->setAtomic(llvm::AtomicOrdering::Monotonic);
  return bytes;
}

llvm::StoreInst *ModuleLowering::store(llvm::IRBuilder<> &builder, llvm::Value *value,
                                       llvm::Value *address, AliasClass aliasClass) {
  llvm::StoreInst *stored =
      builder.CreateAlignedStore(value, address, alignmentOf(aliasClass, value->getType()));
  setAliasClass(stored, aliasClass);
  return stored;
}

llvm::CallInst *ModuleLowering::callService(llvm::IRBuilder<> &builder,
                                            llvm::Value *instanceContext, uint64_t offset,
                                            llvm::Type *result,
                                            llvm::ArrayRef<llvm::Value *> arguments) {
  llvm::SmallVector<llvm::Value *, 8> all{instanceContext};
  llvm::SmallVector<llvm::Type *, 8> types{pointer};
  for (llvm::Value *argument : arguments) {
    all.push_back(argument);
    types.push_back(argument->getType());
  }
  llvm::Value *services = loadInvariant(builder, pointer, instanceContext,
                                        offsetof(artifact::InstanceContext, services));
  llvm::Value *service = loadInvariant(builder, pointer, services, offset);
  llvm::CallInst *call =
      builder.CreateCall(llvm::FunctionType::get(result, types, false), service, all);
  call->setDoesNotThrow();
  extendIntegers(*call);
  return call;
}

void ModuleLowering::emitTrap(llvm::IRBuilder<> &builder, llvm::Value *instanceContext,
                              artifact::TrapKind kind) {
  llvm::CallInst *call =
      callService(builder, instanceContext, offsetof(artifact::RuntimeServices, trap), voidType,
                  {builder.getInt32(uint32_t(kind))});
  call->setDoesNotReturn();
  call->addFnAttr(llvm::Attribute::Cold);
  // A trap in code that may be inlined must be known as its function's.
  if (builder.getCurrentDebugLocation())
    call->addFnAttr(llvm::Attribute::NoMerge);
  builder.CreateUnreachable();
}

llvm::Value *ModuleLowering::bufferSlot(llvm::IRBuilder<> &builder, llvm::Value *calleeContext,
                                        unsigned index) {
  llvm::Value *buffer = loadInvariant(builder, pointer, calleeContext,
                                      offsetof(artifact::InstanceContext, argumentBuffer));
  return at(builder, buffer, 8ull * index);
}

llvm::CallBase *ModuleLowering::emitCall(llvm::IRBuilder<> &builder, const Signature &signature,
                                         llvm::Value *code, llvm::Value *calleeContext,
                                         llvm::ArrayRef<llvm::Value *> arguments, llvm::Value *home,
                                         CallEdges edges) {
  llvm::SmallVector<llvm::Value *, 8> passed{calleeContext};
  if (signature.homeArgument)
    passed.push_back(home);
  for (auto [argument, place] : llvm::zip_equal(arguments, signature.params)) {
    if (place.inBuffer && argument)
      store(builder, argument, bufferSlot(builder, calleeContext, place.index), AliasClass::Buffer);
    else if (!place.inBuffer)
      passed.push_back(argument);
  }
  llvm::CallBase *call;
  if (edges.unwound) {
    call = builder.CreateInvoke(signature.type, code, edges.returned, edges.unwound, passed);
    builder.SetInsertPoint(edges.returned);
  } else {
    call = builder.CreateCall(signature.type, code, passed);
    if (!plan.catchesExceptions)
      call->setDoesNotThrow();
  }
  call->setCallingConv(signature.convention);
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  extendIntegers(*call);
  return call;
}

llvm::SmallVector<llvm::Value *, 2> ModuleLowering::readResults(llvm::IRBuilder<> &builder,
                                                                const Signature &signature,
                                                                llvm::CallBase *call,
                                                                llvm::Value *home) {
  llvm::SmallVector<llvm::Value *, 2> results;
  for (unsigned i = 0; i < signature.resultTypes.size(); ++i)
    results.push_back(i < signature.returned
                          ? static_cast<llvm::Value *>(call)
                          : load(builder, signature.resultTypes[i],
                                 bufferSlot(builder, home, signature.resultSlots[i]),
                                 AliasClass::Buffer));
  return results;
}

llvm::SmallVector<llvm::Value *, 2>
ModuleLowering::call(llvm::IRBuilder<> &builder, const Signature &signature, llvm::Value *code,
                     llvm::Value *calleeContext, llvm::ArrayRef<llvm::Value *> arguments,
                     CallEdges edges) {
  llvm::CallBase *call =
      emitCall(builder, signature, code, calleeContext, arguments, calleeContext, edges);
  return readResults(builder, signature, call, calleeContext);
}

namespace {
constexpr char personalitySymbol[] = "w2n.personality";
}

// LLVM wants a personality function where there are landing pads. Ours is never called: the runtime
// unwinds, and reads the tables itself.
llvm::Function *ModuleLowering::personality() {
  if (llvm::Function *existing = module.getFunction(personalitySymbol))
    return existing;
  auto *function =
      llvm::Function::Create(llvm::FunctionType::get(i32, true),
                             llvm::GlobalValue::ExternalWeakLinkage, personalitySymbol, module);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  return function;
}

// .eh_frame names the personality through a pointer that every object with landing pads brings
// along, in a group of which the linker keeps the first. Theirs are writable; this one is
// read-only, and null, so that nothing in the artifact needs to be written or relocated.
void ModuleLowering::emitPersonalityPointer() {
  if (!plan.catchesExceptions || module.getFunction(personalitySymbol))
    return;
  const std::string name = std::string("DW.ref.") + personalitySymbol;
  auto *reference =
      new llvm::GlobalVariable(module, pointer, true, llvm::GlobalValue::WeakODRLinkage,
                               llvm::ConstantPointerNull::get(pointer), name);
  reference->setVisibility(llvm::GlobalValue::HiddenVisibility);
  reference->setDSOLocal(true);
  reference->setComdat(module.getOrInsertComdat(name));
  reference->setSection(".rodata." + name);
}

void ModuleLowering::addSymbolSuffix() {
  if (slice.symbolSuffix.empty())
    return;
  for (llvm::GlobalObject &object : module.global_objects()) {
    auto *function = llvm::dyn_cast<llvm::Function>(&object);
    if ((function && function->getIntrinsicID() != llvm::Intrinsic::not_intrinsic) ||
        object.hasExternalWeakLinkage() || object.hasWeakODRLinkage())
      continue;
    object.setName(object.getName() + slice.symbolSuffix);
    if (object.hasComdat())
      object.setComdat(module.getOrInsertComdat(object.getName()));
  }
}

llvm::SmallVector<llvm::Value *, 8> ModuleLowering::readParameters(llvm::IRBuilder<> &builder,
                                                                   const Signature &signature,
                                                                   llvm::Function *function,
                                                                   const llvm::BitVector &used) {
  llvm::SmallVector<llvm::Value *, 8> values;
  for (auto [place, type] : llvm::zip_equal(signature.params, signature.paramTypes))
    values.push_back(!used[unsigned(values.size())] ? nullptr
                     : place.inBuffer
                         ? static_cast<llvm::Value *>(load(
                               builder, type, bufferSlot(builder, function->getArg(0), place.index),
                               AliasClass::Buffer))
                         : function->getArg(place.index));
  return values;
}

void ModuleLowering::emitReturn(llvm::IRBuilder<> &builder, const Signature &signature,
                                llvm::Value *home, llvm::ArrayRef<llvm::Value *> results) {
  for (unsigned i = signature.returned; i < signature.resultTypes.size(); ++i)
    if (results[i])
      store(builder, results[i], bufferSlot(builder, home, signature.resultSlots[i]),
            AliasClass::Buffer);
  if (signature.returned)
    builder.CreateRet(results[0]);
  else
    builder.CreateRetVoid();
}

} // namespace w2n::compiler
