// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The form of a world: types, each after those that it refers to by index; then functions, handles
// and resources. Counts and indices are LEB128; 0 is no index, others are one more. DecodeWorld.cpp
// reads it.

#include "lib/component/World.h"
#include "lib/support/ByteWriter.h"

namespace w2n::component {

namespace {

class WorldEncoder {
public:
  explicit WorldEncoder(const World &world) : world(world), types(world.types) {}

  std::vector<uint8_t> run() {
    add(world.type);
    for (const auto *list : {&world.hostCalls, &world.exports})
      for (const WorldFunction &function : *list)
        add(function.type);
    for (const WorldStream &stream : world.concurrency.streams)
      add(stream.type);
    out.writeUnsigned(count);
    out.writeBytes(typeBytes.written());
    write(world.type);
    for (const auto *list : {&world.hostCalls, &world.exports}) {
      out.writeUnsigned(list->size());
      for (const WorldFunction &function : *list)
        write(function);
    }
    out.writeUnsigned(world.handles.size());
    for (const WorldHandles &handles : world.handles) {
      out.writeUnsigned(handles.instance);
      for (const uint32_t index : {handles.lend, handles.take, handles.give, handles.giveBorrow})
        writeOptional(index);
    }
    out.writeUnsigned(world.resources.size());
    for (const WorldResource &resource : world.resources)
      write(resource);
    write(world.concurrency);
    return out.take();
  }

private:
  void writeOptional(uint32_t index) {
    out.writeUnsigned(index == WorldFunction::none ? 0 : uint64_t(index) + 1);
  }
  void write(TypeId type) { out.writeUnsigned(indices.at(uint32_t(type))); }

  void write(const WorldFunction &function) {
    out.writeName(function.interface);
    out.writeName(function.name);
    write(function.type);
    out.writeUnsigned(function.instance);
    out.writeByte(uint8_t(function.encoding));
    for (const uint32_t index :
         {function.function, function.memory, function.realloc, function.postReturn})
      writeOptional(index);
    out.writeByte(function.isAsyncLift);
    writeOptional(function.callback);
    out.writeUnsigned(function.resultNumber);
  }

  template <typename T> void writeList(const std::vector<T> &list) {
    out.writeUnsigned(list.size());
    for (const T &item : list)
      write(item);
  }

  void write(const Concurrency &concurrency) {
    writeList(concurrency.services);
    writeList(concurrency.calls);
    writeList(concurrency.elements);
    writeList(concurrency.buffers);
    writeList(concurrency.copies);
    writeList(concurrency.streams);
    writeList(concurrency.instances);
  }

  void write(const WorldService &service) {
    out.writeByte(uint8_t(service.service));
    out.writeByte(service.isAsync);
    out.writeByte(service.isCancellable);
    out.writeUnsigned(service.instance);
    for (const uint32_t index : {service.subject, service.memory, service.buffer})
      writeOptional(index);
  }

  void write(const WorldCall &call) {
    out.writeUnsigned(call.caller);
    out.writeUnsigned(call.callee);
    for (const bool flag :
         {call.isAsyncLower, call.isAsyncLift, call.isHost, call.hasResultPointer})
      out.writeByte(flag);
    out.writeUnsigned(call.resultNumber);
    for (const uint32_t index :
         {call.memory, call.start, call.core, call.callback, call.postReturn, call.finish})
      writeOptional(index);
  }

  void write(const WorldElement &element) {
    out.writeUnsigned(element.bytes);
    out.writeUnsigned(element.alignment);
    out.writeByte(element.isNumber);
  }

  void write(const WorldBuffer &buffer) {
    out.writeUnsigned(buffer.instance);
    out.writeByte(uint8_t(buffer.encoding));
    writeOptional(buffer.memory);
    writeOptional(buffer.realloc);
  }

  void write(const WorldCopy &copy) {
    out.writeUnsigned(copy.writer);
    out.writeUnsigned(copy.reader);
    writeOptional(copy.function);
  }

  void write(const WorldStream &stream) {
    write(stream.type);
    out.writeUnsigned(stream.element);
  }

  void write(const WorldTasks &tasks) {
    out.writeUnsigned(tasks.instance);
    for (const uint32_t index :
         {tasks.memory, tasks.add, tasks.remove, tasks.context[0], tasks.context[1]})
      writeOptional(index);
  }

  void write(const WorldResource &resource) {
    out.writeUnsigned(resource.number);
    out.writeUnsigned(resource.handleType);
    out.writeByte(resource.isHost);
    out.writeName(resource.interface);
    out.writeName(resource.name);
    writeOptional(resource.instance);
    writeOptional(resource.destructor);
  }

  /// What a type refers to comes before it. Types are not nested deeper than limits::typeDepth.
  void add(TypeId id) {
    if (indices.contains(uint32_t(id)))
      return;
    const TypeBody &body = types[id];
    for (const Field &field : body.fields)
      add(field.type);
    for (const auto *part : {&body.element, &body.error, &body.key})
      add(*part);
    const bool isHandle = body.form == TypeForm::Own || body.form == TypeForm::Borrow;
    if (isHandle)
      add(body.resource);
    for (const auto *entities : {&body.imports, &body.exports})
      for (const auto &[name, entity, implements] : *entities)
        if (hasType(entity))
          add(entity.type);
    writeBody(body, isHandle);
    indices.emplace(uint32_t(id), count++);
  }
  void add(const std::optional<ValueType> &type) {
    if (type && !type->primitive)
      add(type->type);
  }
  static bool hasType(const Entity &entity) {
    return entity.sort != Sort::CoreModule && entity.sort != Sort::Value;
  }

  void writeBody(const TypeBody &body, bool isHandle) {
    ByteWriter &to = typeBytes;
    to.writeByte(uint8_t(body.form));
    to.writeByte(uint8_t(body.primitive));
    to.writeUnsigned(body.fields.size());
    for (const Field &field : body.fields) {
      to.writeName(field.label);
      writeValue(field.type);
    }
    for (const auto *part : {&body.element, &body.error, &body.key})
      writeValue(*part);
    to.writeUnsigned(isHandle ? indices.at(uint32_t(body.resource)) : 0);
    to.writeUnsigned(body.length);
    to.writeUnsigned(body.number);
    for (const auto *entities : {&body.imports, &body.exports}) {
      to.writeUnsigned(entities->size());
      for (const auto &[name, entity, implements] : *entities) {
        to.writeName(name);
        to.writeByte(uint8_t(entity.sort));
        if (hasType(entity))
          to.writeUnsigned(indices.at(uint32_t(entity.type)));
      }
    }
  }

  /// 0: none; 1: a primitive type follows; else one of the table, from 2.
  void writeValue(const std::optional<ValueType> &type) {
    if (!type) {
      typeBytes.writeUnsigned(0);
    } else if (type->primitive) {
      typeBytes.writeUnsigned(1);
      typeBytes.writeByte(uint8_t(*type->primitive));
    } else {
      typeBytes.writeUnsigned(uint64_t(indices.at(uint32_t(type->type))) + 2);
    }
  }

  const World &world;
  const Types &types;
  ByteWriter out, typeBytes;
  std::unordered_map<uint32_t, uint32_t> indices;
  uint32_t count = 0;
};

} // namespace

std::vector<uint8_t> encodeWorld(const World &world) { return WorldEncoder(world).run(); }

} // namespace w2n::component
