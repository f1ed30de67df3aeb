// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// `run` of a component: a command (wasi:cli/run), or one exported function.
#pragma once

#include "runtime/component/ComponentInstance.h"

#include <optional>

namespace w2n::tool {

/// Runs the component that `module` was made from. `invoke` is a call in the WebAssembly Value
/// Encoding, whose result is printed. Errors: Link, Invalid, Trap, Exit and those of loading.
Status runComponent(std::shared_ptr<const runtime::Module> module,
                    std::shared_ptr<const runtime::HostInterfaces> host,
                    const runtime::InstanceOptions &options,
                    const std::optional<std::string> &invoke);

} // namespace w2n::tool
