// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WIT packages as texts: one form for all, with documentation and gates. What is printed has the
// same meaning, and printing it again gives the same text. Comments that document nothing, and
// names that 'use' gives to a file, are gone.
#pragma once

#include "lib/wit/Package.h"

namespace w2n::wit {

/// "package a:b;" and its items. Paths are printed as they are written, until they are resolved.
std::string printPackage(const Package &package);

/// The root, if there is one, and the others as packages in it.
std::string printPackages(const Packages &packages);

/// A type as it is written where it is used.
std::string printType(const Type &type);

/// "async func(a: u32) -> string", and "constructor(a: u32)".
std::string printSignature(const Function &function);

} // namespace w2n::wit
