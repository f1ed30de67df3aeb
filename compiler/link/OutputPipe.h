// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A pipe for the linker to write to. For a file, LLVM makes a temporary one and installs handlers
// of fifteen signals that would remove it; but signals are the host's when it compiles in its
// process. For anything that is no file it makes a buffer, and writes that in the end. Where the
// system denies a thread that would read, it is a file all the same, and the handlers are put back.
#pragma once

#include "lib/support/Error.h"
#include "lib/support/Thread.h"

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

namespace w2n::compiler {

/// A named pipe and a thread that reads what is written to it, or a file.
class OutputPipe {
public:
  /// Makes it at `path`, where nothing is yet. Errors: Io.
  Status open(const std::string &path);
  /// The bytes that were written, when no more will be. Call it once after open.
  Result<std::vector<uint8_t>> finish();

private:
  void readAll();
  Status becomeFile();
  Result<std::vector<uint8_t>> finishFile();

  int readEnd = -1, writeEnd = -1;
  int errorNumber = 0; ///< the reader's, if it failed
  std::vector<uint8_t> bytes;
  std::string path;
  std::vector<struct sigaction> handlers; ///< by number less one, if it is a file
  Thread reader;                          ///< the last member: it uses the others
};

} // namespace w2n::compiler
