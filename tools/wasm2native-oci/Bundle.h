// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The bundle of a container whose program is a WebAssembly module, made into one whose program is
// our command with the artifact of that module. Source: the OCI runtime specification,
// "Configuration".
#pragma once

#include "lib/support/Error.h"

#include <string>

namespace w2n::oci {

struct BundleOptions {
  std::string folder;
  /// The command that is mounted, which must need no other file.
  std::string command;
};

/// Compiles the program, or finds it in the cache, and writes config.json again. Nothing happens if
/// the program is no module. Errors: Io, Malformed, Limit; those of compiling.
Status rewriteBundle(const BundleOptions &options);

} // namespace w2n::oci
