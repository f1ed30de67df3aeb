// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// compile --preinit of a component, and what it shares with that of a module.
#pragma once

#include "lib/wasm/Module.h"
#include "tools/wasm2native/Preinit.h"

namespace w2n::tool {

/// Wizer's name of a function that initializes, and of the one that is _start afterwards.
struct PreinitConvention {
  std::string_view initialize, resume;
};
inline constexpr PreinitConvention preinitConventions[] = {{"wizer-initialize", "wizer-resume"},
                                                           {"wizer.initialize", "wizer.resume"}};

std::unexpected<Error> cannot(const std::string &reason);
/// A program that leaves with status 0 has done what it was called for.
Status withoutExit(Status status, const std::string &what);
/// Whether the guest has the same files as before.
Status checkFiles(const std::vector<wasi::FileHandle> &filesBefore,
                  const std::vector<wasi::FileHandle> &after);

/// `module` is what a component was merged into, with its world in a section, and `artifact` is
/// compiled from it. Instantiates the component, calls the export, and returns the module as it is
/// then. Errors: as preinitialize.
Result<std::vector<uint8_t>> bakeComponent(wasm::Module module, std::span<const uint8_t> artifact,
                                           const PreinitRequest &request);

} // namespace w2n::tool
