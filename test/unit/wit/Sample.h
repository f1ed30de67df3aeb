// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Texts for the tests of WIT.
#pragma once

#include "lib/wit/Resolve.h"

namespace w2n::wit {

/// Packages that have everything that WIT has, in the form in which they are printed.
extern const char sampleText[];

/// The root package's item of this name.
const Interface &interfaceOf(const Packages &packages, std::string_view name);
const World &worldOf(const Packages &packages, std::string_view name);

} // namespace w2n::wit
