// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// C++ headers for a host of the components of a WIT world, on include/wasm2native/component.hpp.
#pragma once

#include "lib/wit/Package.h"

#include <set>

namespace w2n::bindgen {

struct GeneratedFile {
  std::string name, text;
};

/// One header for each interface that the world imports or exports, and one for the world, which
/// includes them; the last one. Items that are gated by @unstable are left out, unless their
/// feature is in `features`. Errors: Unsupported, Invalid, with the place.
Result<std::vector<GeneratedFile>> emitWorld(const wit::Packages &packages, const wit::World &world,
                                             const std::set<std::string> &features);

/// The world that a name means: one of the root package, or "a:b/world@1.0.0"; without a name, the
/// root package's only one (WIT.md, "Specifying a World"). Errors: Invalid.
Result<const wit::World *> selectWorld(const wit::Packages &packages, const std::string &name);

} // namespace w2n::bindgen
