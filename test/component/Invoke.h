// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls of a component's functions from outside, with values in the JSON of the suite.
#pragma once

#include "compiler/component/MergeComponent.h"
#include "runtime/core/Instance.h"

#include <nlohmann/json.hpp>

namespace w2n::component {

using Json = nlohmann::json;

/// One call: its function's memory, and values on their way there and back (CanonicalABI.md,
/// "Loading" to "Flat Lowering"). Errors: Trap, with the words of the suite.
class Invocation {
public:
  Invocation(const Types &types, const compiler::ComponentExport &function,
             runtime::Instance &instance)
      : types(types), function(function), instance(instance) {}
  /// The result, or null if there is none.
  Result<Json> run(const Json &arguments);

private:
  using Slots = std::vector<runtime::Slot>;
  Status lower(ValueType type, const Json &value, Slots &slots);
  Status store(ValueType type, const Json &value, uint32_t address);
  Status storeFields(std::span<const Field> fields, const std::vector<Json> &values,
                     uint32_t address);
  Result<std::pair<uint32_t, uint32_t>> storeString(const std::string &text);
  Result<std::pair<uint32_t, uint32_t>> storeList(const std::vector<Field> &element,
                                                  const Json &values);
  Result<Json> lift(ValueType type, std::span<const runtime::Slot> &slots);
  Result<Json> load(ValueType type, uint32_t address);
  Result<Json> loadFields(const TypeBody &body, uint32_t address);
  Result<Json> loadVariant(const TypeBody &body, uint32_t address);
  Result<Json> liftString(uint32_t address, uint32_t length);
  Result<Json> scalar(ValueType type, uint64_t bits) const;

  Result<uint32_t> allocate(uint32_t alignment, uint32_t bytes);
  Status call(const char *prefix, Slots &slots);
  void setMayLeave(bool may);
  std::span<uint8_t> memory();
  void write(uint32_t address, uint64_t bits, uint32_t bytes);
  uint64_t read(uint32_t address, uint32_t bytes);
  std::optional<runtime::Extern> find(const char *prefix) {
    return instance.findExport(prefix + function.name);
  }

  const Types &types;
  const compiler::ComponentExport &function;
  runtime::Instance &instance;
};

} // namespace w2n::component
