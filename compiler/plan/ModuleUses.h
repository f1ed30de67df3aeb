// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The references of a module's code, found in one pass over all of it.
#pragma once

#include "lib/wasm/Module.h"

#include <map>
#include <vector>

namespace w2n::compiler {

struct ModuleUses {
  /// Tables that an instruction other than call_indirect names, or one of a type with subtypes.
  std::vector<bool> touchedTables;
  /// Functions that ref.func names, in a body or in a constant expression.
  std::vector<bool> referencedFunctions;
  /// Functions with tail calls; tables and types that return_call_indirect names.
  std::vector<bool> tailCallers, tailCalledTables, tailCalledTypes;
  /// The number of call_indirect, by table and number of the type.
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> indirectCalls;
  /// Whether any function has a try.
  bool catchesExceptions = false;
  /// Whether any code makes or looks at references of the hierarchy of any.
  bool usesHeap = false;
};

/// Linear in the size of the module, which must be valid.
ModuleUses findUses(const wasm::Module &module);

} // namespace w2n::compiler
