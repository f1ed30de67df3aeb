// The options about what a guest is given, which `run` and `compile --preinit` share.
#pragma once

#include "runtime/wasi/WasiContext.h"
#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

inline constexpr OptionRow sandboxOptions[] = {
    {"dir", "HOST[::GUEST]", "let the program use a directory, as GUEST if given", "Sandbox"},
    {"read-only-dir", "HOST[::GUEST]", "the same without changing anything in it", "Sandbox"},
    {"env", "KEY=VALUE", "set a variable of the program's environment", "Sandbox"},
};

/// Preopened directories and environment; no arguments. Errors: for usageError.
std::expected<wasi::WasiOptions, std::string> readSandboxOptions(const CommandLine &line);

} // namespace w2n::tool
