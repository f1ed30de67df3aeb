// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calling what an instance exports.
#include "runtime/api/Object.h"
#include "runtime/api/Value.h"
#include "runtime/core/Activation.h"

#include <algorithm>

using namespace w2n;

namespace {

std::string countText(size_t count, const char *what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

bool has(const w2n_function &function, w2n_value_kind kind) {
  return std::ranges::count(function.params, kind) != 0 ||
         std::ranges::count(function.results, kind) != 0;
}

std::unexpected<Error> refuse(const w2n_function &function, std::string text) {
  return fail(ErrorKind::Invalid, "function of type " + wasm::toString(function.function->type) +
                                      " called with " + std::move(text));
}

Status checkCall(const w2n_function &function, std::span<const w2n_value> args,
                 size_t resultCount) {
  if (args.size() != function.params.size())
    return refuse(function, countText(args.size(), "argument"));
  if (resultCount != function.results.size())
    return refuse(function, "room for " + countText(resultCount, "result"));
  for (size_t i = 0; i < args.size(); ++i)
    if (!api::isOfKind(args[i], function.function->type.params[i]))
      return refuse(function,
                    "argument " + std::to_string(i) + " of type " + api::kindName(args[i].kind));
  for (size_t i = 0; i < args.size(); ++i)
    if (!api::isValueOf(function.function->type.params[i], args[i]))
      return refuse(function, "argument " + std::to_string(i) + " a reference of another type");
  if (has(function, W2N_EXNREF))
    return fail(ErrorKind::Unsupported, "the C API cannot call functions with exceptions, here " +
                                            wasm::toString(function.function->type));
  return {};
}

/// Calls a function that the host has made and that no guest has imported: values go through it
/// as they are.
Status callOwn(w2n_function &self, std::span<const w2n_value> args, std::span<w2n_value> results) {
  api::Buffer<runtime::Slot, 16> slots(
      std::max(api::slotsOf(self.params), api::slotsOf(self.results)));
  if (has(self, W2N_FUNCREF) || has(self, W2N_ANYREF))
    return fail(ErrorKind::Unsupported, "a function of the host with references to functions or "
                                        "objects needs a guest that calls it");
  runtime::Slot *to = slots.data();
  for (size_t i = 0; i < args.size(); to += api::slotsOf(self.params[i++])) {
    W2N_CHECK(api::checkHeap(args[i].kind == W2N_ANYREF ? args[i].of.anyref : nullptr, nullptr));
    to[0] = api::toSlot(args[i], self.function->type.params[i]);
    if (args[i].kind == W2N_V128)
      to[1] = args[i].of.v128[1];
  }
  W2N_CHECK(runtime::call(*self.function, slots.span()));
  const runtime::Slot *from = slots.data();
  for (size_t i = 0; i < results.size(); from += api::slotsOf(self.results[i++]))
    results[i] = api::fromPlainSlots(from, self.results[i]);
  return {};
}

Status callFunction(w2n_function &self, std::span<const w2n_value> args,
                    std::span<w2n_value> results) {
  W2N_CHECK(checkCall(self, args, results.size()));
  if (!self.function->owner)
    return callOwn(self, args, results);
  api::Buffer<runtime::Slot, 16> slots(
      std::max(api::slotsOf(self.params), api::slotsOf(self.results)));
  runtime::Slot *to = slots.data();
  for (size_t i = 0; i < args.size(); to += api::slotsOf(self.params[i++]))
    W2N_CHECK(api::handOver(args[i], self.function->type.params[i], *self.function->owner, to));
  W2N_CHECK(runtime::call(*self.function, slots.span()));
  const runtime::Slot *from = slots.data();
  for (size_t i = 0; i < results.size(); from += api::slotsOf(self.results[i++]))
    results[i] = api::fromSlots(from, self.results[i], self.home, self.function->owner.get());
  return {};
}

constexpr size_t maxSimple = 16;

bool isSimple(std::span<const w2n_value_kind> kinds) {
  return kinds.size() <= maxSimple &&
         std::ranges::all_of(kinds, [](w2n_value_kind kind) { return kind <= W2N_F64; });
}

/// Whether arguments of these kinds, and so many results, are what `function` wants.
bool fits(const w2n_function &function, std::span<const w2n_value> args, size_t resultCount) {
  if (args.size() != function.params.size() || resultCount != function.results.size())
    return false;
  for (size_t i = 0; i < args.size(); ++i)
    if (args[i].kind != function.params[i])
      return false;
  return true;
}

bool isWide(w2n_value_kind kind) { return kind == W2N_I64 || kind == W2N_F64; }

/// The same as callFunction for a simple function and values that fit: each takes one slot.
Status callSimple(w2n_function &self, std::span<const w2n_value> args,
                  std::span<w2n_value> results) {
  runtime::Slot slots[maxSimple];
  for (size_t i = 0; i < args.size(); ++i)
    slots[i] = isWide(args[i].kind) ? uint64_t(args[i].of.i64) : uint32_t(args[i].of.i32);
  W2N_CHECK(runtime::call(*self.function, slots));
  for (size_t i = 0; i < results.size(); ++i) {
    results[i].kind = self.results[i];
    results[i].of.i64 = int64_t(isWide(self.results[i]) ? slots[i] : uint32_t(slots[i]));
  }
  return {};
}

} // namespace

w2n_function::w2n_function(std::shared_ptr<runtime::Function> function, api::FunctionHome &home)
    : function(std::move(function)), home(home), params(api::kindsOf(this->function->type.params)),
      results(api::kindsOf(this->function->type.results)),
      isSimple(::isSimple(params) && ::isSimple(results)) {}

w2n_function_type w2n_function_type_of(const w2n_function *function) {
  return {function->params.data(), function->params.size(), function->results.data(),
          function->results.size()};
}

w2n_error *w2n_function_call(w2n_function *function, const w2n_value *args, size_t argCount,
                             w2n_value *results, size_t resultCount) {
  if (function->isSimple && fits(*function, {args, argCount}, resultCount)) [[likely]]
    return api::toC(callSimple(*function, {args, argCount}, {results, resultCount}));
  return api::toC(callFunction(*function, {args, argCount}, {results, resultCount}));
}

namespace {

using runtime::DirectFunction;

static_assert(sizeof(DirectFunction) <= sizeof(w2n_direct));

Status makeDirect(const w2n_function &function, const w2n_function_type &type,
                  DirectFunction &out) {
  auto same = [](std::span<const w2n_value_kind> left, const w2n_value_kind *right, size_t count) {
    return std::ranges::equal(left, std::span(right, count));
  };
  if (!same(function.params, type.params, type.param_count) ||
      !same(function.results, type.results, type.result_count))
    return fail(ErrorKind::Invalid,
                "the function has type " + wasm::toString(function.function->type));
  if (!std::ranges::all_of(function.params, [](auto kind) { return kind <= W2N_F64; }) ||
      !std::ranges::all_of(function.results, [](auto kind) { return kind <= W2N_F64; }))
    return fail(ErrorKind::Unsupported,
                "a direct call is for numbers, not for a function of type " +
                    wasm::toString(function.function->type));
  if (!function.function->entry)
    return fail(ErrorKind::Unsupported, "a direct call is for functions of guests");
  const artifact::FunctionReference &reference = *function.function->reference;
  out = {function.function->entry, reference.context, reference.code,
         static_cast<runtime::Instance *>(reference.context->instance)->usualStack()};
  return {};
}

} // namespace

w2n_error *w2n_function_direct(w2n_function *function, const w2n_function_type *type,
                               w2n_direct *out) {
  return api::toC(makeDirect(*function, *type, *reinterpret_cast<DirectFunction *>(out)));
}

w2n_error *w2n_direct_call(const w2n_direct *direct, uint64_t *slots) {
  const auto &to = *reinterpret_cast<const DirectFunction *>(direct);
  return runtime::enterGuest(to.entry, to.context, to.code, slots);
}
