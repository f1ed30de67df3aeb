// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// From the interface to C++: the header that makes host functions of it, or the runtime's table.
#pragma once

#include "tools/wasm2native-bindgen/Interface.h"

namespace w2n::bindgen {

/// The text of a header that includes `header` and defines, for each class C with annotated member
/// functions, `w2n_error *w2nDefineImports(w2n_linker *, C &)`, and without the second parameter
/// for functions that are no members.
std::string emitBindings(const Interface &interface, const std::string &header);

/// The text of the source file that defines what runtime/wasi/CallTable.h declares, of what
/// runtime/wasi/Calls.h has.
std::string emitRuntime(const Interface &interface, const std::string &header);

} // namespace w2n::bindgen
