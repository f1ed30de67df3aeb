// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/spec/Runner.h"

#include "lib/support/File.h"
#include "lib/wasm/Module.h"
#include "runtime/core/HostValues.h"
#include "runtime/core/StoreHeap.h"
#include "test/spec/CompiledScript.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace w2n::spec {

using runtime::Instance;
using runtime::Slot;

struct Runner::Thread {
  Thread(Options options, Externs spectest) : runner(std::move(options), std::move(spectest)) {}

  Runner runner;
  std::thread thread;
};

struct Runner::Handler {
  std::string_view type;
  Outcome (Runner::*run)(const Json &command);
};

namespace {

/// Whether a message is the one that a script expects, under the rule of the reference
/// interpreter's runner: either may go on where the other ends.
bool agree(const std::string &message, const std::string &expected) {
  return message.starts_with(expected) || expected.starts_with(message);
}

const char *kindName(ErrorKind kind) {
  switch (kind) {
  case ErrorKind::Malformed:
    return "malformed";
  case ErrorKind::Invalid:
    return "invalid";
  case ErrorKind::Unsupported:
    return "unsupported";
  case ErrorKind::Limit:
    return "limit";
  case ErrorKind::Io:
    return "io";
  case ErrorKind::Link:
    return "link";
  case ErrorKind::Trap:
    return "trap";
  case ErrorKind::Exit:
    return "exit";
  case ErrorKind::Internal:
    return "internal";
  case ErrorKind::Interrupted:
    return "interrupted";
  }
  return "?";
}

std::string describe(const Error &error) {
  return std::string(kindName(error.kind)) + ": " + error.text;
}

std::unexpected<Error> mismatch(std::string text) {
  return fail(ErrorKind::Internal, std::move(text));
}

/// Null if `error` has the kind and the words that are expected, else what to say.
template <typename T>
std::optional<std::string> checkFailure(const Result<T> &result, ErrorKind kind,
                                        const std::string &text) {
  const std::string wanted = std::string(kindName(kind)) + ": " + text;
  if (result)
    return "succeeds, expected " + wanted;
  if (result.error().kind != kind || !agree(result.error().text, text))
    return "fails with " + describe(result.error()) + ", expected " + wanted;
  return std::nullopt;
}

} // namespace

void Counts::add(const Counts &other) {
  passed += other.passed;
  failed += other.failed;
  notApplicable += other.notApplicable;
  otherWords += other.otherWords;
  replaced += other.replaced;
}

Runner::Runner(Options options, Externs spectest)
    : options(std::move(options)), spectest(std::move(spectest)) {}

Runner::~Runner() {
  for (auto &[name, thread] : threads)
    if (thread->thread.joinable())
      thread->thread.join();
}

void Runner::run(const Json &commands) {
  for (const Json &command : commands) {
    Outcome outcome = runCommand(command);
    if (!outcome) {
      ++totals.failed;
      printf("line %u: %s: %s\n", command.value("line", 0u), command.value("type", "").c_str(),
             outcome.error().text.c_str());
    } else if (*outcome == Verdict::Passed) {
      ++totals.passed;
    } else {
      ++totals.notApplicable;
    }
  }
}

Runner::Outcome Runner::runCommand(const Json &command) {
  static constexpr Handler handlers[] = {
      {"module", &Runner::defineAndInstantiate},
      {"module_definition", &Runner::defineModule},
      {"module_instance", &Runner::instantiateDefinition},
      {"register", &Runner::registerInstance},
      {"action", &Runner::performAction},
      {"assert_return", &Runner::assertReturn},
      {"assert_trap", &Runner::assertTrap},
      {"assert_exhaustion", &Runner::assertTrap},
      {"assert_exception", &Runner::assertException},
      {"assert_invalid", &Runner::assertInvalid},
      {"assert_malformed", &Runner::assertMalformed},
      {"assert_unlinkable", &Runner::assertUnlinkable},
      {"assert_uninstantiable", &Runner::assertUninstantiable},
      {"thread", &Runner::startThread},
      {"wait", &Runner::waitForThread},
  };
  const std::string type = command.value("type", "");
  auto found = std::ranges::find(handlers, type, &Handler::type);
  if (found == std::end(handlers))
    return mismatch("unknown command");
  return (this->*found->run)(command);
}

Result<std::vector<uint8_t>> Runner::readModule(const Json &command) {
  return readFile(options.scriptFolder / moduleFileOf(command));
}

Result<std::vector<uint8_t>> Runner::compileWasm(std::span<const uint8_t> wasm,
                                                 uint32_t stopAfter) {
  w2n_compile_options compile = options.compile;
  compile.stop_after = stopAfter;
  return tool::compileWithLibrary(wasm, compile);
}

Status Runner::validate(const Json &command) {
  W2N_TRY(wasm, readModule(command));
  if (!options.compiledBefore) {
    W2N_CHECK(compileWasm(wasm, W2N_STOP_AFTER_VALIDATE));
    return {};
  }
  // A build without the compiler still has the validator.
  W2N_TRY(module, wasm::decodeModule(wasm));
  return wasm::validateModule(module);
}

Result<Runner::ModuleHandle> Runner::loadModule(const Json &command) {
  if (options.compiledBefore)
    return loadCompiled(options.artifactFolder, moduleFileOf(command));
  W2N_TRY(wasm, readModule(command));
  return loadWasm(std::move(wasm));
}

Result<Runner::ModuleHandle> Runner::loadWasm(std::vector<uint8_t> wasm) {
  W2N_TRY(artifact, compileWasm(wasm, W2N_STOP_AFTER_LINK));
  std::ostringstream name;
  name << "module-" << std::this_thread::get_id() << ".so";
  const std::filesystem::path path = options.artifactFolder / name.str();
  W2N_CHECK(writeFileAtomically(path, artifact));
  auto module = runtime::Module::load(path, options.load);
  // A mapped file stays when its name goes.
  std::filesystem::remove(path);
  if (module && options.preinit)
    sources[module->get()] = {std::move(wasm)};
  return module;
}

Result<Runner::InstanceHandle> Runner::instantiate(ModuleHandle module) {
  auto resolve = [this](std::string_view module, std::string_view name,
                        wasm::ExternKind) -> std::optional<runtime::Extern> {
    if (auto found = registered.find(module); found != registered.end())
      return found->second->findExport(name);
    auto found = spectest.find(name);
    if (module != "spectest" || found == spectest.end())
      return std::nullopt;
    return found->second;
  };
  if (!heap && module->usesHeap()) {
    const bool stress = options.collectAlways;
    W2N_TRY(made, runtime::StoreHeap::create(
                      {.collectAlways = stress, .poison = stress, .verify = stress}));
    heap = std::move(made);
  }
  return Instance::instantiate(std::move(module), resolve, {.heap = heap});
}

void Runner::makeCurrent(InstanceHandle instance, const std::string &name) {
  current = std::move(instance);
  if (!name.empty())
    instances[name] = current;
}

Result<Runner::InstanceHandle> Runner::findInstance(const std::string &name) {
  InstanceHandle found = current;
  if (!name.empty()) {
    auto named = instances.find(name);
    found = named == instances.end() ? nullptr : named->second;
  }
  if (!found)
    return mismatch(name.empty() ? "no current instance" : "no instance " + name);
  return found;
}

Runner::Outcome Runner::defineAndInstantiate(const Json &command) {
  // Commands after a failure here must not use the instance before.
  current = nullptr;
  auto module = loadModule(command);
  auto instance = module ? instantiate(*module) : std::unexpected(module.error());
  if (!instance)
    return mismatch(describe(instance.error()));
  makeCurrent(*instance, command.value("name", ""));
  return Verdict::Passed;
}

Runner::Outcome Runner::defineModule(const Json &command) {
  auto module = loadModule(command);
  // Some definitions, which are never instantiated, have sizes that an implementation may refuse
  // (core specification, appendix, "Implementation Limitations").
  if (!module && module.error().kind == ErrorKind::Limit)
    return Verdict::NotApplicable;
  if (!module)
    return mismatch(describe(module.error()));
  definitions[command.value("name", "")] = *module;
  return Verdict::Passed;
}

Runner::Outcome Runner::instantiateDefinition(const Json &command) {
  auto definition = definitions.find(command.value("module", ""));
  if (definition == definitions.end())
    return mismatch("no such definition");
  auto instance = instantiate(definition->second);
  if (!instance)
    return mismatch(describe(instance.error()));
  makeCurrent(*instance, command.value("instance", ""));
  return Verdict::Passed;
}

Runner::Outcome Runner::registerInstance(const Json &command) {
  W2N_TRY(instance, findInstance(command.value("name", "")));
  registered[command.value("as", "")] = instance;
  return Verdict::Passed;
}

Result<Runner::Results> Runner::invoke(runtime::Function &function, const Json &arguments) {
  const wasm::FunctionType &type = function.type;
  if (arguments.size() != type.params.size())
    return mismatch("the function has type " + toString(type));
  Results results = {type.results, {}};
  for (size_t i = 0; i < arguments.size(); ++i) {
    W2N_CHECK(parseArgument(arguments[i], results.slots));
    // Values that scripts hand over are the host's: in the heap they are boxed.
    if (Slot &last = results.slots.back(); runtime::isHeapReference(type.params[i]) && last != 0) {
      W2N_TRY(box, runtime::boxHostValue(*function.owner, last));
      last = box;
    }
  }
  results.slots.resize(std::max(wasm::slotsOf(type.params), wasm::slotsOf(type.results)));
  W2N_CHECK(runtime::call(function, results.slots));
  size_t slot = 0;
  for (wasm::ValueType result : type.results) {
    if (runtime::isHeapReference(result))
      if (const Slot value = runtime::hostValueIn(*function.owner, results.slots[slot]))
        results.slots[slot] = value;
    slot += result.slots();
  }
  return results;
}

Result<Runner::Results> Runner::perform(const Json &action) {
  W2N_TRY(found, findInstance(action.value("module", "")));
  W2N_TRY(instance, replace(std::move(found)));
  const std::string field = action.value("field", "");
  auto exported = instance->findExport(field);
  if (!exported)
    return mismatch("no export '" + field + "'");
  if (auto *function = std::get_if<std::shared_ptr<runtime::Function>>(&*exported);
      function && action["type"] == "invoke")
    return invoke(**function, action["args"]);
  if (auto *global = std::get_if<std::shared_ptr<runtime::Global>>(&*exported);
      global && action["type"] == "get")
    return Results{{(*global)->type.type},
                   {std::begin((*global)->cell->bits), std::end((*global)->cell->bits)}};
  return mismatch("export '" + field + "' is of another kind");
}

Runner::Outcome Runner::performAction(const Json &command) {
  auto results = perform(command["action"]);
  if (!results)
    return mismatch(describe(results.error()));
  return Verdict::Passed;
}

Runner::Outcome Runner::assertReturn(const Json &command) {
  auto results = perform(command["action"]);
  if (!results)
    return mismatch(describe(results.error()));
  const Json &expected = command["expected"];
  bool same = results->types.size() == expected.size();
  std::string returned;
  Slots slots = results->slots;
  for (size_t i = 0; i < results->types.size(); ++i) {
    same = same && matches(expected[i], results->types[i], slots);
    returned += (i ? ", " : "") + describeValue(results->types[i], slots);
    slots = slots.subspan(results->types[i].slots());
  }
  if (!same)
    return mismatch("returns [" + returned + "], expected " + expected.dump());
  return Verdict::Passed;
}

Runner::Outcome Runner::assertTrap(const Json &command) {
  auto results = perform(command["action"]);
  if (auto wrong = checkFailure(results, ErrorKind::Trap, command.value("text", "")))
    return mismatch(*wrong);
  return Verdict::Passed;
}

Runner::Outcome Runner::assertException(const Json &command) {
  auto results = perform(command["action"]);
  if (auto wrong = checkFailure(results, ErrorKind::Trap, "uncaught exception"))
    return mismatch(*wrong);
  return Verdict::Passed;
}

Runner::Outcome Runner::assertRefused(const Json &command, ErrorKind kind) {
  auto output = validate(command);
  if (auto wrong = checkFailure(output, kind, ""))
    return mismatch(*wrong);
  if (auto other = checkFailure(output, kind, command.value("text", ""))) {
    ++totals.otherWords;
    if (options.verbose)
      printf("line %u: other words: %s\n", command.value("line", 0u), other->c_str());
  }
  return Verdict::Passed;
}

Runner::Outcome Runner::assertInvalid(const Json &command) {
  return assertRefused(command, ErrorKind::Invalid);
}

Runner::Outcome Runner::assertMalformed(const Json &command) {
  if (command.value("module_type", "") == "text")
    return Verdict::NotApplicable;
  return assertRefused(command, ErrorKind::Malformed);
}

Runner::Outcome Runner::assertInstantiationFails(const Json &command, ErrorKind kind) {
  auto module = loadModule(command);
  if (!module)
    return mismatch(describe(module.error()));
  if (auto wrong = checkFailure(instantiate(*module), kind, command.value("text", "")))
    return mismatch(*wrong);
  return Verdict::Passed;
}

Runner::Outcome Runner::assertUnlinkable(const Json &command) {
  return assertInstantiationFails(command, ErrorKind::Link);
}

Runner::Outcome Runner::assertUninstantiable(const Json &command) {
  return assertInstantiationFails(command, ErrorKind::Trap);
}

Runner::Outcome Runner::startThread(const Json &command) {
  auto &thread = threads[command.value("name", "")];
  if (thread)
    return mismatch("a thread of this name was started before");
  thread = std::make_unique<Thread>(options, spectest);
  if (const std::string shared = command.value("shared_module", ""); !shared.empty()) {
    W2N_TRY(instance, findInstance(shared));
    thread->runner.instances[shared] = instance;
  }
  thread->thread = std::thread(&Runner::run, &thread->runner, std::cref(command["commands"]));
  return Verdict::Passed;
}

Runner::Outcome Runner::waitForThread(const Json &command) {
  auto found = threads.find(command.value("thread", ""));
  if (found == threads.end() || !found->second->thread.joinable())
    return mismatch("no such thread");
  found->second->thread.join();
  totals.add(found->second->runner.counts());
  return Verdict::Passed;
}

} // namespace w2n::spec
