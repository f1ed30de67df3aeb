// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A boundary above another one, such as a Recorder: it sees what the other one lets through.
#pragma once

#include "runtime/core/Boundary.h"

#include <memory>

namespace w2n::record {

class LayeredBoundary : public runtime::Boundary {
public:
  void exported(runtime::Instance &instance, uint32_t index, runtime::Function &function) override {
    if (below)
      below->exported(instance, index, function);
  }
  void instantiated(runtime::Instance &instance, const Status &status) override {
    if (below)
      below->instantiated(instance, status);
  }
  void wrote(const runtime::MemoryRange &range) override {
    if (below)
      below->wrote(range);
  }

protected:
  /// `below` may be null.
  explicit LayeredBoundary(std::shared_ptr<Boundary> below) : below(std::move(below)) {}

  /// The function in place of `function` as the boundary below has it.
  Result<std::shared_ptr<runtime::Function>>
  importedBelow(runtime::Instance &instance, uint32_t index,
                const std::shared_ptr<runtime::Function> &function) {
    if (!below)
      return function;
    return below->imported(instance, index, function);
  }

private:
  const std::shared_ptr<Boundary> below;
};

} // namespace w2n::record
