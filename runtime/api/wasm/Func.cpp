// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Functions: calls in both directions.
#include "runtime/api/Value.h"
#include "runtime/api/wasm/Values.h"

#include <algorithm>
#include <cstring>

using namespace w2n;
using runtime::Slot;
using standard::HostCallback;

namespace {

Error trapWith(std::string text) {
  return {ErrorKind::Trap,
          Error::noOffset,
          std::move(text),
          {},
          uint32_t(artifact::TrapKind::HostError)};
}

std::vector<wasm_valkind_t> kindsOf(std::span<const wasm::ValueType> types) {
  std::vector<wasm_valkind_t> kinds;
  for (wasm::ValueType type : types)
    kinds.push_back(standard::kindOf(type));
  return kinds;
}

constexpr size_t maxSimple = 16;

bool isSimple(std::span<const wasm_valkind_t> kinds) {
  return kinds.size() <= maxSimple &&
         std::ranges::all_of(kinds, [](wasm_valkind_t kind) { return kind <= WASM_F64; });
}

bool isWide(wasm_valkind_t kind) { return kind == WASM_I64 || kind == WASM_F64; }

bool fits(const wasm_func_t &func, const wasm_val_vec_t &args, const wasm_val_vec_t &results) {
  if (args.size != func.params.size() || results.size != func.results.size())
    return false;
  for (size_t i = 0; i < args.size; ++i)
    if (args.data[i].kind != func.params[i])
      return false;
  return true;
}

std::string doesNotFit(const wasm_func_t &func, const wasm_val_vec_t &args,
                       const wasm_val_vec_t &results) {
  return "function of type " + wasm::toString(func.function->type) + " called with " +
         std::to_string(args.size) + " arguments, room for " + std::to_string(results.size) +
         " results, or arguments of other kinds";
}

/// Calls a simple function with values that fit.
Status callSimple(const wasm_func_t &func, const wasm_val_vec_t &args, wasm_val_vec_t &results) {
  Slot slots[maxSimple];
  for (size_t i = 0; i < args.size; ++i)
    slots[i] =
        isWide(args.data[i].kind) ? uint64_t(args.data[i].of.i64) : uint32_t(args.data[i].of.i32);
  W2N_CHECK(runtime::call(*func.function, slots));
  for (size_t i = 0; i < results.size; ++i) {
    results.data[i].kind = func.results[i];
    results.data[i].of.i64 = int64_t(isWide(func.results[i]) ? slots[i] : uint32_t(slots[i]));
  }
  return {};
}

/// Results of a call as values, all or none.
Status takeResults(const std::shared_ptr<standard::Store> &store, const Slot *slots,
                   std::span<const wasm::ValueType> types, wasm_val_t *out) {
  for (size_t i = 0; i < types.size(); ++i) {
    auto value = standard::fromSlot(store, slots[i], types[i]);
    if (!value) {
      while (i-- > 0)
        wasm_val_delete(out + i);
      return std::unexpected(std::move(value).error());
    }
    out[i] = *value;
  }
  return {};
}

bool hasVectors(const wasm::FunctionType &type) {
  auto isVector = [](wasm::ValueType value) { return value.kind == wasm::ValueKind::V128; };
  return std::ranges::any_of(type.params, isVector) || std::ranges::any_of(type.results, isVector);
}

Status callAny(const wasm_func_t &func, const wasm_val_vec_t &args, wasm_val_vec_t &results) {
  const wasm::FunctionType &type = func.function->type;
  if (hasVectors(type))
    return fail(ErrorKind::Unsupported,
                "wasm.h has no values for a call of a function of type " + wasm::toString(type));
  api::Buffer<Slot, 16> slots(std::max(args.size, results.size));
  for (size_t i = 0; i < args.size; ++i) {
    W2N_TRY(slot,
            standard::toSlot(func.store, args.data[i], type.params[i], func.function->owner.get()));
    slots[i] = slot;
  }
  W2N_CHECK(runtime::call(*func.function, slots.span()));
  return takeResults(func.store, slots.data(), type.results, results.data);
}

Status call(const wasm_func_t &func, const wasm_val_vec_t &args, wasm_val_vec_t &results) {
  if (!fits(func, args, results)) [[unlikely]]
    return fail(ErrorKind::Invalid, doesNotFit(func, args, results));
  if (const HostCallback *callback = func.callback()) [[unlikely]]
    return callback->call(args, results);
  if (func.isSimple) [[likely]]
    return callSimple(func, args, results);
  return callAny(func, args, results);
}

/// The error that leaves the guest for a trap that a callback returned.
Error takeTrap(wasm_trap_t *trap) {
  Error error = trap->error;
  trap->release();
  if (error.kind == ErrorKind::Trap || error.kind == ErrorKind::Exit ||
      error.kind == ErrorKind::Interrupted)
    return error;
  return trapWith(std::move(error.text));
}

/// Values that are ended with it.
class Values {
public:
  explicit Values(size_t count) : buffer(count), vector{count, buffer.data()} {
    for (wasm_val_t &value : buffer.span())
      value = WASM_INIT_VAL;
  }
  ~Values() {
    for (wasm_val_t &value : buffer.span())
      wasm_val_delete(&value);
  }
  wasm_val_vec_t &get() { return vector; }

private:
  api::Buffer<wasm_val_t, 8> buffer;
  wasm_val_vec_t vector;
};

/// A call of a guest to the host.
Status callHost(standard::Store &store, const HostCallback &host, const wasm::FunctionType &type,
                runtime::Caller caller, std::span<Slot> slots) {
  // The store outlives its calls.
  const std::shared_ptr<standard::Store> borrowed(std::shared_ptr<void>(), &store);
  Values args(type.params.size()), results(type.results.size());
  W2N_CHECK(takeResults(borrowed, slots.data(), type.params, args.get().data));
  W2N_CHECK(host.call(args.get(), results.get()));
  for (size_t i = 0; i < type.results.size(); ++i) {
    W2N_TRY(slot,
            standard::toSlot(borrowed, results.get().data[i], type.results[i], caller.instance));
    slots[i] = slot;
  }
  return {};
}

Result<wasm_func_t *> makeFunction(const std::shared_ptr<standard::Store> &store,
                                   const wasm_functype_t &type,
                                   std::shared_ptr<HostCallback> callback) {
  auto functionType = standard::functionTypeOf(type);
  if (!functionType)
    return fail(ErrorKind::Invalid, "a host function has a parameter or result of no known kind");
  if (std::max(functionType->params.size(), functionType->results.size()) >
      artifact::argumentBufferSlots)
    return fail(ErrorKind::Limit, "a host function has more than 1000 parameters or results");
  if (hasVectors(*functionType))
    return fail(ErrorKind::Unsupported, "wasm.h has no values for a host function of type " +
                                            wasm::toString(*functionType));
  callback->params = kindsOf(functionType->params);
  callback->results = kindsOf(functionType->results);
  auto body = [store = store.get(), callback, type = *functionType](runtime::Caller caller,
                                                                    std::span<Slot> slots) {
    return callHost(*store, *callback, type, caller, slots);
  };
  auto function = runtime::makeHostFunction(std::move(*functionType), std::move(body));
  store->infos[wasm_func_t::thingOf(function)] = callback;
  return new wasm_func_t(store, std::move(function));
}

} // namespace

HostCallback::~HostCallback() {
  if (finalizer)
    finalizer(env);
}

Status HostCallback::call(const wasm_val_vec_t &args, wasm_val_vec_t &out) const {
  wasm_trap_t *trap = callbackWithEnv ? callbackWithEnv(env, &args, &out) : callback(&args, &out);
  if (trap)
    return std::unexpected(takeTrap(trap));
  for (size_t i = 0; i < results.size(); ++i)
    if (out.data[i].kind != results[i])
      return std::unexpected(
          trapWith("a host function left result " + std::to_string(i) + " of another kind"));
  return {};
}

const void *wasm_func_t::thingOf(const Pointer &function) {
  if (!function->host)
    return function->reference;
  return function->definition ? function->definition.get() : function.get();
}

wasm_func_t::wasm_func_t(std::shared_ptr<standard::Store> store, Pointer function)
    : wasm_extern_t(kindOfThis, std::move(store), thingOf(function)),
      function(function->definition ? function->definition : function),
      params(kindsOf(this->function->type.params)), results(kindsOf(this->function->type.results)),
      isSimple(::isSimple(params) && ::isSimple(results)) {}

std::unique_ptr<wasm_externtype_t> wasm_func_t::type() const {
  return standard::typeOf(function->type);
}

wasm_func_t *wasm_func_new(wasm_store_t *store, const wasm_functype_t *type,
                           wasm_func_callback_t callback) {
  auto host = std::make_shared<HostCallback>();
  host->callback = callback;
  return standard::valueOrNull(makeFunction(store->store, *type, std::move(host)));
}

wasm_func_t *wasm_func_new_with_env(wasm_store_t *store, const wasm_functype_t *type,
                                    wasm_func_callback_with_env_t callback, void *env,
                                    void (*finalizer)(void *)) {
  auto host = std::make_shared<HostCallback>();
  host->callbackWithEnv = callback;
  host->env = env;
  host->finalizer = finalizer;
  return standard::valueOrNull(makeFunction(store->store, *type, std::move(host)));
}

wasm_functype_t *wasm_func_type(const wasm_func_t *func) {
  return standard::typeOf(func->function->type).release();
}

size_t wasm_func_param_arity(const wasm_func_t *func) { return func->params.size(); }

size_t wasm_func_result_arity(const wasm_func_t *func) { return func->results.size(); }

wasm_trap_t *wasm_func_call(const wasm_func_t *func, const wasm_val_vec_t *args,
                            wasm_val_vec_t *results) {
  Status status = call(*func, *args, *results);
  if (status) [[likely]]
    return nullptr;
  return standard::trapFor(func->store, std::move(status));
}
