// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Table.h"

#include "runtime/api/Value.h"

using namespace w2n;

uint64_t w2n_table_size(const w2n_table *table) { return table->table->size(); }

bool w2n_table_get(w2n_table *self, uint64_t index, w2n_value *out) {
  const runtime::Table &table = *self->table;
  if (index >= table.size())
    return false;
  *out = api::fromSlots(table.record->elements + index, api::kindOf(table.type.element), self->home,
                        table.owner);
  return true;
}
