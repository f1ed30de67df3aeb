// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/component/MergeComponent.h"

#include "compiler/component/Adapters.h"

namespace w2n::compiler {

namespace {

void exportFunc(MergedModule &module, Adapters &adapters, const LiftedFunc &func,
                ComponentExport &exported) {
  using wasm::ExternKind;
  const auto add = [&](const char *prefix, ExternKind kind, uint32_t index) {
    module.addExport(prefix + exported.name, kind, index);
    return true;
  };
  exported.type = func.type;
  exported.encoding = func.options.encoding;
  add("func:", ExternKind::Function, adapters.entryOf(func));
  if (const auto taker = adapters.takerOf(func))
    add("take-own:", ExternKind::Function, *taker);
  if (func.options.memory)
    exported.hasMemory = add("memory:", ExternKind::Memory, module.indexOf(*func.options.memory));
  if (func.options.realloc)
    exported.hasRealloc =
        add("realloc:", ExternKind::Function, module.indexOf(*func.options.realloc));
  if (func.options.postReturn)
    exported.hasPostReturn =
        add("post-return:", ExternKind::Function, module.indexOf(*func.options.postReturn));
  if (const auto flag = adapters.mayLeave(func.componentInstance))
    exported.hasMayLeave = add("may-leave:", ExternKind::Global, *flag);
}

} // namespace

Result<MergedComponent> mergeComponent(component::Bytes bytes) {
  MergedComponent merged;
  W2N_TRY(decoded, component::decodeComponent(bytes));
  W2N_TRY(type, component::validateComponent(decoded, merged.types));
  if (component::isWitPackage(decoded))
    return fail(
        ErrorKind::Unsupported,
        "this is a WIT package: it has interfaces and no code; 'wasm2native inspect' prints it");
  W2N_TRY(program, evaluate(decoded, merged.types, type));
  // Toolchains instantiate a module once or twice.
  constexpr uint64_t leastBytes = 16 << 20, factor = 16;
  MergedModule module(program, leastBytes + factor * bytes.size());
  W2N_CHECK(module.addInstances());
  Adapters adapters(module, program, merged.types);
  W2N_CHECK(adapters.run());
  for (const FlatProgram::Export &exported : program.exports) {
    merged.exports.push_back({exported.name});
    exportFunc(module, adapters, program.liftedFuncs[exported.lifted], merged.exports.back());
  }
  merged.wasm = module.encode();
  return merged;
}

} // namespace w2n::compiler
