// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Reads what EncodeWorld.cpp writes. A type that is read has all that its form needs, and refers to
// types before it, so that what looks at types afterwards needs no checks.

#include "lib/component/World.h"
#include "lib/support/ByteReader.h"

namespace w2n::component {

namespace {

enum class Part : uint8_t { No, May, Must };
/// The parts of a form of type.
struct FormParts {
  TypeForm form;
  Part fieldTypes, element, error, key;
};
constexpr FormParts formParts[] = {
    {TypeForm::Record, Part::Must, Part::No, Part::No, Part::No},
    {TypeForm::Tuple, Part::Must, Part::No, Part::No, Part::No},
    {TypeForm::Variant, Part::May, Part::No, Part::No, Part::No},
    {TypeForm::Result, Part::No, Part::May, Part::May, Part::No},
    {TypeForm::List, Part::No, Part::Must, Part::No, Part::No},
    {TypeForm::FixedList, Part::No, Part::Must, Part::No, Part::No},
    {TypeForm::Option, Part::No, Part::Must, Part::No, Part::No},
    {TypeForm::Map, Part::No, Part::Must, Part::No, Part::Must},
    {TypeForm::Stream, Part::No, Part::May, Part::No, Part::No},
    {TypeForm::Future, Part::No, Part::May, Part::No, Part::No},
    {TypeForm::Func, Part::Must, Part::May, Part::No, Part::No},
    {TypeForm::AsyncFunc, Part::Must, Part::May, Part::No, Part::No},
};

bool fits(Part part, bool isThere) { return part == Part::May || isThere == (part == Part::Must); }

bool hasItsParts(const TypeBody &body) {
  FormParts parts = {body.form, Part::No, Part::No, Part::No, Part::No};
  for (const FormParts &row : formParts)
    if (row.form == body.form)
      parts = row;
  for (const Field &field : body.fields)
    if (!fits(parts.fieldTypes, field.type.has_value()))
      return false;
  const bool needsCases = body.form == TypeForm::Variant || body.form == TypeForm::Enum;
  if (needsCases && body.fields.empty())
    return false;
  if (body.form == TypeForm::Flags && body.fields.size() > 32)
    return false;
  return fits(parts.element, body.element.has_value()) &&
         fits(parts.error, body.error.has_value()) && fits(parts.key, body.key.has_value());
}

class WorldDecoder {
public:
  explicit WorldDecoder(Bytes bytes) : in(bytes) {}

  Result<World> run() {
    W2N_CHECK(each([&] { return readType(); }));
    W2N_TRY(type, readTypeId());
    if (world.types[type].form != TypeForm::ComponentType)
      return in.malformed("the type of the component is none");
    world.type = type;
    W2N_CHECK(each([&] { return readFunction(world.hostCalls); }));
    W2N_CHECK(each([&] { return readFunction(world.exports); }));
    W2N_CHECK(each([&] { return readHandles(); }));
    W2N_CHECK(each([&] { return readResource(); }));
    W2N_CHECK(readConcurrency());
    if (!in.atEnd())
      return in.malformed("the component's metadata goes on after its end");
    return std::move(world);
  }

private:
  /// Calls `read` as often as a count says. Each item has at least a byte.
  template <typename Read> Status each(const Read &read) {
    W2N_TRY(count, in.readU32());
    if (count > in.remaining())
      return in.malformed("the component's metadata has " + std::to_string(in.remaining()) +
                          " bytes for " + std::to_string(count) + " items");
    for (uint32_t i = 0; i < count; ++i)
      W2N_CHECK(read());
    return {};
  }

  Status readOptional(uint32_t &index) {
    W2N_TRY(value, in.readU64());
    if (value > WorldFunction::none)
      return in.malformed("an index of the component's metadata is too large");
    index = value == 0 ? WorldFunction::none : uint32_t(value - 1);
    return {};
  }

  template <typename T> Status readEnum(T &value, size_t count) {
    W2N_TRY(byte, in.readByte());
    if (byte >= count)
      return in.malformed("byte " + std::to_string(byte) +
                          " in the component's metadata, most is " + std::to_string(count - 1));
    value = T(byte);
    return {};
  }

  Status checkType(uint64_t index) const {
    if (index >= count)
      return in.malformed("type " + std::to_string(index) + " of the component's metadata, of " +
                          std::to_string(count));
    return {};
  }

  Result<TypeId> readTypeId() {
    W2N_TRY(index, in.readU32());
    W2N_CHECK(checkType(index));
    return TypeId(index);
  }

  Status readValue(std::optional<ValueType> &type) {
    W2N_TRY(tag, in.readU64());
    if (tag == 0)
      return {};
    if (tag == 1) {
      W2N_CHECK(readEnum(type.emplace().primitive.emplace(), primitiveCount));
      return {};
    }
    W2N_CHECK(checkType(tag - 2));
    if (!world.types[TypeId(tag - 2)].isDefined())
      return in.malformed("a value of the component's metadata has a type that values do not have");
    type = {std::nullopt, TypeId(tag - 2)};
    return {};
  }

  Status readEntities(Entities &entities) {
    return each([&]() -> Status {
      Entity entity;
      W2N_TRY(name, in.readName());
      W2N_CHECK(readEnum(entity.sort, sortCount));
      if (entity.sort != Sort::CoreModule && entity.sort != Sort::Value) {
        W2N_TRY(type, readTypeId());
        entity.type = type;
        if (!isOfSort(world.types[type], entity.sort))
          return in.malformed("\"" + std::string(name) + "\" has the type of another sort");
      }
      if (!entities.add(name, entity))
        return in.malformed("two items have the name \"" + std::string(name) + "\"");
      return {};
    });
  }

  static bool isOfSort(const TypeBody &body, Sort sort) {
    switch (sort) {
    case Sort::Func:
      return body.isFunc();
    case Sort::Component:
      return body.form == TypeForm::ComponentType;
    case Sort::Instance:
      return body.form == TypeForm::InstanceType;
    case Sort::Type:
      return true;
    default:
      return false;
    }
  }

  Status readType() {
    TypeBody body;
    W2N_CHECK(readEnum(body.form, size_t(TypeForm::Primitive) + 1));
    W2N_CHECK(readEnum(body.primitive, primitiveCount));
    W2N_CHECK(each([&]() -> Status {
      W2N_TRY(label, in.readName());
      body.fields.push_back({label, {}});
      return readValue(body.fields.back().type);
    }));
    for (auto *part : {&body.element, &body.error, &body.key})
      W2N_CHECK(readValue(*part));
    W2N_TRY(resource, in.readU32());
    W2N_TRY(length, in.readU32());
    W2N_TRY(number, in.readU32());
    body.length = length;
    body.number = number;
    W2N_CHECK(readEntities(body.imports));
    W2N_CHECK(readEntities(body.exports));
    if (body.form == TypeForm::Own || body.form == TypeForm::Borrow) {
      W2N_CHECK(checkType(resource));
      body.resource = TypeId(resource);
      if (world.types[body.resource].form != TypeForm::Resource)
        return in.malformed("a handle of the component's metadata is of no resource");
    }
    if (!hasItsParts(body))
      return in.malformed("type " + std::to_string(count) +
                          " of the component's metadata has not the parts of a " +
                          std::string(nameOf(body.form)));
    W2N_CHECK(world.types.add(std::move(body), in.offset()));
    ++count;
    return {};
  }

  Status readFunction(std::vector<WorldFunction> &to) {
    WorldFunction function;
    W2N_TRY(interface, in.readName());
    W2N_TRY(name, in.readName());
    W2N_TRY(type, readTypeId());
    W2N_TRY(instance, in.readU32());
    if (!world.types[type].isFunc())
      return in.malformed("\"" + std::string(name) + "\" has not the type of a function");
    function.interface = interface;
    function.name = name;
    function.type = type;
    function.instance = instance;
    W2N_CHECK(readEnum(function.encoding, size_t(CanonOption::Latin1Utf16) + 1));
    for (uint32_t *index :
         {&function.function, &function.memory, &function.realloc, &function.postReturn})
      W2N_CHECK(readOptional(*index));
    W2N_CHECK(readEnum(function.isAsyncLift, 2));
    W2N_CHECK(readOptional(function.callback));
    W2N_CHECK(readNumber(function.resultNumber));
    to.push_back(function);
    return {};
  }

  Status readNumber(uint32_t &number) {
    W2N_TRY(value, in.readU32());
    number = value;
    return {};
  }

  /// Calls `read` for each item of a list that is counted.
  template <typename T> Status readList(std::vector<T> &list, Status (WorldDecoder::*read)(T &)) {
    return each([&] { return (this->*read)(list.emplace_back()); });
  }

  Status readConcurrency() {
    Concurrency &to = world.concurrency;
    W2N_CHECK(readList(to.services, &WorldDecoder::readService));
    W2N_CHECK(readList(to.calls, &WorldDecoder::readCall));
    W2N_CHECK(readList(to.elements, &WorldDecoder::readElement));
    W2N_CHECK(readList(to.buffers, &WorldDecoder::readBuffer));
    W2N_CHECK(readList(to.copies, &WorldDecoder::readCopy));
    W2N_CHECK(readList(to.streams, &WorldDecoder::readStream));
    return readList(to.instances, &WorldDecoder::readTasks);
  }

  Status readService(WorldService &service) {
    W2N_CHECK(readEnum(service.service, std::size(serviceInfos)));
    W2N_CHECK(readEnum(service.isAsync, 2));
    W2N_CHECK(readEnum(service.isCancellable, 2));
    W2N_CHECK(readNumber(service.instance));
    for (uint32_t *index : {&service.subject, &service.memory, &service.buffer})
      W2N_CHECK(readOptional(*index));
    return {};
  }

  Status readCall(WorldCall &call) {
    W2N_CHECK(readNumber(call.caller));
    W2N_CHECK(readNumber(call.callee));
    for (bool *flag : {&call.isAsyncLower, &call.isAsyncLift, &call.isHost, &call.hasResultPointer})
      W2N_CHECK(readEnum(*flag, 2));
    W2N_CHECK(readNumber(call.resultNumber));
    for (uint32_t *index :
         {&call.memory, &call.start, &call.core, &call.callback, &call.postReturn, &call.finish})
      W2N_CHECK(readOptional(*index));
    return {};
  }

  Status readElement(WorldElement &element) {
    W2N_CHECK(readNumber(element.bytes));
    W2N_CHECK(readNumber(element.alignment));
    const bool isPower =
        element.alignment != 0 && (element.alignment & (element.alignment - 1)) == 0;
    if (!isPower || element.alignment > 8)
      return in.malformed("elements of a stream have an alignment of " +
                          std::to_string(element.alignment));
    return readEnum(element.isNumber, 2);
  }

  Status readBuffer(WorldBuffer &buffer) {
    W2N_CHECK(readNumber(buffer.instance));
    W2N_CHECK(readEnum(buffer.encoding, size_t(CanonOption::Latin1Utf16) + 1));
    W2N_CHECK(readOptional(buffer.memory));
    return readOptional(buffer.realloc);
  }

  Status readCopy(WorldCopy &copy) {
    W2N_CHECK(readNumber(copy.writer));
    W2N_CHECK(readNumber(copy.reader));
    return readOptional(copy.function);
  }

  Status readStream(WorldStream &stream) {
    W2N_TRY(type, readTypeId());
    const TypeForm form = world.types[type].form;
    if (form != TypeForm::Stream && form != TypeForm::Future)
      return in.malformed("a stream of the component's metadata has the type of none");
    stream.type = type;
    return readNumber(stream.element);
  }

  Status readTasks(WorldTasks &tasks) {
    W2N_CHECK(readNumber(tasks.instance));
    for (uint32_t *index :
         {&tasks.memory, &tasks.add, &tasks.remove, &tasks.context[0], &tasks.context[1]})
      W2N_CHECK(readOptional(*index));
    return {};
  }

  Status readHandles() {
    WorldHandles handles;
    W2N_TRY(instance, in.readU32());
    handles.instance = instance;
    for (uint32_t *index : {&handles.lend, &handles.take, &handles.give, &handles.giveBorrow})
      W2N_CHECK(readOptional(*index));
    world.handles.push_back(handles);
    return {};
  }

  Status readResource() {
    WorldResource resource;
    W2N_TRY(number, in.readU32());
    W2N_TRY(handleType, in.readU32());
    W2N_CHECK(readEnum(resource.isHost, 2));
    W2N_TRY(interface, in.readName());
    W2N_TRY(name, in.readName());
    resource.number = number;
    resource.handleType = handleType;
    resource.interface = interface;
    resource.name = name;
    W2N_CHECK(readOptional(resource.instance));
    W2N_CHECK(readOptional(resource.destructor));
    world.resources.push_back(resource);
    return {};
  }

  static constexpr size_t primitiveCount = size_t(Primitive::ErrorContext) + 1;
  static constexpr size_t sortCount = size_t(Sort::Instance) + 1;

  ByteReader in;
  World world;
  uint32_t count = 0;
};

} // namespace

Result<World> decodeWorld(Bytes bytes) { return WorldDecoder(bytes).run(); }

} // namespace w2n::component
