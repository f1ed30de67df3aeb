// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/report/TimeReport.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <sys/resource.h>

namespace w2n::compiler {

namespace {

constexpr const char *phaseNames[] = {"decode",   "validate", "plan", "lower",
                                      "optimize", "generate", "link"};
constexpr size_t shownJobs = 5, shownPasses = 15;

double threadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

[[gnu::format(printf, 1, 2)]] std::string format(const char *pattern, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, pattern);
  vsnprintf(line, sizeof(line), pattern, arguments);
  va_end(arguments);
  return line;
}

} // namespace

Stopwatch::Stopwatch() : wallBegin(std::chrono::steady_clock::now()), cpuBegin(threadSeconds()) {}

TimeSpent Stopwatch::elapsed() const {
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wallBegin;
  return {wall.count(), threadSeconds() - cpuBegin};
}

void TimeReport::add(Phase phase, TimeSpent time) {
  std::lock_guard lock(mutex);
  phases[size_t(phase)] += time;
}

void TimeReport::addJob(unsigned thread, const std::string &what, TimeSpent time) {
  std::lock_guard lock(mutex);
  threads.resize(std::max<size_t>(threads.size(), thread + 1));
  threads[thread] += time;
  jobs.push_back({what, time});
}

void TimeReport::addPasses(const std::map<std::string, double> &seconds) {
  std::lock_guard lock(mutex);
  for (const auto &[name, time] : seconds)
    passes[name] += time;
}

std::string TimeReport::phasesText() const {
  TimeSpent sum;
  for (const TimeSpent &phase : phases)
    sum += phase;
  std::string text = format("%-10s %9s %9s %7s\n", "phase", "wall s", "cpu s", "cpu");
  for (size_t i = 0; i < phases.size(); ++i)
    text += format("%-10s %9.3f %9.3f %6.1f%%\n", phaseNames[i], phases[i].wallSeconds,
                   phases[i].cpuSeconds,
                   sum.cpuSeconds > 0 ? 100 * phases[i].cpuSeconds / sum.cpuSeconds : 0);
  text += format("%-10s %9.3f %9.3f\n", "all", sinceBegin.elapsed().wallSeconds, sum.cpuSeconds);
  if (threads.size() > 1)
    text += "lower, optimize and generate: sums of all threads\n";
  for (size_t i = 0; i < threads.size(); ++i)
    text +=
        format("thread %-3zu %9.3f %9.3f\n", i + 1, threads[i].wallSeconds, threads[i].cpuSeconds);
  return text;
}

std::string TimeReport::jobsText() const {
  std::vector<DoneJob> slowest = jobs;
  std::stable_sort(slowest.begin(), slowest.end(), [](const DoneJob &a, const DoneJob &b) {
    return a.time.cpuSeconds > b.time.cpuSeconds;
  });
  slowest.resize(std::min(slowest.size(), shownJobs));
  std::string text = "slowest partitions\n";
  for (const DoneJob &job : slowest)
    text += format("%10s %9.3f %9.3f  %s\n", "", job.time.wallSeconds, job.time.cpuSeconds,
                   job.what.c_str());
  return text;
}

std::string TimeReport::passesText() const {
  std::vector<std::pair<std::string, double>> slowest(passes.begin(), passes.end());
  std::stable_sort(slowest.begin(), slowest.end(),
                   [](const auto &a, const auto &b) { return a.second > b.second; });
  slowest.resize(std::min(slowest.size(), shownPasses));
  std::string text = slowest.empty() ? "" : "slowest passes of optimize\n";
  for (const auto &[name, seconds] : slowest)
    text += format("%10s %9.3f  %s\n", "", seconds, name.c_str());
  return text;
}

std::string TimeReport::text() const {
  std::lock_guard lock(mutex);
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return phasesText() + jobsText() + passesText() +
         format("peak memory %ld MB\n", usage.ru_maxrss / 1024);
}

} // namespace w2n::compiler
