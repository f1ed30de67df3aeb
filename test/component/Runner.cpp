// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/component/Runner.h"

#include "lib/component/ValidateComponent.h"
#include "lib/support/File.h"

#include <cstdio>

namespace w2n::component {

void Runner::fail(const Json &command, const std::string &why) {
  ++counted.failed;
  printf("line %u: %s %s: %s\n", command["line"].get<unsigned>(),
         command["type"].get<std::string>().c_str(), command.value("filename", "").c_str(),
         why.c_str());
}

Status Runner::check(const Json &command) const {
  W2N_TRY(file, readFile(options.folder / command["filename"].get<std::string>()));
  const Bytes bytes(reinterpret_cast<const uint8_t *>(file.data()), file.size());
  W2N_TRY(component, decodeComponent(bytes));
  Types types;
  W2N_CHECK(validateComponent(component, types));
  return {};
}

void Runner::expectValid(const Json &command) {
  const Status status = check(command);
  if (status)
    return pass();
  fail(command, status.error().text);
}

void Runner::expectRefused(const Json &command) {
  const Status status = check(command);
  const std::string expected = command.value("text", "");
  if (status)
    return fail(command, "accepted, expected: " + expected);
  const bool sameWords = status.error().text.find(expected) != std::string::npos;
  if (!sameWords)
    ++counted.otherWords;
  if (!sameWords || options.verbose)
    printf("line %u: %s: expected \"%s\", found \"%s\"\n", command["line"].get<unsigned>(),
           command.value("filename", "").c_str(), expected.c_str(), status.error().text.c_str());
  pass();
}

void Runner::runCommand(const Json &command) {
  const std::string type = command["type"];
  // Syntax of the text format, of which there is no parser here.
  const bool isText = command.value("module_type", "binary") == "text";
  if (isText || !command.contains("filename"))
    ++counted.notApplicable;
  else if (type == "component" || type == "component_definition" || type == "assert_uninstantiable")
    expectValid(command);
  else if (type == "assert_invalid" || type == "assert_malformed")
    expectRefused(command);
  else
    ++counted.notApplicable;
}

void Runner::run(const Json &commands) {
  for (const Json &command : commands)
    runCommand(command);
}

} // namespace w2n::component
