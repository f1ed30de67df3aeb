// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/component/Handles.h"

#include "compiler/component/Adapters.h"
#include "lib/component/Concurrency.h"

namespace w2n::compiler {

namespace {

constexpr uint32_t entryBytes = 16, entryBytesLog2 = 4;
constexpr uint64_t representationAt = 0, typeAt = 4, ownsAt = 8, loansAt = 12;
/// The task of the runtime that must drop a borrow, or 0.
constexpr uint64_t taskAt = loansAt;
/// In the table of a component instance. CanonicalABI.md ("Table State") allows 2^28, for which
/// each table would have to reserve 4 GiB of addresses.
constexpr uint32_t maxHandles = 1u << 20;

/// A memory of adapters begins with this size, and doubles it. Pages of one byte mean that compiled
/// code compares every address, so that the runtime reserves `maxBytes` and no more.
constexpr wasm::MemoryType ownMemory(uint64_t maxBytes) {
  return {.limits = {.min = 4096, .max = maxBytes}, .pageSizeLog2 = 0};
}
/// The addresses of so many handles that are lent at once.
constexpr uint64_t maxLoanBytes = maxHandles * sizeof(uint32_t);

void shiftToAddress(CodeEmitter &e) {
  e.i32(entryBytesLog2);
  e.op(Op::I32Shl);
}

/// Adds to a global.
void addToGlobal(CodeEmitter &e, uint32_t global, uint32_t value) {
  e.getGlobal(global);
  e.i32(value);
  e.op(Op::I32Add);
  e.setGlobal(global);
}

/// Calls `grow` if `memory` ends before what the local `end` says.
void growTo(CodeEmitter &e, uint32_t memory, uint32_t grow, uint32_t end) {
  e.get(end);
  e.memorySize(memory);
  e.op(Op::I32GtU);
  e.ifUnlikely();
  e.call(grow);
  e.end();
}

} // namespace

/// A function that doubles `memory`.
uint32_t Handles::makeGrow(uint32_t memory) {
  const wasm::FunctionType signature;
  CodeEmitter e(signature);
  e.memorySize(memory);
  e.memoryGrow(memory);
  e.i32(uint32_t(-1));
  e.op(Op::I32Eq);
  adapters.trapIf(e, CanonTrap::TooManyHandles);
  return adapters.module.addFunction(signature, e.take());
}

/// Stores the entry at `address`; all are locals. In two halves, the second first: its end is in
/// memory, so that the first need not be looked at.
void Handles::store(CodeEmitter &e, const Table &table, uint32_t address, const Entry &entry) {
  e.get(address);
  e.get(entry.owns);
  e.op(Op::I64ExtendI32U);
  e.access(Op::I64Store, table.memory, ownsAt);
  e.get(address);
  e.get(entry.representation);
  e.op(Op::I64ExtendI32U);
  e.get(entry.type);
  e.op(Op::I64ExtendI32U);
  e.i64(32);
  e.op(Op::I64Shl);
  e.op(Op::I64Or);
  e.access(Op::I64Store, table.memory, representationAt);
}

/// Takes the first free entry, whose handle is in a local, and leaves its address in `address`.
void Handles::reuse(CodeEmitter &e, const Table &table, uint32_t handle, uint32_t address) {
  e.get(handle);
  shiftToAddress(e);
  e.tee(address);
  e.access(Op::I32Load, table.memory, loansAt);
  e.setGlobal(table.firstFree);
}

uint32_t Handles::makeAdd(const Table &table) {
  const wasm::FunctionType signature = i32Function(3, 1);
  CodeEmitter e(signature);
  const uint32_t handle = e.newLocal(), address = e.newLocal(), end = e.newLocal();
  e.getGlobal(table.firstFree);
  e.tee(handle);
  e.iff();
  reuse(e, table, handle, address);
  e.otherwise();
  e.getGlobal(table.count);
  e.tee(handle);
  e.i32(maxHandles);
  e.op(Op::I32GeU);
  adapters.trapIf(e, CanonTrap::TooManyHandles);
  e.get(handle);
  shiftToAddress(e);
  e.tee(address);
  e.i32(entryBytes);
  e.op(Op::I32Add);
  e.set(end);
  growTo(e, table.memory, table.grow, end);
  addToGlobal(e, table.count, 1);
  e.end();
  store(e, table, address, {.representation = 0, .type = 1, .owns = 2});
  e.get(handle);
  return adapters.module.addFunction(signature, e.take());
}

void Handles::add(CodeEmitter &e, const Table &table) {
  const Entry entry{e.newLocal(), e.newLocal(), e.newLocal()};
  const uint32_t handle = e.newLocal(), address = e.newLocal();
  e.set(entry.owns);
  e.set(entry.type);
  e.set(entry.representation);
  e.getGlobal(table.firstFree);
  e.tee(handle);
  e.iff();
  reuse(e, table, handle, address);
  store(e, table, address, entry);
  e.otherwise();
  e.get(entry.representation);
  e.get(entry.type);
  e.get(entry.owns);
  e.call(table.add);
  e.set(handle);
  e.end();
  e.get(handle);
}

uint32_t Handles::makeFind(const Table &table) {
  constexpr uint32_t handle = 0, type = 1;
  const wasm::FunctionType signature = i32Function(2, 1);
  CodeEmitter e(signature);
  const uint32_t address = e.newLocal(), found = e.newLocal();
  const auto trapIf = [&](CanonTrap reason) {
    e.ifUnlikely();
    adapters.trap(e, reason, handle);
    e.end();
  };
  e.get(handle);
  e.getGlobal(table.count);
  e.op(Op::I32GeU);
  trapIf(CanonTrap::UnknownHandle);
  // Entry 0 is of no type, as those that are free.
  e.get(handle);
  shiftToAddress(e);
  e.tee(address);
  e.access(Op::I32Load, table.memory, typeAt);
  e.tee(found);
  e.op(Op::I32Eqz);
  trapIf(CanonTrap::UnknownHandle);
  e.get(found);
  e.get(type);
  e.op(Op::I32Ne);
  trapIf(CanonTrap::WrongHandleType);
  e.get(address);
  return adapters.module.addFunction(signature, e.take());
}

void Handles::find(CodeEmitter &e, const Table &table) {
  const uint32_t handle = e.newLocal(), type = e.newLocal(), address = e.newLocal();
  const auto failIf = [&] {
    e.ifUnlikely();
    e.get(handle);
    e.get(type);
    e.call(table.find);
    e.op(Op::Unreachable);
    e.end();
  };
  e.set(type);
  e.tee(handle);
  e.getGlobal(table.count);
  e.op(Op::I32GeU);
  failIf();
  e.get(handle);
  shiftToAddress(e);
  e.tee(address);
  e.access(Op::I32Load, table.memory, typeAt);
  e.get(type);
  e.op(Op::I32Ne);
  failIf();
  e.get(address);
}

void Handles::remove(CodeEmitter &e, const Table &table, uint32_t handle) {
  const uint32_t address = e.newLocal();
  e.get(handle);
  shiftToAddress(e);
  e.tee(address);
  e.getGlobal(table.firstFree);
  e.access(Op::I32Store, table.memory, loansAt);
  e.get(address);
  e.i32(0);
  e.access(Op::I32Store, table.memory, typeAt);
  e.get(handle);
  e.setGlobal(table.firstFree);
}

uint32_t Handles::makeRemove(const Table &table) {
  const wasm::FunctionType signature = i32Function(1, 0);
  CodeEmitter e(signature);
  remove(e, table, 0);
  return adapters.module.addFunction(signature, e.take());
}

const Handles::Table &Handles::tableOf(uint32_t instance) {
  const auto [found, isNew] = tables.try_emplace(instance);
  Table &table = found->second;
  if (isNew) {
    MergedModule &module = adapters.module;
    table.memory = module.addMemory(ownMemory(uint64_t(maxHandles) * entryBytes));
    table.firstFree = module.addGlobal(0);
    table.count = module.addGlobal(1);
    table.borrows = module.addGlobal(0);
    table.grow = makeGrow(table.memory);
    table.add = makeAdd(table);
    table.find = makeFind(table);
    table.remove = makeRemove(table);
  }
  return table;
}

void Handles::addOwn(CodeEmitter &e, uint32_t instance) {
  e.i32(1);
  add(e, tableOf(instance));
}

void Handles::addOwn(CodeEmitter &e, uint32_t instance, uint32_t resource) {
  e.i32(resource + 1);
  addOwn(e, instance);
}

void Handles::addBorrow(CodeEmitter &e, uint32_t instance) {
  const Table &table = tableOf(instance);
  addToGlobal(e, table.borrows, 1);
  e.i32(0);
  add(e, table);
}

void Handles::addBorrow(CodeEmitter &e, uint32_t instance, uint32_t resource) {
  e.i32(resource + 1);
  addBorrow(e, instance);
}

void Handles::countBorrow(CodeEmitter &e, uint32_t task, uint32_t delta) {
  e.get(task);
  e.i32(delta);
  e.call(adapters.services.importOf(component::Service::CountBorrow));
}

void Handles::addBorrow(CodeEmitter &e, uint32_t instance, uint32_t resource, uint32_t task) {
  const Table &table = tableOf(instance);
  const uint32_t handle = e.newLocal();
  e.i32(resource + 1);
  e.i32(0);
  add(e, table);
  e.tee(handle);
  shiftToAddress(e);
  e.get(task);
  e.access(Op::I32Store, table.memory, taskAt);
  countBorrow(e, task, 1);
  e.get(handle);
}

void Handles::representation(CodeEmitter &e, uint32_t instance, uint32_t resource) {
  const Table &table = tableOf(instance);
  e.i32(resource + 1);
  find(e, table);
  e.access(Op::I32Load, table.memory, representationAt);
}

void Handles::takeOwn(CodeEmitter &e, uint32_t instance, uint32_t resource) {
  e.i32(resource + 1);
  takeOwn(e, instance);
}

void Handles::takeOwn(CodeEmitter &e, uint32_t instance) {
  const Table &table = tableOf(instance);
  const uint32_t handle = e.newLocal(), type = e.newLocal(), address = e.newLocal();
  e.set(type);
  e.tee(handle);
  e.get(type);
  find(e, table);
  e.tee(address);
  // It owns and is not lent, looked at together.
  e.access(Op::I64Load, table.memory, ownsAt);
  e.i64(1);
  e.op(Op::I64Ne);
  e.ifUnlikely();
  e.get(address);
  e.access(Op::I32Load, table.memory, ownsAt);
  e.op(Op::I32Eqz);
  adapters.trapIf(e, CanonTrap::NotOwned);
  adapters.trap(e, CanonTrap::HandleIsLent);
  e.end();
  e.get(address);
  e.access(Op::I32Load, table.memory, representationAt);
  remove(e, table, handle);
}

void Handles::drop(CodeEmitter &e, uint32_t instance, uint32_t resource) {
  const Table &table = tableOf(instance);
  const RuntimeResource &type = adapters.program.resources[resource];
  const uint32_t handle = e.newLocal(), address = e.newLocal(), representation = e.newLocal();
  e.tee(handle);
  e.i32(resource + 1);
  find(e, table);
  e.tee(address);
  e.access(Op::I32Load, table.memory, representationAt);
  e.set(representation);
  e.get(address);
  e.access(Op::I32Load, table.memory, ownsAt);
  e.iff();
  e.get(address);
  e.access(Op::I32Load, table.memory, loansAt);
  adapters.trapIf(e, CanonTrap::HandleIsLent);
  remove(e, table, handle);
  if (type.host) {
    e.i32(resource);
    e.get(representation);
    e.call(MergedModule::dropFunction);
  } else if (type.destructor) {
    e.get(representation);
    e.call(adapters.module.indexOf(*type.destructor));
  }
  e.otherwise();
  if (adapters.services.hasTasks(instance)) {
    // The borrow is of a task of the runtime, or of a synchronous call.
    const uint32_t task = e.newLocal();
    e.get(address);
    e.access(Op::I32Load, table.memory, taskAt);
    e.tee(task);
    e.iff();
    countBorrow(e, task, uint32_t(-1));
    e.otherwise();
    addToGlobal(e, table.borrows, uint32_t(-1));
    e.end();
  } else {
    addToGlobal(e, table.borrows, uint32_t(-1));
  }
  remove(e, table, handle);
  e.end();
}

// -- Loans: a stack of the addresses of entries that are lent by calls that have not ended.

uint32_t Handles::loanMemory() {
  if (!loans) {
    loans = adapters.module.addMemory(ownMemory(maxLoanBytes));
    loanTop = adapters.module.addGlobal(0);
    growLoans = makeGrow(*loans);
  }
  return *loans;
}

void Handles::lend(CodeEmitter &e, uint32_t instance, uint32_t resource) {
  e.i32(resource + 1);
  lend(e, instance);
}

void Handles::lend(CodeEmitter &e, uint32_t instance) {
  const Table &table = tableOf(instance);
  const uint32_t stack = loanMemory();
  const uint32_t address = e.newLocal(), end = e.newLocal();
  find(e, table);
  e.tee(address);
  e.access(Op::I32Load, table.memory, ownsAt);
  e.iff();
  e.get(address);
  e.get(address);
  e.access(Op::I32Load, table.memory, loansAt);
  e.i32(1);
  e.op(Op::I32Add);
  e.access(Op::I32Store, table.memory, loansAt);
  e.getGlobal(*loanTop);
  e.i32(4);
  e.op(Op::I32Add);
  e.set(end);
  growTo(e, stack, *growLoans, end);
  e.getGlobal(*loanTop);
  e.get(address);
  e.access(Op::I32Store, stack, 0);
  e.get(end);
  e.setGlobal(*loanTop);
  e.end();
  e.get(address);
  e.access(Op::I32Load, table.memory, representationAt);
}

uint32_t Handles::beginLoans(CodeEmitter &e) {
  loanMemory();
  const uint32_t saved = e.newLocal();
  e.getGlobal(*loanTop);
  e.set(saved);
  return saved;
}

void Handles::beginLoansSince(CodeEmitter &e, uint32_t saved) {
  e.block();
  e.loop();
  e.getGlobal(*loanTop);
  e.get(saved);
  e.op(Op::I32Eq);
  e.brIf(1);
  addToGlobal(e, *loanTop, uint32_t(-4));
  e.getGlobal(*loanTop);
  e.access(Op::I32Load, *loans, 0);
}

void Handles::endLoans(CodeEmitter &e, uint32_t instance, uint32_t saved) {
  const Table &table = tableOf(instance);
  const uint32_t address = e.newLocal();
  beginLoansSince(e, saved);
  e.tee(address);
  e.get(address);
  e.access(Op::I32Load, table.memory, loansAt);
  e.i32(1);
  e.op(Op::I32Sub);
  e.access(Op::I32Store, table.memory, loansAt);
  e.br(0);
  e.end();
  e.end();
}

void Handles::giveLoans(CodeEmitter &e, uint32_t saved) {
  loanMemory();
  beginLoansSince(e, saved);
  e.call(adapters.services.importOf(component::Service::NoteLoan));
  e.br(0);
  e.end();
  e.end();
}

uint32_t Handles::beginBorrows(CodeEmitter &e, uint32_t instance) {
  const uint32_t saved = e.newLocal();
  e.getGlobal(tableOf(instance).borrows);
  e.set(saved);
  e.i32(0);
  e.setGlobal(tableOf(instance).borrows);
  return saved;
}

void Handles::checkNoBorrows(CodeEmitter &e, uint32_t instance) {
  e.getGlobal(tableOf(instance).borrows);
  adapters.trapIf(e, CanonTrap::BorrowsRemain);
}

Handles::HostFunctions Handles::hostFunctions(uint32_t instance) {
  using Emit = void (Handles::*)(CodeEmitter &e, uint32_t instance);
  const auto make = [&](Emit emit) {
    const wasm::FunctionType signature = i32Function(2, 1);
    CodeEmitter e(signature);
    e.get(0);
    e.get(1);
    (this->*emit)(e, instance);
    return adapters.module.addFunction(signature, e.take());
  };
  return {make(&Handles::lend), make(&Handles::takeOwn), make(&Handles::addOwn),
          make(&Handles::addBorrow)};
}

void Handles::endBorrows(CodeEmitter &e, uint32_t instance, uint32_t saved) {
  checkNoBorrows(e, instance);
  e.get(saved);
  e.setGlobal(tableOf(instance).borrows);
}

} // namespace w2n::compiler
