// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/WarmJobs.h"

#include "lib/support/ControlGroup.h"
#include "lib/support/File.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/LoadCompiler.h"
#include "tools/wasm2native/Progress.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace w2n::tool {

using Clock = std::chrono::steady_clock;

namespace {

constexpr uint64_t mebibyte = 1 << 20;

/// The message of a child at its end; the text of an error follows.
struct Verdict {
  WarmJob::State state;
  uint64_t artifactBytes;
};

/// A compilation that is going on.
struct Child {
  pid_t process;
  Descriptor pipe;
  WarmJob *job;
  uint64_t memory;
  unsigned threads;
  Clock::time_point begin;
};

/// In the child: ends it with what came of the job.
[[noreturn]] void endChild(const Verdict &verdict, const std::string &error, int pipe) {
  const std::string text = std::string(reinterpret_cast<const char *>(&verdict), sizeof(verdict)) +
                           error.substr(0, PIPE_BUF - sizeof(verdict));
  _exit(write(pipe, text.data(), text.size()) == ssize_t(text.size()) ? 0 : 1);
}

/// In the child: compiles, and writes the verdict to `pipe`.
[[noreturn]] void compileInChild(cache::ModuleCache &cache, const WarmJob &job,
                                 const w2n_compile_options &options, int pipe) {
  constexpr Verdict failed = {WarmJob::State::Failed, 0};
  onCompileOverrun([&](const Error &error) { endChild(failed, error.text, pipe); });
  auto source = cache::Source::open(job.path);
  const auto obtained = source ? cache.obtain(*source, optionsFor(job, options))
                               : Result<cache::Obtained>(std::unexpected(source.error()));
  if (!obtained)
    endChild(failed, obtained.error().text, pipe);
  if (!obtained->file)
    endChild(failed, "compiled, but not kept in the cache", pipe);
  const bool wasThere = obtained->from != cache::Obtained::From::Compiler;
  endChild({wasThere ? WarmJob::State::Hit : WarmJob::State::Compiled, obtained->artifactBytes}, "",
           pipe);
}

std::string endText(int status) {
  if (WIFSIGNALED(status))
    return std::string("the compiler was ended by a signal: ") + strsignal(WTERMSIG(status));
  return "the compiler ended with status " + std::to_string(WEXITSTATUS(status));
}

class Runner {
public:
  Runner(cache::ModuleCache &cache, std::vector<WarmJob> &jobs, const w2n_compile_options &options,
         const WarmLimits &limits)
      : cache(cache), options(options), limits(limits), all(jobs) {
    finishedCount = uint32_t(std::count_if(jobs.begin(), jobs.end(),
                                           [](const WarmJob &job) { return job.isFinished(); }));
    for (WarmJob &job : jobs)
      if (!job.isFinished() && !leaders.try_emplace(job.key, &job).second)
        followers.push_back(&job);
    for (auto &[key, job] : leaders)
      waiting.push_back(job);
    std::stable_sort(waiting.begin(), waiting.end(), [](const WarmJob *a, const WarmJob *b) {
      return a->wasmBytes > b->wasmBytes;
    });
  }

  void run() {
    // Once, here: the children have it from us.
    if (!waiting.empty())
      (void)cache.compiler().symbol("w2n_compile");
    while (!waiting.empty() || !children.empty()) {
      startWhatFits();
      showProgress();
      waitForOne();
    }
    for (WarmJob *job : followers) {
      const WarmJob &leader = *leaders[job->key];
      job->state = leader.state == WarmJob::State::Compiled ? WarmJob::State::Hit : leader.state;
      job->artifactBytes = leader.artifactBytes;
      job->error = leader.error;
    }
  }

private:
  /// The first of those that are waiting which there is memory for; alone, each may run.
  void startWhatFits() {
    for (size_t i = 0; i < waiting.size() && children.size() < limits.workers;) {
      const unsigned threads = threadsForNext();
      const uint64_t memory = estimateMemory(waiting[i]->wasmBytes, threads);
      if (!children.empty() && memoryInUse() + memory > limits.memoryBytes) {
        ++i;
        continue;
      }
      WarmJob *job = waiting[i];
      waiting.erase(waiting.begin() + ptrdiff_t(i));
      start(job, memory, threads);
    }
  }

  /// The processors for each job, more than one if there are fewer modules than processors.
  unsigned threadsForNext() const {
    const size_t together = std::min<size_t>(limits.workers, children.size() + waiting.size());
    return std::max(1u, unsigned(limits.workers / together));
  }

  uint64_t memoryInUse() const {
    uint64_t bytes = 0;
    for (const Child &child : children)
      bytes += child.memory;
    return bytes;
  }

  void start(WarmJob *job, uint64_t memory, unsigned threads) {
    int ends[2];
    const pid_t parent = getpid();
    fflush(stdout);
    if (pipe2(ends, O_CLOEXEC) != 0)
      return failToStart(job, std::string("cannot make a pipe: ") + strerror(errno));
    const pid_t process = fork();
    if (process == 0) {
      // Exits if the parent process is gone.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent)
        _exit(1);
      w2n_compile_options own = options;
      own.threads = threads;
      compileInChild(cache, *job, own, ends[1]);
    }
    close(ends[1]);
    Descriptor pipe(ends[0]);
    if (process < 0)
      return failToStart(job, std::string("cannot start a process: ") + strerror(errno));
    children.push_back({process, std::move(pipe), job, memory, threads, Clock::now()});
  }

  void failToStart(WarmJob *job, std::string error) {
    ++finishedCount;
    failJob(job, std::move(error));
  }

  static void failJob(WarmJob *job, std::string error) {
    job->state = WarmJob::State::Failed;
    job->error = std::move(error);
  }

  void waitForOne() {
    std::vector<pollfd> pipes;
    for (const Child &child : children)
      pipes.push_back({child.pipe.get(), POLLIN, 0});
    constexpr int progressMs = 200;
    if (pipes.empty() || poll(pipes.data(), pipes.size(), progressMs) <= 0)
      return;
    for (size_t i = pipes.size(); i-- > 0;) {
      if (pipes[i].revents == 0)
        continue;
      finish(children[i]);
      ++finishedCount;
      tellEnd(*children[i].job);
      children.erase(children.begin() + ptrdiff_t(i));
    }
  }

  void finish(Child &child) {
    const auto said = readDescriptor(child.pipe.get(), "pipe");
    int status = 0;
    while (waitpid(child.process, &status, 0) < 0 && errno == EINTR)
      ;
    WarmJob &job = *child.job;
    job.seconds = std::chrono::duration<double>(Clock::now() - child.begin).count();
    Verdict verdict;
    if (!said || said->size() < sizeof(verdict))
      return failJob(&job, endText(status));
    std::memcpy(&verdict, said->data(), sizeof(verdict));
    job.state = verdict.state;
    job.artifactBytes = verdict.artifactBytes;
    job.error.assign(said->begin() + sizeof(verdict), said->end());
  }

  void tellEnd(const WarmJob &job) {
    char seconds[32];
    snprintf(seconds, sizeof(seconds), "%.1f s", job.seconds);
    const bool failed = job.state == WarmJob::State::Failed;
    progress.tell(std::to_string(finishedCount) + " of " + countText(all.size(), "artifact") +
                  ": " + (failed ? "failed: " : "compiled: ") + job.path + ", " + seconds);
  }

  void showProgress() {
    std::string note;
    for (const Child &child : children)
      note += (note.empty() ? ": " : ", ") + child.job->path.substr(child.job->path.rfind('/') + 1);
    constexpr size_t maxCharacters = 60;
    progress.update(finishedCount, uint32_t(all.size()), note.substr(0, maxCharacters));
  }

  cache::ModuleCache &cache;
  const w2n_compile_options &options;
  const WarmLimits &limits;
  std::vector<WarmJob> &all;
  std::map<cache::Key, WarmJob *> leaders; ///< who compiles for a key
  std::vector<WarmJob *> followers, waiting;
  std::vector<Child> children;
  uint32_t finishedCount = 0; ///< but for followers
  Progress progress{"artifacts"};
};

/// The number at the beginning of a file of one line, or after `label` in one of many; `otherwise`
/// if it is not there ("max").
uint64_t numberIn(const char *path, std::string_view label, uint64_t otherwise) {
  const auto bytes = readFile(path);
  if (!bytes)
    return otherwise;
  std::string_view text(reinterpret_cast<const char *>(bytes->data()), bytes->size());
  const size_t at = text.find(label);
  if (at == text.npos)
    return otherwise;
  text.remove_prefix(at + label.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  uint64_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

} // namespace

uint64_t estimateMemory(uint64_t wasmBytes, unsigned threads) {
  return 96 * mebibyte + 8 * wasmBytes + 64 * mebibyte * (threads - 1);
}

uint64_t availableMemory() {
  constexpr uint64_t unknown = UINT64_MAX;
  // Source: proc_meminfo(5), in KiB.
  const uint64_t kibibytes = numberIn("/proc/meminfo", "MemAvailable:", unknown);
  const uint64_t machine = kibibytes == unknown ? 1024 * mebibyte : kibibytes * 1024;
  return std::min(machine, memoryLeftByGroups());
}

void runJobs(cache::ModuleCache &cache, std::vector<WarmJob> &jobs,
             const w2n_compile_options &options, const WarmLimits &limits) {
  Runner(cache, jobs, options, limits).run();
}

} // namespace w2n::tool
