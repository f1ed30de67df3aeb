// Runs one script of the official test suite, or of anyone, in the JSON that wast2json writes.
#include "lib/support/File.h"
#include "test/spec/Runner.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace {

using namespace w2n;
using compiler::BoundsChecks;
using compiler::OptimizationLevel;

constexpr const char *usage =
    "usage: w2nSpecRunner [-O0|-O1|-O2|-O3] [--bounds-checks=guard|explicit] [-v]\n"
    "                     [--deterministic] [--meter=fuel] [--mcpu=CPU] [--expect-failures=COUNT] FILE.json\n";

struct Flag {
  std::string_view text;
  void (*apply)(spec::Runner::Options &options);
};

constexpr Flag flags[] = {
    {"-O0", [](auto &options) { options.compile.level = OptimizationLevel::O0; }},
    {"-O1", [](auto &options) { options.compile.level = OptimizationLevel::O1; }},
    {"-O2", [](auto &options) { options.compile.level = OptimizationLevel::O2; }},
    {"-O3", [](auto &options) { options.compile.level = OptimizationLevel::O3; }},
    {"--bounds-checks=guard",
     [](auto &options) { options.compile.boundsChecks = BoundsChecks::Guard; }},
    {"--bounds-checks=explicit",
     [](auto &options) { options.compile.boundsChecks = BoundsChecks::Explicit; }},
    {"--deterministic", [](auto &options) { options.compile.deterministic = true; }},
    {"--meter=fuel", [](auto &options) { options.compile.meter = compiler::Meter::Fuel; }},
    {"-v", [](auto &options) { options.verbose = true; }},
};

/// A directory that only this process writes to; removed with what is in it.
struct TemporaryDirectory {
  TemporaryDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "w2n-spec-XXXXXX";
    if (const char *made = mkdtemp(pattern.data()))
      path = made;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

/// Whether exactly `expected` commands failed. For a script that does not pass yet, fewer are an
/// error too, so that its row in not-yet-passing.txt follows.
bool asExpected(const spec::Counts &counts, unsigned expected) {
  printf("%u passed, %u failed, %u not applicable, %u refused in other words\n", counts.passed,
         counts.failed, counts.notApplicable, counts.otherWords);
  if (counts.failed < expected)
    printf("not-yet-passing.txt says that %u fail: lower it, or remove the row\n", expected);
  else if (expected != 0 && counts.failed > expected)
    printf("not-yet-passing.txt says that only %u fail\n", expected);
  return counts.failed == expected;
}

int runScript(const std::string &file, unsigned expectedFailures, spec::Runner::Options options) {
  auto text = readFile(file);
  if (!text) {
    fprintf(stderr, "%s\n", text.error().text.c_str());
    return 2;
  }
  const spec::Json script = spec::Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!script.is_object() || !script.contains("commands")) {
    fprintf(stderr, "%s: not a script\n", file.c_str());
    return 2;
  }
  auto spectest = spec::makeSpectest();
  if (!spectest) {
    fprintf(stderr, "spectest: %s\n", spectest.error().text.c_str());
    return 2;
  }
  options.scriptFolder = std::filesystem::path(file).parent_path();
  spec::Runner runner(std::move(options), std::move(*spectest));
  runner.run(script["commands"]);
  return asExpected(runner.counts(), expectedFailures) ? 0 : 1;
}

} // namespace

int main(int argc, char **argv) {
  // What was printed before a crash shows where it was.
  setvbuf(stdout, nullptr, _IOLBF, 0);
  spec::Runner::Options options;
  options.compile.threads = 1;
  constexpr std::string_view expectFailures = "--expect-failures=", cpu = "--mcpu=";
  unsigned expectedFailures = 0;
  std::optional<std::string> file;
  for (std::string_view argument : std::span(argv + 1, size_t(argc - 1))) {
    auto flag = std::ranges::find(flags, argument, &Flag::text);
    if (flag != std::end(flags)) {
      flag->apply(options);
    } else if (argument.starts_with(expectFailures)) {
      expectedFailures = unsigned(atoi(argument.data() + expectFailures.size()));
    } else if (argument.starts_with(cpu)) {
      options.compile.cpu = argument.substr(cpu.size());
    } else if (argument.starts_with('-') || file) {
      fputs(usage, stderr);
      return 2;
    } else {
      file = argument;
    }
  }
  if (!file) {
    fputs(usage, stderr);
    return 2;
  }
  const TemporaryDirectory artifacts;
  options.artifactFolder = artifacts.path;
  return runScript(*file, expectedFailures, std::move(options));
}
