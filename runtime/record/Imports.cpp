// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/Imports.h"

#include "lib/artifact/Checksum.h"

#include <algorithm>

namespace w2n::record {

NameOfImport nameOfImport(const runtime::Instance &instance, uint32_t index) {
  const artifact::Metadata &metadata = instance.module().metadata();
  for (const artifact::ImportRecord &import : metadata.imports())
    if (import.kind == uint32_t(artifact::ExternKindCode::Function) && import.index == index)
      return {std::string(metadata.string(import.module)),
              std::string(metadata.string(import.name))};
  return {"", "function " + std::to_string(index)};
}

std::string importName(const runtime::Instance &instance, uint32_t index) {
  const NameOfImport name = nameOfImport(instance, index);
  return (name.module.empty() ? "" : name.module + ".") + name.name;
}

std::vector<uint64_t> masksOf(const std::vector<wasm::ValueType> &types) {
  std::vector<uint64_t> masks;
  for (const wasm::ValueType type : types) {
    const bool isNarrow = type == wasm::ValueType::i32() || type == wasm::ValueType::f32();
    masks.insert(masks.end(), type.slots(), type.isRef() ? 0 : isNarrow ? UINT32_MAX : UINT64_MAX);
  }
  return masks;
}

bool hasReferences(const std::vector<wasm::ValueType> &types) {
  return std::ranges::any_of(types, [](wasm::ValueType type) { return type.isRef(); });
}

void copyMasked(std::span<const runtime::Slot> slots, std::span<const uint64_t> masks,
                std::vector<uint64_t> &to) {
  to.resize(masks.size());
  for (size_t i = 0; i < masks.size(); ++i)
    to[i] = slots[i] & masks[i];
}

uint32_t hashOf(std::span<const uint64_t> slots) {
  return uint32_t(artifact::hashBytes(
      {reinterpret_cast<const uint8_t *>(slots.data()), slots.size_bytes()}, slots.size()));
}

Result<const Import *> Imports::add(const runtime::Instance &instance, uint32_t index,
                                    const std::shared_ptr<runtime::Function> &function) {
  auto import = std::make_unique<Import>();
  import->name = importName(instance, index);
  if (hasReferences(function->type.results))
    return fail(ErrorKind::Unsupported,
                "calls of " + import->name + " cannot be recorded: it returns references");
  import->function = function;
  import->params = masksOf(function->type.params);
  import->results = masksOf(function->type.results);
  import->slots = std::max(import->params.size(), import->results.size());
  if (index >= imports.size())
    imports.resize(index + 1);
  imports[index] = std::move(import);
  return imports[index].get();
}

} // namespace w2n::record
