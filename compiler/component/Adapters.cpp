// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/component/Adapters.h"

#include "compiler/component/Translate.h"

#include <algorithm>

namespace w2n::compiler {

using component::Builtin;
using component::FlatTypes;
using component::TypeBody;
using component::TypeForm;

void Adapters::trap(CodeEmitter &e, CanonTrap reason, std::optional<uint32_t> number) {
  e.i32(uint32_t(reason));
  if (number)
    e.get(*number);
  else
    e.i32(0);
  e.call(trapHelper);
  e.op(Op::Unreachable);
}

/// One function calls the import, so that what traps is one short call elsewhere.
uint32_t Adapters::makeTrap() {
  const wasm::FunctionType type = i32Function(2, 0);
  CodeEmitter e(type);
  e.get(0);
  e.get(1);
  e.call(MergedModule::trapFunction);
  return module.addFunction(type, e.take());
}

void Adapters::trapIf(CodeEmitter &e, CanonTrap reason) {
  e.ifUnlikely();
  trap(e, reason);
  e.end();
}

void Adapters::checkAlignment(CodeEmitter &e, uint32_t pointer, uint32_t alignment,
                              CanonTrap reason) {
  if (alignment == 1)
    return;
  e.get(pointer);
  e.i32(alignment - 1);
  e.op(Op::I32And);
  trapIf(e, reason);
}

void Adapters::isBeyondEnd(CodeEmitter &e, uint32_t memory) {
  constexpr uint64_t pageBits = 16;
  e.memorySize(memory);
  e.op(Op::I64ExtendI32U);
  e.i64(pageBits);
  e.op(Op::I64Shl);
  e.op(Op::I64GtU);
}

void Adapters::checkEnd(CodeEmitter &e, uint32_t memory, CanonTrap reason) {
  isBeyondEnd(e, memory);
  trapIf(e, reason);
}

void Adapters::checkMayLeave(CodeEmitter &e, uint32_t componentInstance) {
  if (!flags[componentInstance])
    return;
  e.getGlobal(*flags[componentInstance]);
  e.op(Op::I32Eqz);
  trapIf(e, CanonTrap::CannotLeave);
}

void Adapters::setMayLeave(CodeEmitter &e, uint32_t componentInstance, bool may) {
  if (!flags[componentInstance])
    return;
  e.i32(may);
  e.setGlobal(*flags[componentInstance]);
}

uint32_t Adapters::allocate(CodeEmitter &e, const BoundOptions &options, uint32_t componentInstance,
                            uint32_t alignment, uint32_t bytesLocal, CanonTrap outOfBounds) {
  const uint32_t address = e.newLocal();
  setMayLeave(e, componentInstance, false);
  e.i32(0);
  e.i32(0);
  e.i32(alignment);
  e.get(bytesLocal);
  e.call(module.indexOf(*options.realloc));
  e.set(address);
  setMayLeave(e, componentInstance, true);
  checkAlignment(e, address, alignment, CanonTrap::UnalignedPointer);
  e.get(address);
  e.op(Op::I64ExtendI32U);
  e.get(bytesLocal);
  e.op(Op::I64ExtendI32U);
  e.op(Op::I64Add);
  // Read again: the memory may have grown.
  checkEnd(e, memoryOf(options), outOfBounds);
  return address;
}

namespace {

std::vector<FlatSlot> newSlots(CodeEmitter &e, const FlatTypes &flat) {
  std::vector<FlatSlot> slots;
  for (const wasm::ValueKind kind : flat)
    slots.push_back({e.newLocal(kind), kind});
  return slots;
}

/// The parameters of the function that is emitted.
std::vector<FlatSlot> paramSlots(const FlatTypes &flat) {
  std::vector<FlatSlot> slots;
  for (const wasm::ValueKind kind : flat)
    slots.push_back({uint32_t(slots.size()), kind});
  return slots;
}

} // namespace

void Adapters::checkPointer(CodeEmitter &e, const BoundOptions &options, uint32_t pointer,
                            const component::Layout &layout) {
  checkAlignment(e, pointer, layout.alignment, CanonTrap::UnalignedPointer);
  e.get(pointer);
  e.op(Op::I64ExtendI32U);
  e.i64(layout.bytes);
  e.op(Op::I64Add);
  checkEnd(e, memoryOf(options), CanonTrap::PointerOutOfBounds);
}

Result<std::vector<FlatSlot>> Adapters::passParams(CodeEmitter &e, Translator &translator,
                                                   const CanonFunc &canon, const LiftedFunc &lifted,
                                                   uint32_t firstParam) {
  constexpr size_t maxAsyncParams = 4;
  const TypeBody &func = types[lifted.type];
  const FlatTypes params = flatParams(types, func);
  std::vector<FlatSlot> given = paramSlots(params), passed;
  for (FlatSlot &slot : given)
    slot.local += firstParam;
  Place source = Place::flat(given), target;
  const component::Layout layout = layoutOfFields(types, func.fields);
  if (params.size() > (canon.options.isAsync ? maxAsyncParams : component::maxFlat)) {
    checkPointer(e, canon.options, firstParam, layout);
    source = Place::memory(firstParam);
  }
  if (params.size() > component::maxFlat) {
    const uint32_t bytes = e.newLocal();
    e.i32(uint32_t(layout.bytes));
    e.set(bytes);
    const uint32_t address = allocate(e, lifted.options, lifted.componentInstance, layout.alignment,
                                      bytes, CanonTrap::PointerOutOfBounds);
    passed = {{address, wasm::ValueKind::I32}};
    target = Place::memory(address);
  } else {
    passed = newSlots(e, params);
    target = Place::flat(passed);
  }
  W2N_CHECK(translator.translateAll(func.fields, source, target));
  return passed;
}

bool Adapters::hasHandle(component::ValueType type, const HandleFilter &filter) const {
  if (type.primitive)
    return false;
  const TypeBody &body = types[type.type];
  if (body.form == TypeForm::Own || body.form == TypeForm::Borrow)
    return filter(body);
  const auto has = [&](const std::optional<component::ValueType> &part) {
    return part && hasHandle(*part, filter);
  };
  return std::ranges::any_of(body.fields, [&](const auto &field) { return has(field.type); }) ||
         has(body.element) || has(body.error) || has(body.key);
}

Adapters::Lending Adapters::lendingOf(const LiftedFunc &lifted) const {
  const auto anyParam = [&](const HandleFilter &filter) {
    return std::ranges::any_of(types[lifted.type].fields, [&](const component::Field &param) {
      return hasHandle(*param.type, filter);
    });
  };
  const auto isOwn = [](const TypeBody &body) { return body.form == TypeForm::Own; };
  const auto isBorrow = [](const TypeBody &body) { return body.form == TypeForm::Borrow; };
  const auto becomesHandle = [&](const TypeBody &body) {
    if (!isBorrow(body))
      return false;
    const uint32_t resource = program.resourceOf(lifted.componentInstance, types, body.resource);
    return program.resources[resource].componentInstance != lifted.componentInstance;
  };
  const bool mayGiveAway = !services.imports().empty() || anyParam(isOwn);
  return {anyParam(isBorrow) && mayGiveAway, anyParam(becomesHandle)};
}

Status Adapters::lower(uint32_t index, const CanonFunc &canon) {
  const LiftedFunc &lifted = program.liftedFuncs[canon.lifted];
  const TypeBody &func = types[lifted.type];
  if (lifted.host)
    return lowerHost(index, canon);
  if (program.areNested(canon.componentInstance, lifted.componentInstance)) {
    addNestedCall(index, canon);
    return {};
  }
  const wasm::FunctionType type = loweredType(types, func, {});
  const Side caller{canon.options, canon.componentInstance},
      callee{lifted.options, lifted.componentInstance};
  CodeEmitter e(type);
  checkMayLeave(e, canon.componentInstance);

  const FlatTypes result = flatResult(types, func);
  const auto [notesLoans, givesBorrows] = lendingOf(lifted);
  const uint32_t loans = notesLoans ? handles.beginLoans(e) : 0;
  const uint32_t borrows = givesBorrows ? handles.beginBorrows(e, callee.componentInstance) : 0;
  const bool hasTasks = services.hasTasks(callee.componentInstance);
  const std::vector<uint32_t> context = beginTask(e, callee.componentInstance);
  if (hasTasks) {
    e.i32(callee.componentInstance);
    e.call(services.importOf(component::Service::EnterSync));
  }
  Translator forward(*this, e, caller, callee, callee.componentInstance);
  if (!notesLoans)
    forward.leaveLoans();
  W2N_TRY(passed, passParams(e, forward, canon, lifted, 0));

  // The call.
  for (const FlatSlot &slot : passed)
    e.get(slot.local);
  e.call(module.indexOf(lifted.core));
  std::vector<FlatSlot> returned;
  if (result.size() > 1)
    returned = {{e.newLocal(), wasm::ValueKind::I32}};
  else
    returned = newSlots(e, result);
  if (!returned.empty())
    e.set(returned[0].local);

  if (givesBorrows)
    handles.endBorrows(e, callee.componentInstance, borrows);

  // The result.
  std::vector<FlatSlot> results;
  if (func.element) {
    Translator back(*this, e, callee, caller, callee.componentInstance);
    if (result.size() > 1) {
      const component::Layout layout = layoutOf(types, *func.element);
      checkPointer(e, lifted.options, returned[0].local, layout);
      const auto resultPointer = uint32_t(type.params.size() - 1);
      checkPointer(e, canon.options, resultPointer, layout);
      W2N_CHECK(back.translate(*func.element, Place::memory(returned[0].local),
                               Place::memory(resultPointer)));
    } else {
      results = newSlots(e, result);
      W2N_CHECK(back.translate(*func.element, Place::flat(returned), Place::flat(results)));
    }
  }
  if (lifted.options.postReturn) {
    setMayLeave(e, lifted.componentInstance, false);
    for (const FlatSlot &slot : returned)
      e.get(slot.local);
    e.call(module.indexOf(*lifted.options.postReturn));
    setMayLeave(e, lifted.componentInstance, true);
  }
  if (hasTasks)
    e.call(services.importOf(component::Service::LeaveSync));
  endTask(e, callee.componentInstance, context);
  if (notesLoans)
    handles.endLoans(e, caller.componentInstance, loans);
  for (const FlatSlot &slot : results)
    e.get(slot.local);
  module.setCanonFunc(index, type, e.take());
  return {};
}

/// A call of the host, which lifts and lowers values itself.
Status Adapters::lowerHost(uint32_t index, const CanonFunc &canon) {
  const LiftedFunc &lifted = program.liftedFuncs[canon.lifted];
  const TypeBody &func = types[lifted.type];
  const wasm::FunctionType type = loweredType(types, func, {});
  if (canon.isForward)
    return forwardHost(index, canon);
  CodeEmitter e(type);
  checkMayLeave(e, canon.componentInstance);
  const bool lends = std::ranges::any_of(
      func.fields, [&](const component::Field &param) { return hasBorrow(types, *param.type); });
  const uint32_t loans = lends ? handles.beginLoans(e) : 0;
  for (uint32_t i = 0; i < type.params.size(); ++i)
    e.get(i);
  e.call(module.addHostCall(index, *lifted.host, type));
  // The result stays on the stack.
  if (lends)
    handles.endLoans(e, canon.componentInstance, loans);
  module.setCanonFunc(index, type, e.take());
  return {};
}

/// The same, called by the host: parameters are passed on as they are, in registers or memory, and
/// what is too large for a register is put where the host finds it.
Status Adapters::forwardHost(uint32_t index, const CanonFunc &canon) {
  const LiftedFunc &lifted = program.liftedFuncs[canon.lifted];
  const TypeBody &func = types[lifted.type];
  const wasm::FunctionType type = liftedType(types, func, {});
  CodeEmitter e(type);
  std::optional<uint32_t> result;
  if (flatResult(types, func).size() > 1) {
    const component::Layout layout = layoutOf(types, *func.element);
    const uint32_t bytes = e.newLocal();
    e.i32(uint32_t(layout.bytes));
    e.set(bytes);
    result = allocate(e, canon.options, canon.componentInstance, layout.alignment, bytes,
                      CanonTrap::PointerOutOfBounds);
  }
  for (uint32_t i = 0; i < type.params.size(); ++i)
    e.get(i);
  if (result)
    e.get(*result);
  e.call(module.addHostCall(index, *lifted.host, loweredType(types, func, {})));
  if (result)
    e.get(*result);
  module.setCanonFunc(index, type, e.take());
  return {};
}

// -- Tasks: a call of a lifted function has a context of its own.

std::vector<uint32_t> Adapters::beginTask(CodeEmitter &e, uint32_t componentInstance) {
  std::vector<uint32_t> saved;
  for (const auto &[slot, global] : contexts[componentInstance]) {
    saved.push_back(e.newLocal());
    e.getGlobal(global);
    e.set(saved.back());
    e.i32(0);
    e.setGlobal(global);
  }
  return saved;
}

void Adapters::endTask(CodeEmitter &e, uint32_t componentInstance,
                       const std::vector<uint32_t> &saved) {
  size_t i = 0;
  for (const auto &[slot, global] : contexts[componentInstance]) {
    e.get(saved[i++]);
    e.setGlobal(global);
  }
}

uint32_t Adapters::entryOf(const LiftedFunc &lifted) {
  const uint32_t core = module.indexOf(lifted.core);
  const TypeBody &func = types[lifted.type];
  const bool lends = std::ranges::any_of(
      func.fields, [&](const component::Field &param) { return hasBorrow(types, *param.type); });
  if (contexts[lifted.componentInstance].empty() && !lends)
    return core;
  const wasm::FunctionType type = liftedType(types, func, {});
  CodeEmitter e(type);
  beginTask(e, lifted.componentInstance);
  for (uint32_t i = 0; i < type.params.size(); ++i)
    e.get(i);
  e.call(core);
  // The host does not call an instance that it is called by, so that there are no other borrows.
  if (lends)
    handles.checkNoBorrows(e, lifted.componentInstance);
  return module.addFunction(type, e.take());
}

uint32_t Adapters::insideOf(uint32_t componentInstance, const wasm::FunctionType &type,
                            const CoreItem &core) {
  if (!flags[componentInstance])
    return module.indexOf(core);
  CodeEmitter e(type);
  setMayLeave(e, componentInstance, false);
  for (uint32_t i = 0; i < type.params.size(); ++i)
    e.get(i);
  e.call(module.indexOf(core));
  setMayLeave(e, componentInstance, true);
  return module.addFunction(type, e.take());
}

// -- Built-ins.

void Adapters::addResourceBuiltin(uint32_t index, const CanonFunc &func) {
  const wasm::ValueType i32 = wasm::ValueType::i32();
  const uint32_t instance = func.componentInstance;
  wasm::FunctionType type{{i32}, {i32}};
  if (func.builtin == Builtin::ResourceDrop)
    type.results.clear();
  CodeEmitter e(type);
  if (func.builtin != Builtin::ResourceRep)
    checkMayLeave(e, instance);
  e.get(0);
  if (func.builtin == Builtin::ResourceNew)
    handles.addOwn(e, instance, func.resource);
  else if (func.builtin == Builtin::ResourceRep)
    handles.representation(e, instance, func.resource);
  else
    handles.drop(e, instance, func.resource);
  module.setCanonFunc(index, type, e.take());
}

void Adapters::addContextBuiltin(uint32_t index, const CanonFunc &func) {
  const wasm::FunctionType &type = types[func.type];
  const uint32_t global = contexts[func.componentInstance].at(func.slot);
  CodeEmitter e(type);
  if (func.builtin == Builtin::ContextGet) {
    e.getGlobal(global);
  } else {
    e.get(0);
    e.setGlobal(global);
  }
  module.setCanonFunc(index, type, e.take());
}

/// The runtime does what is to be done.
void Adapters::addServiceCall(uint32_t index, const CanonFunc &func) {
  const uint32_t import = services.importOf(index);
  const wasm::FunctionType type =
      func.builtin == Builtin::Lower
          ? loweredType(types, types[program.liftedFuncs[func.lifted].type],
                        canonOptions(func.options))
          : types[func.type];
  const bool mayAlways =
      func.builtin == Builtin::BackpressureInc || func.builtin == Builtin::BackpressureDec;
  CodeEmitter e(type);
  if (!mayAlways)
    checkMayLeave(e, func.componentInstance);
  if (func.builtin == Builtin::ThreadNewIndirect) {
    e.get(0);
    e.getElement(module.indexOf(*func.table));
    e.op(Op::RefIsNull);
    trapIf(e, CanonTrap::NullThreadStart);
  }
  for (uint32_t i = 0; i < type.params.size(); ++i)
    e.get(i);
  e.call(import);
  module.setCanonFunc(index, type, e.take());
}

Status Adapters::lowerThroughRuntime(uint32_t index, const CanonFunc &func) {
  if (func.builtin != Builtin::Lower) {
    addServiceCall(index, func);
    return {};
  }
  const LiftedFunc &lifted = program.liftedFuncs[func.lifted];
  if (!lifted.host && program.areNested(func.componentInstance, lifted.componentInstance)) {
    addNestedCall(index, func);
    return {};
  }
  if (lifted.host)
    module.addHostCall(index, *lifted.host, loweredType(types, types[lifted.type], {}));
  addServiceCall(index, func);
  return {};
}

/// A component instance cannot call one that it is in, or that is in it.
void Adapters::addNestedCall(uint32_t index, const CanonFunc &func) {
  const wasm::FunctionType type =
      loweredType(types, types[program.liftedFuncs[func.lifted].type], canonOptions(func.options));
  CodeEmitter e(type);
  checkMayLeave(e, func.componentInstance);
  trap(e, CanonTrap::CannotEnter);
  module.setCanonFunc(index, type, e.take());
}

void Adapters::addStub(uint32_t index, const CanonFunc &func) {
  const wasm::FunctionType &type = types[func.type];
  CodeEmitter e(type);
  checkMayLeave(e, func.componentInstance);
  const uint32_t number = e.newLocal();
  e.i32(component::infoOf(func.builtin).byte);
  e.set(number);
  trap(e, CanonTrap::NotSupported, number);
  module.setCanonFunc(index, type, e.take());
}

void Adapters::addCanonGlobals() {
  // Only during realloc and post-return an instance may not call out.
  std::vector<bool> isForbidden(program.componentInstances.size());
  const auto note = [&](const auto &func) {
    if (func.options.realloc || func.options.postReturn)
      isForbidden[func.componentInstance] = true;
  };
  std::ranges::for_each(program.liftedFuncs, note);
  std::ranges::for_each(program.canonFuncs, note);
  flags.resize(program.componentInstances.size());
  for (const CanonFunc &func : program.canonFuncs) {
    const uint32_t instance = func.componentInstance;
    if (!flags[instance] && isForbidden[instance])
      flags[instance] = module.addGlobal(1);
    const bool isContext =
        func.builtin == Builtin::ContextGet || func.builtin == Builtin::ContextSet;
    if (isContext && !contexts[instance].contains(func.slot))
      contexts[instance].emplace(func.slot, module.addGlobal(0));
  }
}

Status Adapters::run() {
  addCanonGlobals();
  for (uint32_t i = 0; i < program.canonFuncs.size(); ++i) {
    const CanonFunc &func = program.canonFuncs[i];
    if (component::serviceOf(func.builtin) || program.isRuntimeCall(func, types)) {
      W2N_CHECK(lowerThroughRuntime(i, func));
      W2N_CHECK(module.checkSize());
      continue;
    }
    switch (func.builtin) {
    case Builtin::Lower:
      W2N_CHECK(lower(i, func));
      break;
    case Builtin::ResourceNew:
    case Builtin::ResourceDrop:
    case Builtin::ResourceRep:
      addResourceBuiltin(i, func);
      break;
    case Builtin::ContextGet:
    case Builtin::ContextSet:
      addContextBuiltin(i, func);
      break;
    default:
      addStub(i, func);
      break;
    }
    W2N_CHECK(module.checkSize());
  }
  return {};
}

} // namespace w2n::compiler
