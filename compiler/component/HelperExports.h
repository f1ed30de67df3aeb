// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Functions of the merged module that the host calls, exported under names that no function of a
// component has.
#pragma once

#include "compiler/component/Adapters.h"

namespace w2n::compiler {

class HelperExports {
public:
  HelperExports(MergedModule &module, Adapters &adapters) : module(module), adapters(adapters) {}

  /// The index of the export.
  uint32_t add(uint32_t index, wasm::ExternKind kind = wasm::ExternKind::Function) {
    return module.addExport("helper:" + std::to_string(count++), kind, index);
  }
  /// Exported once for each function.
  uint32_t addRealloc(uint32_t instance, const CoreItem &realloc) {
    const std::pair key(instance, module.indexOf(realloc));
    const auto [found, isNew] = reallocs.emplace(key, 0);
    if (isNew) {
      const wasm::ValueType i32 = wasm::ValueType::i32();
      found->second = add(adapters.insideOf(instance, {{i32, i32, i32, i32}, {i32}}, realloc));
    }
    return found->second;
  }
  uint32_t addPostReturn(const LiftedFunc &lifted) {
    const wasm::FunctionType type = liftedType(adapters.types, adapters.types[lifted.type], {});
    return add(adapters.insideOf(lifted.componentInstance, {type.results, {}},
                                 *lifted.options.postReturn));
  }

private:
  MergedModule &module;
  Adapters &adapters;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> reallocs;
  uint32_t count = 0;
};

} // namespace w2n::compiler
