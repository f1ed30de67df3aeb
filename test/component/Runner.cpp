// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/component/Runner.h"

#include "lib/support/File.h"
#include "runtime/core/Module.h"

#include <algorithm>
#include <cstdio>
#include <ranges>

namespace w2n::component {

namespace {

std::unexpected<Error> wrong(std::string text) {
  return fail(ErrorKind::Internal, std::move(text));
}

uint8_t digitOf(char c) { return uint8_t(c <= '9' ? c - '0' : c - 'a' + 10); }

/// The component of a command: a file, or bytes in lines of hexadecimal digits.
Result<std::vector<uint8_t>> readComponent(const std::filesystem::path &folder,
                                           const Json &command) {
  if (!command.contains("bytes"))
    return readFile(folder / command["filename"].get<std::string>());
  std::vector<uint8_t> bytes;
  for (const Json &line : command["bytes"])
    for (const std::string digits = line; const size_t i : std::views::iota(0u, digits.size() / 2))
      bytes.push_back(uint8_t(digitOf(digits[2 * i]) << 4 | digitOf(digits[2 * i + 1])));
  return bytes;
}

/// Whether `message` has the words, which may be those of the reference engine's command.
bool hasWords(const std::string &message, std::string words) {
  constexpr std::string_view prefix = "wasm trap: ";
  if (words.starts_with(prefix))
    words = words.substr(prefix.size());
  if (words == "wasm `unreachable` instruction executed")
    words = "unreachable";
  return message.find(words) != std::string::npos;
}

} // namespace

Status Runner::validate(const Json &command) const {
  W2N_TRY(bytes, readComponent(options.folder, command));
  W2N_TRY(component, decodeComponent(bytes));
  Types types;
  W2N_CHECK(validateComponent(component, types));
  return {};
}

Result<Runner::Definition> Runner::compile(const Json &command) const {
  const std::string file = command.value("filename", "");
  if (const auto found = compiled.find(file); !file.empty() && found != compiled.end())
    return found->second;
  W2N_TRY(definition, compileAnew(command));
  compiled[file] = definition;
  return definition;
}

Result<Runner::Definition> Runner::compileAnew(const Json &command) const {
  W2N_TRY(bytes, readComponent(options.folder, command));
  W2N_TRY(artifact, tool::compileWithLibrary(bytes, options.compile));
  W2N_TRY(module, runtime::Module::loadBytes(artifact, "component"));
  W2N_TRY(component, runtime::Component::create(std::move(module)));
  return runtime::LinkedComponent::link(std::move(component),
                                        std::make_shared<runtime::HostInterfaces>());
}

Result<Runner::InstanceHandle> Runner::instantiate(Definition definition) const {
  W2N_TRY(instance, runtime::ComponentInstance::instantiate(std::move(definition)));
  if (options.taskOrder != 0)
    instance->setTaskOrder(options.taskOrder);
  return InstanceHandle(std::move(instance));
}

void Runner::makeCurrent(InstanceHandle instance, const std::string &name) {
  current = std::move(instance);
  if (!name.empty())
    instances[name] = current;
}

Status Runner::define(const Json &command) {
  const std::string name = command.value("name", "");
  current = nullptr;
  W2N_CHECK(validate(command));
  W2N_TRY(definition, compile(command));
  definitions[name] = definition;
  if (command["type"] == "component_definition")
    return {};
  W2N_TRY(instance, instantiate(std::move(definition)));
  makeCurrent(std::move(instance), name);
  return {};
}

Status Runner::instantiateDefinition(const Json &command) {
  current = nullptr;
  const auto found = definitions.find(command.value("component", ""));
  if (found == definitions.end())
    return wrong("no such definition");
  W2N_TRY(instance, instantiate(found->second));
  makeCurrent(std::move(instance), command.value("instance", ""));
  return {};
}

Result<Json> Runner::perform(const Json &action) {
  InstanceHandle instance = current;
  if (const std::string name = action.value("instance", ""); !name.empty())
    instance = instances.contains(name) ? instances[name] : nullptr;
  if (!instance)
    return wrong("no such instance");
  const World &world = instance->component().world();
  const WorldFunction *function =
      instance->component().findExport("", action["field"].get_ref<const std::string &>());
  if (!function)
    return wrong("no such function");
  const TypeBody &type = world.types[function->type];
  runtime::ValueArena arena;
  std::vector<Value> arguments;
  for (size_t i = 0; i < type.fields.size(); ++i) {
    W2N_TRY(value, fromJson(world.types, *type.fields[i].type, action["args"][i], arena));
    arguments.push_back(value);
  }
  W2N_TRY(result, instance->call(*function, arguments));
  Json json = result ? toJson(world.types, *type.element, *result) : Json();
  W2N_CHECK(instance->finish());
  return json;
}

Status Runner::expectReturn(const Json &command) {
  auto result = perform(command["action"]);
  if (!result)
    return std::unexpected(result.error());
  const Json expected = command.value("expected", Json::array());
  const bool same = expected.empty() ? result->is_null() : expected[0] == *result;
  if (!same)
    return wrong("returns " + result->dump() + ", expected " + expected.dump());
  return {};
}

Status Runner::expectFailure(const Json &command, const std::optional<Error> &error) {
  const std::string expected = command.value("text", "");
  if (!error)
    return wrong("succeeds, expected: " + expected);
  if (!hasWords(error->text, expected))
    return wrong("fails with \"" + error->text + "\", expected \"" + expected + "\"");
  return {};
}

Status Runner::expectTrap(const Json &command) {
  const auto result = perform(command["action"]);
  return expectFailure(command, result ? std::nullopt : std::optional(result.error()));
}

Status Runner::expectUninstantiable(const Json &command) {
  W2N_TRY(definition, compile(command));
  const auto instance = instantiate(std::move(definition));
  return expectFailure(command, instance ? std::nullopt : std::optional(instance.error()));
}

Status Runner::expectRefused(const Json &command) {
  const Status status = validate(command);
  const std::string expected = command.value("text", "");
  if (status)
    return wrong("accepted, expected: " + expected);
  const bool sameWords = hasWords(status.error().text, expected);
  counted.otherWords += !sameWords;
  if (!sameWords && options.verbose)
    printf("line %u: %s: expected \"%s\", found \"%s\"\n", command.value("line", 0u),
           command.value("filename", "").c_str(), expected.c_str(), status.error().text.c_str());
  return {};
}

Status Runner::runCommand(const Json &command) {
  struct Handler {
    std::string_view type;
    Status (Runner::*run)(const Json &command);
  };
  static constexpr Handler handlers[] = {
      {"component", &Runner::define},
      {"component_definition", &Runner::define},
      {"component_instance", &Runner::instantiateDefinition},
      {"assert_return", &Runner::expectReturn},
      {"action", &Runner::expectReturn},
      {"assert_trap", &Runner::expectTrap},
      {"assert_uninstantiable", &Runner::expectUninstantiable},
      {"assert_invalid", &Runner::expectRefused},
      {"assert_malformed", &Runner::expectRefused},
  };
  const std::string type = command["type"];
  const auto *handler = std::ranges::find(handlers, type, &Handler::type);
  if (handler == std::end(handlers))
    return wrong("unknown command");
  const bool isRefusal = handler->run == &Runner::expectRefused;
  if (options.validateOnly && !isRefusal)
    return validate(command);
  return (this->*handler->run)(command);
}

void Runner::run(const Json &commands) {
  counted = {};
  current = nullptr;
  instances.clear();
  definitions.clear();
  bool isCurrentText = false;
  for (const Json &command : commands) {
    // Syntax of the text format, of which there is no parser here.
    const bool isText = command.value("module_type", "binary") == "text";
    // Commands about a component in the text format are left out with it.
    const bool isDefinition = command.contains("module_type");
    if (isDefinition)
      isCurrentText = isText && command["type"] == "component";
    if (isCurrentText && !isDefinition) {
      ++counted.notApplicable;
      continue;
    }
    if (isText || (options.validateOnly && !command.contains("filename"))) {
      ++counted.notApplicable;
      continue;
    }
    const Status status = runCommand(command);
    ++(status ? counted.passed : counted.failed);
    if (!status)
      printf("line %u: %s %s: %s\n", command.value("line", 0u),
             command["type"].get<std::string>().c_str(), command.value("filename", "").c_str(),
             status.error().text.c_str());
  }
}

} // namespace w2n::component
