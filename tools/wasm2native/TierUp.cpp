// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/TierUp.h"

#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/LoadCompiler.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace w2n::tool {

namespace {

/// A low priority, but on a busy machine the process shall come to its end, too.
constexpr int niceness = 10;
/// Hence it may take longer than a compilation that is waited for.
constexpr uint64_t backgroundMs = 1'200'000, backgroundMsForEachKilobyte = 10;
/// Nothing is compiled in vain at every start; but what was in the way may be gone after a while.
constexpr time_t failureSeconds = 3600;

/// The text of an entry about its failure: the time, a space, the error. Other limits, another
/// attempt.
std::string failureName(const cache::Key &key, const w2n_compile_options &options) {
  return "tier-" + hexOf(hashOf(hexOf(key) + " " + std::to_string(options.max_time_ms) + " " +
                                std::to_string(options.max_memory_bytes) + " " +
                                std::to_string(options.max_artifact_bytes)));
}

/// The error of a background process within the last hour; "" if there was none.
std::string recentFailure(cache::Store &store, const std::string &name) {
  const std::string text = store.findText(name);
  time_t then = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), then);
  const time_t age = time(nullptr) - then;
  if (error != std::errc() || age < 0 || age > failureSeconds)
    return "";
  return text.substr(size_t(end - text.data()));
}

/// Leaves the terminal, the descriptors and the priority of the process that is to go on. What is
/// forked twice has no parent that would have to wait for it.
void detach() {
  setsid();
  if (fork() != 0)
    _exit(0);
  const int nothing = open("/dev/null", O_RDWR);
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    dup2(nothing, stream);
  closefrom(STDERR_FILENO + 1);
  (void)!nice(niceness);
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_NAME, "wasm2native-tier");
}

/// The rest of a background process.
[[noreturn]] void compileDetached(std::span<const uint8_t> wasm, w2n_compile_options options,
                                  const CacheChoice &choice, const std::string &failure) {
  // The parent's descriptors are closed.
  auto store = openStore(choice);
  if (!store)
    _exit(1);
  cache::ModuleCache cache(std::move(*store), findCompiler(), [](const std::string &) {});
  if (choice.remote)
    cache.useRemote(*choice.remote);
  const auto giveUp = [&](const Error &error) {
    cache.store().keepText(failure, std::to_string(time(nullptr)) + " " + error.text);
    _exit(1);
  };
  onCompileOverrun(giveUp);
  if (options.max_time_ms == 0)
    options.max_time_ms = backgroundMs + backgroundMsForEachKilobyte * (wasm.size() >> 10);
  options.progress = nullptr;
  auto source = cache::Source::of(wasm);
  const auto obtained = cache.obtain(source, options, {.needsLock = true});
  // Io: another does it, or could not write; it may be different next time.
  if (!obtained && obtained.error().kind != ErrorKind::Io)
    giveUp(obtained.error());
  _exit(obtained ? 0 : 1);
}

/// Errors: Io.
Status startBackground(std::span<const uint8_t> wasm, const w2n_compile_options &options,
                       const CacheChoice &choice, const std::string &failure) {
  const pid_t process = fork();
  if (process == 0) {
    detach();
    compileDetached(wasm, options, choice, failure);
  }
  if (process < 0)
    return fail(ErrorKind::Io, std::strerror(errno));
  while (waitpid(process, nullptr, 0) < 0 && errno == EINTR)
    ;
  return {};
}

enum class Entry : uint8_t { Free, Busy, Unlockable };

/// Whether somebody compiles for `key`. Its lock is not kept: the background process will take it.
Entry look(cache::Store &store, const cache::Key &key) {
  const auto lock = store.lock(key, cache::KeyLock::noWait);
  return !lock ? Entry::Busy : lock->isHeld() ? Entry::Free : Entry::Unlockable;
}

void remark(const w2n_compile_options &options, const std::string &text) {
  if (options.remark)
    options.remark(options.user, ("tier: " + text).c_str());
}

} // namespace

Result<std::shared_ptr<const runtime::Module>>
loadTiered(cache::ModuleCache &cache, cache::Source &source, const std::string &name,
           const w2n_compile_options &options, const CacheChoice &choice) {
  W2N_TRY(ready, cache.loadReady(source, name, options));
  if (ready) {
    remark(options, "the optimized code was in the cache");
    return ready;
  }
  w2n_compile_options wanted = options;
  if (!wanted.cpu || !*wanted.cpu)
    wanted.cpu = "native";
  W2N_TRY(key, cache.keyFor(source, wanted));
  w2n_compile_options fast = options;
  fast.level = W2N_LEVEL_O0;
  const std::string failure = failureName(key, options);
  const Entry entry = look(cache.store(), key);
  if (entry == Entry::Unlockable) {
    remark(options, "the cache cannot be written or locked: compiled once, as asked for");
    return cache.load(source, name, options);
  }
  if (entry == Entry::Busy) {
    remark(options, "running code of -O0, while another process compiles");
  } else if (const std::string error = recentFailure(cache.store(), failure); !error.empty()) {
    printWarning("running code of -O0: compiling in the background failed:" + error);
  } else {
    remark(options, "running code of -O0, while a background process compiles");
    W2N_TRY(wasm, source.read());
    if (const Status started = startBackground(wasm, wanted, choice, failure); !started)
      printWarning("no background process compiles: " + started.error().text);
  }
  return cache.load(source, name, fast, {.asksRemote = false});
}

} // namespace w2n::tool
