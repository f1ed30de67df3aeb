// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Validation of expressions: function bodies and constant expressions.
#pragma once

#include "lib/wasm/Instruction.h"

namespace w2n::wasm {

/// Validates the type section and numbers its types (Module::typeTable), after which other types
/// can be matched (core specification, sections 3.2 and 3.3).
Status validateTypes(Module &module);

/// Whether what `type` refers to exists.
Status checkType(const Module &module, ValueType type, uint64_t offset = Error::noOffset);

/// Validates the body of a defined function. Errors name the function.
Status validateBody(const Module &module, uint32_t functionIndex);

/// Validates a constant expression of type `expected` (core specification, section 3.4.11). It may
/// read the globals below `visibleGlobals`, and what it names in ref.func is added to C.refs
/// (Function::declared).
Status validateConstExpr(Module &module, const ConstExpr &expression, ValueType expected,
                         uint32_t visibleGlobals);

} // namespace w2n::wasm
