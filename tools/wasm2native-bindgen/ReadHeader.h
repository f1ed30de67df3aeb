// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// From the syntax tree of a header to the interface that it declares.
#pragma once

#include "tools/wasm2native-bindgen/Interface.h"
#include "tools/wasm2native-bindgen/ReadType.h"

#include <clang/AST/ASTContext.h>

namespace w2n::bindgen {

/// Collects what is annotated in the main file of `context`, in its order. What `types` says cannot
/// be passed to guests is reported to the context's diagnostics, at its place in the source.
Interface readInterface(clang::ASTContext &context, const TypeReader &types);

} // namespace w2n::bindgen
