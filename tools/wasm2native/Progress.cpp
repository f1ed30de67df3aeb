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
constexpr auto lineInterval = std::chrono::seconds(10);
constexpr int barColumns = 40;

ProgressMode chosenMode = ProgressMode::Automatic;

ProgressMode effectiveMode() {
  if (chosenMode != ProgressMode::Automatic)
    return chosenMode;
  return isatty(STDERR_FILENO) ? ProgressMode::Bar : ProgressMode::Lines;
}

unsigned percent(uint32_t done, uint32_t total) { return unsigned(uint64_t(done) * 100 / total); }

} // namespace

void setProgressMode(ProgressMode mode) { chosenMode = mode; }

Progress::Progress(const char *noun) : noun(noun), mode(effectiveMode()) {
  const bool isAskedFor = chosenMode == ProgressMode::Lines;
  firstOutput = begin + (mode == ProgressMode::Bar ? Clock::duration(quietTime)
                         : isAskedFor              ? Clock::duration::zero()
                                                   : Clock::duration(lineInterval));
  nextOutput = firstOutput;
}

Progress::~Progress() {
  if (drawn)
    fputs("\r\x1b[K", stderr);
}

void Progress::update(uint32_t done, uint32_t total, const std::string &note) {
  const Clock::time_point now = Clock::now();
  if (mode == ProgressMode::None || total == 0 || now < nextOutput)
    return;
  done = std::min(done, total);
  if (mode == ProgressMode::Bar) {
    nextOutput = now + drawInterval;
    return drawBar(done, total, note);
  }
  nextOutput = now + lineInterval;
  printLine(done, total, note);
}

void Progress::drawBar(uint32_t done, uint32_t total, const std::string &note) {
  drawn = true;
  const int filled = int(uint64_t(done) * barColumns / total);
  constexpr char bar[] = "########################################";
  static_assert(sizeof(bar) == barColumns + 1);
  fprintf(stderr, "\r\x1b[K[%-*.*s] %3u%%  %u of %u %s%s", barColumns, filled, bar,
          percent(done, total), done, total, noun, printable(note).c_str());
  fflush(stderr);
}

void Progress::printLine(uint32_t done, uint32_t total, const std::string &note) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begin);
  fprintf(stderr, "wasm2native: compiling: %u of %u %s (%u%%), %lld s%s\n", done, total, noun,
          percent(done, total), (long long)seconds.count(), printable(note).c_str());
}

void Progress::tell(const std::string &text) {
  if (mode == ProgressMode::Lines && Clock::now() >= firstOutput)
    fprintf(stderr, "wasm2native: %s\n", printable(text).c_str());
}

void Progress::watch(w2n_compile_options &options) {
  options.user = this;
  options.progress = [](void *self, uint32_t done, uint32_t total) {
    static_cast<Progress *>(self)->update(done, total);
  };
}

Result<std::vector<Result<std::vector<uint8_t>>>>
compileWithProgress(std::span<const uint8_t> wasm, w2n_compile_options options,
                    std::span<const std::string> targets) {
  Progress progress;
  progress.watch(options);
  return compileWithLibrary(wasm, options, targets);
}

Result<std::vector<uint8_t>> compileWithProgress(std::span<const uint8_t> wasm,
                                                 w2n_compile_options options) {
  const std::string target = options.target ? options.target : "";
  W2N_TRY(outputs, compileWithProgress(wasm, options, std::span(&target, 1)));
  return std::move(outputs.front());
}

} // namespace w2n::tool
