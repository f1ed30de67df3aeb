// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native replay: a recorded run once more, from its record alone.
#include "lib/support/File.h"
#include "runtime/core/Memory.h"
#include "runtime/core/StateHash.h"
#include "runtime/record/Replayer.h"
#include "tools/wasm2native/CodegenOptions.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/LoadModule.h"
#include "tools/wasm2native/ReplayedFiles.h"
#include "tools/wasm2native/Subcommands.h"
#include "tools/wasm2native/Values.h"

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <unistd.h>

/// A debugger can stop here for the point that --until names: the guest is on the stack.
extern "C" [[gnu::noinline, gnu::visibility("default")]] void w2nReplayStopped() {
  asm volatile("" ::: "memory");
}

namespace w2n::tool {

using record::ReplayEnd;
using record::ReplayStop;

namespace {

constexpr OptionRow replayRows[] = {
    {"until", "CALL|TRAP|N",
     "stop at the first call of a host function of this name, at a trap, or at the N-th host call, "
     "and print where the program is",
     "Replay"},
    {"dump-memory", "FILE", "write memory 0 to FILE where --until stops", "Replay"},
    {"gdb", nullptr, "with --until: run under gdb, and stop there", "Replay"},
    {"calls", nullptr, "print each host call with its arguments", "Replay"},
    cacheFolderRow,
    trustedKeysRow,
    {"no-cache", nullptr, "compile a WebAssembly module into memory, always", "Cache"},
    {"q,quiet", nullptr, "print nothing if the run is the same", "Replay"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example replayExamples[] = {
    {"wasm2native run --record run.rec prog.wasm", "a record of a run"},
    {"wasm2native replay run.rec", "the same run, without files, clocks and network"},
    {"wasm2native replay --until TRAP run.rec", "where it trapped, and with what"},
    {"wasm2native replay --until 17 --dump-memory mem.bin run.rec", "its memory at the 17th call"},
};

enum ReplayStatus : int { replaySame = 0, replayEndsEarly = 3 };

} // namespace

constinit const CommandSpec replaySpec = {
    .name = "wasm2native replay",
    .usage = "[OPTION...] RECORD [FILE]",
    .summary = "Runs a program again from the record of a run ('run --record'), and compares. FILE "
               "is the program, if it is no longer where it was.",
    .options = replayRows,
    .sharedOptions = {},
    .epilogue =
        "\nThe exit status is 0 if the whole run was the same or --until was reached, 3 if it "
        "was the same as far\nas it can be replayed (the recording process was killed, or a "
        "deadline ended the run), else 1.\n",
    .examples = replayExamples};

namespace {

/// The point that --until asks for.
class Until {
public:
  explicit Until(std::string text) : text(std::move(text)) {
    const char *end = this->text.data() + this->text.size();
    auto [rest, error] = std::from_chars(this->text.data(), end, number);
    isNumber = error == std::errc() && rest == end && !this->text.empty();
    isBeyond =
        rest == end && (error == std::errc::result_out_of_range || (isNumber && number == 0));
  }
  /// A number that no call has.
  bool isWrong() const { return isBeyond; }
  bool isAt(const ReplayStop &stop) const {
    if (text.empty())
      return false;
    if (stop.trap)
      return text == "TRAP";
    return isNumber ? stop.call == number : stop.name == text || stop.name.ends_with("." + text);
  }

private:
  std::string text;
  uint64_t number = 0;
  bool isNumber = false, isBeyond = false;
};

std::string callText(const ReplayStop &stop) {
  std::string text = std::to_string(stop.call) + " " + printable(stop.name) + "(";
  for (size_t i = 0; i < stop.arguments.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(stop.arguments[i]);
  return text + ")\n";
}

void printState(runtime::Instance &instance) {
  for (uint32_t index = 0; index < runtime::memoryCount(instance); ++index)
    printf("memory %u: %" PRIu64 " bytes, hash %016" PRIx64 "\n", index,
           uint64_t(instance.memoryAt(index).bytes().size()), runtime::memoryHash(instance, index));
  for (const runtime::GlobalValue &global : runtime::numericGlobals(instance))
    printf("global %u: %s\n", global.index, formatValue(global.type, global.slots).c_str());
}

void printStop(const ReplayStop &stop, const ReplayedFiles &files) {
  if (stop.trap)
    printf("trap after host call %" PRIu64 ": %s\n", stop.call, printable(stop.trap->text).c_str());
  else
    printf("host call %s", callText(stop).c_str());
  fputs(printable(stop.backtrace, "\n").c_str(), stdout);
  printState(stop.instance);
  fputs(printable(files.text(), "\n").c_str(), stdout);
  fflush(stdout);
}

/// Whether a file of the user's could be written. It is the owner's alone, as the record is.
Status dumpMemory(runtime::Instance &instance, const std::string &file) {
  if (file.empty() || runtime::memoryCount(instance) == 0)
    return {};
  return writeFileAtomically(file, instance.memoryAt(0).bytes(), FileMode::Private);
}

/// The program's file, compiled as it was for the run.
Result<std::shared_ptr<const runtime::Module>>
loadProgram(const record::Header &header, const std::string &file, const CommandLine &line) {
  std::vector<char *> words;
  for (const std::string &option : header.options)
    words.push_back(const_cast<char *>(option.c_str()));
  auto recorded = CommandLine::parse(runSpec, words);
  if (!recorded)
    return fail(ErrorKind::Malformed,
                "the record has options that 'run' does not have: " + recorded.error());
  auto compile = readCodegenOptions(*recorded);
  if (!compile)
    return fail(ErrorKind::Malformed, "the record has wrong options: " + compile.error());
  if (recorded->has("fuel"))
    compile->meter = W2N_METER_FUEL;
  runtime::LoadOptions load;
  load.cpu = recorded->value("cpu-level");
  auto cache = readCacheOptions(line);
  if (!cache)
    return fail(ErrorKind::Invalid, cache.error());
  return loadModule(file, *compile, *cache, load);
}

/// Replaces this process by gdb, which runs it without --gdb.
int runInGdb(std::span<char *const> arguments) {
  char self[4096];
  const ssize_t bytes = readlink("/proc/self/exe", self, sizeof(self) - 1);
  if (bytes < 0)
    return reportError("", Error{.kind = ErrorKind::Io, .text = "cannot find the command's file"});
  self[bytes] = 0;
  std::vector<const char *> words = {
      "gdb", "-q", "-ex", "break w2nReplayStopped", "-ex", "run", "--args", self, "replay"};
  for (char *argument : arguments)
    if (std::string_view(argument) != "--gdb")
      words.push_back(argument);
  words.push_back(nullptr);
  execvp(words[0], const_cast<char *const *>(words.data()));
  return reportError("", Error{.kind = ErrorKind::Io, .text = "cannot run gdb"});
}

int report(const record::ReplayResult &result, bool isQuiet) {
  const std::string text = printable(result.text);
  switch (result.end) {
  case ReplayEnd::Complete:
    if (!isQuiet)
      printf("the same: %s, %s of the state; %s\n", countText(result.calls, "host call").c_str(),
             countText(result.states, "comparison").c_str(),
             printable(describe(result.outcome)).c_str());
    return replaySame;
  case ReplayEnd::Stopped:
    return replaySame;
  case ReplayEnd::RecordEnds:
  case ReplayEnd::Interrupted:
    printf("%s\n", text.c_str());
    return replayEndsEarly;
  case ReplayEnd::Diverged:
  case ReplayEnd::Damaged:
    break;
  }
  fflush(stdout);
  fprintf(stderr, "wasm2native: error: %s\n", text.c_str());
  return exitError;
}

int replay(const CommandLine &line, const std::string &recordFile, const std::string &program) {
  auto bytes = readRegularFile(recordFile);
  if (!bytes)
    return reportError(recordFile, bytes.error());
  auto replayer = record::Replayer::open(std::move(*bytes));
  if (!replayer)
    return reportError(recordFile, replayer.error());
  const std::string file = program.empty() ? (*replayer)->header().program : program;
  auto module = loadProgram((*replayer)->header(), file, line);
  if (!module)
    return reportError(file, module.error());
  const Until until(line.value("until"));
  const bool printsCalls = line.has("calls");
  Status dumped;
  ReplayedFiles files;
  const auto stopAt = [&](const ReplayStop &stop) {
    if (printsCalls && !stop.trap)
      fputs(callText(stop).c_str(), stdout);
    if (!until.isAt(stop))
      return false;
    printStop(stop, files);
    dumped = dumpMemory(stop.instance, line.value("dump-memory"));
    w2nReplayStopped();
    return true;
  };
  record::ReplayOptions options;
  if (line.has("until") || printsCalls)
    options.stopAt = stopAt;
  if (line.has("until"))
    options.returned = [&](const ReplayStop &call, std::span<const runtime::Slot> results) {
      files.note(call, results);
    };
  auto result = (*replayer)->run(*module, options);
  if (!result)
    return reportError(file, result.error());
  if (!dumped)
    return reportError(recordFile, dumped.error());
  if (line.has("until") && result->end == ReplayEnd::Complete) {
    fprintf(stderr, "wasm2native: error: the run ends before it comes to %s\n",
            printable(line.value("until")).c_str());
    return exitError;
  }
  return report(*result, line.has("quiet"));
}

} // namespace

int replayMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(replaySpec, arguments);
  if (!line)
    return usageError(replaySpec, line.error());
  if (line->has("help"))
    return printHelp(replaySpec);
  const std::vector<std::string> &files = line->positional();
  if (files.empty() || files.size() > 2)
    return usageError(replaySpec, files.empty() ? "no record" : "more than a record and a program");
  for (const char *option : {"gdb", "dump-memory"})
    if (line->has(option) && !line->has("until"))
      return usageError(replaySpec, std::string("--") + option + " needs --until");
  if (Until(line->value("until")).isWrong())
    return usageError(replaySpec, "--until is '" + line->value("until") +
                                      "', but calls are numbered from 1 on, in 64 bits");
  if (line->has("gdb"))
    return runInGdb(arguments);
  return replay(*line, files[0], files.size() == 2 ? files[1] : "");
}

} // namespace w2n::tool
