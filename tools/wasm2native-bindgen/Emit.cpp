// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-bindgen/Emit.h"

#include <cstdio>

namespace w2n::bindgen {

namespace {

/// `text` as a C++ string literal.
std::string quote(const std::string &text) {
  std::string quoted = "\"";
  for (unsigned char byte : text) {
    if (byte == '"' || byte == '\\') {
      quoted += '\\';
      quoted += char(byte);
    } else if (byte < 0x20 || byte >= 0x7f) {
      char octal[5]; // three digits, so that a digit that follows is not taken in
      snprintf(octal, sizeof(octal), "\\%03o", byte);
      quoted += octal;
    } else {
      quoted += char(byte);
    }
  }
  return quoted + '"';
}

/// The passing of a parameter as an argument: what reads it, and how many of the guest's it takes.
/// `%t` is its type, `%i` the index of the first, `%q` its name as a string.
struct PassingRow {
  Passing passing;
  const char *read;
  unsigned values;
};
constexpr PassingRow passings[] = {
    {Passing::Caller, "call.caller()", 0},       {Passing::Number, "call.number<%t>(%i)", 1},
    {Passing::Text, "call.text(%i, %q)", 2},     {Passing::Span, "call.span<%t>(%i, %q)", 2},
    {Passing::Copy, "call.load<%t>(%i, %q)", 1}, {Passing::CopyInOut, "call.load<%t>(%i, %q)", 1},
};

const PassingRow &rowOf(const Parameter &parameter) { return passings[size_t(parameter.passing)]; }

std::string readExpression(const Parameter &parameter, unsigned index) {
  std::string text;
  for (const char *at = rowOf(parameter).read; *at; ++at) {
    if (*at != '%')
      text += *at;
    else if (*++at == 't')
      text += parameter.type;
    else
      text += *at == 'i' ? std::to_string(index) : quote(parameter.name);
  }
  return text;
}

/// "W2N_I32, W2N_I32": what the guest passes.
std::string valueKinds(const Import &import) {
  std::string kinds;
  for (const Parameter &parameter : import.parameters)
    for (unsigned i = 0; i < rowOf(parameter).values; ++i)
      kinds += (kinds.empty() ? "" : ", ") +
               (parameter.valueKind.empty() ? std::string("W2N_I32") : parameter.valueKind);
  return kinds;
}

std::string callExpression(const Import &import, const Receiver &receiver) {
  std::string text = receiver.type.empty()
                         ? import.function
                         : "static_cast<::" + receiver.type + " *>(user)->" + import.function;
  text += '(';
  for (size_t i = 0; i < import.parameters.size(); ++i)
    text += (i ? ", argument" : "argument") + std::to_string(i);
  return text + ')';
}

/// The callback of `import`, a lambda without captures.
std::string emitCallback(const Import &import, const Receiver &receiver) {
  std::string text =
      "[](w2n_caller *caller, void *user, const w2n_value *args, w2n_value *results) "
      "-> w2n_error * {\n        (void)user;\n        ::w2n::host::Call call(" +
      quote(import.module + "." + import.name) + ", caller, args, results);\n";
  std::string writeBack;
  unsigned index = 0;
  for (size_t i = 0; i < import.parameters.size(); ++i) {
    const Parameter &parameter = import.parameters[i];
    const std::string argument = "argument" + std::to_string(i);
    text += "        auto " + argument + " = " + readExpression(parameter, index) + ";\n";
    if (parameter.passing == Passing::CopyInOut)
      writeBack += "        call.store(" + std::to_string(index) + ", " + argument + ");\n";
    index += rowOf(parameter).values;
  }
  text += "        if (call.failed())\n          return call.takeError();\n        ";
  const std::string expression = callExpression(import, receiver);
  if (import.returning == Returning::Nothing)
    return text + expression + ";\n" + writeBack + "        return nullptr;\n      }";
  if (writeBack.empty())
    return text + "return call.finish(" + expression + ");\n      }";
  // A function that fails writes nothing.
  return text + "auto result = " + expression + ";\n" +
         "        if (w2n_error *error = call.finish(std::move(result)))\n          return "
         "error;\n" +
         writeBack + "        return nullptr;\n      }";
}

std::string emitReceiver(const Receiver &receiver) {
  std::string text;
  if (receiver.type.empty())
    text = "/// Defines the annotated functions as imports. Errors: LINK (defined twice).\n"
           "inline w2n_error *w2nDefineImports(w2n_linker *linker) {\n";
  else
    text = "/// Defines the annotated member functions as imports, called on `object`, which must "
           "live\n"
           "/// as long as instances may call them. Errors: LINK (defined twice).\n"
           "inline w2n_error *w2nDefineImports(w2n_linker *linker, ::" +
           receiver.type + " &object) {\n";
  for (const Import &import : receiver.imports) {
    const std::string params = valueKinds(import);
    text += "  {\n";
    if (!params.empty())
      text += "    static constexpr w2n_value_kind paramKinds[] = {" + params + "};\n";
    if (!import.resultKind.empty())
      text += "    static constexpr w2n_value_kind resultKinds[] = {" + import.resultKind + "};\n";
    text += std::string("    static constexpr w2n_function_type type = {") +
            (params.empty() ? "nullptr, 0" : "paramKinds, std::size(paramKinds)") + ", " +
            (import.resultKind.empty() ? "nullptr, 0" : "resultKinds, 1") + "};\n";
    text += "    if (w2n_error *failure = w2n_linker_define_function(\n      linker, " +
            quote(import.module) + ", " + quote(import.name) + ", &type,\n      " +
            emitCallback(import, receiver) + ",\n      " +
            (receiver.type.empty() ? "nullptr" : "&object") +
            ", nullptr))\n      return failure;\n  }\n";
  }
  return text + "  return nullptr;\n}\n";
}

} // namespace

std::string emitBindings(const Interface &interface, const std::string &header) {
  std::string text = "// Made by wasm2native-bindgen from " + header +
                     "; changes would be lost.\n#pragma once\n\n#include " + quote(header) +
                     "\n\n#include <iterator>\n#include <utility>\n#include "
                     "<wasm2native/host.hpp>\n";
  for (const Receiver &receiver : interface.receivers)
    text += '\n' + emitReceiver(receiver);
  return text;
}

} // namespace w2n::bindgen
