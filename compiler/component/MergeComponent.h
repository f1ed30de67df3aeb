// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A component as one module.
#pragma once

#include "compiler/component/Evaluate.h"

namespace w2n::compiler {

/// A function that a component exports, and what calling it from outside needs. The module exports,
/// with a prefix before the function's name: "func:", what is called; "memory:", "realloc:" and
/// "post-return:", if the canonical options have them; "may-leave:", a flag that must be 0 while
/// realloc and post-return run, if there is one; "take-own:", if the result is an own handle, which
/// gives the resource's representation for the handle.
struct ComponentExport {
  std::string name;
  component::TypeId type = {};
  component::CanonOption encoding = component::CanonOption::Utf8;
  bool hasMemory = false, hasRealloc = false, hasPostReturn = false, hasMayLeave = false;
};

struct MergedComponent {
  std::vector<uint8_t> wasm;
  component::Types types;
  std::vector<ComponentExport> exports;
};

/// Decodes and validates a component and merges its modules. `bytes` must outlive the result.
/// Errors: those of decoding and validating; Unsupported, Limit. Threads: any.
Result<MergedComponent> mergeComponent(component::Bytes bytes);

} // namespace w2n::compiler
