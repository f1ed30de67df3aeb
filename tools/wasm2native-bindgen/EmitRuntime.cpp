// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The runtime's table of WASI functions: for each a function that decodes and checks its arguments
// (runtime/wasi/Arguments.h) and calls it, and a row.
#include "tools/wasm2native-bindgen/Emit.h"

#include <map>

namespace w2n::bindgen {

namespace {

/// The code that reads an argument, how many slots it takes, and whether it may be wrong. `%t` is
/// its type, `%i` the index of its first slot, `%c` that of its number of elements.
struct PassingRow {
  Passing passing;
  const char *read;
  unsigned slots;
  bool checked;
};
constexpr PassingRow passings[] = {
    {Passing::Number, "arguments.number<%t>(%i)", 1, false},
    {Passing::Memory, "memory", 0, false},
    {Passing::Pointer, "arguments.pointer<%t>(%i)", 1, false},
    {Passing::Place, "arguments.out<%t>(%i)", 1, true},
    {Passing::Array, "arguments.array<%t>(%i, %c)", 1, true},
    {Passing::Buffer, "arguments.buffer(%i)", 2, true},
    {Passing::Path, "arguments.path(%i)", 2, true},
    {Passing::Vectors, "arguments.vectors(%i)", 2, true},
};

const PassingRow &rowOf(Passing passing) {
  for (const PassingRow &row : passings)
    if (row.passing == passing)
      return row;
  __builtin_unreachable();
}

/// An argument that the guest passes, and where.
struct Argument {
  const Parameter &parameter;
  const PassingRow &row;
  unsigned slot;
};

std::vector<Argument> argumentsOf(const Import &import) {
  std::vector<Argument> arguments;
  unsigned slot = 0;
  for (const Parameter &parameter : import.parameters) {
    if (parameter.passing == Passing::Context)
      continue;
    const PassingRow &row = rowOf(parameter.passing);
    arguments.push_back({parameter, row, slot});
    slot += row.slots;
  }
  return arguments;
}

/// The slot of the first Count from `index` on; without one, a number that does not compile.
std::string countSlot(const std::vector<Argument> &arguments, size_t index) {
  for (; index < arguments.size(); ++index)
    if (arguments[index].parameter.type == "Count")
      return std::to_string(arguments[index].slot);
  return "no_Count_follows";
}

std::string readExpression(const std::vector<Argument> &arguments, size_t index) {
  std::string text;
  for (const char *at = arguments[index].row.read; *at; ++at) {
    if (*at != '%')
      text += *at;
    else if (*++at == 't')
      text += arguments[index].parameter.type;
    else
      text += *at == 'i' ? std::to_string(arguments[index].slot) : countSlot(arguments, index);
  }
  return text;
}

/// "iI:i": what the guest passes, and gets.
std::string signature(const Import &import, const std::vector<Argument> &arguments) {
  std::string letters;
  for (const Argument &argument : arguments)
    letters +=
        argument.parameter.valueKind == "W2N_I64" ? "I" : std::string(argument.row.slots, 'i');
  return letters + (import.returning == Returning::Errno ? ":i" : ":");
}

/// The name without its namespaces: where it is generated, they are open.
std::string shortName(const Import &import) {
  return import.function.substr(import.function.rfind(':') + 1);
}

std::string emitInvoke(const Import &import, const std::vector<Argument> &arguments) {
  std::string text = "Status " + shortName(import) +
                     "Invoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {\n"
                     "  Arguments arguments(memory, slots);\n";
  std::string call = shortName(import) + "(context";
  bool checked = false;
  for (size_t index = 0; index < arguments.size(); ++index) {
    const auto &[parameter, row, slot] = arguments[index];
    if (row.slots != 0)
      text += "  const auto " + parameter.name + " = " + readExpression(arguments, index) + ";\n";
    call += ", " + (row.slots != 0 ? parameter.name : row.read);
    checked |= row.checked;
  }
  if (checked)
    text += "  if (arguments.failed()) [[unlikely]]\n    return arguments.refuse();\n";
  return text + "  return arguments.finish(" + call + "));\n}\n";
}

/// The parameters that --trace prints: those that take slots.
std::string emitParameters(const Import &import, const std::vector<Argument> &arguments) {
  std::string rows;
  for (const Argument &argument : arguments)
    if (argument.row.slots != 0)
      rows += "    {\"" + argument.parameter.name + "\", " + std::to_string(argument.slot) +
              ", trace::formatOf(\"" + argument.parameter.type + "\")},\n";
  if (rows.empty())
    return "constexpr std::span<const CallParameter> " + shortName(import) + "Parameters;\n";
  return "constexpr CallParameter " + shortName(import) + "Parameters[] = {\n" + rows + "};\n";
}

/// The tables that are made of rows, one for each module.
std::string emitModules(const std::map<std::string, std::string> &rowsOfModules) {
  std::string tables, modules;
  for (const auto &[module, rows] : rowsOfModules) {
    tables += "constexpr Call " + module + "[] = {\n" + rows + "};\n\n";
    modules += "    {\"" + module + "\", " + module + "},\n";
  }
  return tables + "constexpr CallModule modules[] = {\n" + modules + "};\n";
}

} // namespace

std::string emitRuntime(const Interface &interface, const std::string &header) {
  // The table is a source of the project, which says the license as others do.
  std::string text = "// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n\n"
                     "// Made by wasm2native-bindgen --runtime from " +
                     header +
                     "; changes would be lost.\n// clang-format off\n"
                     "#include \"runtime/wasi/Arguments.h\"\n"
                     "#include \"runtime/wasi/CallTable.h\"\n"
                     "#include \"runtime/wasi/Calls.h\"\n"
                     "#include \"runtime/wasi/TraceFormat.h\"\n\n"
                     "namespace w2n::wasi {\n\nnamespace {\n\nusing runtime::Slot;\n\n";
  std::map<std::string, std::string> rowsOfModules;
  for (const Receiver &receiver : interface.receivers)
    for (const Import &import : receiver.imports) {
      const auto arguments = argumentsOf(import);
      text += emitInvoke(import, arguments) + emitParameters(import, arguments) + '\n';
      rowsOfModules[import.module] += "    {\"" + import.name + "\", \"" +
                                      signature(import, arguments) + "\", " + shortName(import) +
                                      "Parameters, " + shortName(import) + "Invoke},\n";
    }
  return text + emitModules(rowsOfModules) +
         "\n} // namespace\n\nstd::span<const CallModule> generatedModules() { return modules; }\n"
         "\n} // namespace w2n::wasi\n";
}

} // namespace w2n::bindgen
