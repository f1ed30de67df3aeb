// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs one script of the official test suite, or of anyone, in the JSON that wast2json writes.
//
// For another processor it compiles all modules first, and then gives way to the command after
// "--": a runner of that processor in an emulator, or at the other end of ssh, which is told with
// --artifacts where the artifacts are.
#include "lib/support/File.h"
#include "test/spec/CompiledScript.h"
#include "test/spec/Runner.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <spawn.h>
#include <sys/wait.h>

namespace {

using namespace w2n;

constexpr const char *usage =
    "usage: w2nSpecRunner [-O0|-O1|-O2|-O3] [--bounds-checks=guard|explicit] [-v]\n"
    "                     [--deterministic] [--mcpu=CPU] [--cpu-level=CPU] [--meter=fuel] "
    "[--preinit] [--collect-always]\n"
    "                     [--expect-failures=COUNT]\n"
    "                     [--target=NAME | --artifacts=FOLDER] FILE.json [-- RUNNER...]\n";

struct Flag {
  std::string_view text;
  void (*apply)(spec::Runner::Options &options);
};

constexpr Flag flags[] = {
    {"-O0", [](auto &options) { options.compile.level = W2N_LEVEL_O0; }},
    {"-O1", [](auto &options) { options.compile.level = W2N_LEVEL_O1; }},
    {"-O2", [](auto &options) { options.compile.level = W2N_LEVEL_O2; }},
    {"-O3", [](auto &options) { options.compile.level = W2N_LEVEL_O3; }},
    {"--bounds-checks=guard",
     [](auto &options) { options.compile.bounds_checks = W2N_BOUNDS_CHECKS_GUARD; }},
    {"--bounds-checks=explicit",
     [](auto &options) { options.compile.bounds_checks = W2N_BOUNDS_CHECKS_EXPLICIT; }},
    {"--deterministic", [](auto &options) { options.compile.deterministic = true; }},
    {"--meter=fuel", [](auto &options) { options.compile.meter = W2N_METER_FUEL; }},
    {"--preinit", [](auto &options) { options.preinit = true; }},
    {"--collect-always", [](auto &options) { options.collectAlways = true; }},
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
  if (counts.replaced != 0)
    printf("%u instances replaced\n", counts.replaced);
  if (counts.failed < expected)
    printf("not-yet-passing.txt says that %u fail: lower it, or remove the row\n", expected);
  else if (expected != 0 && counts.failed > expected)
    printf("not-yet-passing.txt says that only %u fail\n", expected);
  return counts.failed == expected;
}

/// The task that the command line sets.
struct Task {
  spec::Runner::Options options;
  unsigned expectedFailures = 0;
  std::string file;
  /// Runs the script instead of us, once the modules are compiled; empty if we run it.
  std::vector<std::string> runner;
};

Result<spec::Json> readScript(const std::string &file) {
  W2N_TRY(text, readFile(file));
  spec::Json script = spec::Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!script.is_object() || !script.contains("commands"))
    return fail(ErrorKind::Malformed, file + ": not a script");
  return script;
}

/// Runs a command; its exit status, or 128 and the signal that ended it.
Result<int> runCommand(std::vector<std::string> words) {
  std::vector<char *> pointers;
  for (std::string &word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t child;
  if (posix_spawnp(&child, pointers[0], nullptr, nullptr, pointers.data(), environ) != 0)
    return fail(ErrorKind::Io, "cannot run " + words[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Compiles the modules, and lets the other runner run them.
Result<int> runElsewhere(const Task &task) {
  W2N_TRY(script, readScript(task.file));
  const spec::Runner::Options &options = task.options;
  W2N_CHECK(spec::compileScript(script["commands"], options.scriptFolder, options.compile,
                                options.artifactFolder));
  std::vector<std::string> words = task.runner;
  words.push_back("--artifacts=" + options.artifactFolder.string());
  words.push_back("--expect-failures=" + std::to_string(task.expectedFailures));
  if (options.verbose)
    words.push_back("-v");
  words.push_back(task.file);
  return runCommand(std::move(words));
}

Result<int> runHere(const Task &task) {
  W2N_TRY(script, readScript(task.file));
  W2N_TRY(spectest, spec::makeSpectest());
  spec::Runner runner(task.options, std::move(spectest));
  runner.run(script["commands"]);
  return asExpected(runner.counts(), task.expectedFailures) ? 0 : 1;
}

/// False if the arguments make no sense.
bool readArguments(std::span<char *> arguments, Task &task) {
  constexpr std::string_view expectFailures = "--expect-failures=", cpu = "--mcpu=",
                             runCpu = "--cpu-level=", target = "--target=",
                             artifacts = "--artifacts=";
  spec::Runner::Options &options = task.options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    auto flag = std::ranges::find(flags, argument, &Flag::text);
    if (flag != std::end(flags)) {
      flag->apply(options);
    } else if (argument.starts_with(expectFailures)) {
      task.expectedFailures = unsigned(atoi(argument.data() + expectFailures.size()));
    } else if (argument.starts_with(cpu)) {
      options.compile.cpu = tool::keepText(std::string(argument.substr(cpu.size())));
    } else if (argument.starts_with(runCpu)) {
      options.load.cpu = argument.substr(runCpu.size());
    } else if (argument.starts_with(target)) {
      options.compile.target = tool::keepText(std::string(argument.substr(target.size())));
    } else if (argument.starts_with(artifacts)) {
      options.artifactFolder = argument.substr(artifacts.size());
      options.compiledBefore = true;
    } else if (argument == "--") {
      task.runner.assign(arguments.begin() + i + 1, arguments.end());
      break;
    } else if (argument.starts_with('-') || !task.file.empty()) {
      return false;
    } else {
      task.file = argument;
    }
  }
  return !task.file.empty();
}

} // namespace

int main(int argc, char **argv) {
  // Output that was printed before a crash shows where it was.
  setvbuf(stdout, nullptr, _IOLBF, 0);
  Task task;
  task.options.compile.threads = 1;
  if (!readArguments({argv + 1, size_t(argc - 1)}, task)) {
    fputs(usage, stderr);
    return 2;
  }
  const TemporaryDirectory folder;
  if (!task.options.compiledBefore)
    task.options.artifactFolder = folder.path;
  task.options.scriptFolder = std::filesystem::path(task.file).parent_path();
  auto status = task.runner.empty() ? runHere(task) : runElsewhere(task);
  if (!status) {
    fprintf(stderr, "%s\n", status.error().text.c_str());
    return 2;
  }
  return *status;
}
