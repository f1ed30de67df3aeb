// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Activation.h"
#include "runtime/core/Exceptions.h"
#include "runtime/core/InstanceState.h"

#include <algorithm>

namespace w2n::runtime {

namespace {

[[gnu::cold]] Status callHost(Function &function, std::span<Slot> slots) {
  if (!function.host)
    return fail(ErrorKind::Unsupported, "function of type " + wasm::toString(function.type) +
                                            " was compiled without an entry for the host");
  return function.host(Caller{function.owner.get()}, slots);
}

} // namespace

Status call(Function &function, std::span<Slot> slots) {
  if (!function.entry) [[unlikely]]
    return callHost(function, slots);
  return runGuest(function.entry, function.reference->context, function.reference->code,
                  slots.data());
}

} // namespace w2n::runtime

namespace w2n::runtime {

namespace {

/// The answer to a guest whose host function has failed: 1 to leave it, or an exception to throw.
[[gnu::cold, gnu::noinline]] uint64_t failHost(HostRecord &record, Error error) {
  if (auto *exception = exceptionOf(error, *record.importer))
    return reinterpret_cast<uint64_t>(exception);
  noteHostError(std::move(error));
  return 1;
}

[[gnu::cold, gnu::noinline]] uint64_t failPlainHost(HostRecord &record, w2n_error *error) {
  const std::unique_ptr<w2n_error> owned(error);
  return failHost(record, std::move(owned->error));
}

[[gnu::noinline]] uint64_t invokeFunction(HostRecord &record, uint64_t *slots) {
  auto status = record.function->host(Caller{record.importer}, {slots, record.slots});
  return status ? 0 : failHost(record, std::move(status).error());
}

} // namespace

} // namespace w2n::runtime

/// 0, 1 to leave the guest, or an exception to throw there.
extern "C" uint64_t w2nInvokeHost(w2n::artifact::HostFunction *self, uint64_t *slots) {
  using namespace w2n::runtime;
  auto &record = *reinterpret_cast<HostRecord *>(self);
  if (!record.plain)
    return invokeFunction(record, slots);
  w2n_error *error = record.plain(record.importer, record.user, slots);
  return error ? failPlainHost(record, error) : 0;
}
