// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/ThreadGroup.h"

#include "runtime/core/Memory.h"
#include "runtime/core/ValueTypes.h"
#include "runtime/platform/VirtualMemory.h"
#include "runtime/wasi/Errno.h"

#include <deque>
#include <pthread.h>

namespace w2n::wasi {

namespace {

using artifact::ExternKindCode;
using artifact::ImportRecord;
using artifact::Metadata;
using runtime::Extern;
using runtime::Function;
using runtime::Instance;
using wasm::ValueType;

constexpr std::string_view spawnModule = "wasi", spawnName = "thread-spawn",
                           startName = "wasi_thread_start";
/// Thread ids are positive, and the top bits are the guest's (wasi-threads, "Design choice: thread
/// IDs").
constexpr uint32_t maxId = (1u << 29) - 1;
/// For the host's calls; the guest has its own stack.
constexpr size_t hostStackBytes = 2 << 20;

bool isSpawn(const Metadata &metadata, const ImportRecord &import) {
  return ExternKindCode(import.kind) == ExternKindCode::Function &&
         metadata.string(import.module) == spawnModule && metadata.string(import.name) == spawnName;
}

bool isSharedMemory(const Metadata &metadata, const ImportRecord &import) {
  return ExternKindCode(import.kind) == ExternKindCode::Memory &&
         metadata.memories()[import.index].flags & artifact::limitShared;
}

bool exportsStart(const Metadata &metadata) {
  for (const artifact::ExportRecord &record : metadata.exports())
    if (ExternKindCode(record.kind) == ExternKindCode::Function &&
        metadata.string(record.name) == startName)
      return true;
  return false;
}

} // namespace

/// The data that a new thread needs; owned by it from its start on.
struct ThreadGroup::Start {
  std::shared_ptr<ThreadGroup> group;
  std::shared_ptr<Instance> instance;
  std::shared_ptr<Function> function;
  uint32_t id, argument;
  /// The interrupts of the thread that asked for this one.
  std::vector<std::shared_ptr<runtime::Interrupt>> interrupts;
};

bool ThreadGroup::isFor(const runtime::Module &module) {
  const Metadata &metadata = module.metadata();
  for (const ImportRecord &import : metadata.imports())
    if (isSpawn(metadata, import) || isSharedMemory(metadata, import))
      return true;
  return false;
}

Result<std::shared_ptr<ThreadGroup>>
ThreadGroup::create(std::shared_ptr<const runtime::Module> module, Options options) {
  const Metadata &metadata = module->metadata();
  const bool guard = !(metadata.header().flags & artifact::flagExplicitBounds);
  if (!options.instance.budget)
    options.instance.budget =
        std::make_shared<runtime::HostBudget>(options.instance.limits.maxHostBytes);
  std::shared_ptr<ThreadGroup> group(new ThreadGroup(module, std::move(options)));
  W2N_TRY(ending, runtime::Interrupt::create());
  group->ending = std::move(ending);
  for (const ImportRecord &import : metadata.imports()) {
    if (isSpawn(metadata, import) && !exportsStart(metadata))
      return fail(ErrorKind::Link, "the module imports \"wasi\".\"thread-spawn\" but exports no "
                                   "function 'wasi_thread_start'");
    if (!isSharedMemory(metadata, import))
      continue;
    auto &memory = group->memories[{metadata.string(import.module), metadata.string(import.name)}];
    // Twice the same import: the second is matched with the memory like any other.
    if (memory)
      continue;
    W2N_TRY(made, runtime::makeMemory(runtime::memoryTypeOf(metadata.memories()[import.index]),
                                      guard, group->options.instance.limits.maxMemoryBytes));
    memory = std::move(made);
  }
  return group;
}

std::optional<Extern> ThreadGroup::find(std::string_view module, std::string_view name,
                                        wasm::ExternKind kind) {
  if (kind == wasm::ExternKind::Memory)
    if (auto found = memories.find(std::pair(module, name)); found != memories.end())
      return found->second;
  if (kind != wasm::ExternKind::Function || module != spawnModule || name != spawnName)
    return options.resolver ? options.resolver(module, name, kind) : std::nullopt;
  auto body = [self = shared_from_this()](runtime::Caller,
                                          std::span<runtime::Slot> slots) -> Status {
    const auto argument = uint32_t(slots[0]);
    auto id = self->spawn(argument);
    if (self->options.trace)
      self->traceSpawn(argument, id);
    W2N_CHECK(id);
    slots[0] = uint32_t(*id);
    return {};
  };
  return runtime::makeHostFunction({{ValueType::i32()}, {ValueType::i32()}}, std::move(body));
}

/// The instance is made on the thread that asks for it, so that what is wrong with it is told to
/// the guest's own caller.
Result<std::unique_ptr<ThreadGroup::Start>> ThreadGroup::makeStart(uint32_t argument) {
  auto resolve = [this](std::string_view module, std::string_view name, wasm::ExternKind kind) {
    return find(module, name, kind);
  };
  W2N_TRY(instance, Instance::instantiate(module, resolve, options.instance));
  auto found = instance->findExport(startName);
  auto *function = found ? std::get_if<std::shared_ptr<Function>>(&*found) : nullptr;
  if (!function ||
      (*function)->type != wasm::FunctionType{{ValueType::i32(), ValueType::i32()}, {}})
    return fail(ErrorKind::Link, "export 'wasi_thread_start' must be a function [i32 i32] -> []");
  return std::make_unique<Start>(shared_from_this(), std::move(instance), *function, 0u, argument,
                                 runtime::InterruptScope::currentInterrupts());
}

/// The new thread's id, or a negative errno. Errors: Trap, Exit and Link of the new instance, which
/// end the program.
Result<int32_t> ThreadGroup::spawn(uint32_t argument) {
  constexpr int32_t again = -int32_t(Errno::Again);
  // Before anything is made: a program that has all its threads gets nothing for asking.
  const bool hasRoom = platform::hasRoom(hostStackBytes + runtime::defaultStackBytes);
  const uint32_t id = hasRoom ? enter() : 0;
  if (id == 0)
    return again;
  auto start = makeStart(argument);
  if (!start || !startThread(std::move(*start), id)) {
    leave(id, {});
    const bool isFull =
        start || start.error().kind == ErrorKind::Limit || start.error().kind == ErrorKind::Io;
    if (isFull)
      return again;
    return std::unexpected(std::move(start).error());
  }
  return int32_t(id);
}

/// False if the system has no more threads.
bool ThreadGroup::startThread(std::unique_ptr<Start> start, uint32_t id) {
  start->id = id;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, hostStackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  const bool started = pthread_create(&thread, &attributes, run, start.get()) == 0;
  pthread_attr_destroy(&attributes);
  if (started)
    (void)start.release(); // the thread's now
  return started;
}

/// As --trace prints the calls of WASI: what succeeds gives the thread's id.
void ThreadGroup::traceSpawn(uint32_t argument, const Result<int32_t> &result) const {
  std::string line(spawnName);
  line.append("(argument=").append(std::to_string(argument)).append(") = ");
  line.append(result ? std::to_string(*result) : "?");
  if (result && *result < 0)
    line.append(" ").append(nameOf(Errno(-*result)));
  options.trace(line + "\n");
}

void *ThreadGroup::run(void *argument) {
  std::unique_ptr<Start> start(static_cast<Start *>(argument));
  const std::shared_ptr<ThreadGroup> group = start->group;
  const uint32_t id = start->id;
  Status status;
  {
    // A deque: scopes stay where they are.
    std::deque<runtime::InterruptScope> scopes;
    for (auto &interrupt : start->interrupts)
      scopes.emplace_back(std::move(interrupt));
    scopes.emplace_back(group->ending);
    runtime::Slot slots[] = {id, start->argument};
    status = runtime::call(*start->function, slots);
    // Its destructor would begin with the outermost.
    while (!scopes.empty())
      scopes.pop_back();
  }
  start.reset();
  group->leave(id, std::move(status));
  return nullptr;
}

uint32_t ThreadGroup::enter() {
  std::lock_guard guard(lock);
  if (ended || running.size() >= std::min(options.maxThreads, maxId))
    return 0;
  do
    lastId = lastId == maxId ? 1 : lastId + 1;
  while (!running.insert(lastId).second);
  return lastId;
}

void ThreadGroup::leave(uint32_t id, Status status) {
  if (!status)
    end(status.error());
  std::lock_guard guard(lock);
  running.erase(id);
  left.notify_all();
}

void ThreadGroup::end(const Error &error) {
  {
    std::lock_guard guard(lock);
    if (ended)
      return;
    ended = error;
  }
  ending->raise();
  if (options.onEnd)
    options.onEnd(error);
}

Status ThreadGroup::join() {
  std::unique_lock guard(lock);
  left.wait(guard, [this] { return running.empty(); });
  if (ended)
    return std::unexpected(*ended);
  return {};
}

} // namespace w2n::wasi
