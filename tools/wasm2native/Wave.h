// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Values of components as text, in the WebAssembly Value Encoding (bytecodealliance/wasm-tools,
// crates/wasm-wave): `greet("world", {a: 1, b: [some(2), none]})`. What a text means depends on the
// type that is expected; the depth of values is that of their types, which is limited.
#pragma once

#include "runtime/component/ValueAccess.h"

namespace w2n::tool {

/// A call as text: what is before the parentheses, and its arguments with them. Without
/// parentheses, all is the name, and there are no arguments.
struct WaveCall {
  std::string_view interface; ///< before '#'; empty if there is none
  std::string_view name, arguments;
};
WaveCall splitCall(std::string_view text);

/// Arguments "(a, b)" of a function; those of trailing options may be left out. What values refer
/// to is in `arena`. Errors: Invalid, with the offset in `text`; Unsupported, Limit.
Result<std::vector<runtime::ComponentValue>> parseArguments(std::string_view text,
                                                            const component::Types &types,
                                                            const component::TypeBody &function,
                                                            runtime::ValueArena &arena);

std::string toWave(const component::Types &types, component::ValueType type,
                   const runtime::ComponentValue &value);

} // namespace w2n::tool
