// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/Value.h"

using namespace w2n;

namespace {

Status setGlobal(w2n_global &self, const w2n_value &value) {
  runtime::Global &global = *self.global;
  if (!global.type.isMutable)
    return fail(ErrorKind::Invalid, "the global is immutable");
  if (!api::isOfKind(value, global.type.type))
    return fail(ErrorKind::Invalid, "a global of type " + wasm::toString(global.type.type) +
                                        " set to a value of type " + api::kindName(value.kind));
  if (!api::isValueOf(global.type.type, value))
    return fail(ErrorKind::Invalid, "a global of type " + wasm::toString(global.type.type) +
                                        " set to a reference of another type");
  if (value.kind == W2N_EXNREF)
    return fail(ErrorKind::Unsupported, "the C API cannot set a global to an exception");
  W2N_TRY(slot, api::toSlotFor(value, global.type.type, global.owner.get()));
  if (!runtime::setGlobal(global, slot))
    return fail(ErrorKind::Link, "the function's instance has another heap than the global's");
  if (value.kind == W2N_V128)
    global.cell->bits[1] = value.of.v128[1];
  return {};
}

} // namespace

w2n_value w2n_global_get(w2n_global *self) {
  const runtime::Global &global = *self->global;
  return api::fromSlots(global.cell->bits, api::kindOf(global.type.type), self->home,
                        global.owner.get());
}

w2n_error *w2n_global_set(w2n_global *global, const w2n_value *value) {
  return api::toC(setGlobal(*global, *value));
}
