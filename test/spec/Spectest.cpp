// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/spec/Spectest.h"

#include "runtime/core/Memory.h"
#include "runtime/core/Table.h"

#include <bit>

namespace w2n::spec {

using wasm::ValueType;

namespace {

struct PrintFunction {
  const char *name;
  std::vector<ValueType> params;
};

void addFunctions(Externs &externs) {
  const PrintFunction functions[] = {
      {"print", {}},
      {"print_i32", {ValueType::i32()}},
      {"print_i64", {ValueType::i64()}},
      {"print_f32", {ValueType::f32()}},
      {"print_f64", {ValueType::f64()}},
      {"print_i32_f32", {ValueType::i32(), ValueType::f32()}},
      {"print_f64_f64", {ValueType::f64(), ValueType::f64()}},
  };
  auto ignore = [](runtime::Caller, std::span<runtime::Slot>) { return Status(); };
  for (const PrintFunction &function : functions)
    externs[function.name] = runtime::makeHostFunction({function.params, {}}, ignore);
}

void addGlobals(Externs &externs) {
  auto add = [&](const char *name, ValueType type, uint64_t bits) {
    externs[name] = runtime::makeGlobal({type, /*isMutable=*/false}, bits);
  };
  add("global_i32", ValueType::i32(), 666);
  add("global_i64", ValueType::i64(), 666);
  add("global_f32", ValueType::f32(), std::bit_cast<uint32_t>(666.6f));
  add("global_f64", ValueType::f64(), std::bit_cast<uint64_t>(666.6));
}

} // namespace

Result<Externs> makeSpectest() {
  Externs externs;
  addFunctions(externs);
  addGlobals(externs);
  W2N_TRY(table, runtime::makeTable({ValueType::funcref(), {.min = 10, .max = 20}}));
  externs["table"] = table;
  W2N_TRY(table64,
          runtime::makeTable({ValueType::funcref(), {.min = 10, .max = 20, .is64 = true}}));
  externs["table64"] = table64;
  W2N_TRY(memory, runtime::makeMemory({{.min = 1, .max = 2}}));
  externs["memory"] = memory;
  W2N_TRY(shared, runtime::makeMemory({{.min = 1, .max = 2, .shared = true}}));
  externs["shared_memory"] = shared;
  return externs;
}

} // namespace w2n::spec
