// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The time of the phases of a compilation (--time-report).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace w2n::compiler {

/// Wall-clock and processor time; the latter of one thread.
struct TimeSpent {
  double wallSeconds = 0, cpuSeconds = 0;
  TimeSpent &operator+=(const TimeSpent &other) {
    wallSeconds += other.wallSeconds;
    cpuSeconds += other.cpuSeconds;
    return *this;
  }
};

/// Measures the time of the calling thread from its construction on.
class Stopwatch {
public:
  Stopwatch();
  TimeSpent elapsed() const;

private:
  std::chrono::steady_clock::time_point wallBegin;
  double cpuBegin;
};

/// Threads: any, for every member but text.
class TimeReport {
public:
  enum class Phase : uint8_t { Decode, Validate, Plan, Lower, Optimize, Generate, Link };

  /// Adds what passes in its scope to `phase` of `report`; if that is null, nothing.
  class Scope {
  public:
    Scope(TimeReport *report, Phase phase) : report(report), phase(phase) {}
    ~Scope() {
      if (report)
        report->add(phase, stopwatch.elapsed());
    }
    Scope(const Scope &) = delete;
    Scope &operator=(const Scope &) = delete;

  private:
    TimeReport *const report;
    const Phase phase;
    const Stopwatch stopwatch;
  };

  void add(Phase phase, TimeSpent time);
  /// A job that thread number `thread` has done, and what it was.
  void addJob(unsigned thread, const std::string &what, TimeSpent time);
  /// Adds the times of LLVM's passes, by their names.
  void addPasses(const std::map<std::string, double> &seconds);

  /// A table of phases, the threads, the slowest jobs, passes if there are any, and the most memory
  /// that the process has had.
  std::string text() const;

private:
  struct DoneJob {
    std::string what;
    TimeSpent time;
  };
  std::string phasesText() const;
  std::string jobsText() const;
  std::string passesText() const;

  const Stopwatch sinceBegin;
  mutable std::mutex mutex; // guards what follows
  std::array<TimeSpent, size_t(Phase::Link) + 1> phases;
  std::vector<TimeSpent> threads;
  std::vector<DoneJob> jobs;
  std::map<std::string, double> passes;
};

} // namespace w2n::compiler
