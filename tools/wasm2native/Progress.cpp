// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Progress.h"

#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/LoadCompiler.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace w2n::tool {

namespace {
constexpr auto quietTime = std::chrono::seconds(1);
constexpr auto drawInterval = std::chrono::milliseconds(100);
constexpr int barColumns = 40;
} // namespace

Progress::Progress(const char *noun)
    : noun(noun), onTerminal(isatty(STDERR_FILENO)), nextDraw(Clock::now() + quietTime) {}

Progress::~Progress() {
  if (drawn)
    fputs("\r\x1b[K", stderr);
}

void Progress::update(uint32_t done, uint32_t total, const std::string &note) {
  Clock::time_point now = Clock::now();
  if (!onTerminal || total == 0 || now < nextDraw)
    return;
  nextDraw = now + drawInterval;
  drawn = true;
  done = std::min(done, total);
  int filled = int(uint64_t(done) * barColumns / total);
  constexpr char bar[] = "########################################";
  static_assert(sizeof(bar) == barColumns + 1);
  fprintf(stderr, "\r\x1b[K[%-*.*s] %3u%%  %u of %u %s%s", barColumns, filled, bar,
          unsigned(uint64_t(done) * 100 / total), done, total, noun, printable(note).c_str());
  fflush(stderr);
}

void endAtCompileOverrun(const std::string &input) {
  onCompileOverrun([input](const Error &error) { exitNow(reportError(input, error)); });
}

Result<std::vector<Result<std::vector<uint8_t>>>>
compileWithProgress(std::span<const uint8_t> wasm, compiler::CompileOptions options,
                    std::span<const std::string> targets) {
  Progress progress;
  options.progress = [&progress](uint32_t done, uint32_t total) { progress.update(done, total); };
  return compileWithLibrary(wasm, options, targets);
}

Result<std::vector<uint8_t>> compileWithProgress(std::span<const uint8_t> wasm,
                                                 compiler::CompileOptions options) {
  W2N_TRY(outputs, compileWithProgress(wasm, options, std::span(&options.target, 1)));
  return std::move(outputs.front());
}

} // namespace w2n::tool
