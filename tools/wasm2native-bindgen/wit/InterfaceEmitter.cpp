// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-bindgen/wit/InterfaceEmitter.h"

#include "lib/wit/Print.h"

#include <algorithm>

namespace w2n::bindgen {

using wit::DefinitionKind;
using wit::FunctionKind;

namespace {

std::string parameterName(const wit::Field &param) { return lowerCamel(param.name.text); }

} // namespace

Result<std::string> InterfaceEmitter::run() {
  W2N_TRY(body, runBody());
  const std::string source = items.externName.empty() ? items.space : items.externName;
  std::string text = "// Written by wasm2native-bindgen from " + source + ". Do not edit.\n" +
                     "#pragma once\n\n#include <wasm2native/component.hpp>\n\n";
  std::vector<std::string> includes = items.includes;
  std::ranges::sort(includes);
  const auto repeated = std::ranges::unique(includes);
  includes.erase(repeated.begin(), repeated.end());
  for (const std::string &include : includes)
    text += "#include \"" + include + "\"\n";
  return text + (includes.empty() ? "" : "\n") + body;
}

Result<std::string> InterfaceEmitter::runBody() {
  out.clear();
  W2N_CHECK(emitTypes());
  if (isExport)
    W2N_CHECK(emitGuest());
  else
    W2N_CHECK(emitHost());
  if (out.empty())
    return out;
  const std::string body = std::move(out);
  out.clear();
  emitDocs(items.docs);
  return out + "namespace " + items.space + " {\n\n" + body + "} // namespace " + items.space +
         "\n\n";
}

void InterfaceEmitter::emitDocs(std::string_view docs) {
  while (!docs.empty()) {
    const size_t end = docs.find('\n');
    std::string_view text = docs.substr(0, end);
    // A backslash at its end would continue the comment.
    while (text.ends_with('\\') || text.ends_with(' '))
      text.remove_suffix(1);
    line(text.empty() ? "///" : "/// " + std::string(text));
    docs.remove_prefix(end + 1);
  }
}

void InterfaceEmitter::emitDocs(const Callable &callable) {
  emitDocs(callable.docs);
  for (const wit::Field &param : callable.function->params)
    if (!param.docs.empty())
      emitDocs("`" + parameterName(param) + "`: " + param.docs);
  if (const auto &deprecated = callable.function->attributes.deprecated)
    emitDocs("Deprecated since " + std::string(deprecated->text) + ".\n");
}

/// Resources are declared first, as everything may refer to them.
Status InterfaceEmitter::emitTypes() {
  bool anyResource = false;
  for (const wit::TypeDefinition *definition : items.definitions)
    if (definition->kind == DefinitionKind::Resource && context.isEnabled(definition->attributes)) {
      line("class " + upperCamel(definition->name.text) + ";");
      anyResource = true;
    }
  if (anyResource)
    line("");
  for (const wit::TypeDefinition *definition : items.definitions)
    if (context.isEnabled(definition->attributes))
      W2N_CHECK(emitDefinition(*definition));
  return {};
}

/// After the types that it has parts of.
Status InterfaceEmitter::emitDefinition(const wit::TypeDefinition &definition) {
  if (definition.kind == DefinitionKind::Resource ||
      std::ranges::find(items.definitions, &definition) == items.definitions.end() ||
      !emitted.insert(&definition).second)
    return {};
  for (const wit::Field &field : definition.fields)
    if (field.type)
      W2N_CHECK(emitPartsOf(*field.type));
  if (definition.aliased)
    W2N_CHECK(emitPartsOf(*definition.aliased));
  emitDocs(definition.attributes.docs);
  switch (definition.kind) {
  case DefinitionKind::Alias: {
    if (isBorrow(*definition.aliased))
      return {};
    W2N_TRY(text, types.value(*definition.aliased));
    // A name for a resource is a name for its class.
    const wit::TypeDefinition &behind = wit::withoutAliases(definition);
    if (behind.kind == DefinitionKind::Resource)
      text = types.nameOf(behind);
    line("using " + upperCamel(definition.name.text) + " = " + text + ";");
    line("");
    return {};
  }
  case DefinitionKind::Record:
    return emitRecord(definition);
  case DefinitionKind::Variant:
    return emitVariant(definition);
  case DefinitionKind::Enum:
    emitEnum(definition);
    return {};
  case DefinitionKind::Flags:
    emitFlags(definition);
    return {};
  case DefinitionKind::Resource:
    break;
  }
  return {};
}

Status InterfaceEmitter::emitPartsOf(const wit::Type &type) {
  if (type.definition) {
    if (!context.isEnabled(type.definition->attributes))
      return context.sources.fail(ErrorKind::Invalid, type.place,
                                  "'" + std::string(type.name.text) +
                                      "' is unstable, and what refers to it is not; --features " +
                                      std::string(type.definition->attributes.unstable->text) +
                                      " lets it be used");
    W2N_CHECK(emitDefinition(*type.definition));
  }
  for (const wit::Type &argument : type.arguments)
    W2N_CHECK(emitPartsOf(argument));
  return {};
}

/// A structure cannot have references, as it is made before they are known.
Status InterfaceEmitter::checkPart(const wit::Type &type) const {
  W2N_TRY(text, types.value(type));
  if (text.find("reference_wrapper") == text.npos)
    return {};
  return context.sources.fail(ErrorKind::Unsupported, type.place,
                              "borrowed handles in records and variants have no form in C++ yet");
}

Status InterfaceEmitter::emitRecord(const wit::TypeDefinition &record) {
  const std::string name = upperCamel(record.name.text);
  line("struct " + name + " {");
  std::string members;
  for (const wit::Field &field : record.fields) {
    W2N_CHECK(checkPart(*field.type));
    W2N_TRY(type, types.value(*field.type));
    const std::string member = lowerCamel(field.name.text);
    indent = "  ";
    emitDocs(field.docs);
    line(type + " " + member + " = {};");
    members += (members.empty() ? "" : ", ") + std::string("::w2n::component::member(") +
               quoted(field.name.text) + ", &" + name + "::" + member + ")";
  }
  line("static constexpr auto fields() { return std::tuple{" + members + "}; }");
  indent.clear();
  line("};");
  line("");
  return {};
}

Status InterfaceEmitter::emitVariant(const wit::TypeDefinition &variant) {
  const std::string name = upperCamel(variant.name.text);
  line("struct " + name + " {");
  indent = "  ";
  std::string cases;
  for (const wit::Field &field : variant.fields) {
    std::string caseName = upperCamel(field.name.text);
    if (caseName == name)
      caseName += '_'; // a member named as its class would be a constructor
    emitDocs(field.docs);
    if (field.type) {
      W2N_CHECK(checkPart(*field.type));
      W2N_TRY(type, types.value(*field.type));
      line("struct " + caseName + " {");
      line("  " + type + " value;");
      line("};");
    } else {
      line("struct " + caseName + " {};");
    }
    cases += (cases.empty() ? "" : ", ") + caseName;
  }
  line("std::variant<" + cases + "> value;");
  line("static constexpr auto cases = " + labelsOf(variant) + ";");
  indent.clear();
  line("};");
  line("");
  return {};
}

std::string InterfaceEmitter::labelsOf(const wit::TypeDefinition &definition) const {
  std::string labels;
  for (const wit::Field &field : definition.fields)
    labels += (labels.empty() ? "" : ", ") + quoted(field.name.text);
  return "std::to_array<std::string_view>({" + labels + "})";
}

void InterfaceEmitter::emitEnum(const wit::TypeDefinition &definition) {
  const std::string name = upperCamel(definition.name.text);
  const char *type = definition.fields.size() <= 0x100     ? "uint8_t"
                     : definition.fields.size() <= 0x10000 ? "uint16_t"
                                                           : "uint32_t";
  line("enum class " + name + " : " + type + " {");
  indent = "  ";
  for (const wit::Field &field : definition.fields) {
    emitDocs(field.docs);
    line(upperCamel(field.name.text) + ",");
  }
  indent.clear();
  line("};");
  line("constexpr auto witCases(" + name + ") { return " + labelsOf(definition) + "; }");
  line("");
}

void InterfaceEmitter::emitFlags(const wit::TypeDefinition &flags) {
  const std::string name = upperCamel(flags.name.text);
  line("struct " + name + " {");
  indent = "  ";
  std::string members;
  for (const wit::Field &field : flags.fields) {
    const std::string member = lowerCamel(field.name.text);
    emitDocs(field.docs);
    line("bool " + member + " = false;");
    members += (members.empty() ? "" : ", ") + std::string("::w2n::component::member(") +
               quoted(field.name.text) + ", &" + name + "::" + member + ")";
  }
  line("static constexpr auto flags() { return std::tuple{" + members + "}; }");
  indent.clear();
  line("};");
  line("");
}

/// Refuses functions that have no form in C++ yet.
Status InterfaceEmitter::check(const wit::Function &function) const {
  if (function.isAsync)
    return context.sources.fail(ErrorKind::Unsupported, function.name.place,
                                "asynchronous functions have no form in C++ yet");
  return {};
}

/// All functions in their order; those of resources have the resource in their name, unless they
/// are methods.
std::vector<InterfaceEmitter::Callable> InterfaceEmitter::callables() const {
  std::vector<Callable> all;
  for (const wit::TypeDefinition *definition : items.definitions) {
    if (!context.isEnabled(definition->attributes))
      continue;
    const std::string resource = upperCamel(definition->name.text);
    for (const wit::Function &function : definition->functions) {
      if (!context.isEnabled(function.attributes))
        continue;
      std::string member = lowerCamel(function.name.text);
      if (function.kind == FunctionKind::Constructor)
        member = "make" + resource;
      else if (function.kind == FunctionKind::Static)
        member =
            lowerCamel(std::string(definition->name.text) + "-" + std::string(function.name.text));
      all.push_back(
          {&function, function.externName(), std::move(member), function.attributes.docs});
    }
  }
  for (const InterfaceItems::Function &item : items.functions)
    if (context.isEnabled(item.function->attributes))
      all.push_back({item.function, item.name, lowerCamel(item.name), item.docs});
  return all;
}

Result<std::string> InterfaceEmitter::paramsOf(const wit::Function &function, bool isCalled) const {
  std::string text;
  for (const wit::Field &param : function.params) {
    auto type = isCalled ? types.argument(*param.type) : types.param(*param.type);
    if (!type)
      return type;
    const bool isReference = type->ends_with('&');
    text += (text.empty() ? "" : ", ") + *type + (isReference ? "" : " ") + parameterName(param);
  }
  return text;
}

Status InterfaceEmitter::emitVirtual(const Callable &callable) {
  W2N_CHECK(check(*callable.function));
  W2N_TRY(result, types.result(*callable.function));
  W2N_TRY(params, paramsOf(*callable.function, false));
  emitDocs(callable);
  line("virtual " + result + " " + callable.member + "(" + params + ") = 0;");
  return {};
}

/// The host's object, whose methods guests call.
Status InterfaceEmitter::emitHostResource(const wit::TypeDefinition &resource) {
  const std::string name = upperCamel(resource.name.text);
  emitDocs(resource.attributes.docs);
  line("class " + name + " {");
  line("public:");
  indent = "  ";
  line("virtual ~" + name + "() = default;");
  for (const Callable &callable : callables())
    if (callable.function->kind == FunctionKind::Method && callable.function->resource == &resource)
      W2N_CHECK(emitVirtual(callable));
  indent.clear();
  line("};");
  line("");
  return {};
}

Status InterfaceEmitter::emitHost() {
  bool anyResource = false;
  for (const wit::TypeDefinition *definition : items.definitions)
    if (definition->kind == DefinitionKind::Resource && context.isEnabled(definition->attributes)) {
      W2N_CHECK(emitHostResource(*definition));
      anyResource = true;
    }
  const std::vector<Callable> all = callables();
  if (all.empty() && !anyResource)
    return {};
  line("/// The host, as components call it. A function may call w2n::component::trap.");
  line("class Host {");
  line("public:");
  indent = "  ";
  line("virtual ~Host() = default;");
  for (const Callable &callable : all)
    if (callable.function->kind != FunctionKind::Method)
      W2N_CHECK(emitVirtual(callable));
  indent.clear();
  line("};");
  line("");
  return emitDefine();
}

Status InterfaceEmitter::emitDefine() {
  line(
      "/// Lets components of `linker` import it, under `name` if the world gives it another one.");
  line("inline ::w2n::component::Status define(::w2n::component::Linker &linker, "
       "std::shared_ptr<Host> host, std::string_view name = " +
       quoted(items.externName) + ") {");
  indent = "  ";
  line("::w2n::component::HostInterface<Host> interface(linker, std::move(host), name);");
  for (const wit::TypeDefinition *definition : items.definitions)
    if (definition->kind == DefinitionKind::Resource && context.isEnabled(definition->attributes))
      line("interface.resource<" + upperCamel(definition->name.text) + ">(" +
           quoted(definition->name.text) + ");");
  for (const Callable &callable : callables()) {
    W2N_TRY(binding, emitBinding(callable));
    line("interface.function(" + quoted(callable.externName) + ", " + binding + ");");
  }
  line("return interface.finish();");
  indent.clear();
  line("}");
  line("");
  return {};
}

/// A function without captures, from whose parameters component.hpp knows the types.
Result<std::string> InterfaceEmitter::emitBinding(const Callable &callable) {
  const wit::Function &function = *callable.function;
  W2N_TRY(params, paramsOf(function, false));
  // No name of WIT ends in an underscore, unless it is reserved.
  const bool isMethod = function.kind == FunctionKind::Method;
  std::string text = isMethod ? "[](Host &, " + upperCamel(function.resource->name.text) + " &self_"
                              : std::string("[](Host &host_");
  text += (params.empty() ? "" : ", ") + params + ") { return " + (isMethod ? "self_" : "host_") +
          "." + callable.member + "(";
  bool isFirst = true;
  for (const wit::Field &param : function.params) {
    const std::string name = parameterName(param);
    text += (isFirst ? "" : ", ") + (isMoved(*param.type) ? "std::move(" + name + ")" : name);
    isFirst = false;
  }
  return text + "); }";
}

Status InterfaceEmitter::emitGuest() {
  const std::vector<Callable> all = callables();
  std::vector<std::string> resources;
  for (const wit::TypeDefinition *definition : items.definitions)
    if (definition->kind == DefinitionKind::Resource && context.isEnabled(definition->attributes)) {
      W2N_CHECK(emitGuestResource(*definition));
      resources.emplace_back(definition->name.text);
    }
  if (all.empty() && resources.empty())
    return {};
  std::string names;
  for (const Callable &callable : all)
    names += (names.empty() ? "" : ", ") + quoted(callable.externName);
  line("/// A component, as the host calls it. The instance must outlive it.");
  line("class Guest : public ::w2n::component::GuestInterface {");
  line("public:");
  indent = "  ";
  line("explicit Guest(::w2n::component::Instance &instance, std::string_view name = " +
       quoted(items.externName) + ")");
  line("    : GuestInterface(instance, name, {" + names + "}) {" + (resources.empty() ? "}" : ""));
  for (const std::string &resource : resources)
    line("  GuestInterface::bindResource<" + upperCamel(resource) + ">();");
  if (!resources.empty())
    line("}");
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].function->kind != FunctionKind::Method)
      W2N_CHECK(emitCaller(all[i], "", i));
  indent.clear();
  line("};");
  line("");
  // Methods need the classes that they return.
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].function->kind == FunctionKind::Method)
      W2N_CHECK(emitCaller(all[i], upperCamel(all[i].function->resource->name.text) + "::", i));
  if (std::ranges::any_of(all, [](const Callable &callable) {
        return callable.function->kind == FunctionKind::Method;
      }))
    line("");
  return {};
}

/// A handle of the guest's resource, which is dropped when the object is.
Status InterfaceEmitter::emitGuestResource(const wit::TypeDefinition &resource) {
  const std::string name = upperCamel(resource.name.text);
  emitDocs(resource.attributes.docs);
  line("class " + name + " final : public ::w2n::component::GuestResource {");
  line("public:");
  indent = "  ";
  line("using GuestResource::GuestResource;");
  for (const Callable &callable : callables()) {
    if (callable.function->kind != FunctionKind::Method || callable.function->resource != &resource)
      continue;
    W2N_TRY(result, types.result(*callable.function));
    W2N_TRY(params, paramsOf(*callable.function, true));
    emitDocs(callable);
    line("::w2n::component::Result<" + result + "> " + callable.member + "(" + params + ");");
  }
  indent.clear();
  line("};");
  line("");
  return {};
}

Status InterfaceEmitter::emitCaller(const Callable &callable, const std::string &owner,
                                    size_t index) {
  W2N_CHECK(check(*callable.function));
  W2N_TRY(result, types.result(*callable.function));
  W2N_TRY(params, paramsOf(*callable.function, true));
  std::string arguments = owner.empty() ? "" : ", *this";
  for (const wit::Field &param : callable.function->params) {
    W2N_TRY(type, types.argument(*param.type));
    const bool isGiven = isMoved(*param.type) && !type.ends_with('&');
    arguments +=
        ", " + (isGiven ? "std::move(" + parameterName(param) + ")" : parameterName(param));
  }
  // Qualified, as the interface may have a function of the same name.
  const std::string base = owner.empty() ? "GuestInterface" : "GuestResource";
  if (owner.empty())
    emitDocs(callable);
  line((owner.empty() ? "" : "inline ") + std::string("::w2n::component::Result<") + result + "> " +
       owner + callable.member + "(" + params + ") {");
  line("  return " + base + "::call<" + result + ">(" + std::to_string(index) + arguments + ");");
  line("}");
  return {};
}

} // namespace w2n::bindgen
