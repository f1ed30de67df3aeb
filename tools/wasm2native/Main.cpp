// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The command: finds the subcommand; `compile` is what it does when none is named.
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Subcommands.h"

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace w2n::tool;

/// Whether `word` was meant as a subcommand: no option, no path, and no file that is there.
bool isUnknownCommand(const std::string &word) {
  return !word.empty() && word.find_first_of("-") != 0 && word.find_first_of("./") == word.npos &&
         access(word.c_str(), F_OK) != 0;
}

int runCommand(std::span<char *const> arguments) {
  if (arguments.empty())
    return compileMain(arguments);
  const std::string first = arguments[0];
  if (const Subcommand *subcommand = findSubcommand(first))
    return subcommand->main(arguments.subspan(1));
  if (isUnknownCommand(first))
    return usageError(compileSpec, "unknown command '" + first + "'" + adviceForCommand(first));
  return compileMain(arguments);
}

/// Gives standard streams that are closed a descriptor that fails as they do: the next file that is
/// opened would have its number, and get what is printed.
void keepStandardStreams() {
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0)
      (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

} // namespace

int main(int argc, char **argv) {
  keepStandardStreams();
  const std::span<char *const> arguments(argv, size_t(argc));
  return statusWithOutput(runCommand(arguments.subspan(arguments.empty() ? 0 : 1)));
}
