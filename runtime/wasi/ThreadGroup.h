// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The wasi-threads proposal: a module that imports "wasi" "thread-spawn" and a shared memory, and
// exports wasi_thread_start(thread id, argument). Each thread runs an instance of its own, which
// shares the memory and nothing else: tables and globals are the thread's.
//
// Such modules keep their data in passive segments and let their start function copy them into the
// memory once, under an atomic flag, so that nothing special happens to memory here.
#pragma once

#include "runtime/core/Instance.h"
#include "runtime/core/Interrupt.h"
#include "runtime/wasi/Trace.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

namespace w2n::wasi {

class ThreadGroup : public std::enable_shared_from_this<ThreadGroup> {
public:
  static constexpr uint32_t defaultMaxThreads = 4096;

  struct Options {
    /// Finds what the group does not: called on any thread, for each instance anew.
    runtime::Resolver resolver;
    /// The budget of the host's memory is all threads' together.
    runtime::InstanceOptions instance;
    /// Called once, on the thread that ends the program by proc_exit or by a trap, when all others
    /// have been interrupted, but for the main thread, which is its caller's. It may end the
    /// process. May be empty.
    std::function<void(const Error &)> onEnd;
    /// If there is one, gets a line for each thread-spawn.
    TraceSink trace = nullptr;
    /// At one time, the main thread not counted.
    uint32_t maxThreads = defaultMaxThreads;
  };

  /// Whether `module` imports thread-spawn or a shared memory.
  static bool isFor(const runtime::Module &module);

  /// Makes the shared memories that `module` imports. Errors: Limit; Link if it spawns threads
  /// without exporting what they run.
  static Result<std::shared_ptr<ThreadGroup>> create(std::shared_ptr<const runtime::Module> module,
                                                     Options options);

  /// thread-spawn, the shared memories, or what the options' resolver finds: the resolver for the
  /// main thread's instance, too.
  std::optional<runtime::Extern> find(std::string_view module, std::string_view name,
                                      wasm::ExternKind kind);

  /// Returns when no thread runs any more; what ended the program, if something did.
  Status join();

private:
  struct Start;

  ThreadGroup(std::shared_ptr<const runtime::Module> module, Options options)
      : module(std::move(module)), options(std::move(options)) {}
  Result<int32_t> spawn(uint32_t argument);
  void traceSpawn(uint32_t argument, const Result<int32_t> &result) const;
  Result<std::unique_ptr<Start>> makeStart(uint32_t argument);
  static bool startThread(std::unique_ptr<Start> start, uint32_t id);
  /// 0 if there are too many, or if the program has ended.
  uint32_t enter();
  void leave(uint32_t id, Status status);
  void end(const Error &error);
  static void *run(void *start);

  const std::shared_ptr<const runtime::Module> module;
  const Options options;
  /// By import: module and name, as the metadata has them.
  std::map<std::pair<std::string_view, std::string_view>, std::shared_ptr<runtime::Memory>>
      memories;

  /// Raised when the program ends.
  std::shared_ptr<runtime::Interrupt> ending;

  std::mutex lock;
  std::condition_variable left;
  uint32_t lastId = 0;
  std::set<uint32_t> running;
  std::optional<Error> ended;
};

} // namespace w2n::wasi
