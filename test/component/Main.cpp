// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs one script of the official component-model test suite, whose commands are JSON and whose
// components are binaries.
#include "test/component/Runner.h"

#include "lib/support/File.h"

#include <cstdio>
#include <cstdlib>

namespace {

using namespace w2n;

constexpr const char *usage =
    "usage: w2nComponentRunner [-O0|-O3] [--bounds-checks=guard|explicit] [--validate-only] [-v]\n"
    "                          [--expect-failures=COUNT] [--task-orders=COUNT] FILE.json\n";

/// Whether exactly `expected` commands failed, so that not-yet-passing.txt only shrinks.
bool asExpected(const component::Counts &counts, unsigned expected) {
  printf("%u passed, %u failed, %u not applicable, %u refused in other words\n", counts.passed,
         counts.failed, counts.notApplicable, counts.otherWords);
  if (counts.failed < expected)
    printf("not-yet-passing.txt says that %u fail: lower it, or remove the row\n", expected);
  else if (expected != 0 && counts.failed > expected)
    printf("not-yet-passing.txt says that only %u fail\n", expected);
  return counts.failed == expected;
}

} // namespace

int main(int argc, char **argv) {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  constexpr std::string_view expectFailures = "--expect-failures=", taskOrders = "--task-orders=";
  uint64_t orderCount = 0;
  component::RunnerOptions options;
  options.compile.threads = 1;
  options.compile.level = compiler::OptimizationLevel::O0;
  unsigned expected = 0;
  std::filesystem::path file;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "-v")
      options.verbose = true;
    else if (argument == "--validate-only")
      options.validateOnly = true;
    else if (argument == "-O3")
      options.compile.level = compiler::OptimizationLevel::O3;
    else if (argument == "--bounds-checks=explicit")
      options.compile.boundsChecks = compiler::BoundsChecks::Explicit;
    else if (argument.starts_with(expectFailures))
      expected = unsigned(atoi(argument.data() + expectFailures.size()));
    else if (argument.starts_with(taskOrders))
      orderCount = uint64_t(atoi(argument.data() + taskOrders.size()));
    else
      file = argument;
  }
  if (file.empty()) {
    fputs(usage, stderr);
    return 2;
  }
  auto text = readFile(file);
  if (!text) {
    fprintf(stderr, "%s\n", text.error().text.c_str());
    return 2;
  }
  const component::Json script = component::Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!script.is_object() || !script.contains("commands")) {
    fprintf(stderr, "%s: not a script\n", file.c_str());
    return 2;
  }
  options.folder = file.parent_path();
  component::Runner runner(options);
  // Without an order of its own, the runtime's; then those of some seeds.
  for (uint64_t seed = 0; seed <= orderCount; ++seed) {
    runner.setTaskOrder(seed);
    runner.run(script["commands"]);
    if (!asExpected(runner.counts(), expected)) {
      if (seed != 0)
        printf("with the order of tasks of seed %llu\n", static_cast<unsigned long long>(seed));
      return 1;
    }
  }
  return 0;
}
