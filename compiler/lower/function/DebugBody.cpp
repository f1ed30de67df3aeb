// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/lower/function/DebugBody.h"

#include <algorithm>
#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/DebugProgramInstruction.h>

namespace w2n::compiler {

namespace dwarf = llvm::dwarf;

namespace {

/// Descriptions of values in one function. More than a large one needs; each costs the code
/// generator time.
constexpr size_t maxRecords = 200'000;
constexpr uint64_t everywhere = ~0ull;

template <typename Event> void sortEvents(std::vector<Event> &events) {
  std::ranges::stable_sort(
      events, {}, [](const Event &event) { return std::pair(event.address, event.begins); });
}

} // namespace

DebugBody::DebugBody(const SourceInfo &source, DebugMetadata &metadata, const SourceCode &code,
                     llvm::DISubprogram *own, Environment given)
    : source(source), metadata(metadata), code(code), own(own), environment(std::move(given)),
      builder(environment.builder), scopes(metadata.scopesOf(code, own)), rows(source.rowsOf(code)),
      active(code.variables.size(), noSource), isWritten(unsigned(environment.writes.size())) {
  const auto end = std::ranges::find(rows, true, &SourceRow::isPrologueEnd);
  if (end != rows.end())
    prologueEnd = end->address;
  addEvents();
}

void DebugBody::addEvents() {
  for (uint32_t i = 1; i < code.scopes.size(); ++i)
    for (const AddressRange &range : code.scopes[i].ranges) {
      scopeEvents.push_back({range.begin, true, i, 0});
      scopeEvents.push_back({range.end, false, i, 0});
    }
  sortEvents(scopeEvents);
  for (uint32_t i = 0; i < code.variables.size(); ++i)
    for (uint32_t place = 0; place < code.variables[i].places.size(); ++place) {
      const SourcePlace &where = code.variables[i].places[place];
      const auto &ranges = code.scopes[code.variables[i].scope].ranges;
      const bool isEverywhere = where.end == everywhere;
      const uint64_t begin = isEverywhere && !ranges.empty() ? ranges.front().begin : where.begin;
      if (where.local != noSource && where.local >= environment.writes.size())
        continue;
      placeEvents.push_back({begin, true, i, place});
      if (!isEverywhere)
        placeEvents.push_back({where.end, false, i, place});
    }
  sortEvents(placeEvents);
}

void DebugBody::begin() {
  builder.SetCurrentDebugLocation(metadata.location(scopes.front(), noSource, 0, 0));
  if (!environment.memoryOffset)
    return;
  llvm::DILocalVariable *memory = metadata.memoryVariable(own);
  const llvm::DILocation *here = builder.getCurrentDebugLocation().get();
  llvm::LLVMContext &context = builder.getContext();
  if (environment.usesSlots) {
    llvm::AllocaInst *slot = makeSlot(builder.getPtrTy());
    builder.CreateStore(environment.memoryBase(), slot);
    auto *declared = llvm::DbgVariableRecord::createDVRDeclare(
        slot, memory, llvm::DIExpression::get(context, {}), here);
    builder.GetInsertBlock()->insertDbgRecordBefore(declared, builder.GetInsertPoint());
    addSlots();
    return;
  }
  const uint64_t operations[] = {dwarf::DW_OP_plus_uconst, *environment.memoryOffset,
                                 dwarf::DW_OP_deref};
  auto *described = llvm::DbgVariableRecord::createDbgVariableRecord(
      environment.context, memory, llvm::DIExpression::get(context, operations), here);
  builder.GetInsertBlock()->insertDbgRecordBefore(described, builder.GetInsertPoint());
}

llvm::AllocaInst *DebugBody::makeSlot(llvm::Type *type) {
  llvm::IRBuilder<> entry(builder.GetInsertBlock()->getParent()->getEntryBlock().getTerminator());
  return entry.CreateAlloca(type);
}

bool DebugBody::isDeclared(uint32_t variable) const {
  const std::vector<SourcePlace> &places = code.variables[variable].places;
  return environment.usesSlots && environment.memoryOffset && places.size() == 1 &&
         places.front().isMemory && places.front().local < environment.writes.size();
}

void DebugBody::addSlots() {
  for (uint32_t i = 0; i < code.variables.size(); ++i) {
    if (!isDeclared(i))
      continue;
    const SourcePlace &place = code.variables[i].places.front();
    llvm::AllocaInst *&slot = slots[place.local];
    if (!slot)
      slot = makeSlot(builder.getInt64Ty());
    const uint64_t operations[] = {dwarf::DW_OP_deref, dwarf::DW_OP_plus_uconst,
                                   uint64_t(place.offset)};
    auto *declared = llvm::DbgVariableRecord::createDVRDeclare(
        slot, metadata.variable(code.variables[i], scopes[code.variables[i].scope]),
        llvm::DIExpression::get(builder.getContext(), operations), locationOf(i));
    builder.GetInsertBlock()->insertDbgRecordBefore(declared, builder.GetInsertPoint());
  }
}

llvm::DILocation *DebugBody::locationOf(uint32_t variable) {
  return metadata.location(scopes[code.variables[variable].scope], noSource, 0, 0);
}

void DebugBody::at(uint64_t offset, bool isReachable) {
  const uint64_t address = offset - source.codeSection;
  enterScopes(address);
  setLocation(address);
  enterPlaces(address, isReachable);
}

void DebugBody::enterScopes(uint64_t address) {
  for (; nextScopeEvent < scopeEvents.size() && scopeEvents[nextScopeEvent].address <= address;
       ++nextScopeEvent) {
    const Event &event = scopeEvents[nextScopeEvent];
    if (event.begins)
      openScopes.insert(event.index);
    else
      openScopes.erase(event.index);
  }
}

// Before the end of the prologue no line is named, so that debuggers stop where the parameters can
// be seen.
void DebugBody::setLocation(uint64_t address) {
  while (nextRow < rows.size() && rows[nextRow].address <= address)
    ++nextRow;
  const uint32_t scope = openScopes.empty() ? 0 : *openScopes.rbegin();
  const bool isInPrologue = scope == 0 && address < prologueEnd;
  const bool isKnown = nextRow > 0 && !rows[nextRow - 1].isEnd && !isInPrologue;
  const size_t row = isKnown ? nextRow : 0;
  if (row == lastRow && scope == lastScope)
    return;
  lastRow = row;
  lastScope = scope;
  const SourceRow none = {.address = 0,
                          .file = noSource,
                          .line = 0,
                          .column = 0,
                          .isPrologueEnd = false,
                          .isEnd = false};
  const SourceRow &line = isKnown ? rows[nextRow - 1] : none;
  builder.SetCurrentDebugLocation(
      metadata.location(scopes[scope], line.file, line.line, line.column));
}

void DebugBody::enterPlaces(uint64_t address, bool isReachable) {
  for (; nextPlaceEvent < placeEvents.size() && placeEvents[nextPlaceEvent].address <= address;
       ++nextPlaceEvent) {
    const Event &event = placeEvents[nextPlaceEvent];
    if (isDeclared(event.index))
      continue;
    const uint32_t local = code.variables[event.index].places[event.place].local;
    if (event.begins) {
      if (active[event.index] != noSource)
        variablesOf[placeOf(event.index).local].erase(event.index);
      active[event.index] = event.place;
      variablesOf[local].insert(event.index);
    } else if (active[event.index] == event.place) {
      variablesOf[local].erase(event.index);
      active[event.index] = noSource;
    } else {
      continue;
    }
    changed.insert(event.index);
  }
  if (!isReachable)
    return;
  for (uint32_t variable : changed)
    if (active[variable] == noSource)
      forget(variable);
    else
      describe(variable);
  changed.clear();
}

void DebugBody::written(uint32_t local, llvm::Value *value) {
  isWritten.set(local);
  if (const auto slot = slots.find(local); slot != slots.end() && value->getType()->isIntegerTy()) {
    llvm::Value *base = builder.CreatePtrToInt(environment.memoryBase(), builder.getInt64Ty());
    builder.CreateStore(builder.CreateAdd(base, builder.CreateZExt(value, builder.getInt64Ty())),
                        slot->second);
  }
  if (const auto found = variablesOf.find(local); found != variablesOf.end())
    for (uint32_t variable : found->second)
      describe(variable, value);
}

// A value that is the only one still holds.
void DebugBody::join() {
  for (const auto &[local, variables] : variablesOf)
    if (local != noSource && environment.writes[local] > 1)
      for (uint32_t variable : variables)
        describe(variable);
}

void DebugBody::describe(uint32_t variable) {
  const uint32_t local = placeOf(variable).local;
  if (local == noSource)
    describe(variable, nullptr);
  else if (isWritten[local] && recordCount < maxRecords)
    describe(variable, environment.read(local));
}

void DebugBody::describe(uint32_t variable, llvm::Value *local) {
  const SourcePlace &place = placeOf(variable);
  llvm::SmallVector<uint64_t, 16> operations;
  if (!place.isMemory) {
    if (!local)
      local = builder.getInt64(uint64_t(place.offset));
    else if (place.offset)
      operations.append(
          {dwarf::DW_OP_plus_uconst, uint64_t(place.offset), dwarf::DW_OP_stack_value});
    record(variable, llvm::ValueAsMetadata::get(local), operations);
    return;
  }
  if (!environment.memoryOffset || (local && !local->getType()->isIntegerTy()))
    return;
  llvm::SmallVector<llvm::ValueAsMetadata *, 2> values{
      llvm::ValueAsMetadata::get(environment.context)};
  operations.append({dwarf::DW_OP_LLVM_arg, 0, dwarf::DW_OP_plus_uconst, *environment.memoryOffset,
                     dwarf::DW_OP_deref});
  if (local) {
    values.push_back(llvm::ValueAsMetadata::get(local));
    operations.append({dwarf::DW_OP_LLVM_arg, 1});
    // The rest of the register may be anything.
    if (local->getType()->isIntegerTy(32))
      operations.append({dwarf::DW_OP_constu, 0xffffffff, dwarf::DW_OP_and});
    operations.push_back(dwarf::DW_OP_plus);
  }
  operations.append({dwarf::DW_OP_plus_uconst, uint64_t(place.offset), dwarf::DW_OP_deref});
  record(variable, llvm::DIArgList::get(builder.getContext(), values), operations);
}

void DebugBody::forget(uint32_t variable) {
  if (!isDeclared(variable))
    record(variable, llvm::ValueAsMetadata::get(llvm::PoisonValue::get(builder.getInt32Ty())), {});
}

void DebugBody::record(uint32_t variable, llvm::Metadata *values,
                       llvm::ArrayRef<uint64_t> operations) {
  if (++recordCount > maxRecords)
    return;
  const SourceVariable &described = code.variables[variable];
  auto *made = new llvm::DbgVariableRecord(
      values, metadata.variable(described, scopes[described.scope]),
      llvm::DIExpression::get(builder.getContext(), operations), locationOf(variable),
      llvm::DbgVariableRecord::LocationType::Value);
  builder.GetInsertBlock()->insertDbgRecordBefore(made, builder.GetInsertPoint());
}

} // namespace w2n::compiler
