// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Canonical definitions (CanonicalABI.md, "Canonical Definitions"): options, and the core types of
// the functions that result.

#include "lib/component/CanonOptions.h"
#include "lib/component/Validator.h"

#include <algorithm>

namespace w2n::component {

namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

std::vector<wasm::ValueType> valueTypes(const FlatTypes &flat) {
  std::vector<wasm::ValueType> list;
  for (const wasm::ValueKind kind : flat)
    list.push_back({kind});
  return list;
}

std::string listOf(const std::vector<wasm::ValueType> &list) {
  std::string text = "[";
  for (const wasm::ValueType type : list) {
    std::string name = toString(type);
    for (char &c : name)
      c = char(toupper(c));
    text += (text.size() > 1 ? ", " : "") + name;
  }
  return text + "]";
}

/// Whether the reading or writing of values of `type` needs memory.
bool needsMemory(const Types &types, const std::optional<ValueType> &type) {
  return type && hasPointers(types, *type);
}

} // namespace

FlatTypes flatParams(const Types &types, const TypeBody &func) {
  FlatTypes flat;
  for (const Field &param : func.fields)
    appendFlat(types, *param.type, flat);
  return flat;
}

FlatTypes flatResult(const Types &types, const TypeBody &func) {
  FlatTypes flat;
  if (func.element)
    appendFlat(types, *func.element, flat);
  return flat;
}

wasm::FunctionType liftedType(const Types &types, const TypeBody &func,
                              const CanonOptions &options) {
  using wasm::ValueType;
  wasm::FunctionType type;
  const FlatTypes params = flatParams(types, func), result = flatResult(types, func);
  type.params = params.size() > maxFlat ? std::vector{ValueType::i32()} : valueTypes(params);
  if (options.isAsync) {
    // Results go through task.return; a callback's first result says what to wait for.
    if (options.callback)
      type.results = {ValueType::i32()};
  } else {
    type.results = result.size() > 1 ? std::vector{ValueType::i32()} : valueTypes(result);
  }
  return type;
}

wasm::FunctionType loweredType(const Types &types, const TypeBody &func,
                               const CanonOptions &options) {
  using wasm::ValueType;
  constexpr size_t maxAsyncParams = 4;
  wasm::FunctionType type;
  const FlatTypes params = flatParams(types, func), result = flatResult(types, func);
  const size_t maxParams = options.isAsync ? maxAsyncParams : maxFlat;
  type.params = params.size() > maxParams ? std::vector{ValueType::i32()} : valueTypes(params);
  if (options.isAsync) {
    if (func.element)
      type.params.push_back(ValueType::i32());
    type.results = {ValueType::i32()};
  } else if (result.size() > 1) {
    type.params.push_back(ValueType::i32());
  } else {
    type.results = valueTypes(result);
  }
  return type;
}

Result<CanonOptions> readOptions(const CanonDefinition &canon) {
  CanonOptions options;
  std::optional<CanonOption> encoding;
  const auto once = [&](std::optional<uint32_t> &place,
                        const CanonDefinition::Option &option) -> Status {
    if (place)
      return fail(ErrorKind::Invalid,
                  "canonical option " + quoted(nameOf(option.option)) +
                      " is specified more than once",
                  option.offset);
    place = option.index;
    return {};
  };
  std::optional<uint32_t> isAsync;
  for (const CanonDefinition::Option &option : canon.options) {
    switch (option.option) {
    case CanonOption::Utf8:
    case CanonOption::Utf16:
    case CanonOption::Latin1Utf16:
      if (encoding)
        return fail(ErrorKind::Invalid,
                    "canonical encoding option " + quoted(nameOf(*encoding)) +
                        " conflicts with option " + quoted(nameOf(option.option)),
                    option.offset);
      encoding = option.option;
      break;
    case CanonOption::Memory:
      W2N_CHECK(once(options.memory, option));
      break;
    case CanonOption::Realloc:
      W2N_CHECK(once(options.realloc, option));
      break;
    case CanonOption::PostReturn:
      W2N_CHECK(once(options.postReturn, option));
      break;
    case CanonOption::Async:
      W2N_CHECK(once(isAsync, option));
      break;
    case CanonOption::Callback:
      W2N_CHECK(once(options.callback, option));
      break;
    case CanonOption::CoreType:
    case CanonOption::Gc:
      return fail(ErrorKind::Unsupported,
                  "canonical option " + quoted(nameOf(option.option)) + " is not supported",
                  option.offset);
    }
  }
  options.encoding = encoding.value_or(CanonOption::Utf8);
  options.isAsync = isAsync.has_value();
  return options;
}

namespace {

std::unexpected<Error> required(CanonOption option, uint64_t offset) {
  return fail(ErrorKind::Invalid, "canonical option " + quoted(nameOf(option)) + " is required",
              offset);
}

std::unexpected<Error> wrongSignature(CanonOption option, uint64_t offset) {
  return fail(ErrorKind::Invalid,
              "canonical option " + quoted(nameOf(option)) +
                  " uses a core function with an incorrect signature",
              offset);
}

Status requireMemory(const CanonOptions &options, bool needsMemory, bool needsRealloc,
                     uint64_t offset) {
  if ((needsMemory || needsRealloc) && !options.memory)
    return required(CanonOption::Memory, offset);
  if (needsRealloc && !options.realloc)
    return required(CanonOption::Realloc, offset);
  return {};
}

} // namespace

/// Checks what options refer to.
static Status checkReferences(const Types &types, const Scope &scope, const CanonOptions &options,
                              uint64_t offset) {
  using wasm::ValueType;
  const ValueType i32 = ValueType::i32();
  const auto funcAt = [&](uint32_t index) -> Result<const wasm::FunctionType *> {
    if (index >= scope.coreFuncs.size())
      return fail(ErrorKind::Invalid,
                  "unknown function " + std::to_string(index) + ": function index out of bounds",
                  offset);
    return &types[scope.coreFuncs[index]];
  };
  if (options.memory) {
    if (*options.memory >= scope.coreMemories.size())
      return fail(ErrorKind::Invalid,
                  "unknown memory " + std::to_string(*options.memory) +
                      ": memory index out of bounds",
                  offset);
    // What is checked in it must still be so when it is copied.
    if (scope.coreMemories[*options.memory].limits.shared)
      return fail(ErrorKind::Unsupported,
                  "shared memories are not supported as canonical option `memory`", offset);
    if (scope.coreMemories[*options.memory].limits.is64)
      return fail(ErrorKind::Unsupported,
                  "memories of 64-bit addresses are not supported as canonical option `memory`",
                  offset);
  }
  if (options.realloc) {
    W2N_TRY(type, funcAt(*options.realloc));
    if (*type != wasm::FunctionType{{i32, i32, i32, i32}, {i32}})
      return wrongSignature(CanonOption::Realloc, offset);
    if (!options.memory)
      return fail(ErrorKind::Invalid,
                  "canonical option `realloc` requires `memory` to also be specified", offset);
  }
  if (options.callback) {
    W2N_TRY(type, funcAt(*options.callback));
    if (*type != wasm::FunctionType{{i32, i32, i32}, {i32}})
      return wrongSignature(CanonOption::Callback, offset);
    if (!options.isAsync)
      return fail(ErrorKind::Invalid,
                  "canonical option `callback` requires `async` to also be specified", offset);
  }
  return {};
}

static Status refuseLiftOptions(const CanonOptions &options, uint64_t offset) {
  for (const auto &[option, value] : {std::pair{CanonOption::PostReturn, options.postReturn},
                                      std::pair{CanonOption::Callback, options.callback}})
    if (value)
      return fail(ErrorKind::Invalid,
                  "canonical option " + quoted(nameOf(option)) +
                      " cannot be specified for lowerings",
                  offset);
  return {};
}

static Status checkAsync(const CanonOptions &options, const TypeBody &func, uint64_t offset) {
  if (options.isAsync && !func.isAsync())
    return fail(ErrorKind::Invalid, "the `async` canonical option requires an async function type",
                offset);
  return {};
}

Status Validator::validateLift(Definition &definition, const CanonDefinition &canon) {
  const uint64_t offset = definition.offset;
  W2N_CHECK(checkIndex(Sort::Type, canon.type, offset));
  const TypeId id = scope().types[canon.type];
  const TypeBody &func = types[id];
  if (!func.isFunc())
    return invalid("type index " + std::to_string(canon.type) + " is not a function type", offset);
  W2N_CHECK(checkIndex(Sort::CoreFunc, canon.function, offset));
  W2N_TRY(options, readOptions(canon));
  W2N_CHECK(checkReferences(types, scope(), options, offset));
  W2N_CHECK(checkAsync(options, func, offset));
  const FlatTypes params = flatParams(types, func), result = flatResult(types, func);
  const bool paramsInMemory =
      params.size() > maxFlat ||
      std::ranges::any_of(func.fields, [&](const Field &p) { return needsMemory(types, p.type); });
  const bool resultInMemory =
      !options.isAsync && (result.size() > 1 || needsMemory(types, func.element));
  W2N_CHECK(requireMemory(options, resultInMemory, paramsInMemory, offset));
  const wasm::FunctionType expected = liftedType(types, func, options);
  const wasm::FunctionType &found = types[scope().coreFuncs[canon.function]];
  if (expected.params != found.params)
    return invalid("lowered parameter types `" + listOf(expected.params) +
                       "` do not match parameter types `" + listOf(found.params) +
                       "` of core function " + std::to_string(canon.function),
                   offset);
  if (expected.results != found.results)
    return invalid("lowered result types `" + listOf(expected.results) +
                       "` do not match result types `" + listOf(found.results) +
                       "` of core function " + std::to_string(canon.function),
                   offset);
  if (options.postReturn) {
    if (options.isAsync)
      return invalid("canonical option `post-return` cannot be specified with `async`", offset);
    W2N_CHECK(checkIndex(Sort::CoreFunc, *options.postReturn, offset));
    if (types[scope().coreFuncs[*options.postReturn]] != wasm::FunctionType{found.results, {}})
      return wrongSignature(CanonOption::PostReturn, offset);
  }
  definition.resolved = uint32_t(id);
  scope().funcs.push_back(id);
  return {};
}

Status Validator::validateLower(Definition &definition, const CanonDefinition &canon) {
  const uint64_t offset = definition.offset;
  W2N_CHECK(checkIndex(Sort::Func, canon.function, offset));
  const TypeId id = scope().funcs[canon.function];
  const TypeBody &func = types[id];
  W2N_TRY(options, readOptions(canon));
  W2N_CHECK(refuseLiftOptions(options, offset));
  W2N_CHECK(checkReferences(types, scope(), options, offset));
  W2N_CHECK(checkAsync(options, func, offset));
  const wasm::FunctionType type = loweredType(types, func, options);
  const FlatTypes params = flatParams(types, func), result = flatResult(types, func);
  const bool isInMemory =
      params.size() > (options.isAsync ? 4 : maxFlat) || result.size() > 1 ||
      (options.isAsync && func.element) ||
      std::ranges::any_of(func.fields, [&](const Field &p) { return needsMemory(types, p.type); });
  W2N_CHECK(requireMemory(options, isInMemory, needsMemory(types, func.element), offset));
  definition.resolved = uint32_t(id);
  scope().coreFuncs.push_back(types.add(type));
  return {};
}

Status Validator::checkBuiltin(const CanonDefinition &canon, uint64_t offset) {
  const std::string_view name = infoOf(canon.builtin).name;
  for (const char immediate : infoOf(canon.builtin).immediates) {
    if (immediate == 'm')
      W2N_CHECK(checkIndex(Sort::CoreMemory, canon.memory, offset));
    if (immediate == 'b') {
      W2N_CHECK(checkIndex(Sort::CoreTable, canon.table, offset));
      if (scope().coreTables[canon.table].element != wasm::ValueType::funcref())
        return invalid(std::string(name) + " requires a table of funcref", offset);
    }
    if (immediate == 't') {
      W2N_CHECK(checkIndex(Sort::CoreType, canon.type, offset));
      const CoreTypeEntry &entry = scope().coreTypes[canon.type];
      if (entry.isModule || entry.type.function != wasm::FunctionType{{wasm::ValueType::i32()}, {}})
        return invalid("start function must take a single `i32` argument", offset);
    }
    if (immediate == 'T') {
      W2N_CHECK(checkIndex(Sort::Type, canon.type, offset));
      const TypeBody &body = types[scope().types[canon.type]];
      const bool ofResource = name.starts_with("resource.");
      const TypeForm form = ofResource                    ? TypeForm::Resource
                            : name.starts_with("stream.") ? TypeForm::Stream
                                                          : TypeForm::Future;
      if (body.form != form)
        return invalid("type index " + std::to_string(canon.type) + " is not a " +
                           std::string(nameOf(form)) + " type",
                       offset);
    }
  }
  return {};
}

/// Notes the type that values of a built-in have.
static void setSubject(Definition &definition, const std::optional<ValueType> &type) {
  if (type && type->primitive)
    definition.subjectPrimitive = type->primitive;
  else if (type)
    definition.subject = uint32_t(type->type);
}

Result<wasm::FunctionType> Validator::builtinType(Definition &definition,
                                                  const CanonDefinition &canon) {
  const uint64_t offset = definition.offset;
  using wasm::ValueType;
  wasm::FunctionType type;
  const BuiltinInfo &info = infoOf(canon.builtin);
  if (info.signature != "*") {
    std::vector<ValueType> *list = &type.params;
    for (const char letter : info.signature) {
      if (letter == ':')
        list = &type.results;
      else
        list->push_back(letter == 'l' ? ValueType::i64() : ValueType::i32());
    }
    return type;
  }
  switch (canon.builtin) {
  case Builtin::TaskReturn: {
    W2N_TRY(result, resolve(canon.result));
    setSubject(definition, result);
    FlatTypes flat;
    if (result)
      appendFlat(types, *result, flat);
    type.params = flat.size() > maxFlat ? std::vector{ValueType::i32()} : valueTypes(flat);
    return type;
  }
  case Builtin::ContextGet:
  case Builtin::ContextSet: {
    constexpr uint32_t contextSlots = 2;
    if (canon.slot >= contextSlots)
      return invalid("immediate must be less than " + std::to_string(contextSlots) + ": " +
                         std::to_string(canon.slot),
                     offset);
    if (canon.valueType != ValueType::i32())
      return invalid("context slots hold i32 alone", offset);
    (canon.builtin == Builtin::ContextGet ? type.results : type.params) = {canon.valueType};
    return type;
  }
  default:
    return fail(ErrorKind::Unsupported,
                quoted(info.name) + " requires the shared-everything-threads proposal", offset);
  }
}

Status Validator::validate(Definition &definition, CanonDefinition &canon) {
  const uint64_t offset = definition.offset;
  if (canon.builtin == Builtin::Lift)
    return validateLift(definition, canon);
  if (canon.builtin == Builtin::Lower)
    return validateLower(definition, canon);
  W2N_CHECK(checkBuiltin(canon, offset));
  W2N_TRY(options, readOptions(canon));
  W2N_CHECK(checkReferences(types, scope(), options, offset));
  W2N_TRY(type, builtinType(definition, canon));
  const bool isResource = canon.builtin == Builtin::ResourceNew ||
                          canon.builtin == Builtin::ResourceRep ||
                          canon.builtin == Builtin::ResourceDrop;
  if (isResource) {
    const TypeId resource = scope().types[canon.type];
    definition.resolved = uint32_t(resource);
    if (canon.builtin != Builtin::ResourceDrop &&
        !scope().localResources.contains(types[resource].number))
      return invalid("type index " + std::to_string(canon.type) + " is not a local resource",
                     offset);
  }
  const std::string_view name = infoOf(canon.builtin).name;
  if (name.starts_with("stream.") || name.starts_with("future."))
    setSubject(definition, types[scope().types[canon.type]].element);
  const bool isRead = canon.builtin == Builtin::StreamRead || canon.builtin == Builtin::FutureRead;
  if (isRead || canon.builtin == Builtin::StreamWrite || canon.builtin == Builtin::FutureWrite) {
    const TypeBody &body = types[scope().types[canon.type]];
    W2N_CHECK(requireMemory(options, body.element.has_value(),
                            isRead && needsMemory(types, body.element), offset));
  }
  if (canon.builtin == Builtin::ErrorContextNew ||
      canon.builtin == Builtin::ErrorContextDebugMessage)
    W2N_CHECK(
        requireMemory(options, true, canon.builtin == Builtin::ErrorContextDebugMessage, offset));
  const CoreFuncId id = types.add(std::move(type));
  scope().coreFuncs.push_back(id);
  if (!isResource)
    definition.resolved = uint32_t(id);
  return {};
}

} // namespace w2n::component
