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

/// 0, 1 to leave the guest, or an exception to throw there.
extern "C" uint64_t w2nInvokeHost(w2n::artifact::HostFunction *self, uint64_t *slots) {
  using namespace w2n::runtime;
  auto &record = *reinterpret_cast<HostRecord *>(self);
  auto status = record.function->host(Caller{record.importer}, {slots, record.slots});
  if (status) [[likely]]
    return 0;
  if (auto *exception = exceptionOf(status.error(), *record.importer))
    return reinterpret_cast<uint64_t>(exception);
  noteHostError(std::move(status).error());
  return 1;
}
