// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native resume: goes on with a program from its last checkpoint.
#include "tools/wasm2native/CheckpointRun.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/Subcommands.h"

#include <unistd.h>

namespace w2n::tool {

namespace {

constexpr OptionRow rows[] = {
    {"q,quiet", nullptr, "no notes and warnings", "Resume"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example examples[] = {
    {"wasm2native run --checkpoint state --every 10s prog.wasm", "a run that can be gone on with"},
    {"wasm2native resume state", "after the process was killed, or the machine"},
};

} // namespace

constinit const CommandSpec resumeSpec = {
    .name = "wasm2native resume",
    .usage = "[OPTION...] DIR",
    .summary = "Goes on with a program in the middle, from the last checkpoint that 'run "
               "--checkpoint DIR' has left, and takes further ones.",
    .options = rows,
    .sharedOptions = {},
    .epilogue = "\nThe program has the directories and limits that it was run with. The exit "
                "status is that of 'run'.\nDIR can be trusted as far as a program can: what "
                "resumes it runs what is in it.\n",
    .examples = examples};

namespace {

/// The request of the run that `start` says.
Result<RunRequest> requestOf(const checkpoint::Start &start) {
  if (chdir(start.workingDirectory.c_str()) != 0)
    return fail(ErrorKind::Io,
                "cannot go to '" + start.workingDirectory + "', where the program was run");
  auto line = CommandLine::parse(runSpec, wordsOf(start.options));
  if (!line)
    return fail(ErrorKind::Malformed,
                "the checkpoint has options that 'run' does not have: " + line.error());
  auto request = readRunRequest(*line, /*isResumed=*/true);
  if (!request)
    return fail(ErrorKind::Invalid, "as the program was run, " + request.error());
  request->file = start.program;
  request->options = start.options;
  request->wasi.arguments = start.arguments;
  request->wasi.environment = start.environment;
  return std::move(*request);
}

int resume(const std::string &directory, bool isQuiet) {
  auto folder = checkpoint::Folder::open(directory);
  if (!folder)
    return reportError(directory, folder.error());
  auto checkpoint = checkpoint::readCheckpoint(*folder);
  if (!checkpoint)
    return reportError(directory, checkpoint.error());
  auto request = requestOf(checkpoint->start);
  if (!request)
    return reportError(directory, request.error());
  // Before anything runs: the directory may have been moved since.
  if (const Status outside = folder->checkIsOutside(directoriesOf(request->wasi)); !outside)
    return reportError(directory, outside.error());
  request->isQuiet |= isQuiet;
  setWarnings(!request->isQuiet);
  return runSaved(*request, {std::move(*folder), std::move(*checkpoint)});
}

} // namespace

int resumeMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(resumeSpec, arguments);
  if (!line)
    return usageError(resumeSpec, line.error());
  if (line->has("help"))
    return printHelp(resumeSpec);
  if (line->positional().size() != 1)
    return usageError(resumeSpec, line->positional().empty() ? "no directory of a checkpoint"
                                                             : "more than one directory");
  return resume(line->positional()[0], line->has("quiet"));
}

} // namespace w2n::tool
