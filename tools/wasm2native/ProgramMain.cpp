// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A standalone program: runs what --emit=exe attached to this runtime.
#include "tools/wasm2native/AttachedProgram.h"
#include "tools/wasm2native/Diagnostics.h"

#include <fcntl.h>
#include <sys/auxv.h>

namespace {

/// The file of this process, also where there is no /proc: then the path that it was started by.
int openOwnFile() {
  const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (file >= 0)
    return file;
  const auto *path = reinterpret_cast<const char *>(getauxval(AT_EXECFN));
  return path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

} // namespace

int main(int argc, char **argv) {
  using namespace w2n::tool;
  std::span<char *const> arguments(argv, size_t(argc));
  const char *const name = arguments.empty() ? "program" : arguments[0];
  auto program = readAttachedProgram(openOwnFile());
  if (!program)
    return reportError(name, program.error());
  return runAttached(*program, name, arguments.subspan(arguments.empty() ? 0 : 1));
}
