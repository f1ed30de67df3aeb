// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The note at the end of a program that failed and lacked a directory.
#pragma once

#include "runtime/wasi/Options.h"

#include <mutex>

namespace w2n::tool {

/// Collects what the program was refused. Threads: any.
class DirectoryNote {
public:
  /// Has `options` tell this of refusals; it must outlive the program. What is given and the
  /// arguments are taken from there when the program starts.
  void watch(wasi::WasiOptions &options);

  /// The note, a line; empty if nothing was refused that a directory would help. That a program
  /// asked for directories and has none is said on a terminal only.
  std::string text();

private:
  void note(const wasi::Refusal &refusal);
  std::string missingArgument() const;

  std::mutex turn;
  bool isWatching = false, askedForDirectories = false;
  std::string lastPath;
  wasi::Errno lastError = wasi::Errno::Success;
  std::vector<wasi::Preopen> preopens;
  std::vector<std::string> arguments;
};

} // namespace w2n::tool
