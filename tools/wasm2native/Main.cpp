// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The command: finds the subcommand; `compile` is what it does when none is named.
#include "tools/wasm2native/Subcommands.h"

#include <string_view>

namespace {

struct Subcommand {
  std::string_view name;
  int (*main)(std::span<char *const> arguments);
};

constexpr Subcommand subcommands[] = {
    {"compile", w2n::tool::compileMain}, {"run", w2n::tool::runMain},
    {"inspect", w2n::tool::inspectMain}, {"warm", w2n::tool::warmMain},
    {"cache", w2n::tool::cacheMain},
};

} // namespace

int main(int argc, char **argv) {
  std::span<char *const> arguments(argv, size_t(argc));
  arguments = arguments.subspan(arguments.empty() ? 0 : 1);
  for (const Subcommand &subcommand : subcommands)
    if (!arguments.empty() && subcommand.name == arguments[0])
      return subcommand.main(arguments.subspan(1));
  return w2n::tool::compileMain(arguments);
}
