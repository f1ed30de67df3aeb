// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/CallTable.h"

namespace w2n::wasi {

namespace {

constexpr std::string_view current = "wasi_snapshot_preview1", older = "wasi_unstable";

std::span<const Call> callsOf(std::string_view module) {
  for (const CallModule &row : generatedModules())
    if (row.name == module)
      return row.calls;
  return {};
}

const Call *find(std::span<const Call> among, std::string_view name) {
  for (const Call &call : among)
    if (call.name == name)
      return &call;
  return nullptr;
}

} // namespace

wasm::FunctionType Call::type() const {
  wasm::FunctionType type;
  auto *list = &type.params;
  for (char letter : signature) {
    if (letter == ':')
      list = &type.results;
    else
      list->push_back(letter == 'I' ? wasm::ValueType::i64() : wasm::ValueType::i32());
  }
  return type;
}

std::span<const Call> allCalls() { return callsOf(current); }

const Call *findCall(std::string_view module, std::string_view name) {
  if (module != current && module != older)
    return nullptr;
  const Call *call = find(callsOf(module), name);
  // The older module is the same but for what Calls.h has for it.
  return call || module == current ? call : find(callsOf(current), name);
}

} // namespace w2n::wasi
