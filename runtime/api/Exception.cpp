// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Exceptions at the border: thrown by host functions, read by hosts where no guest caught them.
#include "runtime/core/Exceptions.h"

#include "runtime/api/Value.h"

#include <algorithm>

using namespace w2n;

w2n_tag::w2n_tag(std::shared_ptr<runtime::Tag> tag)
    : tag(std::move(tag)), params(api::kindsOf(this->tag->type.params)) {}

namespace {

Status checkPayload(const w2n_tag &tag, std::span<const w2n_value> values) {
  const auto &types = tag.tag->type.params;
  auto refuse = [&](std::string text) {
    return fail(ErrorKind::Invalid, "an exception of a tag of type " +
                                        wasm::toString(tag.tag->type) + " with " + std::move(text));
  };
  if (values.size() != types.size())
    return refuse(std::to_string(values.size()) + " values");
  for (size_t i = 0; i < types.size(); ++i)
    if (!api::isOfKind(values[i], types[i]) || !api::isValueOf(types[i], values[i]))
      return refuse("value " + std::to_string(i) + " of type " + api::kindName(values[i].kind));
  if (std::ranges::count(tag.params, W2N_EXNREF) != 0)
    return fail(ErrorKind::Unsupported, "the C API has no exceptions that carry exceptions");
  return {};
}

Result<Error> throwFrom(w2n_caller &caller, const w2n_tag &tag, std::span<const w2n_value> values) {
  if (!caller.instance)
    return fail(ErrorKind::Invalid, "an exception where no guest has called");
  W2N_CHECK(checkPayload(tag, values));
  api::Buffer<runtime::Slot, 16> slots(api::slotsOf(tag.params));
  runtime::Slot *to = slots.data();
  for (size_t i = 0; i < values.size(); to += api::slotsOf(tag.params[i++]))
    W2N_CHECK(api::handOver(values[i], tag.tag->type.params[i], *caller.instance, to));
  return runtime::makeThrownError(*caller.instance, tag.tag, slots.span());
}

} // namespace

void w2n_tag_free(w2n_tag *tag) { delete tag; }

w2n_function_type w2n_tag_type(const w2n_tag *tag) {
  return {tag->params.data(), tag->params.size(), nullptr, 0};
}

bool w2n_tag_is(const w2n_tag *tag, const w2n_tag *other) {
  return tag->tag->record == other->tag->record;
}

w2n_error *w2n_error_new_exception(w2n_caller *caller, const w2n_tag *tag, const w2n_value *values,
                                   size_t count) {
  auto thrown = throwFrom(*caller, *tag, {values, count});
  return new w2n_error{thrown ? *std::move(thrown) : std::move(thrown).error()};
}

w2n_tag *w2n_error_exception_tag(const w2n_error *error) {
  const artifact::Exception *exception = runtime::heldException(error->error);
  return exception ? new w2n_tag(runtime::tagOf(*exception)) : nullptr;
}

bool w2n_error_exception(const w2n_error *error, w2n_tag *tag, w2n_value *values, size_t count) {
  artifact::Exception *exception = runtime::heldException(error->error);
  if (!exception || exception->tag != tag->tag->record || count != tag->params.size() ||
      std::ranges::count(tag->params, W2N_EXNREF) != 0)
    return false;
  auto *owner = static_cast<runtime::Instance *>(exception->instance);
  const runtime::Slot *from = exception->payload();
  for (size_t i = 0; i < count; from += api::slotsOf(tag->params[i++]))
    values[i] = api::fromSlots(from, tag->params[i], *tag, owner);
  return true;
}
