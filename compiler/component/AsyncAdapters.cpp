// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CanonicalABI.md, "canon lift", "canon lower", "canon task.return" and "canon
// stream.{read,write}", as far as they lift and lower values.

#include "compiler/component/AsyncAdapters.h"

#include <algorithm>
#include <array>

namespace w2n::compiler {

using component::Builtin;
using component::Field;
using component::FlatTypes;
using component::Primitive;
using component::Service;
using component::TypeBody;
using component::TypeForm;
using component::ValueType;
using component::WorldCall;
using component::WorldService;

namespace {

constexpr size_t maxFlatReturned = component::maxFlat, maxFlatResults = 1;

std::vector<wasm::ValueType> valueTypes(const FlatTypes &flat) {
  std::vector<wasm::ValueType> list;
  for (const wasm::ValueKind kind : flat)
    list.push_back({kind});
  return list;
}

std::vector<FlatSlot> slotsFrom(uint32_t firstLocal, const FlatTypes &flat) {
  std::vector<FlatSlot> slots;
  for (const wasm::ValueKind kind : flat)
    slots.push_back({firstLocal++, kind});
  return slots;
}

/// Whether the caller wants the result where a pointer says.
bool hasResultPointer(const component::Types &types, const TypeBody &func,
                      const BoundOptions &lowered) {
  return func.element && (lowered.isAsync || flatResult(types, func).size() > maxFlatResults);
}

/// The types that are copied as bytes, and within a component instance, too.
bool isNumber(const component::Types &types, const ValueType &type) {
  Primitive primitive;
  if (type.primitive)
    primitive = *type.primitive;
  else if (types[type.type].form == TypeForm::Primitive)
    primitive = types[type.type].primitive;
  else
    return false;
  return primitive != Primitive::Bool && primitive != Primitive::Char &&
         primitive != Primitive::String && primitive != Primitive::ErrorContext;
}

} // namespace

// -- Calls.

/// (task, lowered parameters) -> (lifted parameters)
Result<uint32_t> AsyncAdapters::makeStart(const CanonFunc &canon, const LiftedFunc &lifted) {
  const TypeBody &func = types[lifted.type];
  constexpr uint32_t task = 0, firstParam = 1;
  wasm::FunctionType type{{wasm::ValueType::i32()},
                          liftedType(types, func, canonOptions(lifted.options)).params};
  for (const wasm::ValueType param : loweredType(types, func, canonOptions(canon.options)).params)
    type.params.push_back(param);
  CodeEmitter e(type);
  const bool lends = std::ranges::any_of(
      func.fields, [&](const Field &param) { return hasBorrow(types, *param.type); });
  const uint32_t loans = lends ? adapters.handles.beginLoans(e) : 0;
  Translator forward(adapters, e, {canon.options, canon.componentInstance},
                     {lifted.options, lifted.componentInstance}, lifted.componentInstance);
  forward.setTask(task);
  W2N_TRY(passed, adapters.passParams(e, forward, canon, lifted, firstParam));
  if (lends)
    adapters.handles.giveLoans(e, loans);
  for (const FlatSlot &slot : passed)
    e.get(slot.local);
  return module.addFunction(type, e.take());
}

/// (lifted results, or what task.return is given; the result pointer) -> (lowered results)
Result<uint32_t> AsyncAdapters::makeFinish(const CanonFunc &canon, const LiftedFunc &lifted) {
  const TypeBody &func = types[lifted.type];
  if (!func.element)
    return component::noIndex;
  const FlatTypes flat = flatResult(types, func);
  const bool byPointer = flat.size() > (lifted.options.isAsync ? maxFlatReturned : maxFlatResults);
  const bool toPointer = hasResultPointer(types, func, canon.options);
  wasm::FunctionType type;
  type.params = byPointer ? std::vector{wasm::ValueType::i32()} : valueTypes(flat);
  if (toPointer)
    type.params.push_back(wasm::ValueType::i32());
  else
    type.results = valueTypes(flat);
  CodeEmitter e(type);
  const component::Layout layout = layoutOf(types, *func.element);
  const std::vector<FlatSlot> given = slotsFrom(0, flat);
  Place source = Place::flat(given);
  if (byPointer) {
    adapters.checkPointer(e, lifted.options, 0, layout);
    source = Place::memory(0);
  }
  std::vector<FlatSlot> results;
  Place target;
  if (toPointer) {
    const auto pointer = uint32_t(type.params.size() - 1);
    adapters.checkPointer(e, canon.options, pointer, layout);
    target = Place::memory(pointer);
  } else {
    for (const wasm::ValueKind kind : flat)
      results.push_back({e.newLocal(kind), kind});
    target = Place::flat(results);
  }
  Translator back(adapters, e, {lifted.options, lifted.componentInstance},
                  {canon.options, canon.componentInstance}, lifted.componentInstance);
  W2N_CHECK(back.translate(*func.element, source, target));
  for (const FlatSlot &slot : results)
    e.get(slot.local);
  W2N_CHECK(module.checkSize());
  return module.addFunction(type, e.take());
}

/// (lowered parameters) -> (lowered results): calls a function of the host as if it were
/// synchronous, with what the caller gives where that is.
Result<uint32_t> AsyncAdapters::makeHostCall(uint32_t canonFunc) {
  const CanonFunc &canon = program.canonFuncs[canonFunc];
  const TypeBody &func = types[program.liftedFuncs[canon.lifted].type];
  wasm::FunctionType type = loweredType(types, func, canonOptions(canon.options));
  type.results = canon.options.isAsync ? std::vector<wasm::ValueType>() : type.results;
  CodeEmitter e(type);
  // The runtime has the loans: other calls may begin and end while this one waits.
  const auto callHost = [&, host = module.hostCallOf(canonFunc)] { e.call(host); };
  if (!canon.options.isAsync) {
    for (uint32_t i = 0; i < type.params.size(); ++i)
      e.get(i);
    callHost();
    return module.addFunction(type, e.take());
  }
  const Side caller{canon.options, canon.componentInstance};
  Translator raw(adapters, e, caller, caller, 0);
  raw.setRaw();
  const FlatTypes params = flatParams(types, func), result = flatResult(types, func);
  constexpr size_t maxAsyncParams = 4;
  const bool inMemory = params.size() > maxAsyncParams;
  std::vector<FlatSlot> passed = slotsFrom(0, params);
  if (params.size() > component::maxFlat) {
    passed = {{0, wasm::ValueKind::I32}};
  } else if (inMemory) {
    adapters.checkPointer(e, canon.options, 0, layoutOfFields(types, func.fields));
    for (FlatSlot &slot : passed)
      slot.local = e.newLocal(slot.kind);
    W2N_CHECK(raw.translateAll(func.fields, Place::memory(0), Place::flat(passed)));
  }
  for (const FlatSlot &slot : passed)
    e.get(slot.local);
  const auto pointer = uint32_t(type.params.size() - 1);
  if (result.size() > maxFlatResults)
    e.get(pointer);
  callHost();
  if (result.size() == maxFlatResults) {
    const FlatSlot slot{e.newLocal(result[0]), result[0]};
    e.set(slot.local);
    adapters.checkPointer(e, canon.options, pointer, layoutOf(types, *func.element));
    const std::array slots{slot};
    W2N_CHECK(raw.translate(*func.element, Place::flat(slots), Place::memory(pointer)));
  }
  return module.addFunction(type, e.take());
}

Status AsyncAdapters::addGuestCall(WorldCall &call, const CanonFunc &canon,
                                   const LiftedFunc &lifted) {
  call.resultNumber =
      resultNumberOf(lifted.componentInstance, types[lifted.type].element, lifted.options);
  W2N_TRY(start, makeStart(canon, lifted));
  call.start = exports.add(start);
  W2N_TRY(finish, makeFinish(canon, lifted));
  if (finish != component::noIndex)
    call.finish = exports.add(finish);
  call.core = exports.add(module.indexOf(lifted.core));
  if (lifted.options.memory)
    call.memory = module.indexOf(*lifted.options.memory);
  if (lifted.options.callback)
    call.callback = exports.add(module.indexOf(*lifted.options.callback));
  if (lifted.options.postReturn)
    call.postReturn = exports.addPostReturn(lifted);
  return module.checkSize();
}

Result<uint32_t> AsyncAdapters::addCall(uint32_t canonFunc) {
  const CanonFunc &canon = program.canonFuncs[canonFunc];
  const LiftedFunc &lifted = program.liftedFuncs[canon.lifted];
  WorldCall call{.caller = canon.componentInstance,
                 .callee = lifted.componentInstance,
                 .isAsyncLower = canon.options.isAsync,
                 .isAsyncLift = lifted.options.isAsync,
                 .isHost = lifted.host.has_value()};
  call.hasResultPointer = hasResultPointer(types, types[lifted.type], canon.options);
  if (call.isHost) {
    W2N_TRY(core, makeHostCall(canonFunc));
    call.core = exports.add(core);
  } else if (!program.areNested(call.caller, call.callee)) {
    W2N_CHECK(addGuestCall(call, canon, lifted));
  }
  to.calls.push_back(call);
  return uint32_t(to.calls.size() - 1);
}

void AsyncAdapters::describe(component::WorldFunction &function, const LiftedFunc &lifted) {
  function.isAsyncLift = lifted.options.isAsync;
  function.resultNumber =
      resultNumberOf(lifted.componentInstance, types[lifted.type].element, lifted.options);
  if (lifted.options.callback)
    function.callback = exports.add(module.indexOf(*lifted.options.callback));
}

uint32_t AsyncAdapters::resultNumberOf(uint32_t instance, const std::optional<ValueType> &type,
                                       const BoundOptions &options) {
  std::string key = std::to_string(adapters.typeNumbers.of(instance, type)) + "," +
                    std::to_string(unsigned(options.encoding));
  return resultNumbers.emplace(std::move(key), uint32_t(resultNumbers.size())).first->second;
}

// -- Streams and futures.

uint32_t AsyncAdapters::elementOf(uint32_t instance, const std::optional<ValueType> &type) {
  const uint32_t number = adapters.typeNumbers.of(instance, type);
  if (number >= to.elements.size())
    to.elements.resize(number + 1);
  if (type) {
    const component::Layout layout = layoutOf(types, *type);
    to.elements[number] = {uint32_t(layout.bytes), layout.alignment, isNumber(types, *type)};
  }
  return number;
}

uint32_t AsyncAdapters::bufferOf(const CanonFunc &func, bool isWriter) {
  const uint32_t element = elementOf(func.componentInstance, func.subject);
  component::WorldBuffer buffer{.instance = func.componentInstance,
                                .encoding = func.options.encoding};
  if (func.options.memory)
    buffer.memory = module.indexOf(*func.options.memory);
  if (func.options.realloc)
    buffer.realloc = exports.addRealloc(func.componentInstance, *func.options.realloc);
  std::string key = std::to_string(isWriter);
  for (const uint32_t part :
       {element, buffer.instance, buffer.memory, buffer.realloc, uint32_t(buffer.encoding)})
    key += "," + std::to_string(part);
  const auto [found, isNew] = bufferNumbers.emplace(std::move(key), uint32_t(to.buffers.size()));
  if (isNew) {
    to.buffers.push_back(buffer);
    (isWriter ? writers : readers).push_back({found->second, element, &func});
  }
  return found->second;
}

/// (source, target, count)
Result<uint32_t> AsyncAdapters::makeCopy(const CanonFunc &writer, const CanonFunc &reader) {
  const wasm::ValueType i32 = wasm::ValueType::i32();
  const wasm::FunctionType type{{i32, i32, i32}, {}};
  CodeEmitter e(type);
  Translator copy(adapters, e, {writer.options, writer.componentInstance},
                  {reader.options, reader.componentInstance}, writer.componentInstance);
  W2N_CHECK(copy.translateElements(std::array{Field{{}, writer.subject}}, 2, 0, 1));
  W2N_CHECK(module.checkSize());
  return module.addFunction(type, e.take());
}

/// For each pair of a write and a read that can meet.
Status AsyncAdapters::addCopies() {
  for (const Buffer &writer : writers) {
    if (!writer.func->subject || isNumber(types, *writer.func->subject))
      continue;
    for (const Buffer &reader : readers) {
      if (reader.element != writer.element ||
          reader.func->componentInstance == writer.func->componentInstance)
        continue;
      W2N_TRY(copy, makeCopy(*writer.func, *reader.func));
      to.copies.push_back({writer.index, reader.index, exports.add(copy)});
    }
  }
  return {};
}

/// The stream and future types in a type of a function of the component's own.
void AsyncAdapters::addStreams(const std::optional<ValueType> &type, std::set<uint32_t> &visited) {
  if (!type || type->primitive || !visited.insert(uint32_t(type->type)).second)
    return;
  const TypeBody &body = types[type->type];
  if (body.form == TypeForm::Stream || body.form == TypeForm::Future)
    to.streams.push_back({type->type, elementOf(0, body.element)});
  for (const Field &field : body.fields)
    addStreams(field.type, visited);
  for (const auto *part : {&body.element, &body.error, &body.key})
    addStreams(*part, visited);
}

// -- Services.

/// (index in the table, argument): calls what the table has there.
uint32_t AsyncAdapters::makeThreadStart(const CanonFunc &func) {
  const wasm::ValueType i32 = wasm::ValueType::i32();
  const wasm::FunctionType type{{i32, i32}, {}};
  CodeEmitter e(type);
  e.get(1);
  e.get(0);
  e.callIndirect(module.addType({{i32}, {}}), module.indexOf(*func.table));
  return module.addFunction(type, e.take());
}

Status AsyncAdapters::addService(const ServicePlan::Import &import) {
  WorldService service{.service = import.service};
  if (import.canonFunc) {
    const CanonFunc &func = program.canonFuncs[*import.canonFunc];
    service.instance = func.componentInstance;
    service.isAsync = func.isAsync;
    service.isCancellable = func.isCancellable;
    if (func.options.memory)
      service.memory = module.indexOf(*func.options.memory);
    const std::string_view name = component::serviceInfos[size_t(import.service)].name;
    if (import.service == Service::Call) {
      W2N_TRY(call, addCall(*import.canonFunc));
      service.subject = call;
    } else if (import.service == Service::TaskReturn) {
      service.subject = resultNumberOf(func.componentInstance, func.subject, func.options);
    } else if (import.service == Service::ThreadNewIndirect) {
      service.subject = exports.add(makeThreadStart(func));
    } else if (name.starts_with("stream.") || name.starts_with("future.")) {
      service.subject = elementOf(func.componentInstance, func.subject);
      if (name.ends_with(".read") || name.ends_with(".write"))
        service.buffer = bufferOf(func, name.ends_with(".write"));
    }
  }
  to.services.push_back(service);
  return {};
}

void AsyncAdapters::addInstance(uint32_t instance) {
  const Handles::TableFunctions table = adapters.handles.tableFunctions(instance);
  component::WorldTasks tasks{.instance = instance,
                              .memory = table.memory,
                              .add = exports.add(table.add),
                              .remove = exports.add(table.remove)};
  for (const auto &[slot, global] : adapters.contextOf(instance))
    tasks.context[slot] = exports.add(global, wasm::ExternKind::Global);
  to.instances.push_back(tasks);
}

Status AsyncAdapters::run() {
  for (const ServicePlan::Import &import : adapters.services.imports())
    W2N_CHECK(addService(import));
  W2N_CHECK(addCopies());
  std::set<uint32_t> visited;
  for (const auto *list : {&world.hostCalls, &world.exports}) {
    for (const component::WorldFunction &function : *list) {
      for (const Field &param : types[function.type].fields)
        addStreams(param.type, visited);
      addStreams(types[function.type].element, visited);
    }
  }
  for (const uint32_t instance : adapters.services.instancesWithTasks())
    addInstance(instance);
  return {};
}

} // namespace w2n::compiler
