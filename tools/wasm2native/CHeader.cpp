// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Names are the module's choice: as C strings and in comments every other character than letters,
// digits and blanks is an octal escape, and as identifiers an underscore.
#include "tools/wasm2native/CHeader.h"

#include "lib/component/Component.h"

#include "lib/wasm/Module.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <set>

namespace w2n::tool {

namespace {

bool isPlain(char letter) { return std::isalnum(static_cast<unsigned char>(letter)); }

std::string escaped(std::string_view text) {
  std::string result;
  for (char letter : text) {
    if (isPlain(letter) || std::string_view("_-. :/").find(letter) != std::string_view::npos) {
      result += letter;
      continue;
    }
    char octal[8];
    snprintf(octal, sizeof(octal), "\\%03o", uint8_t(letter));
    result += octal;
  }
  return result;
}

std::string identifier(std::string_view text) {
  std::string result;
  for (char letter : text)
    result += isPlain(letter) ? letter : '_';
  return result;
}

/// "dir/my-mod.wasm" gives "my_mod".
std::string prefixFor(const std::string &path) {
  std::string name = path.substr(path.find_last_of('/') + 1);
  name = identifier(name.substr(0, name.find('.')));
  const bool isName = !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0]));
  return isName ? name : "module_" + name;
}

struct NumberType {
  const char *cType, *member, *kind;
};

/// In the order of wasm::ValueKind.
constexpr NumberType numberTypes[] = {{"int32_t", "i32", "W2N_I32"},
                                      {"int64_t", "i64", "W2N_I64"},
                                      {"float", "f32", "W2N_F32"},
                                      {"double", "f64", "W2N_F64"}};

const NumberType &numberType(wasm::ValueType type) { return numberTypes[size_t(type.kind)]; }

bool hasNumbersOnly(const wasm::FunctionType &type) {
  const auto isNumber = [](wasm::ValueType value) { return value.isNumeric(); };
  return std::ranges::all_of(type.params, isNumber) && std::ranges::all_of(type.results, isNumber);
}

struct ExportedFunction {
  std::string_view name;
  std::string identifier;
  const wasm::FunctionType *type;
};

/// But for those whose names end early in C, at a NUL.
std::vector<ExportedFunction> functionsOf(const wasm::Module &module) {
  std::vector<ExportedFunction> functions;
  std::set<std::string> taken = {"exports", "look_up"};
  for (size_t i = 0; i < module.exports.size(); ++i) {
    const wasm::Export &each = module.exports[i];
    if (each.kind != wasm::ExternKind::Function || each.name.find('\0') != each.name.npos)
      continue;
    std::string name = identifier(each.name);
    // The number is the export's own, so that this seldom repeats.
    while (!taken.insert(name).second)
      name += "_" + std::to_string(i);
    functions.push_back({each.name, name, &module.functionType(each.index)});
  }
  return functions;
}

/// The beginning of every header: the struct, and the function that fills it.
std::string exportsText(const std::string &prefix, std::span<const ExportedFunction> functions) {
  const std::string type = prefix + "_exports";
  std::string fields, lookUps;
  for (const ExportedFunction &function : functions) {
    fields += "  w2n_function *f_" + function.identifier + "; ///< \"" + escaped(function.name) +
              "\": " + toString(*function.type) + "\n";
    lookUps += "  if (!(out->f_" + function.identifier + " = w2n_instance_function(instance, \"" +
               escaped(function.name) + "\")))\n    return false;\n";
  }
  if (functions.empty())
    fields = "  char none; ///< the module exports no function\n";
  return "/// The exported functions of an instance.\ntypedef struct " + type + " {\n" + fields +
         "} " + type + ";\n\n" +
         "/// Looks them up, once; they live as long as `instance`. Returns whether all are "
         "there.\n"
         "static inline bool " +
         prefix + "_look_up(w2n_instance *instance, " + type +
         " *out) {\n  (void)instance, (void)out;\n" + lookUps + "  return true;\n}\n";
}

std::string wrapperText(const std::string &prefix, const ExportedFunction &function) {
  const auto &params = function.type->params, &results = function.type->results;
  std::string parameters, stores, loads;
  for (size_t i = 0; i < params.size(); ++i) {
    const NumberType &type = numberType(params[i]);
    const std::string number = std::to_string(i);
    parameters += std::string(", ") + type.cType + " p" + number;
    stores += "  values[" + number + "].kind = " + type.kind + ";\n  values[" + number + "].of." +
              type.member + " = p" + number + ";\n";
  }
  for (size_t i = 0; i < results.size(); ++i) {
    const NumberType &type = numberType(results[i]);
    const std::string number = std::to_string(i);
    parameters += std::string(", ") + type.cType + " *r" + number;
    loads += "    *r" + number + " = values[" + number + "].of." + type.member + ";\n";
  }
  const size_t count = std::max<size_t>({params.size(), results.size(), 1});
  return "\n/// Calls \"" + escaped(function.name) + "\": " + toString(*function.type) +
         ". Errors: those of w2n_function_call; then no result is stored.\n" +
         "static inline w2n_error *" + prefix + "_" + function.identifier + "(const " + prefix +
         "_exports *exports" + parameters + ") {\n  w2n_value values[" + std::to_string(count) +
         "];\n" + stores + "  w2n_error *error = w2n_function_call(exports->f_" +
         function.identifier + ", values, " + std::to_string(params.size()) + ", values, " +
         std::to_string(results.size()) + ");\n" +
         (loads.empty() ? "" : "  if (!error) {\n" + loads + "  }\n") + "  return error;\n}\n";
}

std::string upperCase(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return char(std::toupper(letter)); });
  return text;
}

} // namespace

Result<std::string> makeCHeader(std::span<const uint8_t> wasm, const std::string &path) {
  if (component::kindOf(wasm) == component::BinaryKind::Component)
    return fail(ErrorKind::Unsupported, "a component has no header of its functions in C");
  W2N_TRY(module, wasm::decodeModule(wasm));
  W2N_CHECK(wasm::validateModule(module));
  const std::string prefix = prefixFor(path), guard = upperCase(prefix) + "_EXPORTS_H";
  const auto functions = functionsOf(module);
  std::string text = "// Made by wasm2native --emit=c-header.\n#ifndef " + guard + "\n#define " +
                     guard + "\n\n#include <wasm2native/runtime.h>\n\n" +
                     exportsText(prefix, functions);
  for (const ExportedFunction &function : functions)
    text += hasNumbersOnly(*function.type)
                ? wrapperText(prefix, function)
                : "\n// \"" + escaped(function.name) + "\": " + toString(*function.type) +
                      ": w2n_function_call passes what is no number.\n";
  return text + "\n#endif\n";
}

} // namespace w2n::tool
