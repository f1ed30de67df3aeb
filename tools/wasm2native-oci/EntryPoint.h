// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The program of a container, found as the runtime will find it: inside of its root.
#pragma once

#include "lib/support/Descriptor.h"
#include "lib/support/Error.h"

#include <string>
#include <vector>

namespace w2n::oci {

/// A program, by all that decides which file it is.
struct Program {
  std::string root;   ///< of the container's files, a folder of the host
  std::string name;   ///< args[0]
  std::string folder; ///< in which it is started: process.cwd
  std::string path;   ///< PATH of its environment
};

/// The regular file, without the right to be executed, as modules often are. No link leads out of
/// the root. None if there is no such file. Errors: Io; Unsupported without openat2.
Result<Descriptor> openProgram(const Program &program);

/// Whether `file` begins as a WebAssembly module or component does.
bool isWasm(int file);

} // namespace w2n::oci
