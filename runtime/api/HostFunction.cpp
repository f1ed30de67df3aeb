// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/HostFunction.h"

#include "runtime/api/Object.h"
#include "runtime/api/Value.h"

#include <algorithm>

namespace w2n::api {

namespace {

Error trapWith(std::string text) {
  return {ErrorKind::Trap,
          Error::noOffset,
          std::move(text),
          {},
          uint32_t(artifact::TrapKind::HostError)};
}

} // namespace

Error takeCallbackError(w2n_error *fromCallback) {
  Error error = std::move(fromCallback->error);
  delete fromCallback;
  if (error.kind == ErrorKind::Trap || error.kind == ErrorKind::Exit ||
      error.kind == ErrorKind::Interrupted)
    return error;
  return trapWith(std::move(error.text));
}

namespace {

using runtime::Slot;

/// The state that all copies of the function's body share.
class HostFunction {
public:
  HostFunction(std::string name, const w2n_function_type &type, const HostCallback &callback)
      : name(std::move(name)), params(type.params, type.params + type.param_count),
        results(type.results, type.results + type.result_count), callback(callback) {}
  ~HostFunction() {
    if (callback.finalizer)
      callback.finalizer(callback.user);
  }
  HostFunction(const HostFunction &) = delete;
  HostFunction &operator=(const HostFunction &) = delete;

  Status call(runtime::Caller caller, std::span<Slot> slots) const;

private:
  std::string name;
  std::vector<w2n_value_kind> params, results;
  HostCallback callback;
};

/// A value that no guest gets.
void putPlain(const w2n_value &value, wasm::ValueType type, Slot *slots) {
  slots[0] = toSlot(value, type);
  if (value.kind == W2N_V128)
    slots[1] = value.of.v128[1];
}

bool isOfGuest(w2n_value_kind kind) { return kind == W2N_FUNCREF || kind == W2N_ANYREF; }

/// Frees the handles that arguments and results have in the end, of which some may be the same.
class Handles {
public:
  explicit Handles(std::span<const w2n_value> values) : values(values) {}
  ~Handles() {
    for (size_t i = 0; i < values.size(); ++i) {
      const auto isSame = [&](const w2n_value &other) {
        return other.kind == W2N_ANYREF && other.of.anyref == values[i].of.anyref;
      };
      if (values[i].kind == W2N_ANYREF && std::ranges::none_of(values.first(i), isSame))
        w2n_object_free(values[i].of.anyref);
    }
  }
  Handles(const Handles &) = delete;
  Handles &operator=(const Handles &) = delete;

private:
  std::span<const w2n_value> values;
};

Status HostFunction::call(runtime::Caller caller, std::span<Slot> slots) const {
  w2n_caller inC(caller.instance);
  Buffer<w2n_value, 16> values(params.size() + results.size());
  w2n_value *const args = values.data(), *const out = args + params.size();
  // The host's own calls have neither functions nor objects.
  const Slot *from = slots.data();
  for (size_t i = 0; i < params.size(); from += slotsOf(params[i++])) {
    args[i] = isOfGuest(params[i]) ? fromSlots(from, params[i], inC.handle(), caller.instance)
                                   : fromPlainSlots(from, params[i]);
    if (params[i] == W2N_EXTERNREF)
      noteExternref(caller.instance, *from);
  }
  constexpr Slot zeros[2] = {};
  for (size_t i = 0; i < results.size(); ++i)
    out[i] = fromPlainSlots(zeros, results[i]);
  const Handles handles(values.span());
  if (w2n_error *error = callback.callback(&inC, callback.user, args, out))
    return std::unexpected(takeCallbackError(error));
  Slot *to = slots.data();
  for (size_t i = 0; i < results.size(); to += slotsOf(results[i++])) {
    const wasm::ValueType type = typeOf(results[i]);
    if (!isOfKind(out[i], type))
      return std::unexpected(trapWith("host function " + name + " left result " +
                                      std::to_string(i) + " of type " + kindName(out[i].kind) +
                                      ", must be " + kindName(results[i])));
    // Nothing has kept the object, and the caller may have another heap.
    if (!isValueOf(type, out[i]))
      return std::unexpected(trapWith("host function " + name + " left as result " +
                                      std::to_string(i) + " a reference to an object of a guest"));
    if (caller.instance)
      W2N_CHECK(handOver(out[i], type, *caller.instance, to));
    else
      putPlain(out[i], type, to);
  }
  return {};
}

Status readTypes(const std::string &name, const w2n_value_kind *kinds, size_t count,
                 std::vector<wasm::ValueType> &types) {
  if (count > artifact::argumentBufferSlots)
    return fail(ErrorKind::Limit, "host function " + name + " has " + std::to_string(count) +
                                      " parameters or results, most is 1000");
  for (size_t i = 0; i < count; ++i) {
    if (kinds[i] > W2N_EXTERNREF && kinds[i] != W2N_ANYREF)
      return fail(ErrorKind::Invalid,
                  "host function " + name + " has a parameter or result of kind " +
                      std::to_string(kinds[i]) + ", which host functions cannot have");
    types.push_back(typeOf(kinds[i]));
  }
  return {};
}

} // namespace

Result<std::shared_ptr<runtime::Function>>
makeHostFunction(std::string name, const w2n_function_type &type, const HostCallback &callback) {
  wasm::FunctionType wasmType;
  W2N_CHECK(readTypes(name, type.params, type.param_count, wasmType.params));
  W2N_CHECK(readTypes(name, type.results, type.result_count, wasmType.results));
  auto body = [host = std::make_shared<HostFunction>(std::move(name), type, callback)](
                  runtime::Caller caller, std::span<Slot> slots) {
    return host->call(caller, slots);
  };
  return runtime::makeHostFunction(std::move(wasmType), std::move(body));
}

namespace {

/// The state that a function which takes slots has.
struct PlainFunction {
  w2n_plain_callback callback;
  void *user;
  w2n_finalizer finalizer;

  ~PlainFunction() {
    if (finalizer)
      finalizer(user);
  }
};

w2n_error *callPlain(runtime::Instance *caller, void *user, Slot *slots) {
  const auto &self = *static_cast<const PlainFunction *>(user);
  w2n_caller inC(caller);
  return self.callback(&inC, self.user, slots);
}

} // namespace

Result<std::shared_ptr<runtime::Function>> makePlainFunction(const std::string &name,
                                                             const w2n_function_type &type,
                                                             w2n_plain_callback callback,
                                                             void *user, w2n_finalizer finalizer) {
  wasm::FunctionType wasmType;
  W2N_CHECK(readTypes(name, type.params, type.param_count, wasmType.params));
  W2N_CHECK(readTypes(name, type.results, type.result_count, wasmType.results));
  const auto isNumber = [](wasm::ValueType type) { return kindOf(type) <= W2N_F64; };
  if (!std::ranges::all_of(wasmType.params, isNumber) ||
      !std::ranges::all_of(wasmType.results, isNumber))
    return fail(ErrorKind::Invalid, "host function " + name +
                                        " has parameters or results that are no numbers, and "
                                        "cannot take slots");
  auto self = std::make_shared<PlainFunction>(callback, user, finalizer);
  PlainFunction *const plain = self.get();
  auto function = runtime::makeHostFunction(
      std::move(wasmType),
      [self = std::move(self)](runtime::Caller caller, std::span<Slot> slots) -> Status {
        if (w2n_error *error = callPlain(caller.instance, self.get(), slots.data()))
          return std::unexpected(takeCallbackError(error));
        return {};
      });
  function->plainHost = callPlain;
  function->user = plain;
  return function;
}

} // namespace w2n::api

w2n_instance *w2n_caller_instance(w2n_caller *caller) {
  return caller->instance ? &caller->handle() : nullptr;
}

void *w2n_caller_data(const w2n_caller *caller) {
  return caller->instance ? caller->instance->userData : nullptr;
}

w2n_memory *w2n_caller_memory(w2n_caller *caller) {
  w2n::runtime::Memory *memory = caller->instance ? caller->instance->memory0() : nullptr;
  // The running instance keeps it.
  caller->memory.memory = std::shared_ptr<w2n::runtime::Memory>(std::shared_ptr<void>(), memory);
  return memory ? &caller->memory : nullptr;
}
