// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/StateHash.h"

#include "lib/artifact/Checksum.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/ValueTypes.h"

namespace w2n::runtime {

uint32_t memoryCount(Instance &instance) { return uint32_t(instance.state().memories.size()); }

uint64_t memoryHash(Instance &instance, uint32_t index) {
  const std::span<const uint8_t> bytes = instance.state().memories[index]->bytes();
  return artifact::hashBytes(bytes, bytes.size());
}

std::vector<GlobalValue> numericGlobals(Instance &instance) {
  const artifact::Metadata &metadata = instance.module().metadata();
  Instance::State &state = instance.state();
  std::vector<GlobalValue> values;
  // References are addresses, which differ between processes.
  for (uint32_t index = state.layout.importedGlobals; index < metadata.globals().size(); ++index) {
    const wasm::ValueType type =
        globalTypeOf(metadata.globals()[index], instance.module().typeIds()).type;
    if (type.isRef())
      continue;
    const artifact::GlobalCell &cell = *state.globalCell(index);
    values.push_back({index, type, {cell.bits[0], cell.bits[1]}});
    // The high half of a narrow one is nobody's.
    if (type == wasm::ValueType::i32() || type == wasm::ValueType::f32())
      values.back().slots[0] = uint32_t(values.back().slots[0]);
    if (type.slots() == 1)
      values.back().slots[1] = 0;
  }
  return values;
}

uint64_t stateHash(Instance &instance) {
  uint64_t hash = 0;
  for (uint32_t index = 0; index < memoryCount(instance); ++index) {
    const uint64_t parts[] = {hash, memoryHash(instance, index)};
    hash = artifact::hashBytes({reinterpret_cast<const uint8_t *>(parts), sizeof(parts)});
  }
  for (const GlobalValue &global : numericGlobals(instance))
    hash = artifact::hashBytes(
        {reinterpret_cast<const uint8_t *>(global.slots), sizeof(global.slots)}, hash);
  return hash;
}

} // namespace w2n::runtime
